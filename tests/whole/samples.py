"""A block of each type that there is, and a value for each of its arguments: for tests that go through all of them.

What is new has no sample, and fails the tests until it has one.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

Json = Any


@dataclass(frozen=True)
class Sample:
    """The arguments of a block called NAME as it is without the ones in question, and what has to be there before it.

    Texts may have NAME in them, and UPSTREAM for a server. `values` has a value for each argument, None for one that no
    Grafana of today takes; with it go the arguments in `also`, and those in `without` are left out. Those that are
    `apart` cannot be in one block. The block depends on `needs`, and its configuration begins with `head`. There is no
    more than one object of a `single` type.
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


_FOLDER = block("resource", "grafana_folder", "NAME_folder", {"uid": "NAME-folder", "title": "NAME folder"})
_BOARD = block("resource", "grafana_dashboard", "NAME_board", {"config": {"uid": "NAME-board", "title": "NAME board"}})
_CONFIG = {
    "uid": "NAME",
    "title": "NAME",
    "tags": ["a", "b"],
    "graphTooltip": 1,
    "links": [{"title": "Up", "url": "/"}],
}
_ITEMS = [{"type": "dashboard_by_tag", "value": "NAME"}]
_RULES = {"Viewer": "View", "Editor": "Edit"}


_GRAFANA_OF_HEADSPIN = """
[resource.headspin_grafana.org]

[provider.grafana]
url = "${headspin_grafana.org.grafana_url}"
auth = "${headspin_grafana.org.username}:${headspin_grafana.org.password}"
"""

RESOURCES: Mapping[str, Sample] = {
    "grafana_folder": Sample(
        {"uid": "NAME", "title": "NAME"},
        {"uid": "NAME", "title": "NAME", "parent_folder_uid": "NAME-folder", "force_destroy": True},
        before=_FOLDER,
        needs="grafana_folder.NAME_folder",
    ),
    "grafana_data_source": Sample(
        {"uid": "NAME", "name": "NAME", "type": "prometheus", "url": "http://localhost:9090"},
        {
            "uid": "NAME",
            "name": "NAME",
            "type": "loki",
            "url": "http://localhost:9091",
            "access_mode": "proxy",
            "is_default": False,
            "database_name": "metrics",
            "username": "reader",
            "basic_auth_enabled": True,
            "basic_auth_username": "reader",
            "with_credentials": True,
            "json_data": {"httpMethod": "POST", "exemplars": [{"name": "trace"}]},
            "json_data_encoded": '{"httpMethod": "POST"}',
            "secure_json_data": {"password": "geheim-1", "token": "geheim-2"},
            "secure_json_data_encoded": '{"password": "geheim-3"}',
            "http_headers": {"X-First": "geheim-4", "X-Second": "geheim-5"},
            "check_health": True,
        },
        apart=(
            frozenset({"json_data", "json_data_encoded"}),
            frozenset({"secure_json_data", "secure_json_data_encoded"}),
            frozenset({"type", "check_health"}),
        ),
        also={
            "basic_auth_username": {"basic_auth_enabled": True},
            "check_health": {"type": "grafana-testdata-datasource"},
        },
    ),
    "grafana_dashboard": Sample(
        {"config": _CONFIG},
        {
            "config": _CONFIG,
            "config_json": json.dumps(_CONFIG),
            "inputs": {"DS_PROM": "NAME-prometheus"},
            "uid": "NAME",
            "folder": "NAME-folder",
            "message": "as NAME says",
            "overwrite": True,
        },
        before=_FOLDER,
        needs="grafana_folder.NAME_folder",
        also={"inputs": {"config": {**_CONFIG, "panels": [{"id": 1, "datasource": {"uid": "$${DS_PROM}"}}]}}},
        without={"config_json": ("config",)},
        apart=(frozenset({"config", "config_json", "inputs"}),),
    ),
    "grafana_snapshot": Sample(
        {"name": "NAME", "dashboard": {"uid": "NAME-board", "title": "NAME board"}},
        {
            "dashboard": {"uid": "NAME-board", "title": "NAME board", "tags": ["a"]},
            "name": "NAME",
            "expires": 3600,
            "external": False,
            "key": "NAME-key",
            "delete_key": "NAME-geheim",
            "fill": True,
            "fill_range": {"from": "now-2h", "to": "now-1h"},
            "on_fill_error": "warn",
            "recreate_when_expired": True,
        },
        before=_BOARD,
        needs="grafana_dashboard.NAME_board",
        also={"fill_range": {"fill": True}},
    ),
    "grafana_organization_preferences": Sample(
        {"theme": "dark"},
        {"home_dashboard_uid": "NAME-board", "theme": "light", "timezone": "utc"},
        before=_BOARD,
        needs="grafana_dashboard.NAME_board",
        single=True,
    ),
    "grafana_playlist": Sample(
        {"name": "NAME", "interval": "5m", "item": _ITEMS},
        {
            "name": "NAME list",
            "interval": "90s",
            "item": [*_ITEMS, {"type": "dashboard_by_uid", "value": "NAME-board"}],
        },
    ),
    "grafana_team": Sample(
        {"name": "NAME"},
        {
            "name": "NAME team",
            "email": "team@example.org",
            "members": ["admin@localhost"],
            "preferences": {"theme": "dark"},
        },
    ),
    "grafana_contact_point": Sample(
        {"name": "NAME", "type": "email", "settings": {"addresses": "a@example.org"}},
        {
            "uid": "NAME-point",
            "name": "NAME point",
            "type": "email",
            "settings": {"addresses": "b@example.org"},
            "disable_resolve_message": True,
        },
    ),
    "grafana_folder_permission": Sample(
        {"folder_uid": "NAME-folder", "permissions": _RULES},
        {"folder_uid": "NAME-folder", "permissions": _RULES},
        before=_FOLDER,
        needs="grafana_folder.NAME_folder",
    ),
    "grafana_dashboard_permission": Sample(
        {"dashboard_uid": "NAME-board", "permissions": _RULES},
        {"dashboard_uid": "NAME-board", "permissions": _RULES},
        before=_BOARD,
        needs="grafana_dashboard.NAME_board",
    ),
    "headspin_grafana": Sample({"on_exists": "adopt"}, {"reset_trigger": "2026-01-01"}, single=True),
    "headspin_dashboard": Sample(
        {"name": "NAME", "dashboard_uid": "NAME-board"},
        {
            "name": "NAME",
            "dashboard_uid": "NAME-board",
            "dashboard_url": "https://grafana.example/d/NAME-board/name",
            "version": 2,
            "remove_in_grafana": True,
        },
        head=_GRAFANA_OF_HEADSPIN,
        before=_BOARD,
        needs="grafana_dashboard.NAME_board",
        without={"dashboard_url": ("dashboard_uid",)},
        apart=(frozenset({"dashboard_uid", "dashboard_url"}),),
    ),
}

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
