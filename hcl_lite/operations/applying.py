"""Plans carried out: one that was just made, or a saved one that still holds."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from hcl_lite import __version__
from hcl_lite.core.diags import Diagnostic, HclError
from hcl_lite.engine.applying.applier import Applier, ApplyResult, Event
from hcl_lite.engine.graph import Build
from hcl_lite.engine.plan import Plan
from hcl_lite.engine.planning.options import Options
from hcl_lite.engine.planning.staleness import check_files, check_given, check_plans, check_state, check_unused
from hcl_lite.operations.planning import make_plan
from hcl_lite.operations.project import Project
from hcl_lite.operations.run_log import log_event
from hcl_lite.operations.stopping import Stopper, Stopping, unstopped
from hcl_lite.operations.writing import unheard, writing
from state.model import State


async def apply_plan(
    project: Project,
    build: Build,
    plan: Plan,
    state: State,
    *,
    command: str = "apply",
    parallelism: int = 10,
    told: Callable[[Event], None] = unheard,
    stopping: Stopping = unstopped,
) -> ApplyResult:
    """What came of carrying out `plan`, with the state locked; `told` hears of each step. Raises HclError, and
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


async def check_fresh(plan: Plan, project: Project, state: State) -> tuple[Plan, Build]:
    """A saved plan with what was read to check it, and its graph. Raises HclError where it is not what would be planned
    now."""
    if plan.version != __version__:
        detail = f"It was saved by hcl-lite {plan.version}; this is {__version__}."
        raise HclError(Diagnostic("The saved plan is of another version of hcl-lite", detail, hint="Plan again."))
    check_unused(plan, state)
    check_state(plan, state)
    check_files(plan, project.files(), project.context.environment)
    options = Options(plan.destroy, plan.refresh, plan.refresh_only, plan.targets, plan.replacing)
    now, build = await make_plan(project, state, options)
    check_given(plan, now, project.context.environment)
    check_plans(plan, now)
    return replace(plan, copies=now.copies, warnings=now.warnings), build
