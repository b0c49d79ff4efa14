"""Contact points under /api/v1/provisioning, as 12.4.0 answers: they are read from the list alone, secrets as
`[REDACTED]`."""

import re
from collections.abc import Mapping, Sequence
from itertools import groupby
from typing import Any, Final

from starlette.responses import Response

from providers.embedded import alerting, wire
from providers.embedded.alerting import READ, ROOT, WRITE
from providers.embedded.collection import Collection, Verb
from providers.embedded.integrations import INTEGRATIONS, Integration, extract_secrets, with_secrets
from providers.embedded.items import Draft, Item, Items
from providers.embedded.routing import Call, Route

_REDACTED: Final = "[REDACTED]"
_UID: Final = re.compile(r"[a-zA-Z0-9\-_]*")
_UID_MAX: Final = 40
_NO_SECRETS: Final = "user is not authorized to read any decrypted receiver"
_NEEDED: Final = "any(any of alert.provisioning.secrets:read any of alert.notifications.receivers.secrets:read)"
_CRASHED: Final = {
    "error": "Server Error",
    "message": "Internal Server Error - please inspect Grafana server log for details",
}


def export(call: Call) -> Response:
    """GET /api/v1/provisioning/contact-points/export?name=&decrypt=&format= (12.4.0): JSON, which is YAML too; the form
    `hcl` is not served. An editor gets the secrets of what is the editor's own."""
    decrypt = call.query("decrypt") == "true"
    who = call.identity
    if decrypt and not who.can("Editor"):
        raise alerting.refuse(403, "unauthorized", _NO_SECRETS, permissions=_NEEDED)
    own_alone = decrypt and not who.can("Admin")
    found = [item for item in _found(call) if not own_alone or item.created_by == who.account.id]
    groups = [
        {"orgId": who.org, "name": name, "receivers": [_exported(item, decrypt) for item in items]}
        for name, items in groupby(found, lambda item: item.name)
    ]
    body = {"apiVersion": 1} | ({"contactPoints": groups} if groups else {})
    return wire.answer(body, content_type=wire.PLAIN if call.query("format") == "json" else "text/yaml")


def _refuse(message: str) -> wire.Refused:
    return wire.refuse(400, f"invalid object specification: {message}")


def _integration(kind: str) -> Integration:
    if kind not in INTEGRATIONS:
        raise _refuse(f"unknown integration type: {kind}")
    return INTEGRATIONS[kind]


def _parse(call: Call) -> Draft:
    command = call.json()
    name, kind, uid = (wire.read_field(command, key, str) for key in ("name", "type", "uid"))
    settings = command.get("settings")
    if settings is not None and not isinstance(settings, dict):
        raise wire.refuse(400, "bad request data")
    body = {
        "type": kind,
        "settings": settings,
        "disableResolveMessage": wire.read_field(command, "disableResolveMessage", bool),
        "provenance": alerting.provenance(call),
    }
    if settings is None and call.request.method == "POST":
        raise wire.Refused(wire.answer(_CRASHED, 500, wire.CHARSET))
    if settings is None:
        raise _refuse("settings should not be empty")
    _integration(kind)
    return Draft(body, uid, name)


def _admit(call: Call, draft: Draft, old: Item | None) -> Draft:
    """Secrets that come back as `[REDACTED]` stay as they are, but those below the top: 12.4.0 takes the word for them.
    What is not sent is gone."""
    integration, settings = INTEGRATIONS[draft.body["type"]], dict(draft.body["settings"])
    uid = draft.uid if old is None else old.uid
    if old is not None:
        kept = [key for key in integration.secrets if settings.get(key) == _REDACTED]
        settings |= {key: old.secure.get(key, "") for key in kept}
    _check_whole(integration, settings, draft, uid)
    if old is None:
        _check_uid(call, uid)
    elif old.body["provenance"] not in ("", draft.body["provenance"]):
        was, is_now = old.body["provenance"], draft.body["provenance"]
        raise wire.refuse(500, f"cannot change provenance from '{was}' to '{is_now}'")
    plain, secrets = extract_secrets(integration, settings)
    return Draft({**draft.body, "settings": plain}, uid, draft.name, secrets)


def _check_whole(integration: Integration, settings: Mapping[str, Any], draft: Draft, uid: str) -> None:
    if not draft.name:
        raise _refuse("name is required")
    complaint = integration.complaint(settings)
    if complaint:
        what = f'failed to validate integration "{draft.name}" (UID {uid}) of type "{draft.body["type"]}"'
        raise _refuse(f"{what}: {complaint}")


def _check_uid(call: Call, uid: str) -> None:
    wrong = f"invalid object specification\ncannot create contact point with UID '{uid}': "
    if len(uid) > _UID_MAX:
        raise wire.refuse(400, f"{wrong}UID is longer than {_UID_MAX} symbols")
    if not _UID.fullmatch(uid):
        raise wire.refuse(400, f"{wrong}invalid format of UID. Only letters, numbers, '-' and '_' are allowed")
    taken = POINTS.items(call).get(uid) if uid else None
    if taken is not None:
        raise alerting.refuse(
            409,
            "notifications.contact-points.uidInUse",
            f"Receiver configuration with UID '{uid}' already exists in contact point '{taken.name}'. Please use "
            "unique identifiers for receivers across all contact points.",
            Name=taken.name,
            UID=uid,
        )


def _shown_new(item: Item) -> dict[str, Any]:
    """A new one: without provenance, and with secrets by their paths."""
    return _shown(item, {**item.body["settings"], **dict.fromkeys(item.secure, _REDACTED)})


def _shown(item: Item, settings: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "uid": item.uid,
        "name": item.name,
        "type": item.body["type"],
        "settings": settings,
        "disableResolveMessage": item.body["disableResolveMessage"],
    }


def _redacted(item: Item) -> Mapping[str, Any]:
    return with_secrets(item.body["settings"], dict.fromkeys(item.secure, _REDACTED))


def _exported(item: Item, decrypt: bool) -> dict[str, Any]:
    settings = with_secrets(item.body["settings"], item.secure) if decrypt else _redacted(item)
    return {key: value for key, value in _shown(item, settings).items() if key != "name"}


def _found(call: Call) -> list[Item]:
    """Those of the asked name, or all, by name and uid."""
    asked = call.query("name")
    found = [item for item in POINTS.items(call).all() if asked in ("", item.name)]
    return sorted(found, key=lambda item: (item.name, item.uid))


def _listed(_: Collection, call: Call, __: Sequence[Item]) -> list[dict[str, Any]]:
    return [_shown(item, _redacted(item)) | alerting.shown(item) for item in _found(call)]


def _is_last(items: Items, item: Item) -> bool:
    """Whether no other contact point has its name."""
    return not any(other.name == item.name and other.id != item.id for other in items.all())


def _check(call: Call, verb: Verb, uid: str) -> None:
    """The last of a name stays while a policy or a rule uses that name."""
    item = POINTS.items(call).get(uid) if verb == "delete" else None
    if item is None or not _is_last(POINTS.items(call), item):
        return
    what = "notifications.contact-points"
    if any(node.get("receiver") == item.name for node in alerting.nodes(alerting.policy(call))):
        message = "Contact point is currently referenced by a notification policy."
        raise alerting.refuse(409, f"{what}.referenced", message)
    if any(receiver == item.name for receiver in alerting.receivers_of_rules(call)):
        message = "Contact point is currently used in the notification settings of one or many alert rules."
        raise alerting.refuse(409, f"{what}.used-by-rule", message)


def _follow(call: Call, old: Item, new: Item) -> None:
    """Policies and rules follow the last contact point of a name to its new one."""
    if old.name == new.name or not _is_last(POINTS.items(call), old):
        return
    alerting.rename_receiver(call, old.name, new.name)


def _deleted() -> Response:
    return alerting.accepted({"message": "contactpoint deleted"})


def _missing(uid: str) -> wire.Refused:
    return wire.refuse(404, f"object not found: contact point with uid '{uid}' not found")


POINTS: Final = Collection(
    kind=alerting.CONTACT_POINTS,
    path=f"{ROOT}/contact-points",
    access={"list": READ, "create": WRITE, "update": WRITE, "delete": WRITE},
    parse=_parse,
    admit=_admit,
    show=lambda _, item: _shown_new(item),
    listed=_listed,
    missing=_missing,
    check=_check,
    follow=_follow,
    gone=_deleted,
    answers={
        "create": lambda item: alerting.accepted(_shown_new(item)),
        "update": lambda _: alerting.accepted({"message": "contactpoint updated"}),
    },
)

ROUTES: Final = (Route("GET", f"{ROOT}/contact-points/export", export, *READ), *POINTS.routes)
