"""The pages in a browser: nothing runs, nothing is loaded from elsewhere, and all of it can be reached by keyboard."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from typing import Any

import pytest

from providers.embedded.serve import Listen
from tests import browser
from tests.browser import Chromium
from tests.whole.processes import serving

PATHS = ("/", "/d/board", "/d/board/versions", "/dashboard/snapshot/key", "/alerting/list", "/connections/datasources")
_MEASURE = """() => ({
    wide: document.documentElement.scrollWidth > innerWidth,
    scripts: document.scripts.length,
    images: document.images.length,
    dark: getComputedStyle(document.body).backgroundColor === 'rgb(17, 18, 23)',
})"""


@pytest.fixture
def site(filled: Any) -> Iterator[str]:
    """The URL of a filled server."""
    with serving(filled.app, Listen(port=0, open_pages=True)) as url:
        yield url


def test_nothing_runs_and_nothing_is_loaded_from_elsewhere(site: str, chromium: Chromium) -> None:
    """Whatever titles, queries and links say; the console is quiet, no page is wider than its window, light or dark."""

    def measure(page: Any) -> list[dict[str, Any]]:
        found = []
        for scheme, width in (("light", 1280), ("dark", 380)):
            page.emulate_media(color_scheme=scheme)
            page.set_viewport_size({"width": width, "height": 800})
            found.append(page.evaluate(_MEASURE))
        return found

    for path in PATHS:
        seen = chromium.look(site + path, measure)
        assert (seen.requests, seen.console) == ([site + path], [])
        same = {"wide": False, "scripts": 0, "images": 0}
        assert seen.result == [same | {"dark": False}, same | {"dark": True}], path


def test_a_dashboard_is_reached_by_keyboard(site: str, chromium: Chromium) -> None:
    """From the front page: Tab to its card, Enter, Tab to its panel in the sketch, Enter; the panel is then shown."""

    def walk(page: Any) -> list[str]:
        visited = []
        for wanted in ("/d/board", "#panel-1"):
            for _ in range(40):
                page.keyboard.press("Tab")
                focused = page.evaluate("document.activeElement?.getAttribute('href')")
                if focused == wanted:
                    break
            with page.expect_event("framenavigated"):
                page.keyboard.press("Enter")
            page.wait_for_load_state()
            visited.append(page.url.removeprefix(site))
        assert page.locator("#panel-1").is_visible()
        return visited

    assert chromium.look(site + "/", walk).result == ["/d/board", "/d/board#panel-1"]


def test_a_sketch_lies_in_its_grid(site: str, chromium: Chromium) -> None:
    """The first panel takes a third of the width, six rows of sixteen pixels, and shows its whole title on demand."""

    def measure(page: Any) -> Any:
        box = page.locator(".sketch a.tile").first.bounding_box()
        whole = page.locator(".sketch").bounding_box()
        return round((box["width"] + 4) / whole["width"], 2), round(box["height"] + 4)

    assert chromium.look(site + "/d/board", measure).result == (0.33, 96)


def test_a_chart_is_drawn(site: str, chromium: Chromium) -> None:
    """The first two of four points are a line over a third of the plot; the last one, after a gap, a dot at its end."""

    def measure(page: Any) -> Any:
        line, dot, plot = (page.locator(name).first.bounding_box() for name in ("path.line", "path.dot", ".plot"))
        return round(line["width"] / plot["width"], 1), round((dot["x"] - plot["x"]) / plot["width"], 1)

    assert chromium.look(site + "/dashboard/snapshot/key", measure).result == (0.3, 1.0)


def test_versions_are_compared_by_choosing(site: str, chromium: Chromium) -> None:
    """Without any script: a form."""

    def choose(page: Any) -> str:
        page.get_by_label("before").select_option("2")
        page.get_by_role("button", name="Compare").click()
        return str(page.locator("main").inner_text())

    assert "They are the same." in chromium.look(site + "/d/board/versions", choose).result


@pytest.mark.parametrize(("program", "missing"), [(None, "no Chromium"), ("chromium", "playwright is not installed")])
def test_what_is_missing_skips(monkeypatch: pytest.MonkeyPatch, program: str | None, missing: str) -> None:
    """Without Chromium, and without Playwright."""
    monkeypatch.setattr(browser.shutil, "which", lambda name: program)
    monkeypatch.setitem(sys.modules, "playwright.sync_api", None)
    with pytest.raises(pytest.skip.Exception, match=missing):
        browser.run_chromium().__enter__()
