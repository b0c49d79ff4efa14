"""A take-over from beginning to end: what a source finds is written as blocks beside the configuration, planned with an
[[import]] for each, and only then put in place and into the state.

Servers are only read. A block that the plan would change is left out, with what it would change: what is written is all
that an empty plan follows from. A run that is killed has changed nothing, or is gone on with by the next.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, replace

from hcl_lite.core.addrs import Address
from hcl_lite.core.diags import Diagnostic, HclError
from hcl_lite.core.measuring import stage
from hcl_lite.core.progress import Reached, telling_progress
from hcl_lite.core.run_context import RunContext
from hcl_lite.core.values import JsonValue, is_secret, is_unknown
from hcl_lite.engine.open_providers import Session
from hcl_lite.engine.plan import Action
from hcl_lite.engine.planning.options import Options
from hcl_lite.operations.bulk_import.check import check_blocks
from hcl_lite.operations.bulk_import.drawing import Drawn, draw, with_imports
from hcl_lite.operations.bulk_import.inventory import Told
from hcl_lite.operations.bulk_import.known import Known, know, open_providers
from hcl_lite.operations.bulk_import.model import Beside, Found, Inventory, Key, LeftOut, Report
from hcl_lite.operations.bulk_import.staging import Staging
from hcl_lite.operations.bulk_import.templates import Style
from hcl_lite.operations.caller import Caller
from hcl_lite.operations.event_loop import run_async
from hcl_lite.operations.locking import locked
from hcl_lite.operations.planning import make_build, make_plan
from hcl_lite.operations.project import Project, load_project
from hcl_lite.operations.requests import Inputs, LockOptions
from providers.transport.kept_answers import keeping_answers
from providers.transport.tally import counting_requests
from state.model import State
from state.store import Ledger

_STYLE = Style()
_ROUNDS = 5  # of planning, each without what the one before could not take


@dataclass(frozen=True, slots=True)
class Scene:
    """The input of a source: `providers` are open in `session`, which only reads; `known` is what is managed and
    declared already."""

    project: Project
    state: State
    session: Session
    providers: Sequence[str]
    known: Known
    told: Told


Find = Callable[[Scene], Awaitable[Inventory]]
"""A source. Raises HclError, and ProviderError: nothing is taken over then."""


def take_over(
    context: RunContext,
    inputs: Inputs,
    lock: LockOptions,
    caller: Caller,
    find: Find,
    *,
    providers: Collection[str] = (),
    style: Style = _STYLE,
    is_dry_run: bool = False,
    command: str = "import",
) -> Report:
    """Take over what `find` finds, with the state locked. `providers` are those to open, all where none is named;
    `style` is how it is written, `command` what locks and the history of the state call it. Raises HclError, and
    ProviderError: nothing was taken over then, or the next run goes on."""

    def load() -> Project:
        return load_project(context, inputs)

    if not is_dry_run:
        Staging(context.directory).resume()
    project = load()
    staging = Staging(context.directory)
    run = _Run(project, load, staging, find, caller.told, tuple(providers), style, is_dry_run, command)
    with locked(project.store, command, lock, caller), telling_progress(caller.told):
        return run_async(run.take_over)


@dataclass(frozen=True, slots=True)
class _Run:
    """One take-over; `reload` gives the project as it is afterwards."""

    project: Project
    reload: Callable[[], Project]
    staging: Staging
    find: Find
    told: Told
    providers: Sequence[str]
    style: Style
    is_dry_run: bool
    command: str

    async def take_over(self) -> Report:
        """The whole of it, but for the lock."""
        with counting_requests() as tally:
            state = self.project.store.read()
            try:
                with keeping_answers():  # the plan is of what was just read
                    with stage("read what is there"):
                        inventory, known = await self._look(state)
                    drawn = await self._draw(state, known, inventory)
                if not self.is_dry_run:
                    objects = {str(address): key for address, key in drawn.objects.items()}
                    self.staging.put([*drawn.files], objects)
                    await keep(self.project, state, drawn, self.command)
            finally:
                self.staging.discard()
            report = _report(drawn, inventory, self.is_dry_run)
            if not self.is_dry_run:
                self.staging.end()
                self.told(Reached("Planning once more"))
                report = await _with_plan(report, self.reload)
            return replace(report, requests=tally.requests)

    async def _look(self, state: State) -> tuple[Inventory, Known]:
        """Returns the objects to take over, and what is known already."""
        project = self.project
        build = await make_build(project, state)
        session = Session(build.config, project.providers, project.context, read_only=True)
        try:
            providers, deferred = await open_providers(build, state, session, self.providers)
            known = know(build, state, session, self.staging.objects)
            found = await self.find(Scene(project, state, session, providers, known, self.told))
        finally:
            await session.close()
        return replace(found, left=(*deferred, *found.left)), known

    async def _draw(self, state: State, known: Known, inventory: Inventory) -> Drawn:
        """The blocks for what was found that a plan has nothing to do for, with that plan. Raises HclError."""
        left: list[LeftOut] = []
        notes: list[LeftOut] = []
        found, updates, beside = inventory.found, inventory.updates, inventory.beside
        root = self.project.context.directory
        for _ in range(_ROUNDS):
            drawn = draw(root, known, found, self.style, updates, beside)
            self.staging.stage(drawn.files)
            self.told(Reached("Planning"))
            checked = await check_blocks(replace(self.project, staged=self.staging.new), state, known, drawn)
            if not checked.wrong:
                drawn = replace(drawn, plan=checked.plan, left=(*left, *drawn.left), notes=notes)
                complete = with_imports(drawn, root, self.style)
                if complete is not drawn:
                    self.staging.stage(complete.files)
                return complete
            addresses = {key: address for address, key in drawn.objects.items()}
            wrong = checked.wrong
            beside = _without(beside, wrong, left)
            again = _otherwise(found, [key for key, address in addresses.items() if address in wrong])
            if again != found:
                notes += _told_otherwise(found, addresses, wrong)
                found = again
                continue
            left += [LeftOut(str(one), wrong[addresses[one.key]]) for one in found if addresses.get(one.key) in wrong]
            left += [LeftOut(str(one.address), wrong[one.address]) for one in updates if one.address in wrong]
            found = [one for one in found if addresses.get(one.key) not in wrong]
            updates = [one for one in updates if one.address not in wrong]
        said = "\n".join(f"{one.what}: {one.reason}" for one in left[-10:])
        raise HclError(Diagnostic("What is there cannot be said in blocks", said, hint="--exclude leaves objects out."))


def _otherwise(found: Sequence[Found], wrong: Collection[Key]) -> Sequence[Found]:
    """`found`, where the blocks of those that are `wrong` are wished for otherwise, as far as they can be."""
    names = {(one.provider, one.type.name, one.wish.name) for one in found if one.key in wrong and one.wish.otherwise}
    return [
        replace(one, wish=one.wish.otherwise)
        if one.wish.otherwise is not None and (one.provider, one.type.name, one.wish.name) in names
        else one
        for one in found
    ]


def _told_otherwise(
    found: Sequence[Found], addresses: Mapping[Key, Address], wrong: Mapping[Address, str]
) -> list[LeftOut]:
    """The blocks that are wished for otherwise, and why."""
    changed = [
        addresses[one.key] for one in found if one.wish.otherwise is not None and addresses.get(one.key) in wrong
    ]
    return [
        LeftOut(str(address), f"its expressions are not carried over: with them {wrong[address]}")
        for address in changed
    ]


def _without(beside: Beside, wrong: Mapping[Address, str], left: list[LeftOut]) -> Beside:
    """`beside` without what is `wrong`, which is `left` out."""
    reasons = {str(address): reason for address, reason in wrong.items()}
    left += [LeftOut(one.address, reasons[one.address]) for one in beside.declarations if one.address in reasons]
    return replace(beside, declarations=[one for one in beside.declarations if one.address not in reasons])


async def keep(project: Project, state: State, drawn: Drawn, command: str) -> None:
    """Write the state: one record for each object that its plan has nothing to do for."""
    ledger = Ledger(project.store, state, command)
    ours = {*drawn.objects, *(one.address for one in drawn.updates)}
    for change in drawn.plan.changes if drawn.plan is not None else ():
        if change.address in ours and change.record is not None and change.action is Action.REFRESH:
            await ledger.put(change.record)
    made = _outputs(drawn)
    ledger.finish({**state.outputs, **made} if made else None)


def _outputs(drawn: Drawn) -> Mapping[str, JsonValue]:
    """The outputs that go with the blocks, as far as they are known and nothing waits for an apply."""
    ours = {one.address for one in drawn.beside.declarations}
    changes = drawn.plan.outputs if drawn.plan is not None and not drawn.waiting else ()
    return {
        one.name: one.after
        for one in changes
        if f"output.{one.name}" in ours and not (is_unknown(one.after) or is_secret(one.after))
    }


def _report(drawn: Drawn, inventory: Inventory, is_dry_run: bool) -> Report:
    waiting = drawn.waiting
    return Report(
        taken=tuple(address for address in drawn.objects if address not in waiting),
        adopted=tuple(drawn.adopted),
        waiting=tuple(waiting),
        updated=tuple(one.address for one in drawn.updates),
        managed=inventory.managed,
        left=(*inventory.left, *drawn.left),
        notes=(*inventory.notes, *drawn.notes),
        kept={draft.address: draft.kept for draft in drawn.drafts if draft.kept},
        files={path: drawn.layout.counts.get(path, 0) for path in drawn.files},
        is_dry_run=is_dry_run,
    )


async def _with_plan(report: Report, reload: Callable[[], Project]) -> Report:
    """The report, with a plan for the project as it is now."""
    try:
        project = reload()
        plan, _ = await make_plan(project, project.store.read(), Options())
    except HclError as error:
        return replace(report, problems=tuple(error.diagnostics))
    return replace(report, plan=plan)
