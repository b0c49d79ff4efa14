"""Tests of a plan as a page, in a headless Chromium: what it shows, filters, keys, and texts that stay texts."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

from hcl_lite.cli.views.plan_html import render_plan
from hcl_lite.core.addrs import Address
from hcl_lite.core.diags import Diagnostic, Place, Severity
from hcl_lite.core.schema import Revision
from hcl_lite.engine.diff import ABSENT, Difference
from hcl_lite.engine.plan import Access, Action, Change, Fate, OutputChange, Outside, Plan
from tests.browser import Chromium, Seen


def _change(name: str, action: Action, type_: str = "dashboard", **more: Any) -> Change:
    return Change(Address.resource(f"grafana_{type_}", name), action, "grafana", name, **more)


def _panel(id_: int, title: str, x: int, **more: Any) -> dict[str, Any]:
    grid = {"x": x, "y": 0, "w": 8, "h": 8}
    return {"id": id_, "type": "timeseries", "title": title, "gridPos": grid, **more}


_PLAN = Plan(
    (
        _change("team", Action.NOOP, "folder", title="Team"),
        _change(
            "api",
            Action.UPDATE,
            title="API",
            folder="team",
            place=Place("main.toml", 3, 1),
            differences=(
                Difference('dashboard.panels["CPU"].targets["A"].expr', "rate(x[5m])", "rate(x[1m])"),
                Difference('dashboard.panels["CPU"].fieldConfig.defaults.thresholds.steps[1].value', 80, 90),
                Difference('dashboard.panels["Old"]', {"title": "Old"}, ABSENT),
                Difference("dashboard.refresh", "5s", "10s"),
                Difference("dashboard.links", ABSENT, ABSENT, ('"Runbook"',), "to the end"),
            ),
            outline_before={
                'panels["CPU"]': _panel(1, "CPU", 0),
                'panels["Memory"]': _panel(2, "Memory", 8),
                'panels["Old"]': _panel(3, "Old", 16),
            },
            outline={
                'panels["CPU"]': _panel(1, "CPU", 0),
                'panels["New"]': _panel(4, "New", 8),
                'panels["Memory"]': _panel(2, "Memory", 16),
            },
            drifted=True,
            outside=Outside(Revision("anna"), 4, 5),
            reason="it was changed outside of hcl-lite",
        ),
        _change("web", Action.CREATE, title="Web", outline={'panels["CPU"]': _panel(1, "CPU", 0)}),
        _change("ops", Action.UPDATE, "team", title="Ops", access=Access.OPENS),
        _change("hook", Action.UPDATE, "contact_point", secrets={"url": Fate.ROTATED}),
        _change("old", Action.DELETE, title="Old", folder="team", takes=("panel P",)),
    ),
    (OutputChange("url", ABSENT, "https://x.org"),),
    warnings=(Diagnostic("Careful", "Really.", severity=Severity.WARNING),),
    time="2026-11-27T10:00:00+00:00",
)


@pytest.fixture
def page(tmp_path: Path) -> Path:
    """The page of a plan with one of everything."""
    file = tmp_path / "plan.html"
    file.write_text(render_plan(_PLAN))
    return file


def _shown(page: Any) -> list[str]:
    return [one.get_attribute("id") for one in page.query_selector_all("details.object:not([hidden])")]


def _is_quiet(seen: Seen, file: Path) -> bool:
    """Whether nothing was asked for but the page, and nothing was said."""
    return seen.console == [] and seen.requests == [file.as_uri()]


def test_each_object_has_its_sketches_and_differences(page: Path, chromium: Chromium) -> None:
    """By panel, with the words that differ marked; the panels that come, go, move and change as well."""

    def act(found: Any) -> Any:
        found.keyboard.press("e")
        api = found.query_selector("#o1")
        figures = api.query_selector_all("figure")
        return {
            "counts": [one.inner_text() for one in api.query_selector_all(".count")],
            "marks": [[e.inner_text() for e in figure.query_selector_all("em")] for figure in figures],
            "parts": [one.inner_text() for one in api.query_selector_all("h3")],
            "marked": [one.inner_text() for one in api.query_selector_all("mark")],
            "why": api.query_selector(".why").inner_text(),
            "risky": [one.inner_text() for one in found.query_selector_all(".risky li")],
            "new": [one.inner_text() for one in found.query_selector_all("#o2 figcaption")],
        }

    seen = chromium.look(page.as_uri(), act)
    assert seen.result == {
        "counts": ["1 moved", "1 removed", "1 added", "1 changed"],
        "marks": [["changed", "moved", "removed"], ["changed", "added", "moved"]],
        "parts": ["CPU", "Old"],
        "marked": ["5m", "1m"],
        "why": "because it was changed outside of hcl-lite by anna, version 4 → 5",
        "risky": [
            "Old grafana_dashboard in Team: deleted, and with it, not managed here: panel P",
            "API grafana_dashboard in Team: overwrites what was changed by anna, version 4 → 5",
            "Ops grafana_team: more is allowed",
            "hook grafana_contact_point: rotates url",
        ],
        "new": ["New"],
    }
    assert _is_quiet(seen, page)


@pytest.mark.parametrize(
    ("act", "shown"),
    [
        (lambda page: page.fill("#search", "thresholds api"), ["o1"]),
        (lambda page: page.fill("#search", "GRAFANA_team"), ["o3"]),
        (lambda page: page.fill("#search", "nothing of that"), []),
        (lambda page: page.click("[data-action=create]"), ["o2"]),
        (lambda page: page.click("[data-risk=deletion]"), ["o5"]),
        (lambda page: (page.click("[data-action=create]"), page.click("[data-action=delete]")), ["o2", "o5"]),
        (
            lambda page: (page.click("[data-action=create]"), page.click("[data-action=create]")),
            ["o1", "o2", "o3", "o4", "o5"],
        ),
        (lambda page: page.keyboard.type("/web"), ["o2"]),
    ],
    ids=["words", "any case", "none", "action", "risk", "two actions", "twice", "by key"],
)
def test_objects_are_filtered(page: Path, chromium: Chromium, act: Any, shown: list[str]) -> None:
    """By words, action and risk."""
    seen = chromium.look(page.as_uri(), lambda found: (act(found), _shown(found))[1])
    assert seen.result == shown
    assert _is_quiet(seen, page)


def test_objects_are_filtered_by_folder(tmp_path: Path, chromium: Chromium) -> None:
    """With what lies in the folders below."""
    folders = (
        _change("up", Action.NOOP, "folder", title="Up"),
        _change("down", Action.NOOP, "folder", title="Down", folder="up"),
    )
    changes = [_change(name, Action.CREATE, folder=name) for name in ("up", "down", "other")]
    file = tmp_path / "plan.html"
    file.write_text(render_plan(Plan((*folders, *changes))))
    seen = chromium.look(file.as_uri(), lambda page: (page.select_option("#folder", "Up"), _shown(page))[1])
    assert seen.result == ["o1", "o2"]


def test_keys_lead_through_the_objects(page: Path, chromium: Chromium) -> None:
    """To the next and back, and each opens and closes; a link to one opens it."""

    def act(found: Any) -> Any:
        for key in "jjkj":
            found.keyboard.press(key)
        found.keyboard.press("o")
        is_open = "one => [...document.querySelectorAll('details.object[open]')].map(one => one.id)"
        opened = found.evaluate(is_open)
        found.click('.risky a[href="#o5"]')
        found.keyboard.press("t")
        return opened, found.evaluate(is_open), found.evaluate("document.documentElement.dataset.theme")

    seen = chromium.look(page.as_uri(), act)
    assert seen.result == (["o2"], ["o2", "o5"], "dark")
    assert _is_quiet(seen, page)


_HOSTILE = """<script>alert(1)</script><img src=x onerror=alert(2)> "' --> ]]> </style> {{ 7 * 7 }} \u202e\x1b[31m"""


def test_a_hostile_title_stays_a_text(tmp_path: Path, chromium: Chromium) -> None:
    """Wherever it stands: nothing of it runs, loads, or steers."""
    change = _change(
        "x",
        Action.UPDATE,
        title=_HOSTILE,
        folder=_HOSTILE,
        reason=_HOSTILE,
        note=_HOSTILE,
        place=Place(_HOSTILE, 1, 1),
        files=(_HOSTILE,),
        differences=(Difference(f"a.{_HOSTILE}", _HOSTILE, {"a": _HOSTILE}),),
        drift=(Difference(_HOSTILE, _HOSTILE, _HOSTILE[1:]),),
        secrets={_HOSTILE: Fate.ROTATED},
        outline={'panels["x"]': {"id": _HOSTILE, "title": _HOSTILE, "type": _HOSTILE, "gridPos": {"x": _HOSTILE}}},
        outline_before={'panels["x"]': {"id": 1, "title": _HOSTILE}},
    )
    file = tmp_path / "plan.html"
    file.write_text(render_plan(Plan((change,), warnings=(Diagnostic(_HOSTILE, _HOSTILE),))))
    seen = chromium.look(
        file.as_uri(), lambda page: [page.query_selector("summary b").inner_text(), page.query_selector_all("img")]
    )
    assert seen.result[0].startswith("<script>alert(1)</script><img src=x onerror=alert(2)>")
    assert seen.result[1] == []
    assert _is_quiet(seen, file)
    assert "\u202e" not in file.read_text()


def test_the_page_names_its_own_style_and_script_alone() -> None:
    """By their hashes; there is no address in it from which anything is loaded."""
    text = render_plan(Plan(()))
    policy = re.search(r'Content-Security-Policy" content="([^"]*)"', text)
    assert policy is not None
    assert re.sub(r"sha256-[A-Za-z0-9+/=]+", "…", policy[1]) == (
        "default-src 'none'; style-src '…'; script-src '…'; base-uri 'none'; form-action 'none'"
    )
    assert re.findall(r"""(?:src|href|url)\s*[=(]\s*["']?https?:""", text) == []
    assert "No changes. Grafana is as the configuration says." in text


@pytest.mark.parametrize("look", [{"color_scheme": "dark"}, {"viewport": {"width": 400, "height": 800}}])
def test_the_page_fits_dark_and_narrow_screens(page: Path, chromium: Chromium, look: dict[str, Any]) -> None:
    """It is not wider than the screen."""

    def act(found: Any) -> Any:
        found.keyboard.press("e")
        return found.evaluate("document.documentElement.scrollWidth <= window.innerWidth")

    assert chromium.look(page.as_uri(), act, **look).result is True


def test_of_many_objects_each_is_made_when_it_is_opened(tmp_path: Path, chromium: Chromium) -> None:
    """The same as of few, also where its texts are hostile, and when the page is printed."""
    hostile = (Difference("a", _HOSTILE, "</script><script>alert(1)</script>"),)
    changes = [_change(f"d{n}", Action.UPDATE, differences=hostile, title=f"D{n}") for n in range(50)]
    file = tmp_path / "plan.html"
    file.write_text(render_plan(Plan(tuple(changes))))

    def act(page: Any) -> Any:
        before = page.evaluate("document.querySelectorAll('.sides').length")
        page.click("#o2 summary")
        page.wait_for_selector("#o2 .sides")
        opened = page.query_selector("#o2 .more").inner_text()
        page.evaluate("dispatchEvent(new Event('beforeprint'))")
        return before, opened, page.evaluate("document.querySelectorAll('.sides').length")

    seen = chromium.look(file.as_uri(), act)
    assert seen.result == (0, "</script><script>alert(1)</script>", 50)
    assert _is_quiet(seen, file)
