"""A headless Chromium, for what is to be seen in a browser; skips where there is none."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import pytest

_NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
# The last two: everything runs as root in a container, whose /dev/shm may be small.
_FLAGS = ("--disable-gpu", "--no-sandbox", "--disable-dev-shm-usage")


@dataclass(frozen=True)
class Seen:
    """What a look at a page gave: what `act` returned, all that the console said, and every URL that was asked for."""

    result: Any
    console: list[str]
    requests: list[str]


class Chromium:
    """Playwright's loop is in a thread of its own: the tests have theirs."""

    def __init__(self, browser: Any, thread: ThreadPoolExecutor) -> None:
        self._browser = browser
        self._thread = thread

    def look(self, url: str, act: Callable[[Any], Any] = lambda page: None, **context: Any) -> Seen:
        """Open a page, wait until it is there, and let `act` work with Playwright's page object.

        `context` is what a browser is like: `color_scheme="dark"`, `viewport={"width": 420, "height": 900}`,
        `http_credentials={"username": …, "password": …}`.
        """
        return self._thread.submit(self._look, url, act, context).result(60)

    def _look(self, url: str, act: Callable[[Any], Any], context: dict[str, Any]) -> Seen:
        console: list[str] = []
        requests: list[str] = []
        opened = self._browser.new_context(**context)
        try:
            page = opened.new_page()
            page.set_default_timeout(10_000)
            page.on("console", lambda message: console.append(message.text))
            page.on("pageerror", lambda error: console.append(str(error)))
            page.on("dialog", lambda dialog: (console.append(f"dialog: {dialog.message}"), dialog.dismiss()))
            page.on("request", lambda request: requests.append(request.url))
            page.goto(url)
            return Seen(act(page), console, requests)
        finally:
            opened.close()


@contextmanager
def run_chromium() -> Iterator[Chromium]:
    """A browser, started once. Skips the test where Chromium or Playwright is not installed."""
    program = next(filter(None, map(shutil.which, _NAMES)), None)
    if program is None:
        pytest.skip("no Chromium is installed")
    playwright = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
    with ThreadPoolExecutor(1) as thread:
        driver = thread.submit(lambda: playwright.sync_playwright().start()).result(60)
        try:
            start = driver.chromium.launch
            browser = thread.submit(lambda: start(executable_path=program, args=_FLAGS)).result(60)
            yield Chromium(browser, thread)
            thread.submit(browser.close).result(60)
        finally:
            thread.submit(driver.stop).result(60)
