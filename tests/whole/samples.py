"""A block of each type that there is, and a value for each of its arguments: for tests that go through all of them.

What is new has no sample, and fails the tests until it has one.
"""

from __future__ import annotations

import json
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from hcl_lite.core.schema import ResourceType

Json = Any

CASES = Path(__file__).parent.parent / "providers" / "cases"


@dataclass(frozen=True)
class Change:
    """Another `value` of an argument. With it go the arguments in `also`, and those in `without` are left out; a plan
    has differences at `paths`, and says what becomes of `secrets`; there is neither where the server has nothing of it.
    """

    value: Json
    also: Mapping[str, Json]
    without: tuple[str, ...]
    paths: tuple[str, ...]
    secrets: Mapping[str, str]

    def of(self, key: str, arguments: Mapping[str, Json]) -> Mapping[str, Json]:
        """`arguments` with the argument `key` so."""
        kept = {other: value for other, value in arguments.items() if other not in self.without}
        return {**kept, **self.also, key: self.value}

    def makes_another(self, key: str, type_: ResourceType, full: Mapping[str, Json]) -> bool:
        """Whether an object of the type is made anew for the argument `key`, or for one that goes with it."""
        others = (key, *(also for also, value in self.also.items() if value != full.get(also)))
        return type_.immutable or any(type_.attrs[other].replaces for other in others)


@dataclass(frozen=True)
class Sample:
    """The arguments of a block called NAME as it is without the ones in question, and what has to be there before it.

    Texts may have NAME in them, and UPSTREAM for a server. `values` has a value for each argument, None for one that no
    Grafana of today takes; with it go the arguments in `also`, and those in `without` are left out. Those that are
    `apart` cannot be in one block. The block depends on `needs`, and its configuration begins with `head`. There is no
    more than one object of a `single` type. A resource has `full` arguments as well, and `changes` of them; `tells` is
    a route that tells its secrets, and of `unread` attributes only the answer to a create tells; there may be two
    that are `alike`; a colleague has the values in `theirs`, where the changes have no two of them. The
    server `forgets` some secrets of others with each write. What changes of the arguments in `one_way` do is not taken
    back. No Grafana before `least` has such objects, one takes some arguments `since` a version, and of one before
    `before_version` the full ones and some changes are others; those in `all_told` tell that every secret is set.
    `colleagues` have made some objects before, by POSTs: bodies by their path.
    """

    arguments: Mapping[str, Json]
    values: Mapping[str, Json]
    head: str = ""
    before: str = ""
    needs: str = ""
    also: Mapping[str, Mapping[str, Json]] = field(default_factory=dict)
    without: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    apart: tuple[frozenset[str], ...] = ()
    single: bool = False
    full: Mapping[str, Json] = field(default_factory=dict)
    changes: Mapping[str, Change] = field(default_factory=dict)
    tells: str = ""
    unread: tuple[str, ...] = ()
    alike: bool = False
    ours_alone: bool = False
    theirs: Mapping[str, Json] = field(default_factory=dict)
    forgets: tuple[str, ...] = ()
    one_way: tuple[str, ...] = ()
    since: Mapping[str, str] = field(default_factory=dict)
    least: str = ""
    before_version: str = ""
    full_before: Mapping[str, Json] = field(default_factory=dict)
    changes_before: Mapping[str, Change] = field(default_factory=dict)
    all_told: tuple[str, ...] = ()
    colleagues: Mapping[str, tuple[Json, ...]] = field(default_factory=dict)

    def make_of_colleagues(self, server: Any, name: str) -> None:
        """What colleagues have made before, whose NAME is `name`."""
        for path, bodies in self.colleagues.items():
            for body in bodies:
                server.call("POST", path, named(name, body))

    def remove_of_colleagues(self, server: Any, name: str) -> None:
        """Removes what colleagues have made, for a server that others use after."""
        for path, bodies in self.colleagues.items():
            for body in bodies:
                server.call("DELETE", f"{path}/uid/{named(name, body['uid'])}")

    def is_on(self, version: str) -> bool:
        """Whether a Grafana of a version has such objects."""
        return _numbers(version) >= _numbers(self.least)

    def on(self, version: str) -> Sample:
        """The sample as a Grafana of a version takes it: with other arguments, or without some."""
        if _numbers(version) < _numbers(self.before_version):
            changes = {**self.changes, **self.changes_before}
            return replace(self, full=self.full_before, changes=changes, before_version="").on(version)
        lacking = [key.split(".") for key, least in self.since.items() if _numbers(version) < _numbers(least)]

        def kept(given: Mapping[str, Any]) -> dict[str, Any]:
            left = dict(given)
            for path in lacking:
                left = _pruned(left, path)
            return left

        changes = {
            key: replace(change, value=kept({key: change.value})[key]) for key, change in kept(self.changes).items()
        }
        return replace(
            self, arguments=kept(self.arguments), full=kept(self.full), values=kept(self.values), changes=changes
        )

    def block(self, name: str, values: Mapping[str, Json]) -> Mapping[str, Json]:
        """The arguments of the block `name` with `values` among them."""
        without = {other for key in values for other in self.without.get(key, ())}
        kept = {key: value for key, value in self.arguments.items() if key not in without}
        also = {key: value for given in values for key, value in self.also.get(given, {}).items()}
        needs = {"depends_on": [self.needs]} if self.needs else {}
        found: Mapping[str, Json] = named(name, {**kept, **also, **needs})
        return {**found, **values}

    def together(self, keys: Iterable[str]) -> list[list[str]]:
        """`keys` in as few blocks as can have them."""
        blocks: list[list[str]] = []
        for key in keys:
            others = {other for apart in self.apart if key in apart for other in apart}
            free = next((block for block in blocks if not others & {*block}), None)
            if free is None:
                blocks.append([key])
            else:
                free.append(key)
        return blocks


def _numbers(version: str) -> tuple[int, ...]:
    return tuple(map(int, version.split("."))) if version else ()


def _pruned(value: Any, path: list[str]) -> Any:
    """A value without what is at the path, which goes into each item of a list."""
    if isinstance(value, list):
        return [_pruned(item, path) for item in value]
    if not isinstance(value, Mapping):
        return value
    first, *rest = path
    if not rest:
        return {key: item for key, item in value.items() if key != first}
    return {key: _pruned(item, rest) if key == first else item for key, item in value.items()}


def named(name: str, value: Json) -> Json:
    """`value` with NAME in its texts replaced."""
    return json.loads(json.dumps(value).replace("NAME", name))


def toml(value: Json) -> str:
    """A value in TOML, tables inline."""
    if isinstance(value, Mapping):
        return "{ " + ", ".join(f"{json.dumps(key)} = {toml(item)}" for key, item in value.items()) + " }"
    if isinstance(value, list):
        return "[" + ", ".join(map(toml, value)) + "]"
    return json.dumps(value)


def table(name: str, arguments: Mapping[str, Json]) -> str:
    """A table of a configuration."""
    return f"[{name}]\n" + "".join(f"{key} = {toml(value)}\n" for key, value in arguments.items())


def block(kind: str, type_: str, name: str, arguments: Mapping[str, Json]) -> str:
    """A resource or lookup of a configuration."""
    return table(f"{kind}.{type_}.{name}", arguments)


def blocks(tables: Mapping[str, Json]) -> str:
    """A part of a configuration, as a sample has it."""
    text = "".join(table(f"provider.{name}", arguments) for name, arguments in tables.get("provider", {}).items())
    for type_, named_ in tables.get("resource", {}).items():
        text += "".join(block("resource", type_, name, arguments) for name, arguments in named_.items())
    return text


def _read_change(key: str, change: Mapping[str, Json]) -> Change:
    return Change(
        change["value"],
        change.get("also", {}),
        tuple(change.get("without", ())),
        tuple(change.get("paths", (key,))),
        change.get("secrets", {}),
    )


def read_sample(path: Path) -> Sample:
    """The sample of a resource type; tests/providers/cases/README.md says what is in it."""
    data = tomllib.loads(path.read_text())
    changes = {key: _read_change(key, change) for key, change in data["change"].items()}
    older = data.get("before", {})
    return Sample(
        data["minimal"],
        {key: change.value for key, change in changes.items()},
        head=blocks(data.get("once", {})),
        before=blocks(data.get("around", {})),
        needs=data.get("needs", ""),
        also={key: change.also for key, change in changes.items()},
        without={key: change.without for key, change in changes.items()},
        apart=tuple(map(frozenset, data.get("apart", ()))),
        single=data.get("single", False),
        full=data["full"],
        changes=changes,
        tells=data.get("tells", ""),
        unread=tuple(data.get("unread", ())),
        ours_alone=data.get("ours_alone", False),
        alike=data.get("alike", False),
        theirs=data.get("theirs", {}),
        forgets=tuple(data.get("forgets", ())),
        one_way=tuple(data.get("one_way", ())),
        since=data.get("since", {}),
        least=data.get("least", ""),
        before_version=older.get("grafana", ""),
        full_before=older.get("full", {}),
        changes_before={key: _read_change(key, change) for key, change in older.get("change", {}).items()},
        all_told=tuple(data.get("all_told", ())),
        colleagues={path: tuple(bodies) for path, bodies in data.get("colleagues", {}).items()},
    )


_FOLDER = block("resource", "grafana_folder", "NAME_folder", {"uid": "NAME-folder", "title": "NAME folder"})
_BOARD = block("resource", "grafana_dashboard", "NAME_board", {"config": {"uid": "NAME-board", "title": "NAME board"}})
RESOURCES: Mapping[str, Sample] = {path.stem: read_sample(path) for path in sorted(CASES.glob("*.toml"))}

_QUERY = {"scenarioId": "csv_metric_values", "stringInput": "1,2,3"}
_FIND_SOURCE = block(
    "resource",
    "grafana_data_source",
    "NAME_source",
    {"uid": "NAME-source", "name": "NAME source", "type": "grafana-testdata-datasource"},
)

_PROXY_SOURCE = block(
    "resource",
    "grafana_data_source",
    "NAME_source",
    {"uid": "NAME-source", "name": "NAME source", "type": "prometheus", "url": "UPSTREAM"},
)

_USER = block("resource", "grafana_user", "NAME_user", {"login": "NAME", "email": "NAME@example.org"})

LOOKUPS: Mapping[str, Sample] = {
    "grafana_data_source": Sample(
        {},
        {"uid": "NAME-source", "name": "NAME source", "id": "${grafana_data_source.NAME_source.id}"},
        apart=(frozenset({"uid", "name", "id"}),),
        before=_FIND_SOURCE,
    ),
    "grafana_data_sources": Sample({}, {"type": "prometheus"}),
    "grafana_data_source_id": Sample(
        {}, {"name": "NAME source"}, before=_FIND_SOURCE, needs="grafana_data_source.NAME_source"
    ),
    "grafana_folder": Sample(
        {},
        {"uid": "NAME-folder", "title": "NAME folder"},
        apart=(frozenset({"uid", "title"}),),
        before=_FOLDER,
        needs="grafana_folder.NAME_folder",
    ),
    "grafana_dashboard": Sample(
        {}, {"uid": "NAME-board", "slug": None}, before=_BOARD, needs="grafana_dashboard.NAME_board"
    ),
    "grafana_home_dashboard": Sample({}, {}),
    "grafana_dashboard_tags": Sample({}, {}),
    "grafana_dashboard_versions": Sample(
        {}, {"uid": "NAME-board"}, before=_BOARD, needs="grafana_dashboard.NAME_board"
    ),
    "grafana_snapshot": Sample(
        {},
        {"key": "NAME-shot"},
        before=_BOARD
        + block(
            "resource",
            "grafana_snapshot",
            "NAME_shot",
            {
                "key": "NAME-shot",
                "dashboard": {"uid": "NAME-board", "title": "NAME board"},
                "depends_on": ["grafana_dashboard.NAME_board"],
            },
        ),
        needs="grafana_snapshot.NAME_shot",
    ),
    "grafana_snapshots": Sample({}, {"query": "NAME", "limit": 10}),
    "grafana_server": Sample({}, {}),
    "grafana_query": Sample(
        {"data_source": "NAME-source", "query": _QUERY},
        {
            "data_source": "NAME-source",
            "expr": "up",
            "query": _QUERY,
            "from": "now-2h",
            "to": "now-1h",
            "max_data_points": 10,
        },
        before=_FIND_SOURCE,
        needs="grafana_data_source.NAME_source",
    ),
    "grafana_data_source_proxy": Sample(
        {"data_source": "NAME-source", "path": "path"},
        {"data_source": "NAME-source", "path": "path", "params": {"first": "1", "second": "2"}},
        before=_PROXY_SOURCE,
        needs="grafana_data_source.NAME_source",
    ),
    "grafana_folders": Sample({}, {"query": "NAME", "parent_folder_uid": "NAME-folder"}, before=_FOLDER),
    "grafana_dashboards": Sample(
        {}, {"folder_uids": ["NAME-folder"], "tags": ["prod"], "query": "NAME", "limit": 10}, before=_FOLDER
    ),
    "grafana_library_panel": Sample(
        {},
        {"uid": "NAME-panel", "name": "NAME panel", "folder_uid": None},
        apart=(frozenset({"uid", "name"}),),
        before=block(
            "resource",
            "grafana_library_panel",
            "NAME_panel",
            {"uid": "NAME-panel", "name": "NAME panel", "model_json": '{"type": "text"}'},
        ),
        needs="grafana_library_panel.NAME_panel",
    ),
    "grafana_library_panels": Sample({}, {"folder_uids": ["NAME-folder"]}),
    "grafana_contact_points": Sample({}, {"name": "NAME"}),
    "grafana_rule_groups": Sample({}, {"folder_uid": "NAME-folder"}),
    "grafana_team": Sample(
        {},
        {"name": "NAME team", "team_id": "${grafana_team.NAME_team.team_id}"},
        apart=(frozenset({"name", "team_id"}),),
        before=block("resource", "grafana_team", "NAME_team", {"name": "NAME team"}),
        needs="grafana_team.NAME_team",
    ),
    "grafana_teams": Sample({}, {"query": "NAME"}),
    "grafana_user": Sample(
        {},
        {"login": "NAME", "email": "NAME@example.org", "user_id": "${grafana_user.NAME_user.user_id}"},
        apart=(frozenset({"login", "email", "user_id"}),),
        before=_USER,
        needs="grafana_user.NAME_user",
    ),
    "grafana_users": Sample({}, {}),
    "grafana_organization_user": Sample(
        {},
        {"login": "NAME", "email": "NAME@example.org"},
        apart=(frozenset({"login", "email"}),),
        before=_USER,
        needs="grafana_user.NAME_user",
    ),
    "grafana_organization_users": Sample({}, {"organization_name": "Main Org."}),
    "grafana_organization": Sample({}, {"name": "Main Org."}),
    "grafana_organizations": Sample({}, {}),
    "grafana_organization_preferences": Sample({}, {}),
    "grafana_service_account": Sample(
        {},
        {"name": "NAME account"},
        before=block("resource", "grafana_service_account", "NAME_account", {"name": "NAME account"}),
        needs="grafana_service_account.NAME_account",
    ),
    "grafana_service_accounts": Sample({}, {}),
    "headspin_grafana": Sample({}, {}),
    "headspin_grafana_editor": Sample({}, {}),
    "headspin_grafana_viewer": Sample({}, {}),
    "headspin_dashboards": Sample({}, {}),
}

_HTTP: Mapping[str, Json] = {
    "http_headers": {"X-First": "geheim-1", "X-Second": "geheim-2"},
    "ca_cert": "any.pem",
    "tls_cert": "any.pem",
    "tls_key": "any.pem",
    "insecure_skip_verify": True,
    "timeout": 30,
    "retries": 1,
    "parallelism": 4,
}

PROVIDERS: Mapping[str, Sample] = {
    "grafana": Sample(
        {"url": "embedded:NAME.db", "auth": "admin:admin"},
        {"url": "embedded:NAME.db", "auth": "admin:admin", "org_id": 1, **_HTTP},
        before=block("resource", "grafana_folder", "NAME", {"provider": "NAME", "uid": "NAME", "title": "NAME"}),
    ),
    "amazon_grafana": Sample(
        {"workspace_endpoint": "embedded:NAME.db", "auth": "admin:admin"},
        {
            "workspace_endpoint": "embedded:NAME.db",
            "workspace_id": "g-0123456789",
            "region": "eu-west-1",
            "auth": "admin:admin",
            "service_account_id": "2",
            "token_seconds_to_live": 600,
            **{key: _HTTP[key] for key in ("timeout", "retries", "parallelism")},
        },
        before=block("resource", "grafana_folder", "NAME", {"provider": "NAME", "uid": "NAME", "title": "NAME"}),
    ),
    "headspin": Sample(
        {"url": "embedded:NAME.db", "auth": "embedded"},
        {"url": "embedded:NAME.db", "auth": "embedded", "auth_style": "bearer", **_HTTP},
        before=block("resource", "headspin_grafana", "NAME", {"provider": "NAME"}),
    ),
}
