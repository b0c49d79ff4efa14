"""Grafana's own provisioning files (grafana: docs/sources/administration/provisioning, docs/sources/alerting/set-up/
provision-alerting-resources/file-provisioning, pkg/services/provisioning; 9 to 12.4): YAML with `apiVersion: 1`, told
apart by what is in it, wherever it lies. Its texts may refer to the server's environment and files. Pure."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from functools import partial
from pathlib import PurePosixPath
from typing import Any

from hcl_lite.operations.migrate import fields, shapes
from hcl_lite.operations.migrate.documents import Malformed, Table, read_documents
from hcl_lite.operations.migrate.interpolation import Interpolated, interpolate
from hcl_lite.operations.migrate.model import Origin, Reading
from hcl_lite.operations.migrate.tree import Tree

_GONE = "it deletes what is there, and no block says that: leave the block out, or say [[removed]]"
_NO_TYPE = "hcl-lite has no type for it"
_BETWEEN_FOLDERS = re.compile(r"(?<!\\)/")


def read_provisioning(tree: Tree, origin: Origin) -> Reading:
    """Reads the files of a directory for one organisation."""
    return shapes.together(_read_file(tree, name, origin) for name in tree.of(".yaml", ".yml"))


def _read_file(tree: Tree, name: str, origin: Origin) -> Reading:
    def read() -> Reading:
        documents = [one for one in read_documents(tree, name) if isinstance(one, Table)]
        parts = [(key, document) for document in documents for key in document if key in _SECTIONS]
        return shapes.together(_SECTIONS[key](tree, name, document, key, origin) for key, document in parts)

    return shapes.attempt(tree, name, "", read)


def _each(
    tree: Tree, name: str, document: Table, key: str, origin: Origin
) -> Iterator[tuple[str, Table, Reading | None]]:
    """The tables of a section, each with what it is called; those of another organisation with that for a reading."""
    for one in fields.tables(document, key):
        called = next((str(one[k]) for k in ("name", "uid", "receiver") if isinstance(one.get(k), str)), "")
        what = f"{key} {called}".strip()
        asked = plain(fields.text(one, "orgId", "1"))
        number = "1" if asked in ("", "0") else asked
        other = None
        if number != origin.organisation:
            reason = f"it is of organisation {number}: --provider NAME takes a provider with org_id = {number}"
            other = shapes.left_out(tree, name, one.line, what, reason)
        yield what, one, other


Reads = Callable[[str, Table], Reading]


def _section(read: Reads) -> Callable[[Tree, str, Table, str, Origin], Reading]:
    """Returns a reader of each table of a section by `read`, which is given its place."""

    def section(tree: Tree, name: str, document: Table, key: str, origin: Origin) -> Reading:
        readings = []
        for what, one, other in _each(tree, name, document, key, origin):
            where = tree.where(name, one.line)
            found = other or shapes.attempt(tree, name, what, partial(read, where, one), one.line)
            readings.append(found)
        return shapes.together(readings)

    return section


def plain(text: str) -> str:
    """A text without its escapes; empty where it is a reference, which only the server can follow."""
    found = interpolate(text)
    return found if isinstance(found, str) else ""


# --- data sources, and what is in files of JSON -----------------------------------------------------------------------


def _data_source(where: str, one: Table) -> Reading:
    return Reading([shapes.data_source_told(where, one, plain(fields.text(one, "uid")), refers=True)])


def _dashboards(tree: Tree, name: str, document: Table, key: str, origin: Origin) -> Reading:
    """The files that the providers of dashboards read."""
    readings = []
    for what, one, other in _each(tree, name, document, key, origin):
        reading = partial(_of_provider, tree, name, one, origin)
        found = other or shapes.attempt(tree, name, what, reading, one.line)
        readings.append(found)
    return shapes.together(readings)


def _of_provider(tree: Tree, name: str, provider: Table, origin: Origin) -> Reading:
    kind, options = fields.text(provider, "type", "file"), fields.table(provider, "options")
    if kind != "file":
        raise Malformed(f'it is of the type "{kind}", not of files', provider.line)
    path = plain(fields.text(options, "path") or fields.text(options, "folder"))
    files = origin.open(path)
    if files is None:
        hint = f"--path {path or 'SERVER_PATH'}=DIR says where its files are here"
        raise Malformed(f'its files are at "{path}" on the server, and not here: {hint}', provider.line)
    by_directory = fields.is_true(options, "foldersFromFilesStructure")
    title, uid = plain(fields.text(provider, "folder")), plain(fields.text(provider, "folderUid"))
    top = [] if by_directory or not title else [shapes.folder_told(tree.where(name, provider.line), title, uid)]
    folder = ((title,), uid) if title and not by_directory else ((), "")
    return Reading(top) + shapes.together(_file(files, one, by_directory, *folder) for one in files.of(".json"))


def _file(files: Tree, name: str, by_directory: bool, path: tuple[str, ...], uid: str) -> Reading:
    """A dashboard of a provider: in the folder that it names, or in one with the name of the file's directory alone."""
    if by_directory:
        directory = PurePosixPath(name).parent.name
        path = (directory,) if directory else ()

    def read() -> Reading:
        model, text, file = shapes.json_file(files, name)
        where = files.where(name)
        told = shapes.dashboard_told(where, model, text, file and str(files.root / file), path=path, folder=uid)
        return Reading([*(shapes.ways(where, path) if by_directory else ()), told])

    return shapes.attempt(files, name, "", read)


# --- alerting ---------------------------------------------------------------------------------------------------------


def _rule_group(where: str, one: Table) -> Reading:
    """A group: its folder is a title, or titles with / between them; a / of a title is \\/ (12)."""
    steps = _BETWEEN_FOLDERS.split(plain(fields.required(one, "folder")))
    path = tuple(step.replace("\\/", "/") for step in steps if step)
    interval = shapes.seconds(plain(fields.text(one, "interval", "60s")), one.line)
    rules = [_rule(rule) for rule in fields.tables(one, "rules")]
    told = shapes.rule_group_told(where, plain(fields.required(one, "name")), interval, rules, path=path)
    return Reading([*shapes.ways(where, path), told])


_OF_RULES = {"keepFiringFor": "keep_firing_for", "missing_series_evals_to_resolve": "missingSeriesEvalsToResolve"}
_OF_RECORDS = {"targetDatasourceUid": "target_datasource_uid"}
_AS_WRITTEN = ("data", "annotations")  # no reference in them is followed


def _rule(rule: Table) -> Mapping[str, Any]:
    """A rule by the keys of the API."""
    found = {_OF_RULES.get(key, key): value if key in _AS_WRITTEN else _plain(value) for key, value in rule.items()}
    if isinstance(found.get("record"), Mapping):
        found["record"] = {_OF_RECORDS.get(key, key): value for key, value in found["record"].items()}
    dashboard = fields.text(rule, "dashboardUid") or fields.text(rule, "dasboardUid")
    panel = {"__dashboardUid__": dashboard, "__panelId__": fields.text(rule, "panelId") if dashboard else ""}
    given = {key: value for key, value in panel.items() if value}
    return {**found, "annotations": {**given, **fields.table(rule, "annotations")}} if given else found


def _plain(value: Any) -> Any:
    """A value whose texts have no escapes any more. Raises Malformed for a reference, which no rule here can have."""
    if isinstance(value, Mapping):
        return {key: _plain(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_plain(item) for item in value]
    found = interpolate(value) if isinstance(value, str) else value
    if isinstance(found, Interpolated):
        raise Malformed(f"it refers to {found}, which only the server can follow")
    return found


def _contact_point(where: str, one: Table) -> Reading:
    name = plain(fields.required(one, "name"))
    ways = fields.tables(one, "receivers")
    return Reading(
        [shapes.contact_point_told(where, name, way, plain(fields.text(way, "uid")), refers=True) for way in ways]
    )


def _policy(where: str, one: Table) -> Reading:
    return Reading([shapes.policy_told(where, as_table(_plain({k: v for k, v in one.items() if k != "orgId"}), one))])


def _mute_timing(where: str, one: Table) -> Reading:
    return Reading([shapes.mute_timing_told(where, one)])


def _template(where: str, one: Table) -> Reading:
    return Reading([shapes.template_told(where, one)])


def as_table(value: Mapping[str, Any], like: Table) -> Table:
    """`value` as a table at the line of another, with all tables in it."""
    found = Table({key: _as_tables(item) for key, item in value.items()})
    found.line = like.line
    return found


def _as_tables(value: Any) -> Any:
    if isinstance(value, Mapping):
        return Table({key: _as_tables(item) for key, item in value.items()})
    return [_as_tables(item) for item in value] if isinstance(value, list) else value


def _gone(tree: Tree, name: str, document: Table, key: str, origin: Origin) -> Reading:
    lines = [fields.line_of(one) or document.line for one in fields.items(document, key)]
    return shapes.together(shapes.left_out(tree, name, line, key, _GONE) for line in lines)


def _unknown(tree: Tree, name: str, document: Table, key: str, origin: Origin) -> Reading:
    return shapes.left_out(tree, name, document.line, key, _NO_TYPE) if document.get(key) else Reading()


_SECTIONS: Mapping[str, Callable[[Tree, str, Table, str, Origin], Reading]] = {
    "datasources": _section(_data_source),
    "providers": _dashboards,
    "groups": _section(_rule_group),
    "contactPoints": _section(_contact_point),
    "policies": _section(_policy),
    "muteTimes": _section(_mute_timing),
    "templates": _section(_template),
    **dict.fromkeys(("deleteDatasources", "deleteRules", "deleteContactPoints"), _gone),
    **dict.fromkeys(("resetPolicies", "deleteMuteTimes", "deleteTemplates"), _gone),
    **dict.fromkeys(("apps", "notifiers", "delete_notifiers"), _unknown),
}
