"""Kinds of the app platform that have something of their own: named by their title, written by other types too, with
secrets in their spec, or told in a form that is not the one that was sent. Pure."""

from __future__ import annotations

import base64
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, Final

from hcl_lite.core.schema import Whole
from hcl_lite.core.values import Value, reveal
from providers.grafana.contact_point import SECRETS

Json = dict[str, Any]
Kind = tuple[str, str]
"""The group and the kind, such as playlist.grafana.app and Playlist: the same in all versions of the group."""

ALERTING: Final = "notifications.alerting.grafana.app"
DASHBOARD: Final[Kind] = ("dashboard.grafana.app", "Dashboard")
RECEIVER: Final[Kind] = (ALERTING, "Receiver")
KEPT: Final = "[kept by the server]"
"""What stands for a secret in the spec of an object that was read."""

_TIME_INTERVAL: Final[Kind] = (ALERTING, "TimeInterval")
_TEMPLATE_GROUP: Final[Kind] = (ALERTING, "TemplateGroup")
_ROUTING_TREE: Final[Kind] = (ALERTING, "RoutingTree")
_NAMED_BY_TITLE: Final = (RECEIVER, _TIME_INTERVAL, _TEMPLATE_GROUP)
_BY_NAME: Final[Mapping[Kind, str]] = {
    DASHBOARD: "grafana_dashboard",
    ("folder.grafana.app", "Folder"): "grafana_folder",
    ("playlist.grafana.app", "Playlist"): "grafana_playlist",
}
_BY_TITLE: Final[Mapping[Kind, str]] = {
    _TIME_INTERVAL: "grafana_mute_timing",
    _TEMPLATE_GROUP: "grafana_message_template",
}
_SINGLE: Final[Mapping[tuple[Kind, str], Whole]] = {
    (_ROUTING_TREE, "user-defined"): ("grafana_notification_policy", "policy"),
    (("preferences.grafana.app", "Preferences"), "namespace"): ("grafana_organization_preferences", "preferences"),
}


def uid_of(group: str, kind: str, name: str) -> str:
    """Returns the uid of an object, without the version of the API, in each of which it is the same."""
    return f"{group}:{kind}:{name}"


def is_named_by_title(kind: Kind) -> bool:
    """Whether the server names objects of a kind by their titles, and takes no other name (12.4.0)."""
    return kind in _NAMED_BY_TITLE


def name_by_title(title: str) -> str:
    """Returns the name of such an object: base64 without padding, as of `empty` ZW1wdHk (12.4.0)."""
    return base64.urlsafe_b64encode(title.encode()).decode().rstrip("=")


def other_type(kind: Kind, name: Value, title: Value) -> Whole | None:
    """Returns the object of another type that is the same one, as far as its uid follows from the name or the title."""
    if kind in _BY_TITLE and isinstance(title, str):
        return _BY_TITLE[kind], title
    if not isinstance(name, str):
        return None
    return (_BY_NAME[kind], name) if kind in _BY_NAME else _SINGLE.get((kind, name))


def receiver_of(values: Mapping[str, Value]) -> Whole | None:
    """Returns the receiver that a contact point is a part of: those of one name are one receiver (12.4.0)."""
    name = values.get("name")
    return ("grafana_app_resource", uid_of(*RECEIVER, name_by_title(name))) if isinstance(name, str) else None


# --- secrets in the spec ----------------------------------------------------------------------------------------------


def secret_settings(values: Mapping[str, Value]) -> Sequence[str]:
    """Returns the paths in `spec` that are secret: settings of a receiver, by the type of the integration."""
    if values.get("kind") != RECEIVER[1] or not str(values.get("api_version")).startswith(f"{ALERTING}/"):
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
    kept = {".".join(path): True for path in _marks(integration.get("settings"))}
    made = {**integration, "settings": _unmarked(integration.get("settings") or {})}
    if kept:
        made["secureFields"] = kept
    if not made.get("uid") and before and before[0].get("type") == made.get("type"):
        made["uid"] = before[0].get("uid")
    return made


def _marks(value: Any) -> Iterator[tuple[str, ...]]:
    if isinstance(value, Mapping):
        for key, item in value.items():
            yield from ((key, *path) for path in ([()] if item == KEPT else _marks(item)))


def _unmarked(value: Any) -> Any:
    """Settings without what stands for a secret, and without those that are to go, which are empty."""
    if not isinstance(value, Mapping):
        return value
    return {key: _unmarked(item) for key, item in value.items() if item != KEPT}


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
    integrations = [
        {key: value for key, value in one.items() if key not in ("uid", "secureFields") and value != filled.get(key)}
        for _, one in _integrations(spec)
    ]
    return {**spec, "integrations": integrations}


_NORMAL: Final[Mapping[Kind, Callable[[Mapping[str, Value]], Value]]] = {RECEIVER: _normal_receiver}
