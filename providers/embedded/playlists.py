"""Playlists under /api/playlists, as 12.4.0 answers: the app platform's behind the classic routes, in its words."""

import re
from collections.abc import Sequence
from typing import Any, Final

from starlette.responses import Response

from providers.embedded import wire
from providers.embedded.admin import namespace
from providers.embedded.collection import Collection, Verb
from providers.embedded.items import Draft, Item
from providers.embedded.routing import Call, Route

_WHAT: Final = "playlists.playlist.grafana.app"
_PLATFORM: Final = "/apis/playlist.grafana.app/v1/namespaces"
_UID: Final = re.compile(r"[a-zA-Z0-9:\-_.]*")
_UID_MAX: Final = 253
_UID_RULE: Final = (
    "name must consist of alphanumeric characters, '-', '_', ':' or '.' (e.g. 'MyName',  or 'my.name',  or 'abc-123', "
    r"regex used for validation is '^[a-zA-Z0-9:\-\_\.]*$')"
)


def get_items(call: Call) -> Response:
    """GET /api/playlists/:uid/items (12.4.0)."""
    return PLAYLISTS.answer(PLAYLISTS.require(call).body["items"])


def _refuse(status: int, message: str) -> wire.Refused:
    return wire.refuse(status, message, wire.CHARSET, traceID="")


def _parse(call: Call) -> Draft:
    """Returns a playlist without unknown keys; an unknown type of item is accepted."""
    try:
        command = call.json()
        name = wire.read_field(command, "name", str)
        if not name:
            raise wire.refuse(400, "")
        body = {
            "interval": wire.read_field(command, "interval", str),
            "items": [{key: wire.read_field(one, key, str) for key in ("type", "value")} for one in _items(command)],
        }
        return Draft(body, wire.read_field(command, "uid", str), name)
    except wire.Refused:
        raise _refuse(400, "bad request data") from None


def _items(command: dict[str, Any]) -> list[dict[str, Any]]:
    given = command.get("items") or []
    if not isinstance(given, list) or not all(isinstance(one, dict) for one in given):
        raise wire.refuse(400, "")
    return given


def _admit(call: Call, draft: Draft, old: Item | None) -> Draft:
    """The uid of an update is passed over."""
    if old is not None:
        return Draft(draft.body, old.uid, draft.name)
    if len(draft.uid) > _UID_MAX:
        raise _refuse(500, "invalid request key: name is too long")
    if not _UID.fullmatch(draft.uid):
        raise _refuse(500, f"invalid request key: {_UID_RULE}")
    if draft.uid and PLAYLISTS.items(call).get(draft.uid) is not None:
        raise _refuse(409, f'{_WHAT} "{draft.uid}" already exists')
    return draft


def _show(_: Call, item: Item) -> dict[str, Any]:
    return {"uid": item.uid, "name": item.name, "interval": item.body["interval"], "items": item.body["items"]}


def _listed(_: Collection, call: Call, items: Sequence[Item]) -> list[dict[str, Any]]:
    """Returns the playlists whose name contains `query`, by uid, without their items."""
    wanted = call.query("query").upper()
    found = sorted((item for item in items if wanted in item.name.upper()), key=lambda item: item.uid)
    return [{"uid": item.uid, "name": item.name, "interval": item.body["interval"]} for item in found]


def _check(call: Call, verb: Verb, name: str) -> None:
    """Everybody reads, editors write; a refusal names the route of the app platform."""
    who = call.identity
    if verb in ("list", "get") or who.can("Editor"):
        return
    space = namespace(who.org)
    path = "/".join((_PLATFORM, space, "playlists", *([name] if name else [])))
    what = f'{_WHAT} "{name}"' if name else _WHAT
    raise _refuse(
        403,
        f'{what} is forbidden: User "{who.account.login}" cannot {verb} resource '
        f'"playlists" in API group "playlist.grafana.app" in the namespace "{space}": {lacking(call, verb, path)}',
    )


def lacking(call: Call, verb: Verb, path: str) -> str:
    """Returns the reason why an account may not write playlists."""
    role = f"Grafana org role ({call.identity.role})"
    return f"{role} didn't allow {verb} access on requested resource=playlists, path={path}"


PLAYLISTS: Final = Collection(
    kind="playlist",
    path="/api/playlists",
    access=dict.fromkeys(("list", "get", "create", "update", "delete"), ("None", "")),
    parse=_parse,
    admit=_admit,
    show=_show,
    listed=_listed,
    answers={"delete": lambda _: wire.answer("", content_type=wire.CHARSET)},
    missing=lambda uid: _refuse(404, f'{_WHAT} "{uid}" not found'),
    check=_check,
    content_type=wire.CHARSET,
)

ROUTES: Final = (*PLAYLISTS.routes, Route("GET", "/api/playlists/{key}/items", get_items, "None"))
