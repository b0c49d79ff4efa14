"""What a run that writes tells of itself: its steps while it goes on, and what came of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from hcl_lite.core.addrs import Address
from hcl_lite.core.diags import Diagnostic
from hcl_lite.core.values import Value
from hcl_lite.engine.plan import Action


@dataclass(frozen=True, slots=True)
class Event:
    """Progress: a step has begun ("begin"), is done ("done"), has failed ("fail"), will not be made ("skip"), or is not
    called for after all ("stay").

    `ends` says that nothing more comes of the planned change: a replacement has two steps.
    """

    phase: str
    address: Address
    action: Action
    uid: str = ""
    seconds: float = 0.0
    ends: bool = True


@dataclass(frozen=True, slots=True)
class ApplyResult:
    """What came of an apply. `counts` are of objects that were changed, by action."""

    counts: Mapping[Action, int]
    failures: tuple[Diagnostic, ...] = ()
    skipped: tuple[Address, ...] = ()
    outputs: Mapping[str, Value] = field(default_factory=dict)
    stopped: bool = False
    warnings: tuple[Diagnostic, ...] = ()
