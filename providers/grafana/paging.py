"""The pages of Grafana's search."""

from __future__ import annotations

import itertools
from collections.abc import AsyncIterator, Mapping, Sequence
from typing import Any

from providers.kit.paging import Pages
from providers.transport.http import HttpClient

_HITS = 1000  # of a page


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
