"""A bulk import from beginning to end: what is there is read, written as blocks beside the configuration, planned with
an [[import]] for each, and only then put in place and into the state.

Servers are only read. A block that the plan would change is left out, with what it would change: what is written is all
that an empty plan follows from. A run that is killed has changed nothing, or is gone on with by the next.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from hcl_lite.core.addrs import Address
from hcl_lite.core.diags import Diagnostic, HclError, raise_if_errors
from hcl_lite.core.files import read_file
from hcl_lite.core.run_context import RunContext
from hcl_lite.engine.open_providers import Session
from hcl_lite.engine.plan import Action, Change, Plan
from hcl_lite.engine.planning.options import Options
from hcl_lite.lang.config.check import check_config
from hcl_lite.lang.config.config import build_config
from hcl_lite.lang.expressions.functions import FUNCTION_NAMES
from hcl_lite.lang.toml.source import parse_source
from hcl_lite.operations.bulk_import.blocks import Draft, has_open_password, import_statement, make_draft, referring
from hcl_lite.operations.bulk_import.inventory import Told, find_objects, read_objects
from hcl_lite.operations.bulk_import.known import Known, expressions_for, know, open_providers
from hcl_lite.operations.bulk_import.layout import Layout, lay_out, name_blocks
from hcl_lite.operations.bulk_import.model import Found, Inventory, Key, LeftOut, Report, Selection
from hcl_lite.operations.bulk_import.staging import Staging
from hcl_lite.operations.bulk_import.start import start_configuration
from hcl_lite.operations.caller import Caller, Reached
from hcl_lite.operations.event_loop import run_async
from hcl_lite.operations.locking import locked
from hcl_lite.operations.operation import operation
from hcl_lite.operations.planning import make_build, make_plan
from hcl_lite.operations.project import Project, load_project
from hcl_lite.operations.requests import Inputs, LockOptions
from providers.transport.tally import counting_requests
from state.model import State
from state.store import Ledger

_ROUNDS = 5  # of planning, each without what the one before could not take


@dataclass(frozen=True, slots=True)
class _Drawn:
    """What would be written and kept: `adopted` are the objects for which there are blocks already, `left` those that
    turned out to be none for a block."""

    drafts: Sequence[Draft]
    adopted: Mapping[Address, Key]
    layout: Layout
    left: Sequence[LeftOut] = ()
    plan: Plan | None = None

    @property
    def objects(self) -> Mapping[Address, Key]:
        return {**self.layout.objects, **self.adopted}


@operation
def import_all(
    context: RunContext,
    inputs: Inputs,
    selection: Selection,
    lock: LockOptions,
    caller: Caller,
    *,
    is_dry_run: bool = False,
    begins: bool = False,
) -> Report:
    """Take over what the servers of a configuration have and nobody manages here; with `begins` that is made where
    there is none. Raises HclError, and ProviderError: nothing was taken over then, or the next run goes on."""

    def load() -> Project:
        return load_project(context, inputs)

    if begins:
        start_configuration(context.directory)
    if not is_dry_run:
        Staging(context.directory).resume()
    project = load()
    with locked(project.store, "import", lock, caller):
        return run_async(lambda: _import_all(project, selection, load, caller.told, is_dry_run=is_dry_run))


async def _import_all(
    project: Project, selection: Selection, reload: Callable[[], Project], told: Told, *, is_dry_run: bool
) -> Report:
    """The same with the state locked; `reload` gives the project as it is afterwards."""
    staging = Staging(project.context.directory)
    with counting_requests() as tally:
        state = project.store.read()
        inventory, known = await _look(project, state, staging.objects, selection, told)
        try:
            drawn = await _draw(project, state, known, inventory.found, staging, told)
            if not is_dry_run:
                staging.put([*drawn.layout.files], {str(address): key for address, key in drawn.objects.items()})
                await _keep(project, state, drawn)
        finally:
            staging.discard()
        report = _report(drawn, inventory, is_dry_run)
        if not is_dry_run:
            staging.end()
            told(Reached("Planning once more"))
            report = await _with_plan(report, reload)
        return replace(report, requests=tally.requests)


async def _look(
    project: Project, state: State, begun: Mapping[str, Key], selection: Selection, told: Told
) -> tuple[Inventory, Known]:
    """What there is to take over, read, and what is known already."""
    build = await make_build(project, state)
    session = Session(build.config, project.providers, project.context, read_only=True)
    try:
        providers, deferred = await open_providers(build, state, session, selection.providers)
        known = know(build, state, session, begun)
        found = await find_objects(session, providers, known.managed, selection, told)
        read = await read_objects(session, found.found, told)
    finally:
        await session.close()
    return Inventory(read.found, (*deferred, *found.left, *read.left), found.managed), known


async def _draw(
    project: Project, state: State, known: Known, found: Sequence[Found], staging: Staging, told: Told
) -> _Drawn:
    """The blocks for `found` that a plan has nothing to do for, with that plan. Raises HclError."""
    left: list[LeftOut] = []
    for _ in range(_ROUNDS):
        drawn = _drawn(project, known, found, staging)
        staging.stage(drawn.layout.files)
        told(Reached("Planning"))
        plan, wrong = await _planned(project, state, known, drawn)
        if not wrong:
            return replace(drawn, plan=plan, left=(*left, *drawn.left))
        addresses = {key: address for address, key in drawn.objects.items()}
        left += [LeftOut(str(one), wrong[addresses[one.key]]) for one in found if addresses.get(one.key) in wrong]
        found = [one for one in found if addresses.get(one.key) not in wrong]
    said = "\n".join(f"{one.what}: {one.reason}" for one in left[-10:])
    raise HclError(Diagnostic("What is there cannot be said in blocks", said, hint="--exclude leaves objects out."))


def _drawn(project: Project, known: Known, found: Sequence[Found], staging: Staging) -> _Drawn:
    """The blocks for `found`, as they would be written; nothing is looked at but which files there are."""
    fresh = [one for one in found if one.key not in known.given]
    names = name_blocks(fresh, known.labels)
    exclusive = _exclusive(found)
    made = [make_draft(one, names[one.key], exclusive.get((one.provider, one.type.name), ())) for one in fresh]
    open_ = {draft.address for draft in made if has_open_password(draft)}
    reason = "a URL among its settings has a password in it, which would stand in a file"
    left = [LeftOut(str(draft.found), reason) for draft in made if draft.address in open_]
    made = [draft for draft in made if draft.address not in open_]
    adopted = {known.given[one.key]: one.key for one in found if one.key in known.given}
    expressions = expressions_for(known, made, adopted, found)
    drafts = referring(made, lambda provider, mention: expressions.get((provider, mention)))
    root = project.context.directory

    def read(path: str) -> str | None:
        try:
            return read_file(root / path).decode("utf-8", "surrogatepass")
        except FileNotFoundError:
            return None

    return _Drawn(drafts, adopted, lay_out(drafts, staging.path_of, read), left)


def _exclusive(found: Iterable[Found]) -> Mapping[tuple[str, str], set[str]]:
    """The attributes that one object of its type has alone, where one of `found` has them, by provider and type."""
    held: dict[tuple[str, str], set[str]] = {}
    for one in found:
        keys = {key for key, attr in one.type.attrs.items() if attr.exclusive and one.values.get(key) is True}
        held.setdefault((one.provider, one.type.name), set()).update(keys)
    return held


async def _planned(
    project: Project, state: State, known: Known, drawn: _Drawn
) -> tuple[Plan | None, Mapping[Address, str]]:
    """The plan with the blocks, and why some of them cannot be taken."""
    objects = drawn.objects
    passed_over = tuple(address for address in known.given.values() if address not in drawn.adopted)
    try:
        plan, _ = await make_plan(_with_blocks(project, drawn), state, Options(excluded=passed_over))
    except HclError as error:
        ours = {str(address): address for address in objects}
        wrong = {ours[one.address]: f"{one.summary}. {one.detail}" for one in error.diagnostics if one.address in ours}
        if not wrong:
            raise
        return None, wrong
    changes = {change.address: change for change in plan.changes}
    reasons = {address: _why_not(changes.get(address), address in drawn.adopted) for address in objects}
    return plan, {address: reason for address, reason in reasons.items() if reason}


def _with_blocks(project: Project, drawn: _Drawn) -> Project:
    """`project` with the new blocks, which read what is staged, and an [[import]] for each object."""
    imports = "\n".join(import_statement(address, uid) for address, (_, _, uid) in drawn.adopted.items())
    sources = [parse_source(text, name) for name, text in {**drawn.layout.staged, "adopted": imports}.items()]
    problems: list[Diagnostic] = []
    added = build_config(project.config.root, sources, problems)
    blocks = {**project.config.blocks, **added.blocks}
    config = replace(project.config, blocks=blocks, sources=(*project.config.sources, *sources))
    raise_if_errors([*problems, *check_config(config, project.providers, FUNCTION_NAMES)])
    return replace(project, config=config)


def _why_not(change: Change | None, is_adopted: bool) -> str:
    """Why an object cannot be taken over by its block; empty where the plan only takes note of it."""
    if change is not None and change.action is Action.REFRESH and change.record is not None:
        return ""
    if change is None:
        return "the plan has nothing to say of it"
    paths = ", ".join(one.path for one in change.differences[:5])
    does = f"would {change.action.value} it" + (f": {paths}" if paths else "")
    if is_adopted:
        command = f"hcl-lite import {change.address} {change.uid}"
        return f"{change.address} asks for it, and a plan {does}. Take it over as it is there with: {command}"
    return f"a block made of what its server tells {does}"


async def _keep(project: Project, state: State, drawn: _Drawn) -> None:
    """Write the state: one record for each object."""
    ledger = Ledger(project.store, state, "import")
    for change in drawn.plan.changes if drawn.plan is not None else ():
        if change.address in drawn.objects and change.record is not None:
            await ledger.put(change.record)
    ledger.finish()


def _report(drawn: _Drawn, inventory: Inventory, is_dry_run: bool) -> Report:
    return Report(
        taken=tuple(drawn.objects),
        adopted=tuple(drawn.adopted),
        managed=inventory.managed,
        left=(*inventory.left, *drawn.left),
        kept={draft.address: draft.kept for draft in drawn.drafts if draft.kept},
        files={path: drawn.layout.counts.get(path, 0) for path in drawn.layout.files},
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
