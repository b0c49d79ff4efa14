"""An apply for people: a line for each object, and a summary at the end."""

from __future__ import annotations

import click

from hcl_lite.cli.views.escaping import in_json
from hcl_lite.core.addrs import Address
from hcl_lite.core.values import Secret, Value
from hcl_lite.engine.applying.progress import ApplyResult, Event
from hcl_lite.engine.plan import Action

_DONE = {
    Action.CREATE: "created",
    Action.UPDATE: "updated",
    Action.REPLACE: "replaced",
    Action.DELETE: "deleted",
}
APPLY, DESTROY = "Apply", "Destroy"
_DOING = {
    Action.CREATE: "creating",
    Action.UPDATE: "updating",
    Action.REPLACE: "replacing",
    Action.DELETE: "deleting",
}


def render_event(event: Event) -> str:
    """One line for what has just happened; empty for what only a progress bar shows."""
    match event.phase:
        case "done":
            return f"{click.style('✓', fg='green')} {event.address}: {_DONE[event.action]} ({event.seconds:.1f} s)"
        case "fail":
            return f"{click.style('✗', fg='red')} {event.address}: {_DOING[event.action]} failed"
        case "skip":
            return f"{click.style('-', dim=True)} {event.address}: skipped"
    return ""


def render_result(result: ApplyResult, seconds: float, what: str = APPLY) -> str:
    """The last words: what was done, what was not, and how long it took."""
    counts = ", ".join(f"{result.counts.get(action, 0)} {_DONE[action]}" for action in _shown(result, what))
    left = f", {len(result.failures)} failed" if result.failures else ""
    left += f", {len(result.skipped)} skipped" if result.skipped else ""
    good = not result.failures and not result.skipped
    word = "complete" if good and not result.stopped else "stopped" if result.stopped else "incomplete"
    head = click.style(f"{what} {word}:", bold=True, fg="green" if good and not result.stopped else "red")
    return f"{head} {counts}{left}, in {seconds:.1f} s."


def render_outputs(outputs: dict[str, Value]) -> str:
    """The outputs, a line each; sensitive ones by that word."""
    lines = [
        f"{name} = {'(sensitive)' if isinstance(value, Secret) else in_json(value)}"
        for name, value in sorted(outputs.items())
    ]
    return "\n".join(["Outputs:", "", *lines])


def render_skipped(skipped: tuple[Address, ...]) -> str:
    """Renders the objects that were skipped, with the reason."""
    names = ", ".join(str(address) for address in skipped[:10])
    return f"Skipped, since what they need failed or the run was stopped: {names}{' …' if len(skipped) > 10 else ''}"


def _shown(result: ApplyResult, what: str) -> list[Action]:
    """The actions that are counted, also where the count is 0: nobody expects a destroy to create."""
    expected = {Action.DELETE} if what == DESTROY else {Action.CREATE, Action.UPDATE, Action.DELETE}
    return [action for action in _DONE if action in expected or result.counts.get(action)]
