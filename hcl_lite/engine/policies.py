"""Results of policies: what a plan was held to, and what came of it. Frozen: kept with the plan, shown by views."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum

from hcl_lite.core.diags import Diagnostic, Place


class Level(StrEnum):
    """The consequence of a plan that breaks a policy: it is told, an apply takes a reason, or there is no apply."""

    ADVISE = "advise"
    OVERRIDE = "override"
    DENY = "deny"


class Status(StrEnum):
    """The result of a policy. UNDECIDED looks at what only the apply can tell, and stands in no way; OVERRIDDEN is
    broken, and somebody has said why that may be."""

    PASSED = "passed"
    FAILED = "failed"
    UNDECIDED = "undecided"
    OVERRIDDEN = "overridden"


@dataclass(frozen=True, slots=True)
class Violation:
    """One breach of a policy: its `message`, and the `address` of the object that it is about; empty for the whole
    plan."""

    message: str
    address: str = ""


@dataclass(frozen=True, slots=True)
class PolicyResult:
    """The result of one policy. `undecided` are the addresses of what cannot be told yet, "plan" for the whole;
    `reason` is that of an override."""

    name: str
    level: Level
    status: Status
    violations: tuple[Violation, ...] = ()
    undecided: tuple[str, ...] = ()
    reason: str = ""
    place: Place | None = None

    @property
    def refuses(self) -> bool:
        """Whether it stands in the way of an apply."""
        return self.status is Status.FAILED and self.level is not Level.ADVISE

    @property
    def addresses(self) -> tuple[str, ...]:
        """The addresses of the objects that break it."""
        return tuple(dict.fromkeys(one.address for one in self.violations if one.address))


def policy_refusals(results: Iterable[PolicyResult]) -> Iterator[Diagnostic]:
    """Yields the errors for which an apply is refused."""
    return (problem for one in results if one.refuses for problem in policy_problems(one))


def policy_problems(result: PolicyResult) -> Iterator[Diagnostic]:
    """Yields an error for each violation of a policy that is broken."""
    hint = ""
    if result.level is Level.OVERRIDE:
        hint = f"To apply all the same, say why: --override-policy '{result.name}=REASON'"
    for one in result.violations if result.status is Status.FAILED else ():
        about = f" ({one.address})" if one.address and one.address not in one.message else ""
        detail = f"The policy {result.name} is broken: {result.level.value}."
        yield Diagnostic(f"{one.message}{about}", detail, result.place, hint, f"policy.{result.name}")
