"""Faults on demand: what a test makes an embedded server do wrong, and for which requests."""

import re
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

FaultKind = Literal["latency", "status", "status-after", "drop", "drop-after", "hang", "hang-after"]


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing that goes wrong.

    | kind | what the client sees |
    |---|---|
    | latency | the answer, `seconds` later |
    | status | `status` (with `Retry-After: retry_after` when given); nothing was done |
    | status-after | the same; the work was done |
    | drop | the connection closed without an answer; nothing was done |
    | drop-after | the connection closed without an answer; the work was done |
    | hang | nothing for `seconds`, then the connection closed; nothing was done |
    | hang-after | the same; the work was done |

    `path` is a regular expression searched for in path and query; `times` is how often it happens (None: always).
    """

    method: str = "*"
    path: str = ""
    kind: FaultKind = "status"
    status: int = 503
    retry_after: int | None = None
    seconds: float = 0.0
    times: int | None = 1

    def matches(self, method: str, target: str) -> bool:
        return self.method in ("*", method) and re.search(self.path, target) is not None


class Faults:
    """The faults of one app, in the order they were added; each request meets at most one of each kind."""

    def __init__(self) -> None:
        self._pending: list[tuple[Fault, deque[None] | None]] = []

    def add(self, fault: Fault) -> None:
        """Arm `fault`."""
        left = None if fault.times is None else deque([None] * fault.times)
        self._pending.append((fault, left))

    def clear(self) -> None:
        """Disarm everything."""
        self._pending.clear()

    def __iter__(self) -> Iterator[Fault]:
        return (fault for fault, _ in self._pending)

    def take(self, method: str, target: str) -> list[Fault]:
        """The faults this request meets, each used up once."""
        met: dict[FaultKind, Fault] = {}
        for fault, left in self._pending:
            if fault.kind in met or left == deque() or not fault.matches(method, target):
                continue
            if left is not None:
                left.popleft()
            met[fault.kind] = fault
        self._pending = [pair for pair in self._pending if pair[1] != deque()]
        return list(met.values())
