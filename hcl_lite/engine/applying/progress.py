"""Events of a run that writes, and its result."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from hcl_lite.core.addrs import Address
from hcl_lite.core.diags import Diagnostic
from hcl_lite.core.values import Value
from hcl_lite.engine.plan import Action


@dataclass(frozen=True, slots=True)
class Event:
    """Progress of one step: begun ("begin"), done ("done"), failed ("fail"), skipped ("skip"), or not needed after all
    ("stay").

    `seconds` is how long it took. `ends` is False for the first of the two steps of a replacement. `problems` are the
    errors for which it failed.
    """

    phase: str
    address: Address
    action: Action
    uid: str = ""
    seconds: float = 0.0
    ends: bool = True
    problems: tuple[Diagnostic, ...] = ()


@dataclass(frozen=True, slots=True)
class ApplyResult:
    """The result of an apply. `counts` are the numbers of changed objects by action."""

    counts: Mapping[Action, int]
    failures: tuple[Diagnostic, ...] = ()
    skipped: tuple[Address, ...] = ()
    outputs: Mapping[str, Value] = field(default_factory=dict)
    stopped: bool = False
    warnings: tuple[Diagnostic, ...] = ()
