"""The survey of a type on one server, of which objects are told as they are found: whoever waits for one goes on while
the rest of a long list is still read."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable, Mapping

from hcl_lite.core.progress import outside_steps
from hcl_lite.core.schema import Live, OnFound, Version

_WOKEN_AT_ONCE = 4  # of those that wait, so that the calls of a list are not held up by all who waited for a page

Begin = Callable[[Mapping[str, Version], OnFound], Awaitable[Mapping[str, Live | None]]]
"""Surveys objects by their uids and remembered versions: Reader.survey of a type."""


class Survey:
    """The findings of a survey, which is of one part or several. Needs a running event loop."""

    def __init__(self, begin: Begin) -> None:
        self.found: dict[str, Live | None] = {}
        """By uid; None for one that is missing."""
        self._begin = begin
        self._begun: set[str] = set()
        self._parts: list[asyncio.Task[None]] = []
        self._waiting: dict[str, list[asyncio.Future[None]]] = {}
        self._ready: deque[asyncio.Future[None]] = deque()

    def add(self, known: Mapping[str, Version]) -> None:
        """Begins to survey those of `known` of which that has not begun."""
        fresh = {uid: version for uid, version in known.items() if uid not in self._begun}
        if fresh:
            self._begun |= fresh.keys()
            with outside_steps():
                part = asyncio.ensure_future(self._survey(fresh))
            part.add_done_callback(lambda _: self._wake(*self._waiting))
            self._parts.append(part)

    async def wait_for(self, uid: str) -> None:
        """Returns once an object that is surveyed is found, or the survey has ended; at once for any other. Raises
        ProviderError."""
        while uid in self._begun and uid not in self.found:
            if all(part.done() for part in self._parts):
                for part in self._parts:
                    part.result()
                return
            turn = asyncio.get_running_loop().create_future()
            self._waiting.setdefault(uid, []).append(turn)
            await turn

    async def close(self) -> None:
        """Ends it."""
        for part in self._parts:
            part.cancel()
        await asyncio.gather(*self._parts, return_exceptions=True)

    async def _survey(self, known: Mapping[str, Version]) -> None:
        self.found |= await self._begin(known, self._note)

    def _note(self, live: Live) -> None:
        self.found[live.uid] = live
        self._wake(live.uid)

    def _wake(self, *uids: str) -> None:
        """Lets those go on that wait for an object."""
        is_waking = bool(self._ready)
        self._ready.extend(turn for uid in uids for turn in self._waiting.pop(uid, ()))
        if self._ready and not is_waking:
            asyncio.get_running_loop().call_soon(self._wake_some)

    def _wake_some(self) -> None:
        for _ in range(min(_WOKEN_AT_ONCE, len(self._ready))):
            turn = self._ready.popleft()
            if not turn.done():  # or else who waited has given up
                turn.set_result(None)
        if self._ready:
            asyncio.get_running_loop().call_soon(self._wake_some)
