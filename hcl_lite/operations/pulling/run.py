"""Pull: what was changed on the servers comes back into the files of the configuration.

What differs is found as a plan finds it, and merged as three sides; files are edited in memory, put in place one by
one, each whole, and then planned with. The state takes note of what the files ask for now. A run that is killed leaves
each file as it was or as it is to be, and the next one goes on: what a file has already differs no more.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

from hcl_lite.core.addrs import Address
from hcl_lite.core.diags import HclError
from hcl_lite.core.digraph import has_path
from hcl_lite.core.labels import PathWriter
from hcl_lite.core.places import Place
from hcl_lite.core.progress import Reached
from hcl_lite.core.redaction import redact
from hcl_lite.core.run_context import RunContext
from hcl_lite.core.values import Value, conceal, without_known_secrets
from hcl_lite.engine.edits import ABSENT
from hcl_lite.engine.graph import Build
from hcl_lite.engine.open_providers import Session
from hcl_lite.engine.plan import Action, Change, Plan
from hcl_lite.engine.planning.drift import outside_of
from hcl_lite.engine.planning.inputs import Inputs as Observed
from hcl_lite.engine.planning.options import Options
from hcl_lite.engine.planning.planner import Planner
from hcl_lite.operations.bulk_import.known import Known, know
from hcl_lite.operations.caller import Caller
from hcl_lite.operations.event_loop import run_async
from hcl_lite.operations.locking import locked
from hcl_lite.operations.operation import operation
from hcl_lite.operations.planning import make_build, make_plan
from hcl_lite.operations.project import Project, load_project
from hcl_lite.operations.pulling.files import Files
from hcl_lite.operations.pulling.merge import Conflict, Merged, Side, merge
from hcl_lite.operations.pulling.model import Ask, Contested, Pulled, PullReport, PullRequest, Untaken, ask_nobody
from hcl_lite.operations.pulling.new_objects import take_new
from hcl_lite.operations.pulling.sides import Sides, sides_of
from hcl_lite.operations.pulling.taking import take
from hcl_lite.operations.pulling.trace import Tracer
from hcl_lite.operations.pulling.users import Users
from hcl_lite.operations.pulling.written import References
from providers.transport.kept_answers import keeping_answers
from state.model import State
from state.store import Ledger

_SECRET = "it is secret, or holds a secret: no file gets it"


@operation
def pull_changes(context: RunContext, request: PullRequest, caller: Caller, ask: Ask = ask_nobody) -> PullReport:
    """Take over into the files what was changed on the servers; `ask` decides conflicts where the request does not.
    Nothing on a server is changed. Raises HclError, and ProviderError."""

    def load() -> Project:
        return load_project(context, request.inputs)

    project = load()
    # The plan of the files is held against what they were made of.
    with locked(project.store, "pull", request.lock, caller), keeping_answers():
        report = run_async(_Run(project, load, request, caller, ask).pull)
    if request.takes_new:
        new = take_new(context, request, caller)
        report = replace(report, new=new, plan=new.plan or report.plan, problems=(*report.problems, *new.problems))
    return report


@dataclass(frozen=True, slots=True)
class _Look:
    """The result of a look at the servers: `observed` are the objects that may differ, `changes` what a plan would
    do."""

    build: Build
    observed: Sequence[Observed]
    changes: Mapping[Address, Change]
    known: Known


@dataclass(frozen=True, slots=True)
class _Run:
    project: Project
    reload: Callable[[], Project]
    request: PullRequest
    caller: Caller
    ask: Ask

    async def pull(self) -> PullReport:
        """The whole of it, but for the lock."""
        state = self.project.store.read()
        self.caller.told(Reached("Looking at what was changed"))
        look = await self._look(state)
        files = Files(self.project.context.directory)
        report = self._edited(look, files)
        report = replace(report, gone=_gone(look.changes), files=files.differences, is_dry_run=self.request.is_dry_run)
        if self.request.is_dry_run:
            return report
        files.write()
        return await self._settled(report, look)

    async def _look(self, state: State) -> _Look:
        project = _without_drift_rules(self.project)
        build = await make_build(project, state)
        session = Session(build.config, project.providers, project.context, read_only=True)
        observed: list[Observed] = []
        try:
            options = Options(targets=self.request.addresses)
            changes = await Planner(build, state, session, options, observer=observed.append).look()
            return _Look(build, observed, changes, know(build, state, session, {}))
        finally:
            await session.close()

    def _edited(self, look: _Look, files: Files) -> PullReport:
        """Edit `files` in memory."""
        users = Users(look.build, files.root)
        tracer = Tracer(files, users, look.build.scope, self.project.variables, self.request.writes_literals)
        pulled: list[Pulled] = []
        contested: list[Contested] = []
        untaken: list[Untaken] = []
        for observed in sorted(look.observed, key=lambda one: one.block.address.order):
            sides = sides_of(observed)
            if sides is None or not self._is_asked_for(observed.block.address):
                continue
            address = observed.block.address
            merged = merge(sides.base, sides.ours, sides.theirs, self._chooser(address, sides))
            contested += _contested(address, sides, merged)
            untaken += [Untaken(address, _SECRET, _path(place, sides)) for place in merged.secret]
            taken = take(tracer, sides, merged.value, _references(sides, look))
            untaken += taken.untaken
            if taken.differences:
                pulled.append(Pulled(address, taken.differences, _outside(observed)))
        return PullReport(tuple(pulled), tuple(contested), tuple(untaken))

    def _is_asked_for(self, address: Address) -> bool:
        """A plan also looks at what a target rests on."""
        return not self.request.addresses or any(one.covers(address) for one in self.request.addresses)

    def _chooser(self, address: Address, sides: Sides) -> Callable[[Conflict], Side | None]:
        def choose(conflict: Conflict) -> Side | None:
            return self.request.side or self.ask(_told(address, sides, conflict, None))

        return choose

    async def _settled(self, report: PullReport, look: _Look) -> PullReport:
        """The report with a plan for the files as they are now, of which the state takes note."""
        self.caller.told(Reached("Planning"))
        try:
            project = self.reload()
            plan = await self._noted(project, [observed.block.address for observed in look.observed])
        except HclError as error:
            return replace(report, problems=tuple(error.diagnostics))
        return replace(report, plan=plan)

    async def _noted(self, project: Project, addresses: Sequence[Address]) -> Plan:
        state = project.store.read()
        plan, _ = await make_plan(project, state, Options())
        noted = [c for c in plan.changes if c.action is Action.REFRESH and c.record is not None]
        records = [c.record for c in noted if c.address in addresses and c.moved_from is None and not c.deposed]
        if records:
            ledger = Ledger(project.store, state, "pull")
            for record in records:
                assert record is not None
                await ledger.put(record)
            ledger.finish()
            plan, _ = await make_plan(project, project.store.read(), Options())
        return plan


def _without_drift_rules(project: Project) -> Project:
    """`project`, whose blocks refuse no change of others, since a pull is what is done about them."""
    blocks = {
        address: replace(block, on_drift="overwrite") if block.on_drift != "overwrite" else block
        for address, block in project.config.blocks.items()
    }
    return replace(project, config=replace(project.config, blocks=blocks))


def _gone(changes: Mapping[Address, Change]) -> tuple[Address, ...]:
    """Returns the objects that were deleted on their server."""
    return tuple(
        address
        for address, change in changes.items()
        if change.action is Action.CREATE and change.record is not None and change.drifted
    )


def _outside(observed: Observed) -> str:
    assert observed.live is not None
    return outside_of(observed.record, observed.live).told("changed")


def _references(sides: Sides, look: _Look) -> References:
    """The expressions for objects that the arguments name now, where a block stands for them."""
    block = sides.inputs.block
    found: dict[tuple[Place, str], str] = {}
    if block.address.module or sides.told is None:
        return lambda _, __: ""
    for reference in sides.type.references(sides.told):
        expression = look.known.references.get((block.provider, reference.mention))
        if (
            expression
            and not reference.in_key
            and not reference.offered
            and not _closes_circle(look, block.address, expression)
        ):
            found[_without_positions(reference.place), reference.mention.name] = expression
    return lambda place, value: found.get((_without_positions(place), value), "") if isinstance(value, str) else ""


def _closes_circle(look: _Look, address: Address, expression: str) -> bool:
    try:
        other = Address.parse(expression.rpartition(".")[0])
    except ValueError:
        return True
    graph = look.build.graph
    return other == address or (address in graph and other in graph and has_path(graph, address, other))


def _without_positions(place: Place) -> Place:
    return tuple(step for step in place if isinstance(step, str))


# --- conflicts --------------------------------------------------------------------------------------------------------


def _contested(address: Address, sides: Sides, merged: Merged) -> list[Contested]:
    undecided = [_told(address, sides, conflict, None) for conflict in merged.open]
    return [*(_told(address, sides, conflict, side) for conflict, side in merged.decided), *undecided]


def _told(address: Address, sides: Sides, conflict: Conflict, side: Side | None) -> Contested:
    base, ours, theirs = map(_shown, (conflict.base, conflict.ours, conflict.theirs))
    return Contested(address, redact(_path(conflict.place, sides)), base, ours, theirs, side)


def _shown(value: Value) -> Value:
    return value if value is ABSENT else without_known_secrets(conceal(value))


def _path(place: Place, sides: Sides) -> str:
    for side in (sides.theirs, sides.ours):
        try:
            return PathWriter(side).path(place)
        except (KeyError, IndexError, TypeError):
            continue
    return ".".join(map(str, place))
