"""Grizzly's resources: YAML and JSON of `apiVersion`, `kind`, `metadata` and `spec`, which is what Grafana's API has
(grafana/grizzly: docs/content/grafana.md, pkg/grafana/*-handler.go). metadata.name is the uid, and metadata.folder the
uid of a dashboard's folder. A file has one or several, or lists and tables of them. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from hcl_lite.operations.migrate import fields, shapes
from hcl_lite.operations.migrate.documents import Malformed, Table, read_documents, read_json
from hcl_lite.operations.migrate.model import Origin, Reading, Told
from hcl_lite.operations.migrate.tree import Tree

_GROUP = "grizzly.grafana.com/"
_DEEPEST = 10  # tables around a resource


def read_grizzly(tree: Tree, origin: Origin) -> Reading:
    """Reads the files of a directory."""
    return shapes.together(_read_file(tree, name) for name in tree.of(".yaml", ".yml", ".json"))


def _read_file(tree: Tree, name: str) -> Reading:
    def read() -> Reading:
        found = [one for document in read_documents(tree, name) for one in _resources(document)]
        return shapes.together(_read_resource(tree, name, one) for one in found)

    return shapes.attempt(tree, name, "", read)


def _resources(value: Any, depth: int = 0) -> Iterator[Table]:
    """The resources in a document, wherever they are in its lists and tables."""
    if isinstance(value, Table) and isinstance(value.get("kind"), str) and "spec" in value:
        yield value
    elif isinstance(value, Table | list) and depth < _DEEPEST:
        for item in value.values() if isinstance(value, Table) else value:
            yield from _resources(item, depth + 1)


def _read_resource(tree: Tree, name: str, resource: Table) -> Reading:
    kind = resource["kind"]
    called = resource["metadata"].get("name") if isinstance(resource.get("metadata"), Table) else None
    what = f"{kind} {called}" if isinstance(called, str) else kind
    if not str(resource.get("apiVersion", "")).startswith(_GROUP):
        return shapes.left_out(tree, name, resource.line, what, f"its apiVersion is none of {_GROUP}")
    reader = _KINDS.get(kind)
    if reader is None:
        return shapes.left_out(tree, name, resource.line, what, f"hcl-lite has no type for the kind {kind}")

    def read() -> Reading:
        metadata = fields.table(resource, "metadata")
        where, uid = tree.where(name, resource.line), fields.required(metadata, "name")
        return Reading([reader(where, uid, metadata, _spec(resource))])

    return shapes.attempt(tree, name, what, read, resource.line)


def _spec(resource: Table) -> Table:
    """The spec, which may be the text of JSON. Raises Malformed."""
    spec = read_json(resource["spec"]) if isinstance(resource["spec"], str) else resource["spec"]
    if not isinstance(spec, Table):
        raise Malformed("its spec is no table", resource.line)
    return spec


def _dashboard(where: str, uid: str, metadata: Table, spec: Table) -> Told:
    return shapes.dashboard_told(where, spec, uid=uid, folder=fields.text(metadata, "folder"))


def _folder(where: str, uid: str, metadata: Table, spec: Table) -> Told:
    return shapes.folder_told(where, fields.required(spec, "title"), uid, fields.text(spec, "parentUid"))


def _data_source(where: str, uid: str, metadata: Table, spec: Table) -> Told:
    return shapes.data_source_told(where, spec, fields.text(spec, "uid") or uid, uid)


def _rule_group(where: str, uid: str, metadata: Table, spec: Table) -> Told:
    folder, _, name = uid.partition(".")
    rules: list[Mapping[str, Any]] = [*fields.tables(spec, "rules")]
    title = fields.text(spec, "title") or fields.text(spec, "name") or name
    interval = fields.number(spec, "interval", 60)
    return shapes.rule_group_told(where, title, interval, rules, fields.text(spec, "folderUid") or folder)


def _contact_point(where: str, uid: str, metadata: Table, spec: Table) -> Told:
    return shapes.contact_point_told(where, fields.required(spec, "name"), spec, fields.text(spec, "uid") or uid)


def _policy(where: str, uid: str, metadata: Table, spec: Table) -> Told:
    return shapes.policy_told(where, spec)


def _template(where: str, uid: str, metadata: Table, spec: Table) -> Told:
    named = Table({"name": uid, **spec})
    return shapes.template_told(where, named)


def _library_element(where: str, uid: str, metadata: Table, spec: Table) -> Told:
    return shapes.library_panel_told(where, {"uid": uid, **spec})


_KINDS: Mapping[str, Callable[[str, str, Table, Table], Told]] = {
    "Dashboard": _dashboard,
    "DashboardFolder": _folder,
    "Datasource": _data_source,
    "LibraryElement": _library_element,
    "AlertRuleGroup": _rule_group,
    "AlertContactPoint": _contact_point,
    "AlertNotificationPolicy": _policy,
    "AlertNotificationTemplate": _template,
}
