"""What checks of a configuration tell: that it is valid, and what came of each run of its tests."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from hcl_lite.core.diags import Diagnostic

if TYPE_CHECKING:
    from hcl_lite.engine.plan import Plan


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of one run: no problems means that it passed. `plan` is what it did, where it came so far."""

    suite: str
    run: str
    problems: tuple[Diagnostic, ...] = ()
    plan: Plan | None = None


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
