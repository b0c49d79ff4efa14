"""Plans carried out: one that was just made, or a saved one that still holds."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, replace

from hcl_lite.core.diags import Diagnostic, HclError, raise_if_errors
from hcl_lite.core.measuring import stage
from hcl_lite.core.progress import telling_progress
from hcl_lite.core.run_context import RunContext
from hcl_lite.engine.applying.applier import Applier
from hcl_lite.engine.applying.progress import ApplyResult, Event
from hcl_lite.engine.graph import Build
from hcl_lite.engine.plan import Plan
from hcl_lite.engine.planning.options import Options
from hcl_lite.engine.planning.staleness import check_files, check_given, check_plans, check_state, check_unused
from hcl_lite.engine.policies import policy_refusals
from hcl_lite.operations.caller import Caller, Planned
from hcl_lite.operations.event_loop import run_async
from hcl_lite.operations.locking import locked
from hcl_lite.operations.operation import operation, without_secrets
from hcl_lite.operations.planning import check_deletions, make_plan
from hcl_lite.operations.policies import NO_POLICIES, Policies, find_policies
from hcl_lite.operations.project import Project, load_project
from hcl_lite.operations.requests import ApplyRequest
from hcl_lite.operations.run_log import log_event, log_problems
from hcl_lite.operations.saved_plans import load_plan
from hcl_lite.operations.stopping import Stopper, Stopping
from hcl_lite.operations.writing import writing
from hcl_lite.version import __version__
from state.model import State


@dataclass(frozen=True, slots=True)
class Applied:
    """The result of an apply. `result` is None where nothing was begun: there was nothing to do, or it
    `is_declined`."""

    plan: Plan
    result: ApplyResult | None = None
    seconds: float = 0.0
    is_declined: bool = False


@operation
def apply(context: RunContext, request: ApplyRequest, caller: Caller) -> Applied:
    """Plan, ask, and carry out. What fails on the way is in the result. Raises HclError, TooManyDeletions, and
    ProviderError, where nothing could be begun."""
    saved = load_plan(context, request.plan_file) if request.plan_file is not None else None
    inputs = replace(request.inputs, saved=saved.inputs, time=saved.time) if saved else request.inputs
    project = load_project(context, inputs)
    if saved is None:
        caller.check()
    with locked(project.store, request.command, request.lock, caller), telling_progress(caller.told):
        return _apply(project, request, saved, caller)


def _apply(project: Project, request: ApplyRequest, saved: Plan | None, caller: Caller) -> Applied:
    """Plan and apply have an event loop each: none runs while the caller is asked, so that Ctrl-C ends the question."""
    state = project.store.read()
    plan, build = _plan(project, request, saved, state)
    caller.told(without_secrets(Planned(plan, is_saved=saved is not None)))
    if plan.is_settled and not state.pending and not project.store.journal.exists():
        return Applied(plan)
    raise_if_errors([*plan.refusals, *policy_refusals(plan.policies)])
    check_deletions(plan, request.max_destroy)
    if not plan.is_empty and saved is None and not _is_approved(plan, caller):
        return Applied(plan, is_declined=True)
    begun = time.monotonic()
    with stage("apply"):
        result = run_async(
            lambda: apply_plan(
                project,
                build,
                plan,
                state,
                command=request.command,
                parallelism=request.parallelism,
                told=caller.told,
                stopping=caller.stopping,
            )
        )
    log_problems((*result.warnings, *result.failures))
    return Applied(plan, result, time.monotonic() - begun)


def _is_approved(plan: Plan, caller: Caller) -> bool:
    with stage("ask"):
        return caller.approve(plan)


def _plan(project: Project, request: ApplyRequest, saved: Plan | None, state: State) -> tuple[Plan, Build]:
    policies = find_policies(project, request.inputs, saved)
    if saved is not None:
        return run_async(lambda: check_fresh(saved, project, state, policies))
    return run_async(lambda: make_plan(project, state, request.options, policies))


async def apply_plan(
    project: Project,
    build: Build,
    plan: Plan,
    state: State,
    *,
    command: str,
    parallelism: int,
    told: Callable[[Event], None],
    stopping: Stopping,
) -> ApplyResult:
    """Carries out `plan` with the state locked; `told` receives an event for each step. Raises HclError, and
    ProviderError, where nothing could be begun."""

    def logged(event: Event) -> None:
        log_event(event)
        told(event)

    async with writing(project, build, plan, state, command) as run:
        if plan.id:
            await run.ledger.begin(plan.id)
        applier = Applier(build, plan, run.session, run.ledger, parallelism, logged)
        with stopping(Stopper(applier.stop, run.session, project.store)):
            return await applier.run()


async def check_fresh(
    plan: Plan, project: Project, state: State, policies: Policies = NO_POLICIES
) -> tuple[Plan, Build]:
    """A saved plan with what was read to check it, held to `policies` again, and its graph. Raises HclError where it is
    not what would be planned now."""
    if plan.version != __version__:
        detail = f"It was saved by hcl-lite {plan.version}; this is {__version__}."
        raise HclError(Diagnostic("The saved plan is of another version of hcl-lite", detail, hint="Plan again."))
    check_unused(plan, state)
    check_state(plan, state)
    check_files(plan, project.files(), project.context.environment)
    options = Options(plan.destroy, plan.refresh, plan.refresh_only, plan.targets, plan.replacing, skipped=plan.skipped)
    now, build = await make_plan(project, state, options, policies)
    check_given(plan, now, project.context.environment)
    check_plans(plan, now)
    return replace(plan, copies=now.copies, warnings=now.warnings, policies=now.policies), build
