"""Results of checks of a configuration: of a validation, and of each run of its tests."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from hcl_lite.core.diags import Diagnostic

if TYPE_CHECKING:
    from hcl_lite.engine.plan import Plan


@dataclass(frozen=True, slots=True)
class Outcome:
    """The result of one test run: it passed where there are no problems. `plan` is that of the run, where it came so
    far; `seconds` is how long it took."""

    suite: str
    run: str
    problems: tuple[Diagnostic, ...] = ()
    plan: Plan | None = None
    seconds: float = field(default=0.0, compare=False)


@dataclass(frozen=True, slots=True)
class SuiteBegun:
    """The runs of this file come next."""

    name: str


@dataclass(frozen=True, slots=True)
class Validation:
    """A configuration that is valid: how much of it there is, and what is no mistake for certain."""

    resources: int
    files: int
    warnings: tuple[Diagnostic, ...] = ()
