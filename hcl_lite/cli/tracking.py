"""Tracks a run by what it tells of itself, for views of its progress. Fit for several threads."""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

from hcl_lite.cli.views.standing import Running, Standing, Waiting
from hcl_lite.core.progress import Reached, Retry, Scheduled
from hcl_lite.operations.caller import Notice, Planned

if TYPE_CHECKING:
    from hcl_lite.engine.applying.progress import Event
    from hcl_lite.operations.caller import Progress

APPLYING = "Applying"
_MOST_WAITING = 50  # that a view may show
_RECENT = 10.0  # seconds over which the rate is told


class Tracker:
    """The state of a run as far as it has told of itself."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._what, self._done, self._total, self._begun = "", 0, 0, clock()
        self._samples: deque[tuple[float, int]] = deque()
        self._running: dict[str, tuple[str, float]] = {}
        self._retry: dict[str, tuple[str, float]] = {}
        self._waits: Mapping[str, tuple[str, ...]] = {}
        self._open: dict[str, None] = {}
        self._failed, self._skipped, self._retries = 0, 0, 0

    def note(self, progress: Progress) -> None:
        """Takes in what a run tells."""
        with self._lock:
            match progress:
                case Notice():
                    pass
                case Planned():
                    self._begin("", len(progress.plan.writes))
                case Scheduled():
                    self._begin(APPLYING, self._total)
                    self._waits = {str(one): tuple(map(str, before)) for one, before in progress.waits.items()}
                    self._open = dict.fromkeys(self._waits)
                case Reached():
                    if progress.what != self._what:
                        self._begin(progress.what, progress.total)
                    self._reach(progress.done)
                    self._total = progress.total
                case Retry():
                    self._retries += 1
                    self._retry[progress.step] = progress.reason, self._clock() + progress.seconds
                case event:
                    self._note_event(event)

    def _begin(self, what: str, total: int) -> None:
        self._what, self._done, self._total, self._begun = what, 0, total, self._clock()
        self._samples = deque([(self._begun, 0)])
        self._retry.clear()

    def _note_event(self, event: Event) -> None:
        address = str(event.address)
        if self._what != APPLYING:
            self._begin(APPLYING, self._total)
        if event.phase == "begin":
            self._running[address] = event.action.value, self._clock()
            return
        self._running.pop(address, None)
        self._retry.pop(address, None)
        self._failed += event.phase == "fail"
        self._skipped += event.phase == "skip"
        if event.ends:
            self._open.pop(address, None)
            self._reach(self._done + 1)

    def _reach(self, done: int) -> None:
        self._done = done
        self._samples.append((self._clock(), done))

    def _rate(self, now: float) -> float:
        """Returns the objects a second of the last while."""
        while len(self._samples) > 1 and self._samples[1][0] <= now - _RECENT:
            self._samples.popleft()
        if not self._samples:
            return 0.0
        at, done = self._samples[0]
        return (self._done - done) / (now - at) if now > at else 0.0

    def standing(self) -> Standing:
        """Returns how far the run is."""
        with self._lock:
            now = self._clock()
            running = tuple(
                Running(address, action, now - begun, self._told_retry(address, now))
                for address, (action, begun) in self._running.items()
            )
            open_ = [address for address in self._open if address not in self._running]
            waiting = tuple(
                Waiting(address, tuple(one for one in self._waits[address] if one in self._open))
                for address in open_[:_MOST_WAITING]
            )
            return Standing(
                self._what,
                self._done,
                self._total,
                now - self._begun,
                running,
                waiting,
                len(open_),
                self._failed,
                self._skipped,
                self._retries,
                self._rate(now),
            )

    def _told_retry(self, address: str, now: float) -> str:
        reason, at = self._retry.get(address, ("", 0.0))
        if not reason:
            return ""
        return f"again in {at - now:.0f} s: {reason}" if at - now >= 1 else f"tried again: {reason}"
