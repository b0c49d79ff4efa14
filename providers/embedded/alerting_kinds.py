"""Receivers, time intervals, template groups and routing trees of the app platform, as 12.4.0 answers: other forms of
what the routes under /api/v1/provisioning have, and named by their titles."""

from base64 import urlsafe_b64encode
from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any, Final

from providers.embedded import alerting, status
from providers.embedded.admin import namespace
from providers.embedded.app_kinds import AppKind, Json, cluster_uid, given_spec, sent_name
from providers.embedded.contact_points import POINTS
from providers.embedded.integrations import INTEGRATIONS, extract_secrets
from providers.embedded.items import Draft, Item, Items
from providers.embedded.policies import check_names, normal_policy
from providers.embedded.routing import Call
from providers.embedded.templates import TEMPLATES, complaint_of
from providers.embedded.timings import TIMINGS, normal_interval

_GROUP: Final = "notifications.alerting.grafana.app"
_BARE: Final = "receiver"  # one without integrations, which no contact point stands for
_BUILT_IN: Final = "empty"
_TREE: Final = "user-defined"
_DURATIONS: Final = ("group_wait", "group_interval", "repeat_interval")
_LISTS: Final = ("group_by", "mute_time_intervals", "active_time_intervals")


def name_of(title: str) -> str:
    """The name of what has a title."""
    return urlsafe_b64encode(title.encode()).decode().rstrip("=")


def _metadata(call: Call, name: str, version: str, annotations: Mapping[str, str]) -> Json:
    space = namespace(call.identity.org)
    told = {"name": name, "namespace": space, "uid": cluster_uid("", space, name)}
    return told | ({"resourceVersion": version} if version else {}) | {"annotations": dict(sorted(annotations.items()))}


def _provenance(body: Mapping[str, Any]) -> dict[str, str]:
    return {"grafana.com/provenance": str(body.get("provenance") or "none")}


def _refuse_change(body: Mapping[str, Any]) -> None:
    """Refuses (403) to change what the provisioning API has made as its own."""
    old = str(body.get("provenance") or "")
    if old:
        message = (
            f"Resource with provenance status '{old}' cannot be managed via API that handles resources with provenance "
            "status ''. You must use appropriate API to manage this resource"
        )
        raise status.refuse(403, message, "Forbidden", {"uid": "alerting.notifications.invalidProvenance"})


def _refuse_name(body: Mapping[str, Any]) -> None:
    if sent_name(body):
        raise status.bad_request("object's metadata.name should be empty")


def _texts(spec: Mapping[str, Any], *keys: str) -> Sequence[str]:
    return [value if isinstance(value := spec.get(key), str) else "" for key in keys]


# --- receivers --------------------------------------------------------------------------------------------------------


def _receivers(call: Call) -> Sequence[Json]:
    points: dict[str, list[Item]] = {_BUILT_IN: []}
    for item in Items(call.store, call.identity.org, _BARE).all():
        points[item.name] = []
    for item in POINTS.items(call).all():
        points.setdefault(item.name, []).append(item)
    return [_receiver(call, name, points[name]) for name in sorted(points)]


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
    told = access | used | {"grafana.com/canUse": "true"} | _provenance(items[0].body if items else {})
    return {
        "metadata": _metadata(call, name_of(name), version, told),
        "spec": {"title": name, "integrations": integrations},
    }


_ACCESS: Final = tuple(
    f"grafana.com/access/can{what}" for what in ("Admin", "Delete", "ModifyProtected", "ReadSecrets", "Test", "Write")
)


def _create_receiver(call: Call, body: Json) -> str:
    _refuse_name(body)
    spec = given_spec(body)
    (title,) = _texts(spec, "title")
    if any(one["spec"]["title"] == title for one in _receivers(call)):
        message = "Receiver with this name already exists. Use a different name or update an existing one."
        raise status.refuse(409, message, "Conflict", {"uid": "alerting.notifications.receivers.exists"})
    _store_receiver(call, title, spec, [])
    return name_of(title)


def _update_receiver(call: Call, there: Json, body: Json) -> str:
    spec, before = given_spec(body), there["spec"]["title"]
    (title,) = _texts(spec, "title")
    items = [item for item in POINTS.items(call).all() if item.name == before]
    _refuse_change(items[0].body if items else {})
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
    type_, uid = _texts(sent, "type", "uid")
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


def _invalid_receiver(why: str) -> Exception:
    message = f"Invalid receiver: '{why}'"
    return status.refuse(400, message, "BadRequest", {"uid": "alerting.notifications.receivers.invalid"})


def _delete_receiver(call: Call, there: Json) -> None:
    title, annotations = there["spec"]["title"], there["metadata"]["annotations"]
    items = [item for item in POINTS.items(call).all() if item.name == title]
    _refuse_change(items[0].body if items else {})
    used = [what for what in ("routes", "rules") if annotations[f"grafana.com/inUse/{what}"] != "0"]
    if used:
        message = f"Receiver is used by {', '.join(used)}"
        raise status.refuse(409, message, "Conflict", {"uid": "alerting.notifications.receivers.used"})
    for item in items:
        POINTS.items(call).remove(item)
    _forget_bare(call, title)


def _forget_bare(call: Call, title: str) -> None:
    bare = Items(call.store, call.identity.org, _BARE)
    item = bare.by_name(title)
    if item is not None:
        bare.remove(item)


# --- time intervals ---------------------------------------------------------------------------------------------------


def _intervals(call: Call) -> Sequence[Json]:
    items = sorted(TIMINGS.items(call).all(), key=lambda item: item.name)
    return [
        {
            "metadata": _metadata(
                call,
                name_of(item.name),
                item.body["version"],
                {"grafana.com/canUse": "true"} | _provenance(item.body),
            ),
            "spec": {"name": item.name, "time_intervals": item.body["time_intervals"]},
        }
        for item in items
    ]


def _interval_draft(spec: Json) -> Draft:
    (name,) = _texts(spec, "name")
    try:
        intervals = [normal_interval(one) for one in spec.get("time_intervals") or []]
    except (ValueError, TypeError, KeyError, AttributeError) as exc:
        raise _invalid_interval(f"{exc}") from None
    if not name:
        raise _invalid_interval("missing name in time interval")
    version = alerting.digest(name, intervals)
    return Draft({"time_intervals": intervals, "provenance": "", "version": version}, name, name)


def _invalid_interval(why: str) -> Exception:
    message = f"Time interval has invalid format: {why}"
    return status.refuse(400, message, "BadRequest", {"uid": "alerting.notifications.time-intervals.invalidFormat"})


def _create_interval(call: Call, body: Json) -> str:
    _refuse_name(body)
    draft = _interval_draft(given_spec(body))
    if TIMINGS.items(call).get(draft.uid) is not None:
        message = "Time interval with this name already exists. Use a different name or update existing one."
        raise status.refuse(400, message, "BadRequest", {"uid": "alerting.notifications.time-intervals.nameExists"})
    TIMINGS.items(call).add(draft, call.identity.account.id)
    return name_of(draft.name)


def _update_interval(call: Call, there: Json, body: Json) -> str:
    old = TIMINGS.items(call).get(there["spec"]["name"])
    draft = _interval_draft(given_spec(body))
    assert old is not None
    _refuse_change(old.body)
    TIMINGS.items(call).replace(old, draft, call.identity.account.id)
    return name_of(draft.name)


def _delete_interval(call: Call, there: Json) -> None:
    old = TIMINGS.items(call).get(there["spec"]["name"])
    assert old is not None
    _refuse_change(old.body)
    if alerting.uses_of_timing(call, old.name):
        message = "Time interval is used by one or many notification policies or rules"
        raise status.refuse(409, message, "Conflict", {"uid": "alerting.notifications.time-intervals.used"})
    TIMINGS.items(call).remove(old)


# --- template groups --------------------------------------------------------------------------------------------------

_DEFAULT: Final = "__default__"
_GRAFANA: Final = "grafana"


def _templates(call: Call) -> Sequence[Json]:
    built_in = {"title": "Built-in Templates", "content": '{{ define "default.title" }}{{ end }}', "kind": _GRAFANA}
    items = sorted(TEMPLATES.items(call).all(), key=lambda item: item.name)
    return [
        {"metadata": _metadata(call, _DEFAULT, "", {"grafana.com/provenance": "system"}), "spec": built_in},
        *(
            {
                "metadata": _metadata(
                    call, name_of(f"{_GRAFANA}|{item.name}"), item.body["version"], _provenance(item.body)
                ),
                "spec": {"title": item.name, "content": item.body["template"], "kind": _GRAFANA},
            }
            for item in items
        ),
    ]


def _template_draft(spec: Json) -> Draft:
    title, content = _texts(spec, "title", "content")
    complaint = complaint_of(content.strip()) if title else "template must have a name"
    if complaint:
        message = "Template is in invalid format. Correct the payload and try again."
        raise status.refuse(400, message, "BadRequest", {"uid": "alerting.notifications.templates.invalidFormat"})
    body = {"template": content.strip(), "provenance": "", "version": alerting.digest(content.strip())}
    return Draft(body, title, title)


def _create_template(call: Call, body: Json) -> str:
    _refuse_name(body)
    draft = _template_draft(given_spec(body))
    if TEMPLATES.items(call).get(draft.uid) is not None:
        message = "Template with this name already exists. Use a different name or update existing one."
        raise status.refuse(400, message, "BadRequest", {"uid": "alerting.notifications.templates.nameExists"})
    TEMPLATES.items(call).add(draft, call.identity.account.id)
    return name_of(f"{_GRAFANA}|{draft.name}")


def _template_of(call: Call, there: Json) -> Item:
    old = TEMPLATES.items(call).get(there["spec"]["title"])
    if old is None:
        raise status.refuse(404, "NotFound", "NotFound", {"uid": "alerting.notifications.templates.notFound"})
    _refuse_change(old.body)
    return old


def _update_template(call: Call, there: Json, body: Json) -> str:
    old, draft = _template_of(call, there), _template_draft(given_spec(body))
    TEMPLATES.items(call).replace(old, draft, call.identity.account.id)
    return name_of(f"{_GRAFANA}|{draft.name}")


def _delete_template(call: Call, there: Json) -> None:
    TEMPLATES.items(call).remove(_template_of(call, there))


# --- the routing tree -------------------------------------------------------------------------------------------------


def _trees(call: Call) -> Sequence[Json]:
    tree = alerting.policy(call)
    defaults = {key: tree[key] for key in ("receiver", "group_by", *_DURATIONS) if key in tree}
    spec = {"defaults": defaults, "routes": [_route(one) for one in tree.get("routes") or ()]}
    told = {key: value for key, value in tree.items() if key != "provenance"}
    return [{"metadata": _metadata(call, _TREE, alerting.digest(told), _provenance(tree)), "spec": spec}]


def _route(policy: Mapping[str, Any]) -> Json:
    matchers = [
        *({"type": "=", "label": key, "value": value} for key, value in sorted((policy.get("match") or {}).items())),
        *({"type": "=~", "label": key, "value": text} for key, text in sorted((policy.get("match_re") or {}).items())),
        *({"type": type_, "label": label, "value": value} for label, type_, value in policy.get("object_matchers", ())),
    ]
    routes = [_route(one) for one in policy.get("routes") or ()]
    return (
        {key: policy[key] for key in ("receiver", *_LISTS, *_DURATIONS) if policy.get(key)}
        | {"continue": policy.get("continue") is True}
        | ({"matchers": matchers} if matchers else {})
        | ({"routes": routes} if routes else {})
    )


def _policy(route: Mapping[str, Any]) -> Json:
    given = {key: route[key] for key in ("receiver", "continue", *_LISTS, *_DURATIONS) if route.get(key)}
    matchers = [[one["label"], one["type"], one["value"]] for one in route.get("matchers") or ()]
    routes = [_policy(one) for one in route.get("routes") or ()]
    return given | ({"object_matchers": matchers} if matchers else {}) | ({"routes": routes} if routes else {})


def _update_tree(call: Call, there: Json, body: Json) -> str:
    _refuse_change(alerting.policy(call))
    spec = given_spec(body)
    try:
        tree = normal_policy({**(spec.get("defaults") or {}), "routes": [_policy(one) for one in spec["routes"]]})
        check_names(call, tree)
    except (ValueError, TypeError, AttributeError, KeyError) as exc:
        message = f"Invalid format of the submitted route: {exc}. Correct the payload and try again."
        raise status.refuse(
            400, message, "BadRequest", {"uid": "alerting.notifications.routes.invalidFormat"}
        ) from None
    alerting.store_policy(call, tree)
    return _TREE


def _create_tree(call: Call, body: Json) -> str:
    """Nobody makes another tree, unless alertingMultiplePolicies is on."""
    message = "multiple routing trees are not enabled"
    raise status.refuse(405, message, "MethodNotAllowed", {"uid": _TREE})


def _reset_tree(call: Call, there: Json) -> None:
    _refuse_change(alerting.policy(call))
    alerting.store_policy(call, alerting.DEFAULT_POLICY)


_KIND: Final = partial(AppKind, group=_GROUP, versions=("v0alpha1",))
KINDS: Final = (
    _KIND(
        plural="receivers",
        kind="Receiver",
        listed=_receivers,
        create=_create_receiver,
        update=_update_receiver,
        delete=_delete_receiver,
    ),
    _KIND(
        plural="timeintervals",
        kind="TimeInterval",
        listed=_intervals,
        create=_create_interval,
        update=_update_interval,
        delete=_delete_interval,
    ),
    _KIND(
        plural="templategroups",
        kind="TemplateGroup",
        listed=_templates,
        create=_create_template,
        update=_update_template,
        delete=_delete_template,
    ),
    _KIND(
        plural="routingtrees",
        kind="RoutingTree",
        listed=_trees,
        create=_create_tree,
        update=_update_tree,
        delete=_reset_tree,
    ),
)
