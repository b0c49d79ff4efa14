"""Requests and rounds of a watch. Frozen."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from hcl_lite.operations.requests import Inputs

if TYPE_CHECKING:  # a command that only names a request loads no engine
    from hcl_lite.core.diags import Diagnostic
    from hcl_lite.engine.applying.progress import ApplyResult
    from hcl_lite.engine.plan import Plan
    from hcl_lite.operations.pulling.model import PullReport


@dataclass(frozen=True, slots=True)
class WatchRequest:
    """Plans, and with `applies` applies: to servers of this machine, and those at the URLs in `allowed`. With `pulls`
    what was changed on the servers comes into the files first, also where no file changes. Servers are looked at again
    after `retry_seconds`, where one does not answer, or with `pulls`."""

    inputs: Inputs = field(default_factory=Inputs)
    applies: bool = False
    pulls: bool = False
    allowed: tuple[str, ...] = ()
    parallelism: int = 10
    retry_seconds: float = 5.0


@dataclass(frozen=True, slots=True)
class Places:
    """The watched places: `directories` with all that is below them, without `own`, the files and directories that runs
    write themselves, and what begins with the path of one."""

    directories: tuple[Path, ...]
    own: tuple[Path, ...] = ()


@dataclass(frozen=True, slots=True)
class Round:
    """One round: the files that had changed, none for the first; what was `pulled` into files; the `plan`, None where
    it could not be made, as `problems` say; `result` where it was applied, and `pages` of the dashboards that it wrote,
    as URLs."""

    changed: Sequence[Path] = ()
    pulled: PullReport | None = None
    plan: Plan | None = None
    result: ApplyResult | None = None
    problems: tuple[Diagnostic, ...] = ()
    pages: Sequence[str] = ()
    seconds: float = 0.0


Wait = Callable[[Places, float | None], Collection[Path] | None]
"""Waits for changes in the places, at most so many seconds: returns the files that have changed, none after that time,
and None where the watch is to end."""
