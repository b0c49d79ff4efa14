"""The number of calls that one server is given at once: fewer where it cannot keep up, and more again once it can.

Additive increase, multiplicative decrease, as TCP finds its share of a line.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Final

from providers.transport.errors import ApiError

SLOW: Final = 5.0
"""Seconds after which the answer to a write is a sign of overload; that to a read may take long by its nature."""
_BUSY: Final = (429, 503)
_LOCKED: Final = "database is locked"  # of SQLite, to which Grafana writes one thing at a time (12.4.0, status 500)


def is_overloaded(outcome: object) -> bool:
    """Whether the outcome of a call says that its server has too much to do."""
    return isinstance(outcome, ApiError) and (outcome.status in _BUSY or _LOCKED in outcome.said)


class Pace:
    """The limit, from 1 to `most`, where it begins. Pure: the caller tells the time."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._limit = float(most)
        self._lowered = float("-inf")

    @property
    def limit(self) -> int:
        return int(self._limit)

    def note(self, outcome: object, begun: float, now: float, *, writes: bool) -> None:
        """Takes in the outcome of one try that was sent at `begun`: a sign of overload halves the limit, but for tries
        that were sent before the last time; as many answers as the limit raise it by one."""
        if is_overloaded(outcome) or (writes and now - begun >= SLOW):
            if begun >= self._lowered:
                self._limit, self._lowered = max(1.0, self._limit / 2), now
        elif not isinstance(outcome, ApiError):
            self._limit = min(float(self._most), self._limit + 1 / self._limit)


class Places:
    """Places for the calls under way, as many as `pace` allows by now; whoever came first is the next to get one."""

    def __init__(self, pace: Pace) -> None:
        self._pace = pace
        self._taken = 0
        self._waiting: deque[asyncio.Future[None]] = deque()

    @asynccontextmanager
    async def one(self) -> AsyncIterator[None]:
        """Around one call, which waits for its place."""
        place = asyncio.get_running_loop().create_future()
        self._waiting.append(place)
        self._give()
        try:
            await place
            yield
        finally:
            if place.done() and not place.cancelled():
                self._taken -= 1
            self._give()

    def _give(self) -> None:
        while self._waiting and self._taken < self._pace.limit:
            place = self._waiting.popleft()
            if not place.done():  # its call was cancelled
                self._taken += 1
                place.set_result(None)
