"""What is asked of an operation."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from hcl_lite.core.values import JsonValue
from hcl_lite.lang.config.variables import Ask


@dataclass(frozen=True, slots=True)
class Inputs:
    """Values for variables: `assignments` are NAME=VALUE, `files` TOML files of such; those of a saved plan win, and so
    does its `time`. `missing` gives what has no value, where there is such."""

    assignments: tuple[str, ...] = ()
    files: tuple[Path, ...] = ()
    saved: Mapping[str, JsonValue] = field(default_factory=dict)
    time: str = ""
    missing: Ask | None = None


@dataclass(frozen=True, slots=True)
class LockOptions:
    """Whether the state is locked, and how many seconds another run is waited for."""

    wanted: bool = True
    timeout: float = 0.0
