"""The environment of an operation: its directory and its environment variables, and nothing else of the machine."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path


def utc_now() -> datetime:
    """Returns the time in UTC."""
    return datetime.now(UTC)


@dataclass(frozen=True, slots=True)
class RunContext:
    """`directory` is where relative paths start; `environment` are the environment variables; `clock` returns the
    time in UTC."""

    directory: Path
    environment: Mapping[str, str] = field(repr=False)
    clock: Callable[[], datetime] = field(default=utc_now, repr=False)
