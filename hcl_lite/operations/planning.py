"""Plans made for a project as it is."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, replace
from pathlib import Path

from hcl_lite.core.addrs import Kind
from hcl_lite.core.diags import Diagnostic, HclError, TooManyDeletions
from hcl_lite.core.files import write_private
from hcl_lite.core.measuring import stage
from hcl_lite.core.progress import telling_progress
from hcl_lite.core.run_context import RunContext
from hcl_lite.engine.graph import Build
from hcl_lite.engine.graph_builder import Pieces
from hcl_lite.engine.moves import move_records
from hcl_lite.engine.open_providers import Session
from hcl_lite.engine.plan import Plan
from hcl_lite.engine.planning.options import Options
from hcl_lite.engine.planning.plan_file import encode
from hcl_lite.engine.planning.planner import Planner
from hcl_lite.engine.prerequisites import read_for_keys
from hcl_lite.engine.server_faults import faults_as_diagnostics
from hcl_lite.engine.survey_ahead import survey_ahead
from hcl_lite.operations.caller import UNHEARD, Caller
from hcl_lite.operations.earlier_runs import is_going_on, told_of
from hcl_lite.operations.event_loop import run_async
from hcl_lite.operations.operation import operation
from hcl_lite.operations.policies import NO_POLICIES, Policies, find_policies, hold
from hcl_lite.operations.project import Project, load_project
from hcl_lite.operations.requests import Inputs
from hcl_lite.operations.run_log import log_plan
from hcl_lite.operations.saved_plans import fit_to_save
from state.model import State

_MOST_NAMES = 20


@dataclass(frozen=True, slots=True)
class PlanResult:
    """A plan, and the project that it is of."""

    plan: Plan
    project: Project


@operation
def plan(context: RunContext, inputs: Inputs, options: Options, caller: Caller = UNHEARD) -> PlanResult:
    """The plan for the project of a directory. Raises HclError, and ProviderError."""
    project = load_project(context, inputs)
    state = project.store.read()
    with telling_progress(caller.told):
        policies = find_policies(project, inputs)
        made, _ = run_async(lambda: make_plan(project, state, options, policies))
    return PlanResult(made, project)


@operation
def save_plan(result: PlanResult, path: Path) -> None:
    """Save a plan for an apply, its owner's alone, sealed as the state is. Raises HclError."""
    project = result.project
    try:
        data = project.store.cipher.seal(encode(fit_to_save(result.plan, project)), "plan")
        write_private(project.context.directory / path, data)
    except OSError as error:
        raise HclError(Diagnostic(f"Cannot save the plan to {path}", f"{error.strerror}.")) from error


def check_deletions(plan: Plan, most: int | None) -> None:
    """Raises TooManyDeletions for a plan that deletes more than `most` objects; None is for as many as there are."""
    if most is None or len(plan.deleted) <= most:
        return
    names = plan.deleted
    objects = "1 object" if len(names) == 1 else f"{len(names)} objects"
    left = len(names) - _MOST_NAMES
    raise TooManyDeletions(
        Diagnostic(
            f"The plan deletes {objects}, and --max-destroy allows {most}",
            "\n".join([*names[:_MOST_NAMES], *([f"and {left} more"] if left > 0 else [])]),
            hint="Nothing was changed. If all of them are to go, allow as many.",
        )
    )


async def make_plan(
    project: Project, state: State, options: Options, policies: Policies = NO_POLICIES
) -> tuple[Plan, Build]:
    """The plan for the project as it is, held to `policies`, and the graph that it was made with. Raises HclError."""
    if options.refresh_only:  # nothing is written to a server
        policies = NO_POLICIES
    with stage("plan"):
        plan, build = await _make_plan(project, state, replace(options, contents=policies.contents))
        plan = hold(plan, policies, project, build.scope)
    log_plan(plan)
    return plan, build


async def _make_plan(project: Project, state: State, options: Options) -> tuple[Plan, Build]:
    left = project.store.left
    told = [told_of(left)] if left is not None and (is_going_on(left) or not state.pending) else []
    with project.warning_of_errors(*told):
        session = Session(project.config, project.providers, project.context, read_only=True)
        try:
            build = await make_build(project, state, options.destroy, session if _looks_at_all(options) else None)
            session.config = build.config
            plan = await Planner(build, state, session, options, beside_run=is_going_on(left)).make()
        finally:
            await session.close()
    time = project.now.isoformat()
    return replace(plan, inputs=project.inputs(), time=time, warnings=(*project.warnings, *plan.warnings, *told)), build


def _looks_at_all(options: Options) -> bool:
    """Whether a plan looks at all that the state remembers, on its servers."""
    return options.refresh and not options.targets and not options.excluded


async def make_build(project: Project, state: State, destroy: bool = False, ahead: Session | None = None) -> Build:
    """The graph, after reading what for_each and count need. Raises HclError, and ProviderError.

    To destroy, a lookup may find nothing: the instances of providers are needed then, and no others. In the session
    `ahead`, what the state remembers is surveyed meanwhile.
    """
    scope = project.scope()
    pieces = project.build_in_pieces(state, scope)
    if ahead is not None:
        ahead.config = next(pieces)
        survey_ahead(ahead, scope, state.all_records())
    build = await _put_together(pieces)
    if not build.waiting:
        return build

    session = Session(build.config, project.providers, project.context, read_only=True)
    try:
        while build.waiting:
            with faults_as_diagnostics(build.config):
                read = await read_for_keys(build, session, move_records(state, build.config).state.records)
            if not read:
                break
            build = project.build(state, scope)
            session.config = build.config
    except HclError:
        if not destroy or any(block.address.kind is Kind.PROVIDER for block in build.waiting):
            raise
    finally:
        await session.close()
    return build


async def _put_together(pieces: Pieces) -> Build:
    """The graph, with calls to servers going on after each piece. Raises HclError."""
    while True:
        try:
            next(pieces)
        except StopIteration as end:
            build: Build = end.value
            return build
        await asyncio.sleep(0)
