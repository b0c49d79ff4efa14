"""Receivers of the app platform, as 12.4.0 answers: the contact points of one name, each an integration."""

from collections.abc import Sequence
from functools import partial
from typing import Final

from providers.embedded import alerting, status, wire
from providers.embedded.alerting_names import (
    GROUP,
    VERSIONS,
    metadata_of,
    name_of,
    other_version,
    refuse_change,
    refuse_name,
    texts_in,
    told_provenance,
)
from providers.embedded.app_kinds import AppKind, Json, given_spec
from providers.embedded.collection import Verb
from providers.embedded.contact_points import POINTS
from providers.embedded.integrations import INTEGRATIONS, extract_secrets
from providers.embedded.items import Draft, Item, Items
from providers.embedded.routing import Call

_BARE: Final = "receiver"  # one without integrations, which no contact point stands for
_BUILT_IN: Final = "empty"


def _receivers(call: Call) -> Sequence[Json]:
    points: dict[str, list[Item]] = {_BUILT_IN: []}
    for item in Items(call.store, call.identity.org, _BARE).all():
        points[item.name] = []
    for item in POINTS.items(call).all():
        points.setdefault(item.name, []).append(item)
    return [_receiver(call, name, items) for name, items in points.items()]


def _receiver(call: Call, name: str, items: Sequence[Item]) -> Json:
    integrations = [
        {
            "uid": item.uid,
            "type": item.body["type"],
            "version": "v1",
            "disableResolveMessage": item.body["disableResolveMessage"],
            "settings": item.body["settings"],
        }
        | ({"secureFields": dict.fromkeys(sorted(item.secure), True)} if item.secure else {})
        for item in items
    ]
    version = alerting.digest(name, *((item.uid, item.version) for item in items))
    access = dict.fromkeys(_ACCESS, "true")
    routes = sum(node.get("receiver") == name for node in alerting.nodes(alerting.policy(call)))
    rules = sum(receiver == name for receiver in alerting.receivers_of_rules(call))
    used = {"grafana.com/inUse/routes": str(routes), "grafana.com/inUse/rules": str(rules)}
    told = access | used | {"grafana.com/canUse": "true"} | told_provenance(items[0].body if items else {})
    return {
        "metadata": metadata_of(call, name_of(name), version, told),
        "spec": {"title": name, "integrations": integrations},
    }


_ACCESS: Final = tuple(
    f"grafana.com/access/can{what}" for what in ("Admin", "Delete", "ModifyProtected", "ReadSecrets", "Test", "Write")
)


def _create_receiver(call: Call, body: Json) -> str:
    refuse_name(body)
    spec = given_spec(body)
    (title,) = texts_in(spec, "title")
    if any(one["spec"]["title"] == title for one in _receivers(call)):
        message = "Receiver with this name already exists. Use a different name or update an existing one."
        raise status.refuse_alerting(409, "Conflict", message, "receivers.exists")
    _store_receiver(call, title, spec, [])
    return name_of(title)


def _update_receiver(call: Call, there: Json, body: Json) -> str:
    spec, before = given_spec(body), there["spec"]["title"]
    (title,) = texts_in(spec, "title")
    items = [item for item in POINTS.items(call).all() if item.name == before]
    refuse_change(items[0].body if items else {})
    _store_receiver(call, title, spec, items)
    if title != before:
        alerting.rename_receiver(call, before, title)
        _forget_bare(call, before)
    return name_of(title)


def _store_receiver(call: Call, title: str, spec: Json, before: Sequence[Item]) -> None:
    """Stores each integration as a contact point: over that with its uid, the others of which go."""
    if not title:
        raise _invalid_receiver("name is required")
    sent = spec.get("integrations") or []
    drafts = [_integration(title, one, before) for one in sent if isinstance(one, dict)]
    items, author = POINTS.items(call), call.identity.account.id
    old = {item.uid: item for item in before}
    for draft in drafts:
        if draft.uid in old:
            items.replace(old.pop(draft.uid), draft, author)
        else:
            items.add(draft, author)
    for item in old.values():
        items.remove(item)
    _forget_bare(call, title)
    if not drafts and title != _BUILT_IN:
        Items(call.store, call.identity.org, _BARE).add(Draft({}, name=title), author)


def _integration(title: str, sent: Json, before: Sequence[Item]) -> Draft:
    type_, uid = texts_in(sent, "type", "uid")
    integration, settings = INTEGRATIONS.get(type_), sent.get("settings")
    if integration is None:
        raise _invalid_receiver(f"unknown integration type: {type_}")
    plain, secrets = extract_secrets(integration, settings if isinstance(settings, dict) else {})
    there = next((item.secure for item in before if item.uid == uid), {})
    kept = {key: there[key] for key, is_kept in (sent.get("secureFields") or {}).items() if is_kept and key in there}
    complaint = integration.complaint({**(settings or {}), **kept})
    if complaint:
        what = f'failed to validate integration "{title}" (UID {uid}) of type "{type_}"'
        raise _invalid_receiver(f"{what}: {complaint}")
    body = {
        "type": type_,
        "settings": plain,
        "disableResolveMessage": sent.get("disableResolveMessage") is True,
        "provenance": "",
    }
    return Draft(body, uid, title, {**kept, **secrets})


def _invalid_receiver(why: str) -> wire.Refused:
    return status.refuse_alerting(400, "BadRequest", f"Invalid receiver: '{why}'", "receivers.invalid", Reason=why)


def _delete_receiver(call: Call, there: Json) -> None:
    title, annotations = there["spec"]["title"], there["metadata"]["annotations"]
    items = [item for item in POINTS.items(call).all() if item.name == title]
    refuse_change(items[0].body if items else {})
    used = [what for what in ("routes", "rules") if annotations[f"grafana.com/inUse/{what}"] != "0"]
    if used:
        by = " and ".join(f"one or more {what}" for what in used)
        causes = {f"UsedBy{what.capitalize()}": True for what in used} | {"UsedBy": by}
        raise status.refuse_alerting(409, "Conflict", f"Receiver is used by {by}", "receivers.used", **causes)
    for item in items:
        POINTS.items(call).remove(item)
    _forget_bare(call, title)


def _forget_bare(call: Call, title: str) -> None:
    bare = Items(call.store, call.identity.org, _BARE)
    item = bare.by_name(title)
    if item is not None:
        bare.remove(item)


def _no_receiver(_: AppKind, name: str) -> wire.Refused:
    return status.refuse_alerting(404, "NotFound", "Receiver not found", "receivers.notFound")


def _lacking(call: Call, verb: Verb) -> str:
    receivers = "alert.notifications.receivers"
    write = f"any(alert.notifications:write {receivers}:{'write' if verb == 'update' else verb})"
    read = f"any(alert.notifications:read {receivers}:read any of {receivers}.secrets:read)"
    return f"required permissions: {write if verb == 'create' else f'all({read} {write})'}"


RECEIVERS: Final = AppKind(
    group=GROUP,
    versions=VERSIONS,
    plural="receivers",
    kind="Receiver",
    listed=_receivers,
    create=_create_receiver,
    update=_update_receiver,
    delete=_delete_receiver,
    lacking=_lacking,
    missing=_no_receiver,
    conflict=partial(other_version, "receiver"),
    needs_version=True,
)
