"""docs/routes.md: every documented route is there, and is called by what the table names, on an embedded server.

What a row names is driven as a user would, by the command line; the route has to be in the server's access log with a
success. `DRIVERS` has one function for each; add a row and a driver for a route of a new document.
"""

from __future__ import annotations

import asyncio
import contextlib
import io
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import pytest

import providers.embedded
import providers.embedded_headspin
from hcl_lite.cli.main import run
from providers.embedded import Fault, Options
from providers.embedded.app import EmbeddedApp
from providers.embedded_headspin import HeadspinOptions
from providers.grafana.client import make_client
from tests.conftest import SHARED
from tests.contexts import BARE
from tests.http_servers import Handler, serve_http

_TABLE = Path(__file__).parents[2] / "docs" / "routes.md"
_DOCUMENTED = re.compile(r"^`?(GET|POST|PUT|PATCH|DELETE) (/api/[^\s`]*)`?$", re.MULTILINE)
_LISTED_BY_HEADSPIN = re.compile(r"^(/v0/\S+) (GET|POST|PUT|PATCH|DELETE) ", re.MULTILINE)
_OLDER = "HeadSpin without /allocate"
_DASHBOARD = {"uid": "d", "title": "Shown", "tags": ["a"], "panels": []}
_SOURCE = {"uid": "s", "name": "Source", "access": "proxy"}


@dataclass(frozen=True)
class Row:
    """One row of the table: `users` each have to call the route, on the server `on`."""

    document: str
    method: str
    route: str
    users: tuple[str, ...]
    on: str
    test: str

    @property
    def name(self) -> str:
        return "-".join([self.document, self.method.lower(), *re.findall(r"\w+", self.route)])

    def is_called(self, log: list[tuple[str, str, int]]) -> bool:
        path = re.sub(r":\w+", "[^/]+", self.route).replace("*", ".+")
        return any(m == self.method and re.fullmatch(path, p) and 0 < status < 400 for m, p, status in log)


@cache
def _rows() -> tuple[Row, ...]:
    rows = []
    document = ""
    for line in _TABLE.read_text(encoding="utf-8").splitlines():
        heading = re.match(r"## (\d{3}) ", line)
        document = heading[1] if heading else document
        cells = [cell.strip() for cell in line.strip("|").split("|")]
        if line.startswith("| `") and len(cells) == 4:
            method, route = cells[0].strip("`").split(" ")
            users = tuple(re.findall(r"`([^`]+)`", cells[1]))
            rows.append(Row(document, method, route, users, cells[2], cells[3].strip("`")))
    return tuple(rows)


# --- what is driven ---------------------------------------------------------------------------------------------------


class World:
    """An empty directory with an empty server of one kind, and what was called on it by the command line."""

    def __init__(self, root: Path, on: str, upstream: str) -> None:
        self.root, self.on, self.upstream = root, on, upstream
        self.apps: list[EmbeddedApp] = []
        self._is_ours = True
        self.url = f"embedded:{root / 'server.db'}"
        if self.is_headspin:
            self.provider = f'[provider.headspin]\nurl = "{self.url}"\n'
        else:
            self.url += f"?version={on}"
            self.provider = f'[provider.grafana]\nurl = "{self.url}"\n'

    @property
    def is_headspin(self) -> bool:
        return self.on.startswith("HeadSpin")

    def keep(self, app: Any) -> Any:
        """The app of one command; what a colleague calls is not counted."""
        if self._is_ours:
            self.apps.append(app)
            if self.on == _OLDER:
                app.faults.add(Fault("POST", "/v0/grafana/allocate", status=404, times=None))
        return app

    def log(self) -> list[tuple[str, str, int]]:
        return [entry for app in self.apps for entry in app.access_log]

    def call(self, method: str, path: str, body: Any = None) -> Any:
        """What a colleague does."""

        async def work() -> Any:
            client = make_client({"url": self.url}, False, BARE)
            try:
                return await client.call(method, path, body=body)
            finally:
                await client.close()

        self._is_ours = False
        try:
            return asyncio.run(work())
        finally:
            self._is_ours = True

    def hcl(self, *args: str) -> None:
        """One command line, which has to succeed."""
        out, err = io.StringIO(), io.StringIO()
        with contextlib.chdir(self.root), contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
            code = run(args)
        assert code == 0, f"hcl-lite {' '.join(args)}: {err.getvalue()}{out.getvalue()}"

    def apply(self, *blocks: str) -> None:
        (self.root / "main.toml").write_text("\n".join([self.provider, *blocks]))
        self.hcl("apply", "--auto-approve")

    def add_dashboard(self) -> None:
        self.call("POST", "/api/dashboards/db", {"dashboard": _DASHBOARD})

    def add_source(self, **more: Any) -> int:
        """Its number."""
        return int(self.call("POST", "/api/datasources", {"type": "prometheus", **_SOURCE, **more})["id"])

    def add_snapshot(self, key: str) -> None:
        body = {"dashboard": _DASHBOARD, "name": key, "key": key, "deleteKey": f"delete-{key}"}
        self.call("POST", "/api/snapshots", body)


def _grafana_dashboard(world: World) -> None:
    """Made, changed by a colleague, deleted by one and restored where the server can, and destroyed."""
    block = '[resource.grafana_dashboard.d.config]\nuid = "d"\ntitle = "One"\n'
    before, after = ("db/one", "db/another") if world.on == "3.2" else ("uid/d", "uid/d")
    world.apply(block)
    live = world.call("GET", f"/api/dashboards/{before}")["dashboard"]
    world.call("POST", "/api/dashboards/db", {"dashboard": {**live, "title": "Another"}})
    world.hcl("plan")
    world.call("DELETE", f"/api/dashboards/{after}")
    world.apply(block)
    world.hcl("destroy", "--auto-approve")


def _data_dashboard(world: World) -> None:
    world.add_dashboard()
    by = 'slug = "shown"' if world.on == "3.2" else 'uid = "d"'
    world.apply(f"[data.grafana_dashboard.d]\n{by}\n")


def _purge(world: World) -> None:
    world.apply()
    world.add_dashboard()
    world.call("DELETE", "/api/dashboards/uid/d")
    world.hcl("dashboard", "purge", "d", "--auto-approve")


def _restore(world: World) -> None:
    world.apply()
    world.add_dashboard()
    world.call("DELETE", "/api/dashboards/uid/d")
    world.hcl("dashboard", "restore", "d")
    assert world.call("GET", "/api/dashboards/uid/d")["dashboard"]["title"] == "Shown"


def _data(type_: str, *arguments: str) -> Callable[[World], None]:
    """A data block, read by an apply."""

    def drive(world: World) -> None:
        if not world.is_headspin:
            world.add_dashboard()
            world.add_snapshot("k")
            number = world.add_source(type="testdata" if "query" in type_ else "prometheus", url=world.upstream)
            given = [argument.replace("NUMBER", str(number)) for argument in arguments]
            blocks = [f"[data.{type_}.x{index}]\n{argument}\n" for index, argument in enumerate(given or [""])]
            world.apply(*blocks)
            return
        world.apply("[resource.headspin_grafana.org]\n")
        world.apply("[resource.headspin_grafana.org]\n", f"[data.{type_}.x]\n")

    return drive


def _grafana_data_source(world: World) -> None:
    block = '[resource.grafana_data_source.s]\nname = "S"\ntype = "prometheus"\nuid = "s"\nurl = "{}"\n'
    world.apply(block.format("http://one"))
    world.apply(block.format("http://two"))
    world.hcl("destroy", "--auto-approve")


def _import(world: World) -> None:
    world.add_source()
    (world.root / "main.toml").write_text(
        world.provider + '[resource.grafana_data_source.s]\nname = "Source"\ntype = "prometheus"\n'
    )
    world.hcl("import", "grafana_data_source.s", "name:Source")


def _data_source(*args: str) -> Callable[[World], None]:
    """hcl-lite data-source, by each of the three names; the object is made anew for each."""

    def drive(world: World) -> None:
        world.apply()
        for key in ("uid:s", "name:Source", "id:NUMBER") if "NAME" in args else ("",):
            number = world.add_source(type="testdata" if "query" in args else "prometheus", url=world.upstream)
            names = {"NAME": key.replace("NUMBER", str(number))}
            world.hcl("data-source", *(names.get(arg, arg) for arg in args))
            if "delete" not in args:
                world.call("DELETE", f"/api/datasources/{number}")

    return drive


def _grafana_snapshot(world: World) -> None:
    world.add_dashboard()
    world.apply('[resource.grafana_snapshot.s.dashboard]\nuid = "d"\ntitle = "Shown"\n')
    world.hcl("plan")
    world.hcl("destroy", "--auto-approve")


def _snapshot(*args: str) -> Callable[[World], None]:
    def drive(world: World) -> None:
        world.apply()
        world.add_dashboard()
        world.add_snapshot("k")
        world.hcl("snapshot", *args)

    return drive


def _headspin_grafana(world: World) -> None:
    block = '[resource.headspin_grafana.org]\nreset_trigger = "{}"\n'
    world.apply(block.format("one"))
    if world.on == "HeadSpin":
        world.apply(block.format("two"))


def _headspin_dashboard(world: World) -> None:
    grafana = (
        '[resource.headspin_grafana.org]\n[provider.grafana]\nurl = "${headspin_grafana.org.grafana_url}"\n'
        'auth = "${headspin_grafana.org.username}:${headspin_grafana.org.password}"\n'
        '[resource.grafana_dashboard.d.config]\nuid = "d"\ntitle = "Own"\n'
    )
    flows = '[resource.headspin_dashboard.flows]\nname = "User Flow Timeseries"\n'
    own = '[resource.headspin_dashboard.own]\nname = "Own"\ndashboard_uid = "${grafana_dashboard.d.uid}"\n'
    world.apply(grafana, flows, own)
    world.hcl("destroy", "--auto-approve")


_BY_EACH_NAME = ('uid = "s"', 'name = "Source"', "id = NUMBER")
_VALUES = '{"scenarioId": "csv_metric_values", "stringInput": "1,2"}'
_AS_TOML = 'scenarioId = "csv_metric_values"\nstringInput = "1,2"\n'
DRIVERS: Mapping[str, Callable[[World], None]] = {
    "grafana_dashboard": _grafana_dashboard,
    "data.grafana_dashboard": _data_dashboard,
    "data.grafana_home_dashboard": _data("grafana_home_dashboard"),
    "data.grafana_dashboard_tags": _data("grafana_dashboard_tags"),
    "hcl-lite dashboard purge": _purge,
    "hcl-lite dashboard restore": _restore,
    "grafana_data_source": _grafana_data_source,
    "data.grafana_data_sources": _data("grafana_data_sources"),
    "data.grafana_data_source": _data("grafana_data_source", *_BY_EACH_NAME),
    "data.grafana_data_source_id": _data("grafana_data_source_id", 'name = "Source"'),
    "data.grafana_query": _data("grafana_query", f'data_source = "s"\n[data.grafana_query.x0.query]\n{_AS_TOML}'),
    "data.grafana_data_source_proxy": _data("grafana_data_source_proxy", 'data_source = "s"\npath = "api/v1/x"'),
    "hcl-lite import": _import,
    "hcl-lite data-source list": _data_source("list"),
    "hcl-lite data-source get": _data_source("get", "NAME"),
    "hcl-lite data-source delete": _data_source("delete", "NAME", "--auto-approve"),
    "hcl-lite data-source query": _data_source("query", "NAME", "--query", _VALUES),
    "hcl-lite data-source proxy": _data_source("proxy", "NAME", "api/v1/x"),
    "grafana_snapshot": _grafana_snapshot,
    "data.grafana_snapshot": _data("grafana_snapshot", 'key = "k"'),
    "data.grafana_snapshots": _data("grafana_snapshots", 'query = "k"\nlimit = 1'),
    "hcl-lite snapshot list": _snapshot("list", "--query", "k", "--limit", "1"),
    "hcl-lite snapshot show": _snapshot("show", "k"),
    "hcl-lite snapshot delete": _snapshot("delete", "k"),
    "hcl-lite snapshot delete --delete-key": _snapshot("delete", "--delete-key", "delete-k"),
    "headspin_grafana": _headspin_grafana,
    "headspin_dashboard": _headspin_dashboard,
    "data.headspin_grafana": _data("headspin_grafana"),
    "data.headspin_grafana_editor": _data("headspin_grafana_editor"),
    "data.headspin_grafana_viewer": _data("headspin_grafana_viewer"),
    "data.headspin_dashboards": _data("headspin_dashboards"),
}


# --- the proof --------------------------------------------------------------------------------------------------------


class _Upstream(Handler):
    """What a data source answers."""

    def respond(self, body: bytes) -> None:
        self.answer_json(200, {"path": self.path})


@pytest.fixture(scope="module")
def upstream() -> Iterator[str]:
    with serve_http(_Upstream) as url:
        yield url


@pytest.fixture(scope="module")
def drive(upstream: str, tmp_path_factory: pytest.TempPathFactory) -> Callable[[str, str], list[tuple[str, str, int]]]:
    """The access log of what a user does on a kind of server; each is done once for all rows."""
    make, make_headspin = providers.embedded.create_app, providers.embedded_headspin.create_app

    @cache
    def driven(user: str, on: str) -> list[tuple[str, str, int]]:
        world = World(tmp_path_factory.mktemp("route"), on, upstream)

        def grafana(path: Any, *, options: Options) -> Any:
            return world.keep(make(path, options=options))

        def headspin(path: Any, *, options: HeadspinOptions | None = None, grafana_url: str = "") -> Any:
            return world.keep(make_headspin(path, options=options, grafana_url=grafana_url))

        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(providers.embedded, "create_app", grafana)  # of `serve`, and of a provider
            patch.setattr(providers.embedded_headspin, "create_app", headspin)
            DRIVERS[user](world)
        return world.log()

    return driven


@pytest.mark.parametrize("row", _rows(), ids=lambda row: row.name)
def test_is_called(row: Row, drive: Any, request: pytest.FixtureRequest) -> None:
    """By each resource, data block and command that the table names, with a success."""
    assert row.test == request.node.nodeid
    assert row.users
    assert [user for user in row.users if not row.is_called(drive(user, row.on))] == []


def test_a_route_that_is_not_called_is_found(drive: Any) -> None:
    """So that the test above cannot pass by finding everything; a call that fails does not count either."""
    log = drive("data.grafana_dashboard_tags", "12.4")
    tags = Row("002", "GET", "/api/dashboards/tags", (), "12.4", "")
    others = [
        Row("002", "DELETE", "/api/dashboards/tags", (), "12.4", ""),
        Row("002", "GET", "/api/dashboards/home", (), "12.4", ""),
        Row("002", "GET", "/api/dashboards", (), "12.4", ""),
        Row("002", "GET", "/api/:x", (), "12.4", ""),
    ]
    assert (tags.is_called(log), [row for row in others if row.is_called(log)]) == (True, [])
    assert not tags.is_called([("GET", "/api/dashboards/tags", 404)])


def test_everything_that_can_be_driven_is_in_the_table() -> None:
    """No driver is left over."""
    assert {user for row in _rows() for user in row.users} == DRIVERS.keys()


@pytest.mark.skipif(not (SHARED / "api").is_dir(), reason=f"the documents are not at {SHARED / 'api'}")
def test_the_table_has_every_documented_route() -> None:
    """Each of the five documents, exactly and in its order."""
    documented = []
    for path in sorted((SHARED / "api").glob("[0-9][0-9][0-9]_*.txt")):
        text, number = path.read_text(encoding="utf-8"), path.name[:3]
        documented += [(number, *match) for match in _DOCUMENTED.findall(text)]
        documented += [(number, method, route) for route, method in _LISTED_BY_HEADSPIN.findall(text)]
    assert len(documented) == 36
    assert [(row.document, row.method, row.route) for row in _rows()] == documented
