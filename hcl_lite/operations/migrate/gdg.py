"""gdg's backups (esnet/gdg: website/content/docs/usage_guide/backup_guide.md, test/data): a folder `org_NAME` for each
organisation, in which dashboards/FOLDER/SUBFOLDER/SLUG.json is the model of a dashboard, and the names of directories
are the titles of folders, encoded as in a query: "ES+net", "linux%2Fgnu". Pure."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from urllib.parse import unquote_plus

from hcl_lite.core.diags import Diagnostic, HclError
from hcl_lite.operations.migrate import fields, shapes
from hcl_lite.operations.migrate.documents import Malformed, Table, read_json
from hcl_lite.operations.migrate.model import Origin, Reading, Told
from hcl_lite.operations.migrate.tree import Tree

_SLUG = "org_"
_PERMISSIONS = "permissions are taken from the server, by: hcl-lite import --all --type folder_permission"
_ACCOUNTS = "hcl-lite has no type for it: accounts are not in its configuration"


def read_gdg(tree: Tree, origin: Origin) -> Reading:
    """Reads a backup of one organisation. Raises HclError where there are several."""
    home = _home(tree)
    readings = []
    for name in tree.of(".json", under=home):
        kind, _, rest = name[len(home) + 1 if home else 0 :].partition("/")
        readings.append(_KINDS[kind](tree, name, rest) if kind in _KINDS and rest else Reading())
    readings.append(_rules(tree, home))
    for name in () if home == "" else tree.of(".json"):
        kind = name.partition("/")[0]
        if kind in ("users", "organizations") and not name.startswith(f"{home}/"):
            readings.append(shapes.left_out(tree, name, 0, "", _ACCOUNTS))
    return shapes.together(readings)


def _home(tree: Tree) -> str:
    """The directory of the organisation: that of the tree, or the one in it. Raises HclError."""
    tops = dict.fromkeys(name.partition("/")[0] for name in tree.names if "/" in name)
    if any(top in _KINDS and top not in ("users",) for top in tops):
        return ""
    found = [top for top in tops if top.startswith(_SLUG)]
    if len(found) == 1:
        return found[0]
    if found:
        hint = f"Give the directory of one, beside a provider for it: {tree.where(found[0])}"
        raise HclError(Diagnostic(f"The backup is of {len(found)} organisations: {', '.join(found)}", hint=hint))
    hint = "It has directories such as dashboards and connections, in one that is called org_NAME."
    raise HclError(Diagnostic(f"{tree.where('.')} is no backup of gdg", hint=hint))


def _path(rest: str) -> tuple[str, ...]:
    """The titles of the folders that the file `rest` lies in."""
    titles = tuple(unquote_plus(step) for step in rest.split("/")[:-1])
    return () if titles in (("General",), ("general",)) else titles


def _folder(tree: Tree, name: str, rest: str) -> Reading:
    """folders/PARENT/NAME.json: an answer of the search, with NestedPath."""

    def read() -> Reading:
        found, where = _table(tree, name), tree.where(name)
        title = fields.required(found, "title")
        nested = fields.text(found, "NestedPath")
        path = _path(nested) if nested else _path(rest)
        folder = shapes.folder_told(where, title, fields.text(found, "uid"), path=path)
        return Reading([*shapes.ways(where, path), folder])

    return shapes.attempt(tree, name, "", read)


def _dashboard(tree: Tree, name: str, rest: str) -> Reading:
    """The model; or {"resource": resource, "nested_path": path} (dashboard.grafana.app/v2), whose metadata is the
    server's but for its name."""

    def read() -> Reading:
        model, text, file = shapes.json_file(tree, name)
        where, path = tree.where(name), _path(rest)
        if isinstance(model, Table) and "resource" in model:
            resource = fields.table(model, "resource")
            metadata = Table({"name": fields.text(fields.table(resource, "metadata"), "name")})
            kept = {key: resource[key] for key in ("apiVersion", "kind") if key in resource}
            model, text, file = Table({**kept, "metadata": metadata, "spec": fields.table(resource, "spec")}), "", ""
        at = str(tree.root / file) if file else ""
        return Reading([*shapes.ways(where, path), shapes.dashboard_told(where, model, text, at, path=path)])

    return shapes.attempt(tree, name, "", read)


def _library_element(tree: Tree, name: str, rest: str) -> Reading:
    """{"Entity": element, "NestedPath": path}; the element alone in older backups."""

    def read() -> Reading:
        found, where = _table(tree, name), tree.where(name)
        element = fields.table(found, "Entity") if "Entity" in found else found
        path = _path(rest)
        without = {key: value for key, value in element.items() if key != "folderUid"}
        return Reading([*shapes.ways(where, path), shapes.library_panel_told(where, without, path)])

    return shapes.attempt(tree, name, "", read)


def _connection(tree: Tree, name: str, rest: str) -> Reading:
    return shapes.attempt(
        tree, name, "", lambda: Reading([shapes.data_source_told(tree.where(name), _table(tree, name))])
    )


def _team(tree: Tree, name: str, rest: str) -> Reading:
    """teams/NAME/team.json, and members.json beside it."""
    if not rest.endswith("/team.json"):
        return Reading()

    def read() -> Reading:
        team, members = _table(tree, name), f"{name.removesuffix('team.json')}members.json"
        known = read_json(tree.read(members)) if members in tree.names else None
        if known is not None and not isinstance(known, list):
            raise Malformed(f"{members} is no list")
        emails = [fields.text(one, "email") for one in known or () if isinstance(one, Table)]
        wire = {key: fields.text(team, key) for key in ("name", "email") if fields.text(team, key)}
        arguments = {"members": sorted(filter(None, emails))} if known is not None else {}
        called = fields.required(team, "name")
        return Reading([Told("grafana_team", tree.where(name), "", called, wire=wire, arguments=arguments)])

    return shapes.attempt(tree, name, "", read)


def _alerting(tree: Tree, name: str, rest: str) -> Reading:
    """alerting/contacts.json, policies.json, templates.json, timings.json and rules.json."""
    where = tree.where(name)

    def read() -> Reading:
        found = read_json(tree.read(name))
        if rest == "policies.json":
            return Reading([shapes.policy_told(where, _as_table(found))])
        if not isinstance(found, list):
            raise Malformed("it is no list")
        tables = [_as_table(one) for one in found]
        if rest == "contacts.json":
            ways = [(fields.required(one, "name"), way) for one in tables for way in fields.tables(one, "receivers")]
            return Reading([shapes.contact_point_told(where, *one) for one in ways])
        if rest == "timings.json":
            return Reading([shapes.mute_timing_told(where, one) for one in tables])
        if rest == "templates.json":
            return Reading([shapes.template_told(where, one) for one in tables])
        return Reading(_groups(where, tables)) if rest == "rules.json" else Reading()

    return shapes.attempt(tree, name, "", read)


def _groups(where: str, rules: list[Table]) -> list[Told]:
    """The groups of rules; how often they are evaluated is not in a backup."""
    groups: dict[tuple[str, str], list[Mapping[str, object]]] = {}
    for rule in rules:
        groups.setdefault((fields.text(rule, "folderUID"), fields.required(rule, "ruleGroup")), []).append(rule)
    return [shapes.rule_group_told(where, name, 60, known, folder) for (folder, name), known in groups.items()]


def _rules(tree: Tree, home: str) -> Reading:
    """alerting-rules/FOLDER/NAME.json: a rule each; a group has those of one folder that name it."""
    rules: list[tuple[str, Table]] = []
    readings = []
    for name in tree.of(".json", under=f"{home}/alerting-rules".lstrip("/")):

        def read(name: str = name) -> Reading:
            rules.append((tree.where(name), _table(tree, name)))
            return Reading(_groups(tree.where(name), [rules[-1][1]])[:0])

        readings.append(shapes.attempt(tree, name, "", read))
    return shapes.together([*readings, Reading(_groups(rules[0][0], [rule for _, rule in rules]) if rules else [])])


def _permissions(tree: Tree, name: str, rest: str) -> Reading:
    return shapes.left_out(tree, name, 0, "", _PERMISSIONS)


def _account(tree: Tree, name: str, rest: str) -> Reading:
    return shapes.left_out(tree, name, 0, "", _ACCOUNTS)


def _table(tree: Tree, name: str) -> Table:
    return _as_table(read_json(tree.read(name)))


def _as_table(value: object) -> Table:
    if not isinstance(value, Table):
        raise Malformed("it is no table of JSON")
    return value


_KINDS: Mapping[str, Callable[[Tree, str, str], Reading]] = {
    "folders": _folder,
    "dashboards": _dashboard,
    "libraryelements": _library_element,
    "connections": _connection,
    "teams": _team,
    "alerting": _alerting,
    "alerting-rules": lambda *_: Reading(),  # several are a group: _rules
    "dashboards-permissions": _permissions,
    "folders-permissions": _permissions,
    "connections-permissions": _permissions,
    "users": _account,
}
