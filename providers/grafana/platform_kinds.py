"""Kinds of the app platform that have something of their own: named by their title, written by other types too, with
secrets in their spec, or told in a form that is not the one that was sent. Pure."""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from typing import Any, Final

from hcl_lite.core.contents import in_order
from hcl_lite.core.places import at, without
from hcl_lite.core.schema import Attr, Mention, Whole
from hcl_lite.core.schema.blocks import Duration
from hcl_lite.core.values import UNKNOWN, Secret, Value, reveal
from providers.grafana.client import DRY_RUNS
from providers.grafana.contact_point import SECRETS
from providers.grafana.message_template import as_definition
from providers.grafana.model import mentions_in
from providers.grafana.mute_timing import INTERVAL
from providers.grafana.platform_names import ALERTING, RECEIVER, Kind, decoded_title, encoded_title
from providers.kit.wire import comparable

Json = dict[str, Any]
DASHBOARD: Final[Kind] = ("dashboard.grafana.app", "Dashboard")
PLAYLIST: Final[Kind] = ("playlist.grafana.app", "Playlist")
KEPT: Final = "[kept by the server]"
"""What stands for a secret in the spec of an object that was read."""

_ALERTING_API: Final = f"{ALERTING}/"
_TIME_INTERVAL: Final[Kind] = (ALERTING, "TimeInterval")
_TEMPLATE_GROUP: Final[Kind] = (ALERTING, "TemplateGroup")
_ROUTING_TREE: Final[Kind] = (ALERTING, "RoutingTree")
_PREFERENCES: Final[Kind] = ("preferences.grafana.app", "Preferences")
_PEOPLE: Final = "iam.grafana.app"
# What is kept by an older API has no labels and annotations but the server's own (12.4.0).
_WITHOUT_METADATA: Final = (ALERTING, _PEOPLE, _PREFERENCES[0], "collections.grafana.app")
_TITLES: Final[Mapping[Kind, str]] = {RECEIVER: "title", _TIME_INTERVAL: "name", _TEMPLATE_GROUP: "title"}
_GRAFANA: Final = "grafana"  # whose language a template is in
_BY_NAME: Final[Mapping[Kind, str]] = {
    DASHBOARD: "grafana_dashboard",
    ("folder.grafana.app", "Folder"): "grafana_folder",
    PLAYLIST: "grafana_playlist",
}
_BY_TITLE: Final[Mapping[Kind, str]] = {
    _TIME_INTERVAL: "grafana_mute_timing",
    _TEMPLATE_GROUP: "grafana_message_template",
}
_SINGLE: Final[Mapping[tuple[Kind, str], Whole]] = {
    (_ROUTING_TREE, "user-defined"): ("grafana_notification_policy", "policy"),
    (_PREFERENCES, "namespace"): ("grafana_organization_preferences", "preferences"),
}


def title_key(kind: Kind) -> str:
    """Returns the key of the spec by which the server names objects of a kind, taking no other name (12.4.0); empty
    where people choose the name."""
    return _TITLES.get(kind, "")


def name_by_title(kind: Kind, spec: Mapping[str, Value]) -> Value:
    """Returns the name of such an object: base64 of its title without padding, as of `empty` ZW1wdHk; of a template
    with its language before it (12.4.0). UNKNOWN where the title is not known, or none."""
    title = spec.get(title_key(kind))
    if isinstance(title, Secret):
        return Secret(name_by_title(kind, {**spec, title_key(kind): title.value}))
    if not isinstance(title, str):
        return UNKNOWN
    text = f"{spec.get('kind') or _GRAFANA}|{title}" if kind == _TEMPLATE_GROUP else title
    return encoded_title(text)


def keeps_metadata(kind: Kind) -> bool:
    """Whether objects of a kind have labels and annotations that people give them."""
    return kind[0] not in _WITHOUT_METADATA


def lists_in_vain(kind: Kind) -> bool:
    """Whether lists have objects that are not found by their names: 12.4.0 finds preferences where the organisation has
    no others, and lists those of a team that is gone as the organisation's own."""
    return kind == _PREFERENCES


def says_something(kind: Kind, spec: Json) -> bool:
    """Whether there is anything in an object that somebody would miss: preferences stay, and are none, after PUT
    /api/org/preferences has taken all of them back (12.4.0)."""
    return kind != _PREFERENCES or normal(kind, spec) != {}


def has_dry_run(kind: Kind) -> bool:
    """Whether a write of such an object with dryRun=All is none."""
    return kind[0] in DRY_RUNS


def is_rewritten(kind: Kind) -> bool:
    """Whether the answer to a write is not what is there then: matchers of policies are sorted when they are read
    (12.4.0)."""
    return kind == _ROUTING_TREE


def counts_coarsely(kind: Kind) -> bool:
    """Whether two writes in one second have the same resourceVersion (12.4.0)."""
    return kind[0] in (_PREFERENCES[0], _PEOPLE)


def unwritable(kind: Kind, toggles: Collection[str]) -> str:
    """Returns the reason why nobody writes such an object, though the server lists calls for it; empty for none.
    `toggles` are those that are on."""
    if kind[0] == _PEOPLE and "kubernetesAuthnMutation" not in toggles:
        return f"Grafana writes no {kind[1]} by this API without the feature toggle kubernetesAuthnMutation"
    return ""


def unmakeable(kind: Kind, toggles: Collection[str]) -> str:
    """Returns the reason why nobody makes such an object; empty for none. 12.4.0 answers a POST of preferences with
    403, and a PUT of what is not there with 404; a POST of a second tree with 501."""
    if kind == _PREFERENCES:
        return "Grafana makes preferences by its older API alone"
    if kind == _ROUTING_TREE and "alertingMultiplePolicies" not in toggles:
        return "Grafana has one RoutingTree, user-defined, without the feature toggle alertingMultiplePolicies"
    return ""


def instead_of(kind: Kind) -> str:
    """Returns the type that writes objects of a kind by another API; empty for none."""
    if kind[0] == _PEOPLE:
        return {"Team": "grafana_team", "User": "grafana_user", "ServiceAccount": "grafana_service_account"}.get(
            kind[1], ""
        )
    return "grafana_organization_preferences" if kind == _PREFERENCES else ""


def other_type(kind: Kind, name: Value, spec: Value) -> Whole | None:
    """Returns the object of another type that is the same one, as far as its uid follows from the name or the title."""
    title = spec.get(title_key(kind)) if isinstance(spec, Mapping) else None
    if kind in _BY_TITLE and isinstance(title, str):
        return _BY_TITLE[kind], title
    if not isinstance(name, str):
        return None
    return (_BY_NAME[kind], name) if kind in _BY_NAME else _SINGLE.get((kind, name))


# --- names ------------------------------------------------------------------------------------------------------------

_MENTIONED_AS: Final[Mapping[Kind, str]] = {
    DASHBOARD: "dashboard",
    ("folder.grafana.app", "Folder"): "folder",
    RECEIVER: "contact point",
    _TIME_INTERVAL: "mute timing",
}
_NAMING: Final[Mapping[str, str]] = {
    "receiver": "contact point",
    "mute_time_intervals": "mute timing",
    "active_time_intervals": "mute timing",
}


def names_of(kind: Kind, name: str) -> Iterator[Mention]:
    """Yields the name by which others mention an object of a kind: its title, where that is what names it."""
    if kind in _MENTIONED_AS:
        yield Mention(_MENTIONED_AS[kind], decoded_title(name) if title_key(kind) else name)


def mentions_of(kind: Kind, spec: Value) -> Iterator[Mention]:
    """Yields what the spec of an object names: of a dashboard what may be a name, of a policy contact points and
    timings, of a playlist dashboards."""
    if kind == DASHBOARD:
        yield from mentions_in(json.dumps(reveal(spec), ensure_ascii=False, default=repr))
    elif kind == _ROUTING_TREE and isinstance(spec, Mapping):
        yield from _mentions_below([spec.get("defaults"), *_list(spec.get("routes"))])
    elif kind == PLAYLIST and isinstance(spec, Mapping):
        values = (one.get("value") for one in _list(spec.get("items")) if isinstance(one, Mapping))
        yield from (Mention("dashboard", value) for value in values if isinstance(value, str))


def _mentions_below(policies: Sequence[Value]) -> Iterator[Mention]:
    for policy in policies:
        if isinstance(policy, Mapping):
            for key, what in _NAMING.items():
                named = policy.get(key)
                names = [named] if isinstance(named, str) else _list(named)
                yield from (Mention(what, name) for name in names if isinstance(name, str))
            yield from _mentions_below(_list(policy.get("routes")))


def _list(value: Value) -> Sequence[Value]:
    return value if isinstance(value, list | tuple) else ()


# --- secrets in the spec ----------------------------------------------------------------------------------------------


def secret_settings(values: Mapping[str, Value]) -> Sequence[str]:
    """Returns the paths in `spec` that are secret: settings of what may be a receiver, by the type of the
    integration."""
    kind, api_version = values.get("kind"), values.get("api_version")
    if kind not in (RECEIVER[1], UNKNOWN) or not (api_version is UNKNOWN or f"{api_version}".startswith(_ALERTING_API)):
        return ()
    return [
        f"integrations.{index}.settings.{path}"
        for index, one in _integrations(values.get("spec"))
        for path in SECRETS.get(str(one.get("type")), ())
    ]


def _integrations(spec: Value) -> Iterator[tuple[int, Mapping[str, Value]]]:
    listed = spec.get("integrations") if isinstance(spec, Mapping) else None
    for index, one in enumerate(listed if isinstance(listed, list | tuple) else ()):
        if isinstance(one, Mapping):
            yield index, one


# --- what is told, and what is sent -----------------------------------------------------------------------------------


def told(kind: Kind, spec: Json) -> Json:
    """Returns the spec of an answer with KEPT at the place of each secret; `secureFields` of a receiver name them."""
    if kind != RECEIVER:
        return spec
    return {**spec, "integrations": [_with_marks(one) for one in spec.get("integrations") or ()]}


def _with_marks(integration: Json) -> Json:
    told_of = {key: value for key, value in integration.items() if key != "secureFields"}
    settings: Any = integration.get("settings") or {}
    for path, is_set in (integration.get("secureFields") or {}).items():
        settings = _put(settings, path.split("."), KEPT) if is_set else settings
    return {**told_of, "settings": settings}


def sent(kind: Kind, spec: Json, there: Json | None) -> Json:
    """Returns the spec of a write over `there`. An integration is the one at its position, where that is of its type:
    its uid is sent along, and what stands for a secret becomes its name in `secureFields`."""
    if kind != RECEIVER:
        return spec
    before = [one for _, one in _integrations(there)]
    return {**spec, "integrations": [_sent(one, before[n : n + 1]) for n, one in _integrations(spec)]}


def _sent(integration: Mapping[str, Any], before: Sequence[Mapping[str, Any]]) -> Json:
    settings, kept = integration.get("settings") or {}, dict[str, bool]()
    for path in SECRETS.get(str(integration.get("type")), ()):
        place = tuple(path.split("."))
        if at(settings, place) == KEPT:
            kept[path] = True
        if at(settings, place) in (KEPT, ""):  # what is to go is empty
            settings = without(settings, [place])
    made = {**integration, "settings": settings, **({"secureFields": kept} if kept else {})}
    if not made.get("uid") and before and before[0].get("type") == made.get("type"):
        made["uid"] = before[0].get("uid")
    return made


def _put(value: Any, keys: Sequence[str], leaf: str) -> Any:
    table = value if isinstance(value, Mapping) else {}
    return {**table, keys[0]: _put(table.get(keys[0]), keys[1:], leaf) if keys[1:] else leaf}


# --- what is compared -------------------------------------------------------------------------------------------------


def normal(kind: Kind, spec: Value) -> Value:
    """Returns the spec without what the server fills in, for comparing."""
    change = _NORMAL.get(kind)
    return change(spec) if change is not None and isinstance(reveal(spec), Mapping) else spec


def _normal_receiver(spec: Mapping[str, Value]) -> Value:
    filled: Mapping[str, Value] = {"disableResolveMessage": False, "version": "v1"}

    def integration(one: Mapping[str, Value]) -> Value:
        given = {key: value for key, value in one.items() if key not in ("uid", "secureFields")}
        return {key: value for key, value in given.items() if key not in filled or value != filled[key]}

    return {**spec, "integrations": _each(spec.get("integrations"), integration)}


def _normal_interval(spec: Mapping[str, Value]) -> Value:
    def interval(one: Mapping[str, Value]) -> Value:
        return {key: _normal_ranges(INTERVAL.get(key), value) for key, value in one.items() if value != []}

    return {**spec, "time_intervals": _each(spec.get("time_intervals"), interval)}


def _normal_ranges(attr: Attr | None, value: Value) -> Value:
    is_list = isinstance(value, list | tuple) and not any(isinstance(item, Mapping) for item in value)
    return comparable(attr, value) if attr is not None and is_list else value


def _normal_template(spec: Mapping[str, Value]) -> Value:
    return {"kind": _GRAFANA, **spec, "content": as_definition(spec.get("content"), spec.get("title"))}


def _normal_tree(spec: Mapping[str, Value]) -> Value:
    defaults = spec.get("defaults")
    known = _normal_policy(defaults) if isinstance(defaults, Mapping) else defaults
    return {**spec, "defaults": known, "routes": _each(spec.get("routes"), _normal_policy)}


def _normal_policy(policy: Mapping[str, Value]) -> Value:
    """Durations in their one form, matchers in their order, and nothing of what says nothing."""
    made = {key: value for key, value in policy.items() if value is not False and value != []}
    made |= {key: comparable(_DURATION, made[key]) for key in _DURATIONS if key in made}
    if isinstance(made.get("matchers"), list | tuple):
        made["matchers"] = in_order(made["matchers"])
    return {**made, "routes": _each(made["routes"], _normal_policy)} if "routes" in made else made


def _normal_preferences(spec: Mapping[str, Value]) -> Value:
    return {key: value for key, value in spec.items() if value != ""}


def _each(value: Value, change: Callable[[Mapping[str, Value]], Value]) -> Value:
    """A list with each table in it changed; another value as it is, and nothing as an empty list."""
    if not isinstance(value, list | tuple):
        return [] if value is None else value
    return [change(one) if isinstance(one, Mapping) else one for one in value]


_DURATION: Final = Attr(Duration())
_DURATIONS: Final = ("group_wait", "group_interval", "repeat_interval")
_NORMAL: Final[Mapping[Kind, Callable[[Mapping[str, Value]], Value]]] = {
    RECEIVER: _normal_receiver,
    _TIME_INTERVAL: _normal_interval,
    _TEMPLATE_GROUP: _normal_template,
    _ROUTING_TREE: _normal_tree,
    _PREFERENCES: _normal_preferences,
}
