"""Objects as Grafana's API has them, made of tables that are near to that: what several formats share. Pure."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from typing import Any

from hcl_lite.operations.bulk_import.model import LeftOut
from hcl_lite.operations.migrate import fields
from hcl_lite.operations.migrate.documents import Malformed, Table, read_json
from hcl_lite.operations.migrate.interpolation import Interpolated, interpolate, interpolated
from hcl_lite.operations.migrate.model import Reading, Told
from hcl_lite.operations.migrate.tree import Tree, Unreadable
from providers.grafana.policy_tree import from_tree

ROOTS = ("", "general", "General")
"""How formats call the place outside of all folders."""

_TEXTS = ("name", "type", "access", "url", "user", "database", "basicAuthUser")
_FLAGS = ("basicAuth", "withCredentials", "isDefault")
_SECONDS = {"s": 1, "m": 60, "h": 3600, "d": 86400, "w": 604800}
_DURATION = re.compile(r"(?:\d+(?:\.\d+)?(?:ms|[smhdw]))+")


def attempt(tree: Tree, name: str, what: str, read: Callable[[], Reading], line: int = 0) -> Reading:
    """Returns the result of `read`; where it fails, that this of the file cannot be carried over, and why."""
    try:
        return read()
    except Malformed as error:
        return Reading(left=[LeftOut(_called(tree.where(name, max(error.line, line)), what), str(error))])
    except Unreadable as error:
        return Reading(left=[LeftOut(_called(tree.where(name), what), str(error))])


def left_out(tree: Tree, name: str, line: int, what: str, reason: str) -> Reading:
    """One thing that cannot be carried over."""
    return Reading(left=[LeftOut(_called(tree.where(name, line), what), reason)])


def _called(where: str, what: str) -> str:
    return f"{where}: {what}" if what else where


def together(readings: Iterable[Reading]) -> Reading:
    """All of them as one."""
    found = [*readings]
    return Reading([one for part in found for one in part.told], [one for part in found for one in part.left])


def folder_told(where: str, title: str, uid: str = "", parent: str = "", path: tuple[str, ...] = ()) -> Told:
    """A folder; in the one with the uid `parent`, or in those of `path`."""
    return Told("grafana_folder", where, uid, title, "" if parent in ROOTS else parent, path, {"title": title})


def ways(where: str, path: tuple[str, ...]) -> list[Told]:
    """The folders of a path of titles, each where it lies."""
    return [folder_told(where, title, path=path[:depth]) for depth, title in enumerate(path)]


def dashboard_told(where: str, model: Any, text: str = "", file: str = "", **more: Any) -> Told:
    """A dashboard by its model: classic, or a resource of dashboard.grafana.app. `text` is its JSON as it is in a file.
    Raises Malformed."""
    if not isinstance(model, Mapping):
        raise Malformed("it is no model of a dashboard: expected a table")
    spec, metadata = model, Table()
    if "apiVersion" in model and isinstance(model.get("spec"), Mapping):
        spec, metadata = model["spec"], fields.table(model, "metadata")
        annotations = fields.table(metadata, "annotations")
        more = {"folder": fields.text(annotations, "grafana.app/folder"), **more}
    title = fields.required(spec, "title")
    uid = more.pop("uid", "") or fields.text(metadata, "name") or fields.text(spec, "uid")
    return Told(
        "grafana_dashboard",
        where,
        uid,
        title,
        text=text or json_text(model),
        file=file,
        **{**more, "folder": "" if more.get("folder", "") in ROOTS else more["folder"]},
    )


def library_panel_told(where: str, element: Mapping[str, Any], path: tuple[str, ...] = ()) -> Told:
    """A library panel as /api/library-elements has it. Raises Malformed."""
    if fields.number(element, "kind", 1) != 1:
        raise Malformed("it is a library variable, which is no panel", fields.line_of(element) or 1)
    name, model = fields.required(element, "name"), fields.table(element, "model")
    folder = fields.text(element, "folderUid")
    return Told(
        "grafana_library_panel",
        where,
        fields.text(element, "uid"),
        name,
        "" if folder in ROOTS else folder,
        path,
        {"name": name, "kind": 1, "model": model},
        text=json_text(model),
    )


def with_more(told: Told, **more: Any) -> Told:
    """`told` with something else about it."""
    return replace(told, **more)


def json_text(model: Any) -> str:
    """A model as a file has it."""
    return json.dumps(model, indent=2, ensure_ascii=False) + "\n"


def json_file(tree: Tree, name: str) -> tuple[Any, str, str]:
    """The JSON of a file, with its text and its name where the file can be used as it is. Raises Malformed, and
    Unreadable."""
    text = tree.read(name)
    value = read_json(text)
    return (value, json_text(value), "") if text.startswith("\ufeff") else (value, text, name)


def data_source_told(where: str, source: Table, uid: str = "", name: str = "", *, refers: bool = False) -> Told:
    """A data source by the keys of the API; with `refers` texts may be references. Raises Malformed."""
    texts = [key for key in (*_TEXTS, *_FLAGS) if isinstance(source.get(key), str) and source[key]]
    flags = [key for key in _FLAGS if key not in texts and fields.is_true(source, key)]
    wire: Any = {**{key: source[key] for key in texts}, **dict.fromkeys(flags, True)}
    called = wire.get("name") or name or fields.required(source, "name")
    wire |= {"name": called, "type": fields.required(source, "type")}
    if settings := fields.table(source, "jsonData"):
        wire["jsonData"] = settings
    wire = interpolated(wire) if refers else wire
    secure = {k: v for k, v in fields.table(source, "secureJsonData").items() if v not in (None, "")}
    found = {key: interpolate(value) if refers and isinstance(value, str) else value for key, value in secure.items()}
    return Told(
        "grafana_data_source",
        where,
        uid or fields.text(source, "uid"),
        str(wire["name"]),
        wire=wire,
        secrets={key: value for key, value in found.items() if isinstance(value, Interpolated)},
        open=[key for key, value in found.items() if not isinstance(value, Interpolated)],
    )


def contact_point_told(where: str, name: str, receiver: Table, uid: str = "", *, refers: bool = False) -> Told:
    """One way of a contact point. Raises Malformed."""
    settings: Any = fields.table(receiver, "settings")
    settings = interpolated(settings) if refers else settings
    wire = {"name": name, "type": fields.required(receiver, "type"), "settings": settings}
    if fields.is_true(receiver, "disableResolveMessage"):
        wire["disableResolveMessage"] = True
    return Told("grafana_contact_point", where, uid or fields.text(receiver, "uid"), name, wire=wire)


def mute_timing_told(where: str, timing: Table) -> Told:
    """Times as /api/v1/provisioning/mute-timings has them. Raises Malformed."""
    name = fields.required(timing, "name")
    wire = {"name": name, "time_intervals": [*fields.tables(timing, "time_intervals")]}
    return Told("grafana_mute_timing", where, name, name, wire=wire)


def template_told(where: str, template: Table) -> Told:
    """Texts of notifications. Raises Malformed."""
    name = fields.required(template, "name")
    wire = {"name": name, "template": fields.required(template, "template")}
    return Told("grafana_message_template", where, name, name, wire=wire)


def policy_told(where: str, policy: Table) -> Told:
    """The tree of notification policies. Raises Malformed."""
    fields.required(policy, "receiver")
    try:
        wire = from_tree(policy)
    except (TypeError, AttributeError, KeyError, ValueError):
        raise Malformed("it is no tree of policies as Grafana's API has them", fields.line_of(policy) or 1) from None
    return Told("grafana_notification_policy", where, "policy", "policy", wire=wire)


def rule_group_told(
    where: str, name: str, interval: int, rules: list[Mapping[str, Any]], folder: str = "", path: tuple[str, ...] = ()
) -> Told:
    """A group of rules; each as /api/v1/provisioning/alert-rules has it."""
    wire = {"title": name, "folderUid": folder, "interval": interval, "rules": rules}
    return Told("grafana_rule_group", where, "", name, folder, path, wire)


def seconds(text: str, line: int = 1) -> int:
    """A duration such as 1m30s. Raises Malformed."""
    if not _DURATION.fullmatch(text):
        raise Malformed(f'"{text}" is no duration: expected one such as 1m', line)
    parts = re.findall(r"(\d+(?:\.\d+)?)(ms|[smhdw])", text)
    return int(sum(float(count) * (_SECONDS[unit] if unit != "ms" else 0.001) for count, unit in parts))
