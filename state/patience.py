"""Waiting for a backend that fails for a moment: one that is started anew is back within seconds."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from contextvars import copy_context
from dataclasses import replace
from typing import TypeVar

from hcl_lite.core.diags import HclError
from hcl_lite.core.notices import notice

LASTS = 30.0
"""Seconds from the first call that came to nothing to the last one that is tried again."""

UNKNOWN_HOST = "Name or service not known|nodename nor servname"
"""What systems say of a host that nobody knows, as a pattern: no other try changes that."""

_FIRST, _LONGEST = 0.25, 2.0
# Seconds for which nobody needs to be told.
_UNTOLD = 1.0

T = TypeVar("T")


class Unavailable(HclError):
    """No answer, or one that says that there is none for now: the same call may go well in a moment."""


class Patience:
    """The calls to one backend, of all threads: `name` is what a person is told of it.

    Once it was waited for in vain, calls are made once each until one goes well again.
    """

    def __init__(self, name: str) -> None:
        self._name = name
        self._hurry = threading.Event()
        self._turn = threading.Lock()
        self._since: float | None = None  # the first call that came to nothing after one that did not
        self._told = False
        # Calls are made in threads that know of no run: what is told goes to whoever has opened the backend.
        self._opener = copy_context()

    def hurry(self) -> None:
        """Wait no more: somebody wants the run to end."""
        self._hurry.set()

    def call(self, work: Callable[[], T]) -> T:
        """Returns the result of `work`, which is tried again while it raises Unavailable, and so has to be
        idempotent."""
        pause, begun = _FIRST, 0.0
        while True:
            try:
                result = work()
            except Unavailable as error:
                begun = begun or time.monotonic()
                # Others may have answers while this call has none, so that each has an end of its own.
                if not self._may_wait(error) or time.monotonic() - begun >= LASTS:
                    raise _in_vain(error) from error
                if self._hurry.wait(pause):
                    raise
                pause = min(pause * 1.5, _LONGEST)
            except Exception:
                self._answered()
                raise
            else:
                self._answered()
                return result

    def _may_wait(self, error: Unavailable) -> bool:
        with self._turn:
            now = time.monotonic()
            self._since = now if self._since is None else self._since
            waited = now - self._since
            if waited >= LASTS:
                return False
            if waited >= _UNTOLD and not self._told:
                self._told = True
                said = error.diagnostics[0].detail or error.diagnostics[0].summary
                self._opener.run(notice, f"Waiting for {self._name}, for {LASTS:.0f} s at most: {said}")
            return True

    def _answered(self) -> None:
        with self._turn:
            if self._told and self._since is not None:
                waited = time.monotonic() - self._since
                self._opener.run(notice, f"{self._name} answers again, after {waited:.0f} s.")
            self._since, self._told = None, False


def _in_vain(error: Unavailable) -> Unavailable:
    first, *others = error.diagnostics
    told = f"It was asked again for {LASTS:.0f} s. Run this once more when it answers."
    return Unavailable(replace(first, hint=f"{first.hint} {told}".strip()), *others)
