"""Edges of the graph, and what is said of a circle."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from hcl_lite.core.addrs import Address
from hcl_lite.core.diags import Diagnostic, HclError
from hcl_lite.engine.graph import Build, build_graph, nearest_resources
from hcl_lite.lang.config import build_config
from hcl_lite.lang.functions import make_functions
from hcl_lite.lang.scope import Scope
from hcl_lite.lang.source import parse_source
from providers.registry import PROVIDER_TYPES


def _build(text: str) -> Build:
    problems: list[Diagnostic] = []
    config = build_config(Path(), [parse_source(text, "main.toml")], problems)
    assert problems == []
    return build_graph(config, PROVIDER_TYPES, Scope(config, {}, make_functions(Path())), {})


def _needs(build: Build, address: str) -> list[str]:
    return sorted(str(a) for a in build.graph.predecessors(Address.parse(address)) if str(a) != "provider.grafana")


_SOURCE = '[resource.grafana_data_source.prom]\nname = "Prom main"\ntype = "prometheus"\nuid = "prom-uid"\n'


def _dashboard(body: object, more: str = "") -> str:
    return f"[resource.grafana_dashboard.d]\nconfig_json = {json.dumps(json.dumps(body).replace('${', '$${'))}\n{more}"


@pytest.mark.parametrize(
    "body",
    [
        {"title": "t", "panels": [{"datasource": {"type": "prometheus", "uid": "prom-uid"}}]},
        {"title": "t", "panels": [{"targets": [{"datasource": {"uid": "prom-uid"}}]}]},
        {"title": "t", "rows": [{"panels": [{"datasource": "Prom main"}]}]},
        {"title": "t", "templating": {"list": [{"datasource": "prom-uid"}]}},
        {"title": "t", "links": [{"datasourceUid": "prom-uid"}]},
        {"title": "t", "__inputs": [{"name": "DS_P", "type": "datasource", "pluginId": "prometheus"}], "x": "${DS_P}"},
        {"title": "t", "__inputs": [{"name": "DS_P", "label": "Prom main", "type": "datasource"}], "x": "${DS_P}"},
        {"title": "t", "elements": {"a": {"spec": {"query": {"datasource": {"name": "prom-uid"}}}}}, "layout": {}},
    ],
    ids=["object", "target", "name", "variable", "link", "input by plugin", "input by label", "v2"],
)
def test_a_data_source_in_a_dashboard_is_needed(body: dict[str, object]) -> None:
    """In all forms that the JSON has for it."""
    build = _build(_SOURCE + _dashboard(body))
    assert _needs(build, "grafana_dashboard.d") == ["grafana_data_source.prom"]


def test_another_uid_is_no_edge() -> None:
    """Nor is a name that is only part of a text."""
    body = {"title": "Prom main", "panels": [{"datasource": {"uid": "other"}, "title": "prom-uid"}]}
    assert _needs(_build(_SOURCE + _dashboard(body)), "grafana_dashboard.d") == []


def test_a_folder_is_needed_by_reference_and_by_uid() -> None:
    """folder = "uid" of a declared folder counts as much as ${…}."""
    folder = '[resource.grafana_folder.f]\ntitle = "F"\nuid = "f-uid"\n'
    for written in (
        'folder = "f-uid"\n',
        'folder = "${grafana_folder.f.uid}"\n',
        'depends_on = ["grafana_folder.f"]\n',
    ):
        build = _build(folder + _dashboard({"title": "t"}, written))
        assert _needs(build, "grafana_dashboard.d") == ["grafana_folder.f"]


def test_what_is_needed_through_locals_and_lookups_is_found() -> None:
    """nearest_resources looks through what is no object."""
    text = (
        '[resource.grafana_folder.f]\ntitle = "F"\n[locals]\nuid = "${data.grafana_folder.l.uid}"\n'
        '[data.grafana_folder.l]\nuid = "${grafana_folder.f.uid}"\n'
        + _dashboard({"title": "t"}, 'folder = "${local.uid}"\n')
    )
    build = _build(text)
    assert _needs(build, "grafana_dashboard.d") == ["local.uid"]
    assert [str(a) for a in nearest_resources(build.graph, Address.parse("grafana_dashboard.d"))] == [
        "grafana_folder.f"
    ]


def test_a_mention_gives_way_where_it_would_close_a_circle() -> None:
    """Two data sources that speak of each other: one edge, not an error."""
    text = (
        '[resource.grafana_data_source.a]\nname = "a"\ntype = "tempo"\nuid = "a"\njson_data = {x = {datasourceUid = "b"}}\n'
        '[resource.grafana_data_source.b]\nname = "b"\ntype = "loki"\nuid = "b"\njson_data = {x = {datasourceUid = "a"}}\n'
    )
    build = _build(text)
    assert len([edge for edge in build.graph.edges if "provider.grafana" not in map(str, edge)]) == 1


def test_a_circle_is_shown_with_its_members_and_their_lines() -> None:
    """Each line says who needs whom, where, and by which words."""
    text = (
        '[resource.grafana_folder.a]\ntitle = "${grafana_folder.b.title}"\n'
        '[resource.grafana_folder.b]\ntitle = "B"\nparent_folder_uid = "${local.a}"\n'
        '[locals]\na = "${grafana_folder.a.uid}"\n'
    )
    with pytest.raises(HclError) as caught:
        _build(text)
    (diagnostic,) = caught.value.diagnostics
    assert sorted(diagnostic.detail.splitlines()) == [
        "grafana_folder.a needs grafana_folder.b (main.toml:2:10: ${grafana_folder.b.title})",
        "grafana_folder.b needs local.a (main.toml:5:22: ${local.a})",
        "local.a needs grafana_folder.a (main.toml:7:6: ${grafana_folder.a.uid})",
    ]
