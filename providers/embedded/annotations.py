"""Annotations under /api/annotations, as 12.4.0 answers: numbered, at a time or over a range of it."""

from collections.abc import Sequence
from typing import Any, Final

from starlette.responses import Response

from providers.embedded import wire
from providers.embedded.avatars import avatar
from providers.embedded.collection import Collection
from providers.embedded.items import Draft, Item, Items
from providers.embedded.routing import Call, Route

_LIMIT: Final = 100


def patch(call: Call) -> Response:
    """PATCH /api/annotations/:id (12.4.0): what is not sent stays, also tags."""
    sent = _parse(call)
    old = ANNOTATIONS.require(call)
    new = {key: value for key, value in sent.body.items() if value}
    draft = Draft(_ordered({**old.body, **new}))
    ANNOTATIONS.items(call).replace(old, draft, call.identity.account.id)
    return wire.answer({"message": "Annotation patched"})


def _parse(call: Call) -> Draft:
    command = call.json()
    tags, data = command.get("tags") or [], command.get("data") or {}
    if not isinstance(tags, list) or not all(isinstance(tag, str) for tag in tags) or not isinstance(data, dict):
        raise wire.refuse(400, "bad request data")
    numbers = {key: wire.read_field(command, key, int) for key in ("panelId", "time", "timeEnd")}
    texts = {key: wire.read_field(command, key, str) for key in ("dashboardUID", "text")}
    return Draft({**numbers, **texts, "tags": tags, "data": data})


def _admit(call: Call, draft: Draft, old: Item | None) -> Draft:
    """An update keeps where it is, and the times that it does not give; a new one needs a text, and is of now where it
    gives no time."""
    body = draft.body
    if old is not None:
        kept = {key: body[key] or old.body[key] for key in ("time", "timeEnd", "data")}
        where = {key: old.body[key] for key in ("dashboardUID", "panelId")}
        return Draft(_ordered({**body, **kept, **where}))
    if not body["text"]:
        raise wire.refuse(400, "Failed to save annotation")
    if body["dashboardUID"] and call.objects.get("dashboards", body["dashboardUID"]) is None:
        raise wire.refuse(500, "Error while checking annotation permissions")
    time = body["time"] or int(call.store.now() * 1000)
    return Draft(_ordered({**body, "time": time, "timeEnd": body["timeEnd"] or time}))


def _ordered(body: dict[str, Any]) -> dict[str, Any]:
    """With its times in order."""
    times = sorted((body["time"], body["timeEnd"]))
    return {**body, "time": times[0], "timeEnd": times[1]}


def _show(call: Call, item: Item) -> dict[str, Any]:
    body = item.body
    dashboard = call.objects.get("dashboards", body["dashboardUID"])
    maker = call.accounts.by_id(item.updated_by)
    optional = {"dashboardId": dashboard.id if dashboard else 0, "panelId": body["panelId"], "tags": body["tags"]}
    return {
        "id": item.id,
        "dashboardUID": body["dashboardUID"],
        "created": int(item.created * 1000),
        "updated": int(item.updated * 1000),
        "time": body["time"],
        "timeEnd": body["timeEnd"],
        "text": body["text"],
        "login": maker.login if maker else "",
        "email": maker.email if maker else "",
        "avatarUrl": avatar(maker.email) if maker else "",
        "data": body["data"],
        **{key: value for key, value in optional.items() if value},
    }


def _listed(_: Collection, call: Call, items: Sequence[Item]) -> list[dict[str, Any]]:
    """The latest first, at most `limit`: those of a dashboard, of a panel, with all tags (or any), in a span."""
    found = sorted((item for item in items if _is_asked(call, item)), key=lambda item: -item.body["timeEnd"])
    return [_show(call, item) for item in found[: call.query_int("limit", _LIMIT)]]


def _is_asked(call: Call, item: Item) -> bool:
    body = item.body
    uid, panel, tags = call.query("dashboardUID"), call.query_int("panelId", 0), call.query_list("tags")
    held = [tag in body["tags"] for tag in tags]
    span = [int(text[:18]) if text.isdecimal() else 0 for text in (call.query("from"), call.query("to"))]
    return (
        (not body["dashboardUID"] or call.objects.get("dashboards", body["dashboardUID"]) is not None)
        and uid in ("", body["dashboardUID"])
        and panel in (0, body["panelId"])
        and (any(held) or not held if call.query("matchAny") == "true" else all(held))
        and (0 in span or (body["time"] <= span[1] and body["timeEnd"] >= span[0]))
        and call.query("type") != "alert"
    )


def _find(items: Items, key: str) -> Item | None:
    return items.by_id(int(key)) if key.isdecimal() and len(key) <= 18 else None


def _missing(key: str) -> wire.Refused:
    if not key.isdecimal():
        return wire.refuse(400, "annotationId is invalid")
    return wire.refuse(404, "Annotation not found")


def _deleted() -> Response:
    return wire.answer({"message": "Annotation deleted"})


_PATH: Final = "/api/annotations"

ANNOTATIONS: Final = Collection(
    kind="annotation",
    path=_PATH,
    access={
        "list": ("Viewer", "annotations:read"),
        "get": ("Viewer", "annotations:read"),
        "create": ("Editor", "annotations:create"),
        "update": ("Editor", "annotations:write"),
        "delete": ("Editor", "annotations:delete"),
    },
    parse=_parse,
    admit=_admit,
    find=_find,
    show=_show,
    listed=_listed,
    missing=_missing,
    gone=_deleted,
    answers={
        "create": lambda item: wire.answer({"id": item.id, "message": "Annotation added"}),
        "update": lambda _: wire.answer({"message": "Annotation updated"}),
    },
)

ROUTES: Final = (
    *ANNOTATIONS.routes,
    Route("PATCH", f"{_PATH}/{{key}}", patch, "Editor", "annotations:write", writes=True),
)
