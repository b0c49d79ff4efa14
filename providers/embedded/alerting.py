"""The common part of the routes under /api/v1/provisioning: access, provenance, refusals, uses of names."""

import hashlib
from collections.abc import Callable, Container, Iterable, Iterator, Mapping
from typing import Any, Final

import orjson
from starlette.responses import Response

from providers.embedded import wire
from providers.embedded.collection import Access
from providers.embedded.items import Draft, Item, Items
from providers.embedded.routing import Call

ROOT: Final = "/api/v1/provisioning"
CONTACT_POINTS, TIMINGS, POLICIES, RULES = "contact point", "mute timing", "notification policy", "alert rule"
API: Final = "api"
READ: Final[Access] = (
    "Viewer",
    "any of alert.provisioning:read, alert.notifications.provisioning:read, alert.provisioning.secrets:read, "
    "alert.notifications:read",
)
WRITE: Final[Access] = (
    "Editor",
    "any of alert.provisioning:write, alert.notifications.provisioning:write, all of alert.notifications:write, "
    "alert.provisioning.provenance:write",
)
DEFAULT_POLICY: Final[Mapping[str, Any]] = {"receiver": "empty", "group_by": ["grafana_folder", "alertname"]}
_DISABLE: Final = "x-disable-provenance"


def provenance(call: Call) -> str:
    """Returns the provenance that a write leaves: `api` (not to be edited in the UI), or none with the header."""
    return "" if _DISABLE in call.request.headers else API


def refuse(status: int, message_id: str, message: str, **extra: object) -> wire.Refused:
    """The error form of alerting: with `extra` where there is any."""
    body = {"statusCode": status, "messageId": f"alerting.{message_id}", "message": message}
    return wire.Refused(wire.answer(body | ({"extra": extra} if extra else {}), status))


def shown(item: Item) -> dict[str, Any]:
    """The provenance of an item, where it has one."""
    return {"provenance": item.body["provenance"]} if item.body["provenance"] else {}


def check_provenance(call: Call, old: str) -> None:
    """Refuse (403) to change what another API has made."""
    new = provenance(call)
    if old not in ("", new):
        is_now = new or "none"
        message = (
            f"Resource with provenance status '{old}' cannot be managed via API that handles resources with provenance "
            f"status '{is_now}'. You must use appropriate API to manage this resource"
        )
        raise refuse(403, "notifications.invalidProvenance", message, SourceProvenance=old, TargetProvenance=is_now)


def check_version(asked: str, item: Item) -> None:
    """Refuse (409) where another version than the asked one is stored."""
    if asked and asked != item.body["version"]:
        raise refuse(409, "notifications.conflict", "Conflict")


def digest(*parts: object) -> str:
    """Returns the version of an object: a digest of its content."""
    return hashlib.sha256(orjson.dumps(parts)).hexdigest()[:16]


def deleted() -> Response:
    """The answer to a deletion of what has a name (204)."""
    return Response(status_code=204, headers={"content-type": wire.PLAIN})


def policy(call: Call) -> Mapping[str, Any]:
    """The tree of notification policies of the caller's organisation."""
    item = Items(call.store, call.identity.org, POLICIES).get(POLICIES)
    return DEFAULT_POLICY if item is None else item.body


def store_policy(call: Call, tree: Mapping[str, Any]) -> None:
    """Replace the tree."""
    items, author = Items(call.store, call.identity.org, POLICIES), call.identity.account.id
    old, draft = items.get(POLICIES), Draft(tree, uid=POLICIES)
    if old is None:
        items.add(draft, author)
    else:
        items.replace(old, draft, author)


def nodes(tree: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    """A policy and all below it."""
    yield tree
    for route in tree.get("routes") or ():
        yield from nodes(route)


def changed(tree: Mapping[str, Any], change: Callable[[Mapping[str, Any]], Mapping[str, Any]]) -> dict[str, Any]:
    """A tree whose every policy is changed."""
    new = dict(change(tree))
    if new.get("routes"):
        new["routes"] = [changed(route, change) for route in new["routes"]]
    return new


def rename_receiver(call: Call, old: str, new: str) -> None:
    """Policies and rules that name a contact point name it anew."""
    tree = policy(call)
    if any(node.get("receiver") == old for node in nodes(tree)):
        renamed = {"receiver": new}
        store_policy(call, changed(tree, lambda node: {**node, **(renamed if node.get("receiver") == old else {})}))
    rules = Items(call.store, call.identity.org, RULES)
    for rule in rules.all():
        settings = rule.body.get("notification_settings") or {}
        if settings.get("receiver") == old:
            body = {**rule.body, "notification_settings": {**settings, "receiver": new}}
            rules.replace(rule, Draft(body, name=rule.name), call.identity.account.id)


def rules_in(call: Call, folders: Container[str]) -> list[Item]:
    """The alert rules in some folders."""
    rules = Items(call.store, call.identity.org, RULES).all()
    return [rule for rule in rules if rule.body["folderUID"] in folders]


def delete_rules(call: Call, rules: Iterable[Item]) -> None:
    """Delete alert rules."""
    for rule in rules:
        Items(call.store, call.identity.org, RULES).remove(rule)


def receivers_of_rules(call: Call) -> Iterator[str]:
    """The contact points that alert rules notify by themselves."""
    for rule in Items(call.store, call.identity.org, RULES).all():
        yield (rule.body.get("notification_settings") or {}).get("receiver", "")


def uses_of_timing(call: Call, name: str) -> dict[str, Any]:
    """Returns the uses of a mute timing in the form of a refusal; empty for none."""
    keys = ("mute_time_intervals", "active_time_intervals")
    if any(name in node.get(key, ()) for node in nodes(policy(call)) for key in keys):
        return {"UsedByRoutes": True}
    rules = Items(call.store, call.identity.org, RULES).all()
    using = [
        {"UID": rule.uid}
        for rule in rules
        if any(name in ((rule.body.get("notification_settings") or {}).get(key) or ()) for key in keys)
    ]
    return {"UsedByRules": using} if using else {}


def accepted(body: object, status: int = 202) -> Response:
    """The answer to a write."""
    return wire.answer(body, status)
