"""The pages of Grafana's lists, and of its search."""

from __future__ import annotations

import itertools
from collections.abc import AsyncIterator, Mapping, Sequence
from typing import Any

from providers.kit.paging import Pages
from providers.transport.http import HttpClient

_HITS = 1000  # of a page
_PER_PAGE = 1000


async def search_pages(client: HttpClient, what: str, params: Mapping[str, str]) -> AsyncIterator[Sequence[Any]]:
    """The hits of each page of GET /api/search, `what` to a person. Raises ApiError, and ValueError for one without an
    end."""
    pages = Pages(what, client.connection.timeout)
    for number in itertools.count(1):
        hits = await client.get("/api/search", {**params, "limit": str(_HITS), "page": str(number)})
        yield hits
        if len(hits) < _HITS:
            return
        pages.go_on(hit["uid"] for hit in hits)


async def all_pages(client: HttpClient, what: str, path: str, items: str = "", first: int = 1) -> Sequence[Any]:
    """Returns all items of a list that has `perpage` and `page`; `items` is their key in an answer, empty where that is
    a list. `what` they are to a person; `first` is the number of the first page."""
    pages, found = Pages(what, client.connection.timeout), list[Any]()
    while True:
        answer = await client.get(path, {"perpage": str(_PER_PAGE), "page": str(len(found) // _PER_PAGE + first)})
        page = (answer[items] if items else answer) or ()
        found += page
        if len(page) < _PER_PAGE:
            return found
        pages.go_on(one["id"] for one in page)
