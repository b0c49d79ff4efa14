"""What needs what: by references, by what is said, and by what bodies mention."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from hcl_lite.core.addrs import Address, Kind
from hcl_lite.core.diags import HclError
from hcl_lite.engine.graph import Build, nearest_resources
from hcl_lite.engine.graph_builder import build_graph
from hcl_lite.lang.evaluation.scope import Scope
from hcl_lite.lang.expressions.functions import FunctionContext, make_functions
from providers.registry import PROVIDER_TYPES
from tests.engine.world import World, address, config_of


def _edges(build: Build) -> set[tuple[str, str]]:
    return {(str(a), str(b)) for a, b in build.graph.edges if a.kind is not Kind.PROVIDER}


_A = '[resource.fake_box.a]\nuid = "a-uid"\n'
_EDGES: list[tuple[str, str, set[tuple[str, str]]]] = [
    ("a reference", _A + '[resource.fake_item.i]\nbox = "${fake_box.a.uid}"\n', {("fake_box.a", "fake_item.i")}),
    (
        "a reference inside text",
        _A + '[resource.fake_item.i]\ntitle = "in ${fake_box.a.uid}"\n',
        {("fake_box.a", "fake_item.i")},
    ),
    ("depends_on", _A + '[resource.fake_item.i]\ndepends_on = ["fake_box.a"]\n', {("fake_box.a", "fake_item.i")}),
    (
        "a local in between",
        _A + '[locals]\nx = "${fake_box.a.uid}"\n[resource.fake_item.i]\nbox = "${local.x}"\n',
        {("fake_box.a", "local.x"), ("local.x", "fake_item.i")},
    ),
    (
        "a lookup in between",
        _A + '[data.fake_item.d]\ntitle = "${fake_box.a.uid}"\n[output.o]\nvalue = "${data.fake_item.d.uid}"\n',
        {("fake_box.a", "data.fake_item.d"), ("data.fake_item.d", "output.o")},
    ),
    ("a uid in a body", _A + '[resource.fake_item.i]\nbody = "x a-uid y"\n', {("fake_box.a", "fake_item.i")}),
    (
        "a uid in a body that a local gives",
        _A + '[locals]\nx = "a-uid"\n[resource.fake_item.i]\nbody = "${local.x}"\n',
        {("fake_box.a", "fake_item.i"), ("local.x", "fake_item.i")},
    ),
    (
        "a uid that is derived",
        '[resource.fake_box.a]\n[resource.fake_item.i]\nbody = "a-new"\n',
        {("fake_box.a", "fake_item.i")},
    ),
    ("nothing in common", _A + '[resource.fake_item.i]\nbody = "b-uid"\n', set()),
    ("a variable, which is known from the start", '[variable.v]\n[resource.fake_item.i]\ntitle = "${var.v}"\n', set()),
    ("its own uid", '[resource.fake_item.i]\nuid = "me"\nbody = "me"\n', set()),
]


@pytest.mark.parametrize(("text", "edges"), [case[1:] for case in _EDGES], ids=[case[0] for case in _EDGES])
def test_edges_lead_from_what_is_needed_to_what_needs_it(world: World, text: str, edges: set[tuple[str, str]]) -> None:
    """Whatever way the need is expressed."""
    assert _edges(world.build(text, {"v": 1})) == edges


def test_everything_needs_its_provider(world: World) -> None:
    """The one it names, or the one that is named like its type."""
    text = (
        '[provider.fake]\n[provider.two]\ntype = "fake"\n'
        '[resource.fake_box.a]\n[resource.fake_box.b]\nprovider = "two"\n'
    )
    edges = {(str(a), str(b)) for a, b in world.build(text).graph.edges}
    assert edges == {("provider.fake", "fake_box.a"), ("provider.two", "fake_box.b")}


def test_a_mention_that_would_close_a_circle_gives_way(world: World) -> None:
    """A body's text is a hint; what is referred to is not."""
    text = (
        '[resource.fake_box.a]\nuid = "a-uid"\nbody = "i-uid"\n'
        '[resource.fake_item.i]\nuid = "i-uid"\nbox = "${fake_box.a.uid}"\n'
    )
    assert _edges(world.build(text)) == {("fake_box.a", "fake_item.i")}


def test_two_that_mention_each_other_get_one_edge(world: World) -> None:
    """Always the same one."""
    text = (
        '[resource.fake_box.a]\nuid = "a-uid"\nbody = "b-uid"\n[resource.fake_box.b]\nuid = "b-uid"\nbody = "a-uid"\n'
    )
    assert [_edges(world.build(text)) for _ in range(3)] == [{("fake_box.b", "fake_box.a")}] * 3


def test_a_circle_is_named_with_its_members_and_places(world: World) -> None:
    """Each line says who needs whom, where, and by what words."""
    text = (
        '[resource.fake_box.a]\ntitle = "${fake_box.b.url}"\n'
        '[resource.fake_box.b]\ntitle = "${local.x}"\n[locals]\nx = "${fake_box.a.url}"\n'
        '[resource.fake_box.c]\ndepends_on = ["fake_box.a"]\n'
    )
    with pytest.raises(HclError) as caught:
        world.build(text)
    (problem,) = caught.value.diagnostics
    assert problem.summary == "These blocks need each other"
    assert sorted(problem.detail.splitlines()) == [
        "fake_box.a needs fake_box.b (main.toml:2:10: ${fake_box.b.url})",
        "fake_box.b needs local.x (main.toml:4:10: ${local.x})",
        "local.x needs fake_box.a (main.toml:6:6: ${fake_box.a.url})",
    ]


def test_a_circle_by_depends_on_alone(world: World) -> None:
    """Its place is the item of the list."""
    text = '[resource.fake_box.a]\ndepends_on = ["fake_box.b"]\n[resource.fake_box.b]\ndepends_on = ["fake_box.a"]\n'
    with pytest.raises(HclError) as caught:
        world.build(text)
    (problem,) = caught.value.diagnostics
    assert sorted(problem.detail.splitlines()) == [
        "fake_box.a needs fake_box.b (main.toml:2:15: depends_on)",
        "fake_box.b needs fake_box.a (main.toml:4:15: depends_on)",
    ]


def test_the_nearest_resources_are_found_through_what_is_none(world: World) -> None:
    """Through locals and lookups, and no further than the first resource."""
    text = (
        '[resource.fake_box.far]\n[resource.fake_box.near]\ntitle = "${fake_box.far.uid}"\n'
        '[locals]\nx = "${fake_box.near.uid}"\n[data.fake_item.d]\ntitle = "${local.x}"\n'
        '[resource.fake_item.i]\ntitle = "${data.fake_item.d.uid}"\n'
    )
    graph = world.build(text).graph
    assert nearest_resources(graph, address("fake_item.i")) == (address("fake_box.near"),)
    assert nearest_resources(graph, Address(Kind.OUTPUT, "nowhere")) == ()


_SOURCE = '[resource.grafana_data_source.s]\nname = "Prom"\ntype = "prometheus"\nuid = "prom-uid"\n'
_MENTIONS = [
    ("type and uid", '{"datasource": {"type": "prometheus", "uid": "prom-uid"}}', True),
    ("the name as a string", '{"datasource": "Prom"}', True),
    ("the uid as a string", '{"datasource": "prom-uid"}', True),
    ("deep in a panel", '{"panels": [{"targets": [{"datasource": {"uid": "prom-uid"}}]}]}', True),
    ("the uid of an annotation's query", '{"datasourceUid": "prom-uid"}', True),
    ("an input of a file exported for sharing", '{"__inputs": [{"name": "DS_P", "pluginId": "prometheus"}]}', True),
    ("the group's name of v2", '{"query": {"kind": "DataQuery", "datasource": {"name": "prom-uid"}}}', True),
    ("another data source", '{"datasource": {"type": "prometheus", "uid": "other"}}', False),
    ("the name in a text", '{"description": "Prom, prom-uid"}', False),
]


def _build(text: str) -> Build:
    config = config_of(text)
    scope = Scope(config, {}, lambda _: make_functions(FunctionContext(Path())))
    return build_graph(config, PROVIDER_TYPES, scope, {})


def _grafana(text: str) -> set[tuple[str, str]]:
    return _edges(_build(text))


@pytest.mark.parametrize(("document", "needs"), [m[1:] for m in _MENTIONS], ids=[m[0] for m in _MENTIONS])
def test_a_dashboard_needs_the_data_source_that_it_speaks_of(document: str, needs: bool) -> None:
    """However the dashboard names it: a dashboard that comes first would be shown broken."""
    text = _SOURCE + "[resource.grafana_dashboard.d]\nconfig_json = '''" + '{"title": "D", ' + document[1:] + "'''\n"
    expected = {("grafana_data_source.s", "grafana_dashboard.d")} if needs else set()
    assert _grafana(text) == expected


_FOLDER = '[resource.grafana_folder.f]\ntitle = "F"\nuid = "f-uid"\n'
_BOARD = '[resource.grafana_dashboard.b]\nconfig_json = \'{"uid": "b-uid", "title": "B"}\'\n'
_BY_UID = [
    (_FOLDER, 'grafana_dashboard.x]\nfolder = "f-uid"\nconfig_json = \'{"title": "D"}\''),
    (_FOLDER, 'grafana_folder.x]\ntitle = "X"\nparent_folder_uid = "f-uid"'),
    (_FOLDER, 'grafana_folder_permission.x]\nfolder_uid = "f-uid"\npermissions = {}'),
    (_BOARD, 'grafana_dashboard_permission.x]\ndashboard_uid = "b-uid"\npermissions = {}'),
    (_BOARD, 'grafana_snapshot.x]\ndashboard = \'{"uid": "b-uid", "title": "S"}\''),
    (_BOARD, 'grafana_snapshot.x]\ndashboard = { uid = "b-uid", title = "S" }'),
    (_BOARD, 'grafana_organization_preferences.x]\nhome_dashboard_uid = "b-uid"'),
]


@pytest.mark.parametrize(("needed", "block"), _BY_UID, ids=[block.partition("]")[0] for _, block in _BY_UID])
def test_a_block_needs_whatever_it_gives_the_uid_of(needed: str, block: str) -> None:
    """Though it does not refer to it: a server refuses what is in, for or of an object that is not there yet."""
    name = needed.partition("]")[0].removeprefix("[resource.")
    assert _grafana(f"{needed}[resource.{block}\n") == {(name, block.partition("]")[0])}


def test_what_names_what_only_the_apply_can_tell_comes_after_all_that_may_be_it() -> None:
    """It is no dependency: which one it is shows later."""
    board = "[resource.grafana_dashboard.b]\nconfig_json = \"${jsonencode({'uid': grafana_folder.f.uid})}\"\n"
    shot = 'grafana_snapshot.x]\ndashboard = \'{"uid": "later", "title": "S"}\''
    folder = '[resource.grafana_folder.f]\ntitle = "F"\n'
    build = _build(f"{folder}{board}[resource.{shot}\n")
    assert ("grafana_dashboard.b", "grafana_snapshot.x") in _edges(build)
    assert nearest_resources(build.graph, address("grafana_snapshot.x")) == ()


def test_what_may_be_it_and_is_needed_anyway_stays_a_dependency() -> None:
    """A block says that it needs another; that it may also name it takes nothing of that away."""
    board = "[resource.grafana_dashboard.b]\nconfig_json = \"${jsonencode({'uid': grafana_folder.f.uid})}\"\n"
    shot = 'grafana_snapshot.x]\ndashboard = \'{"uid": "later", "title": "S"}\'\ndepends_on = ["grafana_dashboard.b"]'
    build = _build(f'[resource.grafana_folder.f]\ntitle = "F"\n{board}[resource.{shot}\n')
    assert nearest_resources(build.graph, address("grafana_snapshot.x")) == (address("grafana_dashboard.b"),)


def test_what_the_state_knows_of_a_uid_counts_too(world: World) -> None:
    """A block that gives no uid has the one it was made with."""
    config = config_of('[resource.fake_box.a]\n[resource.fake_item.i]\nbody = "a-old"\n')
    recorded: dict[Any, str] = {address("fake_box.a"): "a-old"}
    build = build_graph(
        config, world.types(), Scope(config, {}, lambda _: make_functions(FunctionContext(Path()))), recorded
    )
    assert _edges(build) == {("fake_box.a", "fake_item.i")}
