"""The messages of a run as lines of JSON, in the format of `hcl_lite/review/schema.json`.

Types and fields are those of Terraform's machine-readable UI where it has them; what stands under `change`, `changes`
and `summary` is the same as in the document of a plan.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import fields, replace
from typing import TYPE_CHECKING, Any

from hcl_lite.cli.views.apply_text import render_event as event_text
from hcl_lite.cli.views.apply_text import render_result as result_text
from hcl_lite.cli.views.diagnostics import diagnostic_json
from hcl_lite.cli.views.escaping import in_line
from hcl_lite.cli.views.plain import unstyled
from hcl_lite.cli.views.progress_text import render_standing
from hcl_lite.cli.views.standing import Running, Standing
from hcl_lite.core.addrs import Address
from hcl_lite.core.diags import Diagnostic, Severity
from hcl_lite.core.progress import Retry
from hcl_lite.core.values import Value, conceal, is_secret
from hcl_lite.engine.applying.progress import ApplyResult, Event
from hcl_lite.engine.diff import ABSENT
from hcl_lite.engine.plan import Action, OutputChange, Plan
from hcl_lite.operations.profiling import Profile
from hcl_lite.review.build import review
from hcl_lite.review.document import FORMAT_VERSION, counts, head, outputs, row_document
from hcl_lite.review.model import Mode, Review, Row
from hcl_lite.version import __version__

if TYPE_CHECKING:
    from _typeshed import DataclassInstance

_MODULE = "hcl-lite"
_LEVELS = {Severity.ERROR: "error", Severity.WARNING: "warn"}
_OF_THE_WHOLE = (
    "summary",
    "id",
    "time",
    "mode",
    "is_empty",
    "is_partial",
    "skipped_servers",
    "risks",
    "policies",
)
_TYPES = {
    "begin": "apply_start",
    "done": "apply_complete",
    "fail": "apply_errored",
    "skip": "apply_skipped",
    "stay": "apply_unneeded",
}


def render_version(command: str, at: str) -> str:
    """Renders the first message of a run."""
    told = {"hcl_lite_version": __version__, "format_version": FORMAT_VERSION, "command": command}
    return _line(at, "version", f"hcl-lite {__version__}", **told)


def render_log(text: str, at: str, level: str = "info") -> str:
    """Renders what is said to a person, and has no message of its own."""
    return _line(at, "log", text, level)


def render_problems(problems: Iterable[Diagnostic], at: str) -> str:
    """Renders diagnostics, a line each."""
    return "\n".join(_problem(problem, at) for problem in problems)


def render_plan(plan: Plan, at: str) -> str:
    """Renders a plan: drift, changes, what there is to say of them, outputs and the summary."""
    return "\n".join(_of_review(review(plan), at))


def render_event(event: Event, at: str) -> str:
    """Renders one step of an apply; of one that failed also why."""
    hook: dict[str, Any] = {"resource": _resource(event.address), "action": event.action.value}
    if event.uid:
        hook |= {"id_key": "uid", "id_value": event.uid}
    if event.phase in ("done", "fail"):
        hook["elapsed_seconds"] = round(event.seconds, 3)
    text = unstyled(event_text(event)).lstrip("✓✗- ") or f"{event.address}: {_silent_text(event)}"
    level = {"fail": "error", "skip": "warn"}.get(event.phase, "info")
    lines = [_line(at, _TYPES[event.phase], text, level, hook=hook)]
    return "\n".join([*lines, *(_problem(problem, at) for problem in event.problems)])


def render_result(result: ApplyResult | None, seconds: float, at: str, *, operation: str) -> str:
    """Renders the end of an apply: its summary and its outputs. `result` is None where there was nothing to do."""
    result = result or ApplyResult({})
    told = {
        "counts": counts(result.counts),
        "failed": len(result.failures),
        "skipped": [str(address) for address in result.skipped],
        "seconds": round(seconds, 3),
        "is_stopped": result.stopped,
    }
    changes = _changes(result.counts, operation)
    text = unstyled(result_text(result, seconds, operation.capitalize()))
    lines = [_line(at, "change_summary", text, changes=changes, result=told)]
    if result.outputs and not result.failures and operation != "destroy":
        named = {name: _output(value) for name, value in sorted(result.outputs.items())}
        lines.append(_line(at, "outputs", f"Outputs: {len(named)}", outputs=named, differences=[]))
    return "\n".join(lines)


def render_progress(standing: Standing, at: str) -> str:
    """Renders the heartbeat of a run."""
    left = standing.seconds_left
    told = {
        "phase": standing.what,
        "done": standing.done,
        "total": standing.total,
        "elapsed_seconds": round(standing.seconds, 1),
        "objects_per_second": round(standing.rate, 2),
        "seconds_left": None if left is None else round(left, 1),
        "running": [*map(_running, standing.running)],
        "waiting": standing.left,
        "failed": standing.failed,
        "skipped": standing.skipped,
        "retries": standing.retries,
    }
    return _line(at, "progress", render_standing(standing), progress=told)


def render_retry(retry: Retry, at: str) -> str:
    """Renders a call that failed and is made again."""
    told = {"method": retry.method, "url": retry.url, "reason": retry.reason, "wait_seconds": round(retry.seconds, 3)}
    text = f"{retry.method} {retry.url} {retry.reason}; again in {retry.seconds:.2g} s"
    return _line(at, "retry", text, "warn", retry={**told, "addr": retry.step or None})


def _silent_text(event: Event) -> str:
    """Returns what a person is not told of."""
    if event.phase == "stay":
        return "stays as it is, nothing calls for it"
    return f"{event.action.value.rstrip('e')}ing..."


def render_profile(profile: Profile, at: str) -> str:
    """Renders where the time of a run went."""
    routes = [{**_rounded(one), "mean": round(one.mean, 4)} for one in profile.routes]
    told = {**_rounded(profile), "us": round(profile.us, 4), "routes": routes}
    told |= {"stages": [*map(_rounded, profile.stages)], "objects": [*map(_rounded, profile.objects)]}
    calls = sum(one.requests for one in profile.routes)
    return _line(at, "profile", f"{profile.seconds:.2f} s, {calls} requests", profile=told)


def _rounded(part: DataclassInstance) -> dict[str, Any]:
    """Returns the fields of a part of a profile, seconds to a tenth of a millisecond."""
    told = {one.name: getattr(part, one.name) for one in fields(part)}
    return {name: round(value, 4) if isinstance(value, float) else value for name, value in told.items()}


def _of_review(made: Review, at: str) -> Iterator[str]:
    told = [(row, row_document(row)) for row in made.rows]
    for row, change in told:
        if row.change.drifted:
            yield _line(at, "resource_drift", f"{row.address}: changed outside of hcl-lite", change=change)
    for row, change in told:
        yield _line(at, "planned_change", _planned(row), change=change)
    for problem in made.diagnostics:
        yield _problem(problem, at)
    if made.outputs:
        named = {one.name: {"action": _output_action(one), "sensitive": False} for one in made.outputs}
        yield _line(at, "outputs", f"Outputs: {len(named)} to change", outputs=named, differences=outputs(made))
    changes, whole = _changes(made.counts, "plan"), head(made)
    more = {key: whole[key] for key in _OF_THE_WHOLE}
    yield _line(at, "change_summary", _summary_text(made), changes=changes, **more)


def _planned(row: Row) -> str:
    change = row.change
    moved = f" (moved from {change.moved_from})" if change.moved_from is not None else ""
    return f"{row.address}: plan to {change.action.value}{moved}"


def _summary_text(made: Review) -> str:
    if made.is_empty:
        return "Nothing to do for what could be looked at." if made.skipped else "No changes."
    told = ", ".join(f"{count} to {action.value}" for action, count in made.counts.items())
    what = "Refresh" if made.mode is Mode.REFRESH_ONLY else "Plan"
    return f"{what}: {told or f'{len(made.outputs)} outputs to change'}."


def _changes(found: Mapping[Action, int], operation: str) -> Mapping[str, Any]:
    """Returns counts in Terraform's words: a replacement adds one and removes one."""
    replaced = found.get(Action.REPLACE, 0)
    return {
        "add": found.get(Action.CREATE, 0) + replaced,
        "change": found.get(Action.UPDATE, 0),
        "remove": found.get(Action.DELETE, 0) + replaced,
        "operation": operation,
    }


def _output(value: Value) -> Mapping[str, Any]:
    return {"sensitive": True} if is_secret(value) else {"sensitive": False, "value": conceal(value)}


def _output_action(change: OutputChange) -> str:
    return "create" if change.before is ABSENT else "delete" if change.after is ABSENT else "update"


def _running(one: Running) -> Mapping[str, Any]:
    told = {"addr": one.address, "action": one.action, "elapsed_seconds": round(one.seconds, 1)}
    return {**told, "retry": one.retry or None}


def _resource(address: Address) -> Mapping[str, Any]:
    """Returns an address as Terraform's messages have it."""
    return {
        "addr": str(address),
        "module": ".".join(f"module.{step}" for step in address.module),
        "resource": str(replace(address, module=())),
        "resource_type": address.type,
        "resource_name": address.name,
        "resource_key": address.key,
    }


def _problem(problem: Diagnostic, at: str) -> str:
    told = diagnostic_json(problem)
    text = f"{problem.severity.value.capitalize()}: {told['summary']}"
    return _line(at, "diagnostic", text, _LEVELS[problem.severity], diagnostic=told)


def _line(at: str, type_: str, text: str, level: str = "info", **more: Any) -> str:
    known = {"@level": level, "@message": in_line(text), "@module": _MODULE, "@timestamp": at, "type": type_}
    return json.dumps({**known, **more}, ensure_ascii=False)
