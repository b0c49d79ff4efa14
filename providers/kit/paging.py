"""Lists that come in pages, until they end: a server may say for ever that there is more."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from hcl_lite.core.notices import notice
from providers.transport.http import HttpClient
from providers.transport.waiting import AFTER

MOST_PAGES = 10_000
MOST_TIME = 10
"""Times the provider's timeout, which is for one page."""


class Pages:
    """The pages of one list, as they come. Whoever goes on after one says so; what leads nowhere raises ValueError."""

    def __init__(self, what: str, timeout: float) -> None:
        self._what = what
        self._seconds = MOST_TIME * timeout
        self._begun = time.monotonic()
        self._count = 0
        self._told = False
        self._tokens: dict[str, int] = {}
        self._contents: dict[int, int] = {}

    def pass_over(self, seconds: float) -> None:
        """So long was done something else than waiting for a page."""
        self._begun += seconds

    def go_on(self, items: Iterable[Hashable], token: str = "") -> None:
        """Another page has come, with these items, and says that there is more (behind `token`)."""
        self._count += 1
        spent = time.monotonic() - self._begun
        content = tuple(items)
        same = self._contents.setdefault(hash(content), self._count) if content else self._count
        if same != self._count:
            raise ValueError(f"page {self._count} of {self._what} is page {same} once more, and says that it goes on")
        first = self._tokens.setdefault(token, self._count) if token else self._count
        if first != self._count:
            raise ValueError(f"page {self._count} of {self._what} ends with the continue token that page {first} had")
        if self._count >= MOST_PAGES or spent > self._seconds:
            raise ValueError(f"{self._what} go on after {self._count} pages, in {spent:.0f} s")
        if spent > AFTER and not self._told:
            self._told = True
            notice(f"Waiting: {self._what} go on after {self._count} pages; the list is given {self._seconds:.0f} s.")


@dataclass(frozen=True, slots=True)
class Page:
    """A part of a list."""

    items: Sequence[Any]
    is_last: bool


async def platform_pages(
    client: HttpClient, path: str, params: Mapping[str, str], accept: str = ""
) -> AsyncIterator[Page]:
    """The pages of a list of the app platform. Raises ApiError, and ValueError for one without an end.

    GET /apis/…, with `continue` (12.4 ends a page by size, whatever `limit` says).
    """
    pages = Pages(path.rpartition("/")[2], client.connection.timeout)
    asked = params
    while True:
        page = await client.get(path, asked, accept)
        items, token = page["items"] or (), page["metadata"].get("continue")
        given = time.monotonic()
        yield Page(items, is_last=not token)
        pages.pass_over(time.monotonic() - given)
        if not token:
            return
        pages.go_on(((item["metadata"]["name"], item["metadata"].get("resourceVersion")) for item in items), str(token))
        asked = {**params, "continue": str(token)}
