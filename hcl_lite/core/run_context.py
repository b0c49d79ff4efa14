"""What an operation is given of the machine that it runs on, and all that it takes of it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path


def utc_now() -> datetime:
    """The time, in UTC."""
    return datetime.now(UTC)


@dataclass(frozen=True, slots=True)
class RunContext:
    """Relative paths start at `directory`; `environment` are the variables that are read, `clock` gives the time in
    UTC."""

    directory: Path
    environment: Mapping[str, str] = field(repr=False)
    clock: Callable[[], datetime] = field(default=utc_now, repr=False)
