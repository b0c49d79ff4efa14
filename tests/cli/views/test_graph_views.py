"""Pictures of graphs: well formed, the same for the same, apart from each other, and safe whatever titles say."""

from __future__ import annotations

import itertools
import re
import xml.etree.ElementTree as ET
from pathlib import Path
from typing import Any

import pytest

from hcl_lite.cli.views import graph_layout
from hcl_lite.cli.views.graph_html import render_html
from hcl_lite.cli.views.graph_layout import lay_out
from hcl_lite.cli.views.graph_svg import render_svg
from hcl_lite.cli.views.graph_text import render_dot, render_mermaid
from hcl_lite.cli.views.plan_html import render_plan
from hcl_lite.core.addrs import Address
from hcl_lite.core.diags import HclError
from hcl_lite.engine.plan import Action, Change, Plan
from hcl_lite.review.object_graph import graph_of
from tests.browser import Chromium

_SVG = "{http://www.w3.org/2000/svg}"
_HOSTILE = '</title></svg><script>alert(1)</script>"];\nclick n0 "javascript:alert(1)" \\ \x1b[31m \u202e #quot; ]]> %%'
_ACTIONS = (Action.CREATE, Action.UPDATE, Action.REPLACE, Action.DELETE, Action.NOOP)


def _plan(size: int, title: str = "Service") -> Plan:
    """A folder for each 25 objects, and a data source that each fifth dashboard needs."""
    source = Address.resource("grafana_data_source", "ds")
    folders = [Address.resource("grafana_folder", f"f{number}") for number in range(1 + size // 25)]
    changes = [Change(source, Action.NOOP, "grafana", "ds", title="Prometheus")]
    changes += [Change(one, Action.NOOP, "grafana", one.name, title=f"Team {one.name}") for one in folders]
    for number in range(size - len(changes)):
        folder = folders[number % len(folders)]
        needs = (folder, source) if number % 5 == 0 else (folder,)
        changes.append(
            Change(
                Address.resource("grafana_dashboard", "d", number),
                _ACTIONS[number % 5],
                "grafana",
                f"d{number}",
                title=f"{title} {number}",
                folder=folder.name,
                dependencies=needs,
            )
        )
    return Plan(tuple(changes))


@pytest.mark.parametrize("size", [3, 60, 300])
def test_no_box_lies_on_another(size: int) -> None:
    """Objects are within their clusters, clusters apart, and the picture is no strip."""
    layout = lay_out(graph_of(_plan(size)))
    for boxes in ([box for _, box in layout.objects], [box for _, box in layout.clusters]):
        for a, b in itertools.combinations(boxes, 2):
            assert a.x + a.width <= b.x or b.x + b.width <= a.x or a.y + a.height <= b.y or b.y + b.height <= a.y
    homes = {node.address: box for cluster, box in layout.clusters for node in cluster.nodes}
    for node, box in layout.objects:
        home = homes[node.address]
        assert home.x <= box.x <= home.x + home.width - box.width
        assert home.y <= box.y <= home.y + home.height - box.height
    assert 0.4 < layout.width / layout.height < 4


def test_a_picture_is_the_same_for_the_same_and_well_formed_whatever_titles_say() -> None:
    """Each object has its number, its action, and its whole title; nothing of a title is an element."""
    picture = render_svg(graph_of(_plan(30, _HOSTILE)))
    assert render_svg(graph_of(_plan(30, _HOSTILE))) == picture
    root = ET.fromstring(picture)
    assert {one.tag for one in root.iter()} == {
        f"{_SVG}{name}" for name in ("svg", "style", "defs", "marker", "path", "g", "rect", "text", "title")
    }
    nodes = [one for one in root.iter(f"{_SVG}g") if one.get("data-number")]
    assert [one.get("class") for one in nodes[:5]] == [
        f"node {word}" for word in ["create", "update", "replace", "delete", "stays"]
    ]
    assert (nodes[0].findtext(f"{_SVG}title") or "").startswith("</title></svg><script>alert(1)</script>")
    assert "\x1b" not in picture
    assert "\u202e" not in picture
    empty = ET.fromstring(render_svg(graph_of(Plan(()))))
    assert [one.get("data-number") for one in empty.iter(f"{_SVG}g") if one.get("data-number")] == []


def test_texts_have_the_colours_of_a_plan_and_one_line_for_each_object() -> None:
    """A title cannot end its label, begin a statement, or turn the text around."""
    graph = graph_of(_plan(8, _HOSTILE))
    dot = render_dot(graph).splitlines()
    quoted = r'"(?:[^"\\]|\\.)*"'
    shapes = (
        rf"digraph hcl_lite \{{|rankdir = LR|node \[fontname = {quoted}\]|subgraph cluster_\d+ \{{|label = {quoted}|\}}"
    )
    node = rf"{quoted} \[shape = \w+, label = {quoted}, style = filled, color = {quoted}, fillcolor = {quoted}\]"
    assert [line for line in dot if not re.fullmatch(rf"\s*(?:{shapes}|{node}|{quoted} -> {quoted})", line)] == []
    mermaid = render_mermaid(graph).splitlines()
    label = r'\["[^"`]*"\]'
    shapes = rf"flowchart LR|subgraph c\d+{label}|end|n\d+{label}:::(?:create|update|replace|delete|unchanged)_"
    ends = r"n\d+ --> n\d+|classDef \w+ fill:#\w+,stroke:#\w+,color:#\w+"
    assert [line for line in mermaid if not re.fullmatch(rf"\s*(?:{shapes}|{ends})", line)] == []
    assert sum(":::" in line for line in mermaid) == 8


def test_a_missing_library_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    """A picture is refused, with what to install."""
    monkeypatch.setattr(graph_layout, "is_installed", lambda: False)
    with pytest.raises(HclError) as raised:
        render_svg(graph_of(_plan(3)))
    assert raised.value.diagnostics[0].hint == "pip install 'hcl-lite[graph]'"


def test_a_page_is_searched_and_shows_what_needs_what(chromium: Chromium, tmp_path: Path) -> None:
    """By click and by key, without any request or complaint; hostile titles stay texts."""
    (tmp_path / "graph.html").write_text(render_html(graph_of(_plan(60, _HOSTILE))), encoding="utf-8")

    def act(page: Any) -> Any:
        whole = page.get_attribute("svg.graph", "viewBox")
        page.locator(".node[data-number]").filter(has_text="Prometheus").click()
        clicked = page.inner_text("#told"), page.locator(".node.on").count(), page.locator(".edge.on").count()
        page.keyboard.press("Escape")
        page.keyboard.press("/")
        page.keyboard.type("team f1")
        found = page.inner_text("#told"), page.locator(".node.chosen").count()
        page.click("#nearer")
        nearer = page.get_attribute("svg.graph", "viewBox")
        page.click("#fit")
        return clicked, found, nearer != whole, page.get_attribute("svg.graph", "viewBox") == whole

    url = (tmp_path / "graph.html").as_uri()
    seen = chromium.look(url, act)
    assert seen.result == (
        ("Prometheus · grafana_data_source.ds: needs 0, needed by 12", 13, 12),
        ("1 found", 1),
        True,
        True,
    )
    assert (seen.console, seen.requests) == ([], [url])


def test_the_page_of_a_plan_has_the_picture_of_what_changes(chromium: Chromium, tmp_path: Path) -> None:
    """Folded, in the colours of the page; of too many objects a sentence says how to see it."""
    (tmp_path / "plan.html").write_text(render_plan(_plan(30, _HOSTILE)), encoding="utf-8")

    def act(page: Any) -> Any:
        page.click("details.picture > summary")
        nodes = page.locator("details.picture .node[data-number]")
        colour = "one => getComputedStyle(one.querySelector('.bar')).fill"
        return nodes.count(), page.locator("details.picture .node.create[data-number]").first.evaluate(colour)

    seen = chromium.look((tmp_path / "plan.html").as_uri(), act)
    assert seen.result == (24, "rgb(26, 127, 55)")
    assert seen.console == []
    page = render_plan(_plan(400))
    assert "objects are too many for a picture on this page: hcl-lite graph --format=html --plan=FILE" in page
    assert '<svg class="graph"' not in page
