"""Time intervals, template groups and routing trees of the app platform, as 12.4.0 answers: other forms of what the
routes under /api/v1/provisioning have."""

from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any, Final

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
from providers.embedded.items import Draft, Item
from providers.embedded.policies import check_names, normal_policy
from providers.embedded.receiver_kind import RECEIVERS
from providers.embedded.routing import Call
from providers.embedded.templates import TEMPLATES, as_definition, complaint_of
from providers.embedded.timings import TIMINGS, normal_interval

_TREE: Final = "user-defined"
_DURATIONS: Final = ("group_wait", "group_interval", "repeat_interval")
_LISTS: Final = ("group_by", "mute_time_intervals", "active_time_intervals")


# --- time intervals ---------------------------------------------------------------------------------------------------


def _intervals(call: Call) -> Sequence[Json]:
    items = sorted(TIMINGS.items(call).all(), key=lambda item: item.name)
    return [
        {
            "metadata": metadata_of(
                call,
                name_of(item.name),
                item.body["version"],
                {"grafana.com/canUse": "true"} | told_provenance(item.body),
            ),
            "spec": {"name": item.name, "time_intervals": item.body["time_intervals"]},
        }
        for item in items
    ]


def _interval_draft(spec: Json) -> Draft:
    (name,) = texts_in(spec, "name")
    try:
        intervals = [normal_interval(one) for one in spec.get("time_intervals") or []]
    except (ValueError, TypeError, KeyError, AttributeError) as exc:
        raise _invalid_interval(f"{exc}") from None
    if not name:
        raise _invalid_interval("missing name in time interval")
    version = alerting.digest(name, intervals)
    return Draft({"time_intervals": intervals, "provenance": "", "version": version}, name, name)


def _invalid_interval(why: str) -> wire.Refused:
    message = "Time interval is in invalid format. Correct the payload and try again."
    return status.refuse_alerting(400, "BadRequest", message, "time-intervals.invalidFormat", Error=why)


def _create_interval(call: Call, body: Json) -> str:
    refuse_name(body)
    draft = _interval_draft(given_spec(body))
    if TIMINGS.items(call).get(draft.uid) is not None:
        message = "Time interval with this name already exists. Use a different name or update existing one."
        raise status.refuse_alerting(400, "BadRequest", message, "time-intervals.nameExists")
    TIMINGS.items(call).add(draft, call.identity.account.id)
    return name_of(draft.name)


def _update_interval(call: Call, there: Json, body: Json) -> str:
    old = TIMINGS.items(call).get(there["spec"]["name"])
    draft = _interval_draft(given_spec(body))
    assert old is not None
    refuse_change(old.body)
    TIMINGS.items(call).replace(old, draft, call.identity.account.id)
    return name_of(draft.name)


def _delete_interval(call: Call, there: Json) -> None:
    old = TIMINGS.items(call).get(there["spec"]["name"])
    assert old is not None
    refuse_change(old.body)
    used = alerting.uses_of_timing(call, old.name)
    if used:
        raise status.refuse_alerting(409, "Conflict", "Conflict", "time-intervals.used", **used)
    TIMINGS.items(call).remove(old)


# --- template groups --------------------------------------------------------------------------------------------------

_DEFAULT: Final = "__default__"
_GRAFANA: Final = "grafana"


def _templates(call: Call) -> Sequence[Json]:
    built_in = {"title": "Built-in Templates", "content": '{{ define "default.title" }}{{ end }}', "kind": _GRAFANA}
    items = sorted(TEMPLATES.items(call).all(), key=lambda item: item.name)
    return [
        {"metadata": metadata_of(call, _DEFAULT, "", {"grafana.com/provenance": "system"}), "spec": built_in},
        *(
            {
                "metadata": metadata_of(
                    call, name_of(f"{_GRAFANA}|{item.name}"), item.body["version"], told_provenance(item.body)
                ),
                "spec": {"title": item.name, "content": item.body["template"], "kind": _GRAFANA},
            }
            for item in items
        ),
    ]


def _template_draft(spec: Json) -> Draft:
    title, text = texts_in(spec, "title", "content")
    content = as_definition(title, text.strip())
    complaint = complaint_of(content) if title else "template must have a name"
    if complaint:
        message = "Template is in invalid format. Correct the payload and try again."
        raise status.refuse_alerting(400, "BadRequest", message, "templates.invalidFormat", Error=complaint)
    body = {"template": content, "provenance": "", "version": alerting.digest(content)}
    return Draft(body, title, title)


def _create_template(call: Call, body: Json) -> str:
    refuse_name(body)
    draft = _template_draft(given_spec(body))
    if TEMPLATES.items(call).get(draft.uid) is not None:
        message = "Template file with this name already exists. Use a different name or update existing one."
        raise status.refuse_alerting(400, "BadRequest", message, "templates.nameExists")
    TEMPLATES.items(call).add(draft, call.identity.account.id)
    return name_of(f"{_GRAFANA}|{draft.name}")


def _template_of(call: Call, there: Json) -> Item:
    old = TEMPLATES.items(call).get(there["spec"]["title"])
    if old is None:
        raise _no_template(TEMPLATEGROUPS, "")
    refuse_change(old.body)
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
    return [{"metadata": metadata_of(call, _TREE, alerting.digest(told), told_provenance(tree)), "spec": spec}]


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
    refuse_change(alerting.policy(call))
    spec = given_spec(body)
    try:
        tree = normal_policy({**(spec.get("defaults") or {}), "routes": [_policy(one) for one in spec["routes"]]})
        check_names(call, tree)
    except (ValueError, TypeError, AttributeError, KeyError) as exc:
        message = f"Invalid format of the submitted route: {exc}. Correct the payload and try again."
        raise status.refuse_alerting(400, "BadRequest", message, "routes.invalidFormat", Error=f"{exc}") from None
    alerting.store_policy(call, tree)
    return _TREE


def _create_tree(call: Call, body: Json) -> str:
    message = 'Multiple routes are not supported, see feature toggle "alertingMultiplePolicies"'
    raise status.refuse_alerting(501, "Not implemented", message, "routes.multipleNotSupported")


def _reset_tree(call: Call, there: Json) -> None:
    refuse_change(alerting.policy(call))
    alerting.store_policy(call, alerting.DEFAULT_POLICY)


def _no_template(_: AppKind, name: str) -> wire.Refused:
    return status.refuse_alerting(404, "NotFound", "NotFound", "templates.notFound")


def _no_tree(_: AppKind, name: str) -> wire.Refused:
    return status.refuse_alerting(404, "NotFound", "Route not found", "routes.notFound")


def _changed(_: AppKind, there: Json, version: str) -> wire.Refused:
    return status.refuse_alerting(409, "Conflict", "Conflict", "conflict")


_KIND: Final = partial(AppKind, group=GROUP, versions=VERSIONS)
TREES: Final = _KIND(
    plural="routingtrees",
    kind="RoutingTree",
    listed=_trees,
    create=_create_tree,
    update=_update_tree,
    delete=_reset_tree,
    missing=_no_tree,
    conflict=partial(other_version, "route"),
    needs_version=True,
)
TEMPLATEGROUPS: Final = _KIND(
    plural="templategroups",
    kind="TemplateGroup",
    listed=_templates,
    create=_create_template,
    update=_update_template,
    delete=_delete_template,
    missing=_no_template,
    conflict=_changed,
)
INTERVALS: Final = _KIND(
    plural="timeintervals",
    kind="TimeInterval",
    listed=_intervals,
    create=_create_interval,
    update=_update_interval,
    delete=_delete_interval,
    conflict=_changed,
)
KINDS: Final = (RECEIVERS, TREES, TEMPLATEGROUPS, INTERVALS)
