"""Copies of the objects of one type that a run deletes, from the pages of a list."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Collection, Sequence
from typing import Final

from hcl_lite.core.schema import Live, ProviderError
from state.backups import Copy

_MOST_KEPT: Final = 64 * 2**20


class CopyPages:
    """Reads a page of `pages` when a copy is asked for that has not come yet, and keeps what comes along with it until
    its turn, up to a limit. Deletions go in the order of the list, so that this is little more than a page.

    A copy of an object whose server would delete it at another state too is none: that has to be read right before.
    """

    def __init__(self, pages: AsyncIterator[Sequence[Live]], uids: Collection[str]) -> None:
        self._pages = pages
        self._wanted = set(uids)
        self._kept: dict[str, Copy] = {}
        self._size = 0
        self._is_over = False
        self._turn = asyncio.Lock()

    async def take(self, uid: str) -> Copy | None:
        """Returns, and forgets, the copy of an object; None where no page has one, or too much is kept already."""
        async with self._turn:
            while uid in self._wanted and uid not in self._kept and self._size < _MOST_KEPT and not self._is_over:
                await self._read_page()
        self._wanted.discard(uid)
        copy = self._kept.pop(uid, None)
        self._size -= len(copy.packed) if copy is not None else 0
        return copy

    async def _read_page(self) -> None:
        """Reads the next page; where that fails, each object is read by itself, and that says what is wrong."""
        try:
            page = await anext(self._pages, None)
        except ProviderError:
            page = None
        if page is None:
            self._is_over = True
        for live in page or ():
            if live.precondition and live.uid in self._wanted:
                self._kept[live.uid] = Copy.of(live)
                self._size += len(self._kept[live.uid].packed)
