"""Notices while calls wait, for an answer or for another try: one for all that wait for the same, after a few
seconds."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterator
from contextlib import contextmanager

from hcl_lite.core.notices import notice
from hcl_lite.core.progress import Retry, current_step, tell_progress
from providers.transport.errors import ApiError

AFTER = 5.0
"""Seconds for which nobody needs to be told."""


class Waits:
    """The calls to one server that wait. A reason is told once, until no call waits any longer."""

    def __init__(self) -> None:
        self._calls = 0
        self._told: set[str] = set()

    @contextmanager
    def of_call(self) -> Iterator[Waiting]:
        """Around one call with its tries."""
        waiting = Waiting(self)
        try:
            yield waiting
        finally:
            self._calls -= waiting.waits
            if not self._calls:
                self._told.clear()

    def begin(self, waiting: Waiting) -> None:
        """Counts a call as waiting from now on."""
        self._calls += not waiting.waits
        waiting.waits = True

    def tell(self, reason: str, text: str) -> None:
        """Sends the notice of a call that waits, unless another call has for the same `reason`."""
        if reason not in self._told:
            self._told.add(reason)
            notice(f"Waiting: {text}")


class Waiting:
    """One call with its tries."""

    def __init__(self, all_: Waits) -> None:
        self.waits = False
        self._all = all_
        self._begun = time.monotonic()
        self._slept = 0.0

    @property
    def spent(self) -> float:
        """Seconds since the call was begun."""
        return max(time.monotonic() - self._begun, self._slept)

    def for_next(self, error: ApiError, seconds: float) -> None:
        """Tells that the call failed and is tried again in `seconds`."""
        tell_progress(Retry(error.method, error.url, error.said, seconds, current_step()))
        self._all.begin(self)
        if self.spent + seconds >= AFTER:
            tried = f"tried for {self.spent:.0f} s, " if self.spent >= 1 else ""
            self._all.tell(error.said, f"{error}; {tried}again in {max(1, round(seconds))} s.")
        self._slept += seconds

    @contextmanager
    def for_answer(self, call: str, seconds: float) -> Iterator[None]:
        """Around one try of `call`, which is given so many seconds."""

        def tell() -> None:
            self._all.begin(self)
            self._all.tell("no answer", f"{call} has no answer after {AFTER:.0f} s; it is given {seconds:.0f} s.")

        telling = asyncio.get_running_loop().call_later(AFTER, tell)
        try:
            yield
        finally:
            telling.cancel()
