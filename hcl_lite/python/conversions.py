"""The results of operations as Python is given them."""

from __future__ import annotations

from dataclasses import replace

from hcl_lite.cli.views.plain import unstyled
from hcl_lite.cli.views.pull_text import render_pull
from hcl_lite.core.diags import Diagnostic
from hcl_lite.core.progress import Reached as Reaching
from hcl_lite.core.progress import Retry, Scheduled
from hcl_lite.core.values import conceal
from hcl_lite.engine.applying.progress import ApplyResult
from hcl_lite.engine.plan import Action
from hcl_lite.engine.plan import Change as EngineChange
from hcl_lite.engine.plan import Plan as EnginePlan
from hcl_lite.operations.applying import Applied as Done
from hcl_lite.operations.caller import Notice as Noticed
from hcl_lite.operations.caller import Planned as Made
from hcl_lite.operations.caller import Progress
from hcl_lite.operations.pulling.model import PullReport
from hcl_lite.operations.restoring import Restored
from hcl_lite.python.results import (
    Applied,
    Change,
    Event,
    Notice,
    Plan,
    Planned,
    Pulled,
    Reached,
    Run,
    StateObject,
    Step,
    end_of,
    summary_of,
)
from state.backups import Run as KeptRun
from state.backups import Write
from state.model import Record


def plan_of(plan: EnginePlan) -> Plan:
    """Without what only an apply needs of it."""
    return Plan(
        summary=summary_of(plan),
        is_empty=plan.is_empty,
        changes=tuple(_change_of(change) for change in plan.changes if change.action is not Action.NOOP),
        outputs={output.name: (output.before, output.after) for output in plan.outputs},
        warnings=tuple(one for one in plan.warnings if one not in plan.refusals),
        errors=tuple(plan.refusals),
        skipped_servers=plan.skipped,
        made=replace(plan, copies={}, given={}, inputs={}),
    )


def pulled_of(report: PullReport) -> Pulled:
    """The report of a pull."""
    left = [
        Diagnostic(f"{one.address} {one.path}".rstrip(), one.reason, one.place, address=str(one.address))
        for one in report.untaken
    ]
    return Pulled(
        addresses=tuple(str(one.address) for one in report.pulled),
        files=report.files,
        conflicts=tuple(f"{one.address} {one.path}" for one in report.contested if one.taken is None),
        untaken=(*left, *report.problems),
        gone=tuple(map(str, report.gone)),
        has_changes=report.has_changes,
        is_whole=report.is_whole,
        plan=plan_of(report.plan) if report.plan is not None else None,
        text=unstyled(render_pull(report)),
    )


def _change_of(change: EngineChange) -> Change:
    return Change(
        address=str(change.address),
        action=change.action.value,
        uid=change.uid,
        reason=change.reason,
        note=change.note,
        differences=change.differences,
        secrets={name: str(fate) for name, fate in change.secrets.items()},
        place=change.place,
    )


def applied_of(done: Done) -> Applied:
    """Converts the result of an apply, a destroy or a refresh."""
    what = "Destroy" if done.plan.destroy else "Apply"
    return _applied(done.plan, done.result, done.seconds, what, done.is_declined)


def restored_of(restored: Restored, what: str) -> Applied:
    """Converts the result of a restore or an undo."""
    result = restored.result if restored.restoration.steps else None
    return _applied(restored.restoration.plan, result, restored.seconds, what, restored.is_declined)


def _applied(plan: EnginePlan, result: ApplyResult | None, seconds: float, what: str, is_declined: bool) -> Applied:
    made = plan_of(plan)
    if result is None:
        return Applied(made, "Nothing was changed." if is_declined else made.summary, is_declined=is_declined)
    return Applied(
        plan=made,
        summary=end_of(result, seconds, what) if plan.writes else made.summary,
        counts={action.value: count for action, count in result.counts.items()},
        outputs={name: conceal(value) for name, value in result.outputs.items()},
        failures=result.failures,
        skipped=tuple(map(str, result.skipped)),
        warnings=result.warnings,
        seconds=seconds,
    )


def object_of(record: Record) -> StateObject:
    """Converts the record of an object."""
    return StateObject(
        address=str(record.address),
        uid=record.uid,
        provider=record.provider,
        attributes=record.attributes,
        secrets=tuple(sorted(record.secrets)),
        dependencies=tuple(map(str, record.dependencies)),
    )


def run_of(run: KeptRun) -> Run:
    """A run that is kept."""
    return Run(run.name, run.command, run.started, {str(write): run.count(write) for write in Write}, run.is_undone)


def event_of(progress: Progress) -> Event | None:
    """Converts an event of an operation; None for what only a view of its progress is made of."""
    if isinstance(progress, Noticed):
        return Notice(progress.text)
    if isinstance(progress, Reaching):
        return Reached(progress.what, progress.done, progress.total)
    if isinstance(progress, Made):
        return Planned(plan_of(progress.plan))
    if isinstance(progress, Scheduled | Retry):  # what is waited for is told by a notice
        return None
    return Step(progress.phase, str(progress.address), progress.action.value, progress.uid, progress.seconds)
