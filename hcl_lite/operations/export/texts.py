"""The common part of the formats of an export: YAML, names of files, which keys of an answer say something. Pure."""

from __future__ import annotations

import math
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any

import yaml

from hcl_lite.operations.bulk_import.model import LeftOut
from hcl_lite.operations.export.model import Exported
from providers.grafana.policy_tree import to_tree

SOURCE = ("type", "access", "url", "user", "database", "basicAuth", "basicAuthUser", "withCredentials", "isDefault")
RULE = (
    *("uid", "title", "condition", "data", "noDataState", "execErrState", "for", "keep_firing_for", "annotations"),
    *("labels", "isPaused", "notification_settings", "record", "missingSeriesEvalsToResolve"),
)
POLICY = (
    *("receiver", "group_by", "group_wait", "group_interval", "repeat_interval", "object_matchers", "continue"),
    *("mute_time_intervals", "active_time_intervals", "routes"),
)


class _Dumper(yaml.SafeDumper):
    """Texts of several lines as such, and no anchors."""

    def ignore_aliases(self, data: Any) -> bool:
        return True


def _text(dumper: yaml.SafeDumper, text: str) -> yaml.ScalarNode:
    style = "|" if "\n" in text and not any(end in text for end in "\x85\u2028\u2029\t") else None
    return dumper.represent_scalar("tag:yaml.org,2002:str", text, style)


_Dumper.add_representer(str, _text)


def as_yaml(head: str, documents: Iterable[Any]) -> str:
    """Documents after a comment."""
    text = yaml.dump_all(documents, Dumper=_Dumper, sort_keys=False, allow_unicode=True, width=math.inf)
    return f"# {head}\n{text}"


def told(of: Mapping[str, Any], keys: Collection[str]) -> dict[str, Any]:
    """Returns the values at keys that are neither null, nor empty, nor false."""
    return {key: of[key] for key in keys if of.get(key) not in (None, "", False, [], {})}


def policies(document: Mapping[str, Any]) -> dict[str, Any]:
    """The tree of notification policies as Grafana's API has it."""
    return _route(to_tree(document))


def _route(of: Mapping[str, Any]) -> dict[str, Any]:
    found = told(of, POLICY)
    return {**found, "routes": [_route(one) for one in found["routes"]]} if "routes" in found else found


def of_type(exported: Sequence[Exported], type_: str) -> list[Exported]:
    """The objects of a type."""
    return [one for one in exported if one.type == type_]


def unsaid(exported: Sequence[Exported], types: Collection[str], format_: str) -> list[LeftOut]:
    """The objects of types that a format has no word for."""
    return [LeftOut(str(one.address), f"{format_} has no such thing") for one in exported if one.type not in types]


def variables(exported: Sequence[Exported], types: Collection[str]) -> list[str]:
    """The variables that stand for the secrets of objects of some types."""
    return sorted({variable for one in exported if one.type in types for variable in one.secrets.values()})


def with_secrets(settings: Mapping[str, Any], secrets: Mapping[str, Any]) -> dict[str, Any]:
    """Settings with something in place of each secret, by its name below settings: settings.http_config.password."""
    found: dict[str, Any] = dict(settings)
    for name, value in secrets.items():
        found = _put(found, name.removeprefix("settings.").split("."), value)
    return found


def _put(table: Mapping[str, Any], steps: Sequence[str], value: Any) -> dict[str, Any]:
    inner = table.get(steps[0])
    below = _put(inner if isinstance(inner, Mapping) else {}, steps[1:], value) if steps[1:] else value
    return {**table, steps[0]: below}
