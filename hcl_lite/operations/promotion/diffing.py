"""diff: what would have to change on one server for it to be as another."""

from __future__ import annotations

from hcl_lite.core.run_context import RunContext
from hcl_lite.engine.diff import Difference, diff
from hcl_lite.engine.open_providers import Session
from hcl_lite.operations.bulk_import.known import open_providers
from hcl_lite.operations.bulk_import.model import Found
from hcl_lite.operations.caller import Caller
from hcl_lite.operations.event_loop import run_async
from hcl_lite.operations.operation import operation
from hcl_lite.operations.planning import make_build
from hcl_lite.operations.project import Project, load_project
from hcl_lite.operations.promotion.look import Carried, View, look_at
from hcl_lite.operations.promotion.model import Comparison, Differing, Promotion
from hcl_lite.operations.promotion.translation import arguments_of
from hcl_lite.operations.requests import Inputs


@operation
def compare(context: RunContext, inputs: Inputs, asked: Promotion, caller: Caller) -> Comparison:
    """Returns how the objects of one provider differ from those of another. Nothing is written, and no state locked.
    Raises HclError, and ProviderError."""
    project = load_project(context, inputs)
    return compared(asked, run_async(lambda: _look(project, asked, caller)))


async def _look(project: Project, asked: Promotion, caller: Caller) -> View:
    state = project.store.read()
    build = await make_build(project, state)
    session = Session(build.config, project.providers, project.context, read_only=True)
    try:
        await open_providers(build, state, session, (asked.source, asked.target))
        return await look_at(session, asked, caller.told)
    finally:
        await session.close()


def compared(asked: Promotion, view: View) -> Comparison:
    """Returns what differs of what was seen. Pure."""
    there = [(one, _differences(one, one.target)) for one in view.carried if one.target is not None]
    return Comparison(
        asked.source,
        asked.target,
        missing=[one.source for one in view.carried if one.target is None],
        extra=view.extra,
        differing=[Differing(one.source, differences) for one, differences in there if differences],
        same=sum(not differences for _, differences in there),
        obstacles=view.obstacles,
    )


def _differences(one: Carried, target: Found) -> tuple[Difference, ...]:
    """Returns what an update of the counterpart would change: both sides go the same way from what their servers
    told."""
    type_ = target.type
    now = type_.complete(target.title, target.title, arguments_of(type_, target.values), target.uid)
    return diff(type_.content(now), type_.content(one.values))
