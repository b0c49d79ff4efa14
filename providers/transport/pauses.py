"""The pauses before calls are tried again, which end together once nothing is to be tried again."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any


class Pauses:
    """Pauses of one client. `sleep` waits for so many seconds."""

    def __init__(self, sleep: Callable[[float], Any] = asyncio.sleep) -> None:
        self._sleep = sleep
        self._sleeping: set[asyncio.Future[Any]] = set()
        self._is_ended = False

    def end(self) -> None:
        """Ends all pauses, also those to come."""
        self._is_ended = True
        for sleeping in self._sleeping:
            sleeping.cancel()

    async def last(self, seconds: float) -> bool:
        """Waits for so long. Returns whether the pause was not ended."""
        if self._is_ended:
            return False
        sleeping = asyncio.ensure_future(self._sleep(seconds))
        self._sleeping.add(sleeping)
        try:
            await asyncio.wait({sleeping})
        finally:
            sleeping.cancel()
            self._sleeping.discard(sleeping)
        return not self._is_ended
