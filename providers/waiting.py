"""What a person is told while calls are tried again: once for all that wait for the same, after a few seconds."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from hcl_lite.core.notices import notice
from providers.errors import ApiError

Wait = Callable[[ApiError, float], None]

AFTER = 5.0
"""Seconds for which nobody needs to be told."""


class Waits:
    """The calls to one server that are to be tried again. A reason is told once, until no call waits any longer."""

    def __init__(self) -> None:
        self._calls = 0
        self._told: set[str] = set()

    @contextmanager
    def of_call(self) -> Iterator[Wait]:
        """Around one call with its retries: what is to be told that it failed, and of the seconds to the next try."""
        begun, slept, waits = time.monotonic(), 0.0, False

        def wait_for(error: ApiError, seconds: float) -> None:
            nonlocal slept, waits
            self._calls += not waits
            waits = True
            spent = max(time.monotonic() - begun, slept)
            if spent + seconds >= AFTER:
                self._tell(error, spent, seconds)
            slept += seconds

        try:
            yield wait_for
        finally:
            self._calls -= waits
            if not self._calls:
                self._told.clear()

    def _tell(self, error: ApiError, spent: float, seconds: float) -> None:
        if error.said not in self._told:
            self._told.add(error.said)
            tried = f"tried for {spent:.0f} s, " if spent >= 1 else ""
            notice(f"Waiting: {error}; {tried}again in {max(1, round(seconds))} s.")
