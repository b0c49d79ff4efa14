"""Notices about a journal found when a plan is made: a run is going on, or was interrupted."""

from __future__ import annotations

from hcl_lite.core.diags import Diagnostic, Severity
from state.journal import Left
from state.lock import is_alive, is_gone, is_own

_TAKEN_UP = "What it has done is taken into account; the next apply writes it to the state."
_GOES_ON = "What it has done so far is taken into account. Plan again once it has ended."


def is_going_on(left: Left | None) -> bool:
    """Whether the run that writes the journal surely goes on."""
    return left is not None and left.run is not None and not left.ended and is_alive(left.run)


def told_of(left: Left) -> Diagnostic:
    """A warning: which run it is, and what that means."""
    who = f": {left.run}" if left.run is not None else ""
    if left.ended:
        return _warning(f"The state of an earlier run could not be written{who}", _TAKEN_UP)
    if is_going_on(left):
        return _warning(f"A run is going on{who}", _GOES_ON)
    if left.run is not None and (is_gone(left.run) or is_own(left.run)):
        return _warning(f"An earlier run ended early{who}", _TAKEN_UP)
    return _warning(f"An earlier run ended early, or is still going on{who}", _TAKEN_UP)


def _warning(summary: str, detail: str) -> Diagnostic:
    return Diagnostic(summary, detail, severity=Severity.WARNING)
