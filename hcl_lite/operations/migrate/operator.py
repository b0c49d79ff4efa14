"""Resources of the Grafana operator for Kubernetes, grafana.integreatly.org/v1beta1 (grafana/grafana-operator:
api/v1beta1, controllers): what `kubectl get -o yaml` prints, or the files that people apply. ConfigMaps beside them are
looked into; what lies elsewhere (url, grafanaCom, jsonnet, oci, a ConfigMap that is not there) is left out. Pure."""

from __future__ import annotations

import base64
import binascii
import re
import zlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from hcl_lite.operations.bulk_import.names import label_of
from hcl_lite.operations.migrate import fields, shapes
from hcl_lite.operations.migrate.documents import Malformed, Table, read_documents, read_json
from hcl_lite.operations.migrate.interpolation import Interpolated
from hcl_lite.operations.migrate.model import Origin, Reading, Told
from hcl_lite.operations.migrate.tree import Tree

_GROUP = "grafana.integreatly.org/"
_MOST_BYTES = 16 * 1024 * 1024  # of a model
_ELSEWHERE = ("url", "grafanaCom", "jsonnet", "jsonnetLib", "oci")
_NOT_OBJECTS = {
    "Grafana": "it is the server itself: the provider block says where that is",
    "GrafanaManifest": "it may be of any kind: hcl-lite import --all takes what is there",
    "GrafanaServiceAccount": "hcl-lite has no type for it",
    "GrafanaNotificationPolicyRoute": "its place in the tree of policies is chosen by labels",
}
_VARIABLE = re.compile(r"[^A-Z0-9]+")


@dataclass(frozen=True, slots=True)
class _Resource:
    """A resource of a file: `where` it is, its `namespace` and `name`."""

    tree: Tree
    file: str
    table: Table

    @property
    def where(self) -> str:
        return self.tree.where(self.file, self.table.line)

    @property
    def kind(self) -> str:
        return str(self.table.get("kind", ""))

    @property
    def metadata(self) -> Table:
        return fields.table(self.table, "metadata")

    @property
    def key(self) -> tuple[str, str, str]:
        return self.kind, fields.text(self.metadata, "namespace"), fields.text(self.metadata, "name")

    @property
    def label(self) -> str:
        """The name of its block."""
        return label_of(self.key[2], "grafana")


@dataclass(frozen=True, slots=True)
class _Cluster:
    """All that the files have, by kind, namespace and name."""

    resources: Mapping[tuple[str, str, str], _Resource] = field(default_factory=dict)

    def find(self, kind: str, beside: _Resource, name: str) -> _Resource | None:
        return self.resources.get((kind, beside.key[1], name))

    def folder_uid(self, one: _Resource, name: str) -> str:
        """The uid of the GrafanaFolder `name`. Raises Malformed."""
        folder = self.find("GrafanaFolder", one, name)
        if folder is None:
            raise Malformed(f"there is no GrafanaFolder {name} among the files", one.table.line)
        return _uid(folder) or f"ref:{folder.key[1]}/{name}"


def read_operator(tree: Tree, origin: Origin) -> Reading:
    """Reads the files of a directory."""
    readings = []
    known: dict[tuple[str, str, str], _Resource] = {}
    for name in tree.of(".yaml", ".yml", ".json"):

        def read(name: str = name) -> Reading:
            found = [one for document in read_documents(tree, name) for one in _each(document)]
            resources = [_Resource(tree, name, one) for one in found]
            known.update({one.key: one for one in resources if one.key not in known})
            return Reading()

        readings.append(shapes.attempt(tree, name, "", read))
    cluster = _Cluster(known)
    return shapes.together([*readings, *(_read(cluster, one) for one in known.values())])


def _each(document: Any) -> Iterator[Table]:
    """The resources of a document, also those of a List."""
    if isinstance(document, Table) and str(document.get("kind", "")).endswith("List"):
        for item in fields.tables(document, "items"):
            yield from _each(item)
    elif isinstance(document, Table) and isinstance(document.get("kind"), str):
        yield document


def _read(cluster: _Cluster, one: _Resource) -> Reading:
    kind, _, name = one.key
    if not str(one.table.get("apiVersion", "")).startswith(_GROUP):
        return Reading()
    reader, what = _KINDS.get(kind), f"{kind} {name}"
    if reader is None:
        reason = _NOT_OBJECTS.get(kind, f"hcl-lite has no type for the kind {kind}")
        return shapes.left_out(one.tree, one.file, one.table.line, what, reason)
    spec = one.table.get("spec")

    def read() -> Reading:
        if not isinstance(spec, Table):
            raise Malformed("it has no spec", one.table.line)
        return reader(cluster, one, spec)

    return shapes.attempt(one.tree, one.file, what, read, one.table.line)


def _uid(one: _Resource) -> str:
    """The uid that the operator gives an object: that of the spec, or of the resource in the cluster."""
    spec = one.table.get("spec")
    own = fields.text(spec, "uid") if isinstance(spec, Table) else ""
    return own or fields.text(one.metadata, "uid")


def _folder(cluster: _Cluster, one: _Resource, spec: Table) -> Reading:
    name = one.key[2]
    parent = fields.text(spec, "parentFolderUID")
    if reference := fields.text(spec, "parentFolderRef"):
        parent = cluster.folder_uid(one, reference)
    title = fields.text(spec, "title") or name
    uid = _uid(one) or f"ref:{one.key[1]}/{name}"
    told = _named(one, shapes.folder_told(one.where, title, uid, parent))
    reason = "permissions are taken from the server, by: hcl-lite import --all --type folder_permission"
    left = shapes.left_out(one.tree, one.file, spec.line, f"permissions of GrafanaFolder {name}", reason)
    return Reading([told]) + (left if spec.get("permissions") else Reading())


def _dashboard(cluster: _Cluster, one: _Resource, spec: Table) -> Reading:
    model, text = _content(cluster, one, spec)
    folder = fields.text(spec, "folderUID")
    path: tuple[str, ...] = ()
    if reference := fields.text(spec, "folderRef"):
        folder = cluster.folder_uid(one, reference)
    elif not folder:  # the operator's own default is the namespace
        title = fields.text(spec, "folder") or one.key[1]
        path = (title,) if title not in shapes.ROOTS else ()
    uid = fields.text(spec, "uid") or fields.text(model, "uid") or fields.text(one.metadata, "uid")
    pairs = fields.tables(spec, "datasources")
    inputs = {fields.required(one, "inputName"): fields.required(one, "datasourceName") for one in pairs}
    arguments = {"inputs": inputs} if inputs else {}
    told = shapes.dashboard_told(one.where, model, text, uid=uid, folder=folder, path=path, arguments=arguments)
    beside = _beside(one, spec, ("variables", "publicSharing"))
    return Reading([*shapes.ways(one.where, path), _named(one, told)]) + beside


def _library_panel(cluster: _Cluster, one: _Resource, spec: Table) -> Reading:
    model, _ = _content(cluster, one, spec)
    folder = fields.text(spec, "folderUID")
    if reference := fields.text(spec, "folderRef"):
        folder = cluster.folder_uid(one, reference)
    name = fields.text(model, "name") or fields.text(model, "title") or one.key[2]
    inner = model if "model" in model else {"name": name, "model": model}
    uid = fields.text(spec, "uid") or fields.text(model, "uid") or fields.text(one.metadata, "uid")
    return Reading([_named(one, shapes.library_panel_told(one.where, {**inner, "uid": uid, "folderUid": folder}))])


def _content(cluster: _Cluster, one: _Resource, spec: Table) -> tuple[Table, str]:
    """The model of a dashboard, and its text as it is written. Raises Malformed for one that is elsewhere."""
    elsewhere = next((key for key in _ELSEWHERE if spec.get(key)), "")
    if spec.get("json"):
        text = fields.text(spec, "json")
    elif spec.get("gzipJson"):
        text = _unzipped(fields.text(spec, "gzipJson"), spec.line)
    elif spec.get("configMapRef"):
        text = _from_config_map(cluster, one, fields.table(spec, "configMapRef"))
    else:
        what = f"its model is not in the file, but by {elsewhere}" if elsewhere else "it has no model"
        raise Malformed(f"{what}: hcl-lite import --all takes it from the server", spec.line)
    model = read_json(text)
    if not isinstance(model, Table):
        raise Malformed("its model is no table of JSON", spec.line)
    return model, text


def _unzipped(text: str, line: int) -> str:
    """base64 of gzip, within limits. Raises Malformed."""
    try:
        unzipping = zlib.decompressobj(wbits=31)
        found = unzipping.decompress(base64.b64decode(text, validate=False), _MOST_BYTES)
        if unzipping.unconsumed_tail:
            raise Malformed(f"its gzipJson has more than {_MOST_BYTES} bytes", line)
        return found.decode()
    except (binascii.Error, zlib.error, UnicodeDecodeError) as error:
        raise Malformed(f"its gzipJson cannot be read: {error}", line) from None


def _from_config_map(cluster: _Cluster, one: _Resource, reference: Table) -> str:
    name, key = fields.required(reference, "name"), fields.required(reference, "key")
    found = cluster.find("ConfigMap", one, name)
    if found is None:
        why = f"its model is in the ConfigMap {name}, which is not among the files"
        raise Malformed(why, reference.line)
    return fields.required(fields.table(found.table, "data"), key)


def _data_source(cluster: _Cluster, one: _Resource, spec: Table) -> Reading:
    source = fields.table(spec, "datasource")
    uid = fields.text(spec, "uid") or fields.text(source, "uid") or fields.text(one.metadata, "uid")
    secrets, others = _values_from(spec)
    told = shapes.data_source_told(one.where, source, uid, one.key[2])
    prefix = "secureJsonData."
    own = {path.removeprefix(prefix): value for path, value in secrets.items() if path.startswith(prefix)}
    told = _named(one, told, secrets=own, open=[name for name in told.open if name not in own])
    others += [path for path in secrets if not path.startswith(prefix)]
    return Reading([told]) + _elsewhere(one, spec, others)


def _contact_point(cluster: _Cluster, one: _Resource, spec: Table) -> Reading:
    name = fields.text(spec, "name") or one.key[2]
    ways = [*fields.tables(spec, "receivers")] or [spec]
    readings = []
    for number, way in enumerate(ways):
        derived = f"{fields.text(one.metadata, 'uid')}_{number}" if fields.text(one.metadata, "uid") else ""
        secrets, others = _values_from(way)
        settings: Any = fields.table(way, "settings")
        for path, value in secrets.items():
            settings = _with(settings, path, value)
        receiver = Table({**way, "settings": Table(settings)})
        told = shapes.contact_point_told(one.where, name, receiver, fields.text(way, "uid") or derived)
        readings.append(Reading([_named(one, told)]) + _elsewhere(one, way, others))
    return shapes.together(readings)


def _values_from(of: Table) -> tuple[dict[str, Interpolated], list[str]]:
    """Returns the values that stand in Secrets, by path, each as the environment variable that is called by its key;
    and the paths of those that stand in ConfigMaps."""
    secrets: dict[str, Interpolated] = {}
    others = []
    for one in fields.tables(of, "valuesFrom"):
        path, source = fields.required(one, "targetPath"), fields.table(one, "valueFrom")
        if "secretKeyRef" in source:
            key = fields.required(fields.table(source, "secretKeyRef"), "key")
            secrets[path] = Interpolated((("env", _VARIABLE.sub("_", key.upper())),))
        else:
            others.append(path)
    return secrets, others


def _with(settings: Mapping[str, Any], path: str, value: Any) -> Mapping[str, Any]:
    """`settings` with a value at a path such as http_config.password."""
    key, _, rest = path.partition(".")
    inner = settings.get(key)
    return {**settings, key: _with(inner if isinstance(inner, Mapping) else {}, rest, value) if rest else value}


def _elsewhere(one: _Resource, of: Table, paths: Sequence[str]) -> Reading:
    reason = "it stands in a ConfigMap, or in a Secret in place of no secret: what the server has is taken"
    left = [shapes.left_out(one.tree, one.file, of.line, f"{one.kind} {one.key[2]}: {path}", reason) for path in paths]
    return shapes.together(left)


def _beside(one: _Resource, spec: Table, keys: Sequence[str]) -> Reading:
    reason = "hcl-lite has no argument for it"
    found = [key for key in keys if spec.get(key)]
    return shapes.together(
        shapes.left_out(one.tree, one.file, spec.line, f"{one.kind} {one.key[2]}: {key}", reason) for key in found
    )


def _rule_group(cluster: _Cluster, one: _Resource, spec: Table) -> Reading:
    folder = fields.text(spec, "folderUID")
    if reference := fields.text(spec, "folderRef"):
        folder = cluster.folder_uid(one, reference)
    interval = shapes.seconds(fields.text(spec, "interval", "60s"), spec.line)
    rules = [_rule(rule) for rule in fields.tables(spec, "rules")]
    name = fields.text(spec, "name") or one.key[2]
    return Reading([_named(one, shapes.rule_group_told(one.where, name, interval, rules, folder))])


_OF_RULES = {"notificationSettings": "notification_settings", "keepFiringFor": "keep_firing_for"}
_OF_RECORDS = {"targetDatasourceUid": "target_datasource_uid"}


def _rule(rule: Table) -> Mapping[str, Any]:
    """A rule by the keys of the API."""
    found = {_OF_RULES.get(key, key): value for key, value in rule.items()}
    if isinstance(found.get("record"), Mapping):
        found["record"] = {_OF_RECORDS.get(key, key): value for key, value in found["record"].items()}
    panel = {"__dashboardUid__": fields.text(rule, "dashboardUid"), "__panelId__": fields.text(rule, "panelId")}
    given = {key: value for key, value in panel.items() if value}
    return {**found, "annotations": {**fields.table(rule, "annotations"), **given}} if given else found


def _policy(cluster: _Cluster, one: _Resource, spec: Table) -> Reading:
    return Reading([_named(one, shapes.policy_told(one.where, _route(fields.table(spec, "route"))))])


def _route(route: Table) -> Table:
    """A policy, whose matchers are object_matchers. Raises Malformed for one that others are put into by labels."""
    if route.get("routeSelector"):
        raise Malformed("its routes are chosen by labels: hcl-lite import --all takes the server's tree", route.line)
    found = Table({key: value for key, value in route.items() if key not in ("matchers", "routes", "provenance")})
    found.line = route.line
    if matchers := [_matcher(one) for one in fields.tables(route, "matchers")]:
        found["object_matchers"] = [*fields.items(route, "object_matchers"), *matchers]
    if routes := [_route(one) for one in fields.tables(route, "routes")]:
        found["routes"] = routes
    return found


def _matcher(one: Table) -> list[str]:
    is_equal, is_regex = one.get("isEqual", True) is not False, fields.is_true(one, "isRegex")
    operator = {(True, False): "=", (False, False): "!=", (True, True): "=~", (False, True): "!~"}[is_equal, is_regex]
    return [fields.required(one, "name"), operator, fields.text(one, "value")]


def _mute_timing(cluster: _Cluster, one: _Resource, spec: Table) -> Reading:
    return Reading([_named(one, shapes.mute_timing_told(one.where, spec))])


def _template(cluster: _Cluster, one: _Resource, spec: Table) -> Reading:
    return Reading([_named(one, shapes.template_told(one.where, spec))])


def _named(one: _Resource, told: Told, **more: Any) -> Told:
    return shapes.with_more(told, name=one.label, **more)


_KINDS: Mapping[str, Callable[[_Cluster, _Resource, Table], Reading]] = {
    "GrafanaFolder": _folder,
    "GrafanaDashboard": _dashboard,
    "GrafanaLibraryPanel": _library_panel,
    "GrafanaDatasource": _data_source,
    "GrafanaContactPoint": _contact_point,
    "GrafanaAlertRuleGroup": _rule_group,
    "GrafanaNotificationPolicy": _policy,
    "GrafanaMuteTiming": _mute_timing,
    "GrafanaNotificationTemplate": _template,
}
