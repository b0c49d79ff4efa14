"""The standing of a run at one moment, for views of its progress."""

from __future__ import annotations

from dataclasses import dataclass

_FEW = 3  # objects that say nothing about the rest


@dataclass(frozen=True, slots=True)
class Running:
    """An object that is worked on: the `action`, for how long, and why a call is waited for that is made again."""

    address: str
    action: str
    seconds: float
    retry: str = ""


@dataclass(frozen=True, slots=True)
class Waiting:
    """An object that is not begun, and the addresses that it still waits for."""

    address: str
    after: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Standing:
    """The standing of one part of a run: `done` of `total` objects, 0 where that is not known, after `seconds`;
    `waiting` are the first of the `left` ones that are not begun, `rate` is in objects a second."""

    what: str = ""
    done: int = 0
    total: int = 0
    seconds: float = 0.0
    running: tuple[Running, ...] = ()
    waiting: tuple[Waiting, ...] = ()
    left: int = 0
    failed: int = 0
    skipped: int = 0
    retries: int = 0
    rate: float = 0.0

    @property
    def seconds_left(self) -> float | None:
        """Seconds until all is done at this rate; None while too few are done to tell, and at the end."""
        told = _FEW <= self.done < self.total and self.rate > 0
        return (self.total - self.done) / self.rate if told else None
