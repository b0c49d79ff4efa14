"""One resource planned: evaluated, looked at on its server, and made into the Inputs that decide.py decides.

Where the arguments hash to what was applied, and the object is at the version that is remembered, nothing else is done.
Otherwise the Inputs are put together in this order, each step resting on the ones before:

1. which object the block stands for (identity.py);
2. what is remembered of it, with what became of a write that an earlier run was making (object_finder.py);
3. what is wanted: what the block asks for, and what lifecycle asks (lifecycle.py);
4. what is observed, and what ignore_changes leaves to others of it (observe.py);
5. what becomes of its secrets (secret_changes.py).
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

from hcl_lite.core.addrs import Address
from hcl_lite.core.diags import Diagnostic, raise_if_errors
from hcl_lite.core.equality import hash_of
from hcl_lite.core.schema import Live, ResourceType
from hcl_lite.core.values import UNKNOWN, Value
from hcl_lite.engine.desired import Values
from hcl_lite.engine.evaluate import Arguments, complete, exposed, problem_at
from hcl_lite.engine.graph import Build, nearest_resources
from hcl_lite.engine.hashes import Hashes
from hcl_lite.engine.moves import Moves, moved
from hcl_lite.engine.open_providers import Session
from hcl_lite.engine.plan import MAKES, WRITES, Action, Change
from hcl_lite.engine.planning.contents import with_contents
from hcl_lite.engine.planning.decide import decide
from hcl_lite.engine.planning.deletions import parent_key
from hcl_lite.engine.planning.described import described
from hcl_lite.engine.planning.exclusive import exclusive_claims
from hcl_lite.engine.planning.identity import Identities
from hcl_lite.engine.planning.inputs import Inputs, Observed, Wanted
from hcl_lite.engine.planning.lifecycle import is_protected, replacement_asked
from hcl_lite.engine.planning.object_finder import Found, ObjectFinder
from hcl_lite.engine.planning.observe import assume, observe
from hcl_lite.engine.planning.options import Contents, Options
from hcl_lite.engine.planning.outlines import Outliner
from hcl_lite.engine.planning.planned import Planned, Progress
from hcl_lite.engine.planning.secret_changes import secret_changes, to_send
from hcl_lite.engine.planning.source_files import sources_of
from hcl_lite.engine.planning.unique_names import Names
from hcl_lite.engine.sinks import from_sink
from hcl_lite.lang.config.block import Block
from hcl_lite.lang.evaluation.conditions import as_warning, broken_rules
from state.backups import Copy
from state.model import Record

_WHOLE_AT_ONCE = 64
"""Blocks whose objects are in memory as a whole, some 130 kB for a dashboard; of others there are their arguments."""

Observer = Callable[[Inputs], None]
"""Told the inputs of each decision, for whoever wants more of an object than what a plan does with it."""


def unobserved(_: Inputs) -> None:
    """Nobody is told."""


@dataclass
class ResourcePlanner:
    """Plans resources one by one. The only thing that it changes is `identities`: which block stands for which
    record."""

    build: Build
    moves: Moves
    session: Session
    options: Options
    observer: Observer = unobserved

    def __post_init__(self) -> None:
        self.scope = self.build.scope
        self.hashes = Hashes(self.session.context.environment)
        self.identities = Identities(self.build, self.moves, self.session)
        self.finder = ObjectFinder(self.build, self.session, self.identities, self.hashes)
        self.outliner = Outliner(self.options.full, most=self.options.outlined)
        self._places = asyncio.Semaphore(_WHOLE_AT_ONCE)

    async def plan(self, block: Block, progress: Progress) -> Planned:
        """Returns the change for one block, and what others may refer to. `progress` has the results of blocks before
        it.

        Raises HclError, and ProviderError.
        """
        type_ = self.session.resource_type(block.provider, block.address.type)
        raise_if_errors(broken_rules(self.scope, block, [r for r in block.lifecycle.rules if not r.post]))
        block = await self.session.with_bound_paths(block, type_)
        self.identities.rehome(block)
        record = self.identities.standing(block)
        if record is None:  # there is no survey to wait for
            async with self._places:
                arguments = await self._arguments(block, type_)
                return await self._plan_whole(block, arguments, None, None, progress)
        bodies = self._bodies_unread(block, type_)
        arguments = await self._arguments(block, type_, bodies)
        claims, whole = exclusive_claims(block, type_, arguments.values), type_.whole(arguments.values)
        doubts = await self._idle_import(block, record)
        is_brief = bodies != "" or not (arguments.has_secrets or self.options.contents is Contents.ALL)
        if is_brief:  # many blocks wait for one list, and few of them need their bodies again
            arguments = arguments.without_bodies(type_)
        live = await self.survey(record)
        has_it = record is self.identities.standing(block)  # still, after what others were planned in the meantime
        if has_it and self._is_untouched(block, record, arguments, live, progress):
            planned = replace(await self._plan_untouched(block, type_, arguments, record), claims=claims, whole=whole)
        else:
            async with self._places:
                if is_brief:
                    arguments = await self._arguments(block, type_)
                planned = await self._plan_whole(block, arguments, record, live, progress)
        return replace(planned, doubts=(*doubts, *planned.doubts)) if doubts else planned

    async def _plan_untouched(self, block: Block, type_: ResourceType, arguments: Arguments, record: Record) -> Planned:
        """The result for a block of which nothing has changed."""
        self.identities.keep(block)
        change = self._untouched(block, record, arguments, is_protected(self.scope, block))
        if self.options.contents is Contents.ALL:
            change = with_contents(change, complete(block, type_, arguments.values, record.uid))
        values = await self._exposed(block, type_, arguments.values, record.attributes, record.uid, settled=True)
        return Planned(self._moved(change, record, self.moves.sources.get(block.address)), values)

    async def _plan_whole(
        self, block: Block, arguments: Arguments, record: Record | None, live: Live | None, progress: Progress
    ) -> Planned:
        """The result for a block whose object is looked at as a whole. `record` is what the state has at its address,
        and `live` what a survey found of that."""
        type_ = self.session.resource_type(block.provider, block.address.type)
        standing = await self.identities.identify(block, type_, arguments)
        if standing.record is not record:  # what is there of the one was of no use
            live = await self.survey(standing.record) if standing.record is not None else None
        found = await self.finder.find(block, arguments, standing, live)
        wanted = Wanted(
            block,
            block.provider,
            arguments,
            found.declared,
            self._dependencies(block),
            standing.adopt_reason,
            self._replacement_asked(block, found.remembered.record, progress),
            is_protected(self.scope, block),
        )
        inputs = await self._inputs(wanted, found)
        self.observer(inputs)
        planned = await self._decided(inputs, standing.record)
        return replace(
            planned,
            change=self._moved(planned.change, standing.record, standing.source),
            given=arguments.values if arguments.has_secrets else None,
            claims=exclusive_claims(block, type_, arguments.values),
            outcome=found.outcome,
            whole=type_.whole(arguments.values),
        )

    def _moved(self, change: Change, record: Record | None, source: Address | None) -> Change:
        """`change`, with the address at which the object is known until now."""
        change = self._with_provider_note(change)
        return moved(change, record, source) if source is not None and record is not None else change

    def _bodies_unread(self, block: Block, type_: ResourceType) -> str:
        """Returns the hash of bodies that the graph has read, and that are not needed again unless they have changed;
        empty where they are."""
        is_needed = type_.capabilities.piece or self.options.contents is Contents.ALL  # of what is it a piece?
        return "" if is_needed else self.build.bodies.get(block.address, "")

    async def _arguments(self, block: Block, type_: ResourceType, bodies: str = "") -> Arguments:
        """The evaluated arguments of a block; with the hash of its `bodies`, without these. Raises HclError and
        ProviderError."""
        return await self.session.arguments(
            self.scope, block, type_, lambda mention: self.build.makes(block.provider, mention), bodies
        )

    def _with_provider_note(self, change: Change) -> Change:
        """`change`, which the state has to follow where the object is known by another provider block until now."""
        before = self.identities.rehomed.get(change.address)
        if before is None or change.record is None or change.record.provider == before:
            return change
        note = f"It is known as one of provider {before} until now, which is of the same server. {change.note}".strip()
        action = Action.REFRESH if change.action is Action.NOOP else change.action
        return replace(change, action=action, note=note)

    async def _idle_import(self, block: Block, record: Record | None) -> Sequence[Diagnostic]:
        """A warning of an import that does nothing. Raises HclError for one that cannot be."""
        if record is None or block.address not in self.build.imports:
            return ()
        idle = await self.identities.idle_import(block, record, self.moves.sources.get(block.address))
        return () if idle is None else (idle,)

    async def survey(self, record: Record) -> Live | None:
        """Surveys a remembered object on the server where it was created; without --refresh, and for a deferred
        provider, returns it as remembered."""
        if not self.options.refresh or self.session.is_deferred(record.provider):
            return Live(record.uid, record.version, record.attributes, None)
        return await self.session.survey(record.provider, record.address.type, record.uid, record.version)

    # --- what has not changed -----------------------------------------------------------------------------------------

    def _is_untouched(
        self, block: Block, record: Record, arguments: Arguments, live: Live | None, progress: Progress
    ) -> bool:
        """Whether all that the plan of a block rests on is unchanged, so that the object need not be read."""
        return (
            self.identities.intent(record) is None
            and arguments.made(record)
            and not arguments.has_secrets
            and not record.secrets
            and block.provider == record.provider
            and not self._replacement_asked(block, record, progress)
            and live is not None
            and live.version == record.version
            and (live.content is None or self.hashes.is_of(record.content, hash_of(live.content)))
        )

    def _untouched(self, block: Block, record: Record, arguments: Arguments, protected: bool) -> Change:
        needs = self._dependencies(block)
        base = Change(
            block.address,
            Action.NOOP,
            record.provider,
            record.uid,
            record,
            record.version,
            arguments.hash,
            dependencies=needs,
        )
        fresh = replace(record, dependencies=needs, protected=protected)
        return base if fresh == record else replace(base, action=Action.REFRESH, record=fresh)

    # --- the inputs of the decision -----------------------------------------------------------------------------------

    async def _inputs(self, wanted: Wanted, found: Found) -> Inputs:
        """Returns the inputs of the decision, with the object observed on the server. Raises HclError for values that
        the server does not support, and ProviderError."""
        if found.deferred_provider:
            observed = assume(self.session, wanted, found.remembered, found.surveyed, found.deferred_provider)
        else:
            observed = await observe(self.session, wanted, found.remembered, found.surveyed)
        environment = self.session.context.environment
        secrets = await secret_changes(wanted, found.remembered, observed, environment)
        wanted = await self._with_spellings(wanted, observed)
        inputs = Inputs(wanted, found.remembered, observed, secrets)
        if not found.deferred_provider:
            await self._check_supported(inputs)
        return inputs

    async def _with_spellings(self, wanted: Wanted, observed: Observed) -> Wanted:
        """`wanted` with the names of what others have put into the object, where its block writes names."""
        arguments, type_, live = wanted.arguments, observed.desired.type, observed.live
        if not arguments.spelled or live is None or not isinstance(live.content, Mapping):
            return wanted
        there, own = ({one.mention for one in type_.references(side)} for side in (live.content, arguments.values))
        found = await self.session.get(wanted.provider).spellings(type_.name, there - own)
        return replace(wanted, arguments=replace(arguments, spelled={**found, **arguments.spelled}))

    async def _check_supported(self, inputs: Inputs) -> None:
        """Raises HclError for what the server cannot have."""
        # Where another object is made, what the old one is does not matter.
        stays = inputs.record is None or (inputs.is_same_object and not inputs.wanted.replace_reason)
        sent = to_send(inputs.block, inputs.desired, inputs.record)
        values, there = (inputs.type.with_secrets(inputs.values, sent), inputs.live) if stays else (inputs.values, None)
        await self.session.check_supported(inputs.block, inputs.wanted.arguments.values, values, there)

    def _replacement_asked(self, block: Block, record: Record | None, progress: Progress) -> str:
        """Returns the reason why the object of `record` is replaced whatever its arguments are: by -replace, or with
        the object that it is part of."""
        if record is None:
            return ""
        whole = progress.replacement_of(
            parent_key(self.session.resource_type(record.provider, block.address.type), record)
        )
        if whole is not None:
            return f"{whole}, which it belongs to, is replaced"
        asked = replacement_asked(block, self.options.replacing, progress.changes.values(), self.session)
        return asked or self._rotation_due(block, record)

    def _rotation_due(self, block: Block, record: Record) -> str:
        """Returns the reason why an object is replaced before it expires; empty for no reason."""
        rotation = self.session.resource_type(record.provider, block.address.type).capabilities.rotation
        if rotation is None:
            return ""
        given = {rotation.before: self.scope.evaluate(block, block.body.get(rotation.before), (rotation.before,))}
        return rotation.reason(given, record.attributes, self.session.context.clock())

    def _dependencies(self, block: Block) -> tuple[Address, ...]:
        return nearest_resources(self.build.graph, block.address)

    # --- the change ---------------------------------------------------------------------------------------------------

    async def _decided(self, inputs: Inputs, record: Record | None) -> Planned:
        """The change for `inputs`, with what only its journey tells: that it is kept in a copy, or interrupted.

        `record` is what is remembered at the address of the block.
        """
        block, type_, live = inputs.block, inputs.type, inputs.live
        change = decide(inputs)
        writes = change.action in WRITES
        if change.action is Action.UPDATE:
            change = replace(change, files=sources_of(self.scope, block))
        if change.action in MAKES:
            change = self.outliner.told(change, inputs.desired)
        if writes:
            change = described(change, type_, inputs.values)
            change = self.outliner.compared(change, inputs.desired, live)
        if inputs.remembered.interrupted and change.action is Action.NOOP:
            note = change.note or inputs.wanted.adopt_reason
            change = replace(change, action=Action.REFRESH, note=note, place=block.place())
        least = Contents.ALL if change.action is Action.NOOP else Contents.CHANGED
        if self.options.contents in (least, Contents.ALL):
            change = with_contents(change, inputs.desired, live)
        is_copied = change.action is Action.UPDATE and live is not None and live.document is not None
        return Planned(
            change,
            await self._exposed_changed(inputs, change, record),
            names=self._names(inputs, change) if writes and not inputs.observed.deferred_provider else None,
            uses=frozenset(type_.uses(inputs.values)) if writes else None,
            copy=Copy.of(live) if is_copied and live is not None else None,
            doubts=tuple(as_warning(problem_at(block, doubt)) for doubt in type_.doubts(inputs.values))
            if writes
            else (),
        )

    def _names(self, inputs: Inputs, change: Change) -> Names:
        wanted = frozenset(inputs.type.known_as(inputs.desired.content))
        has_uid = self.finder.gives_uid(inputs.block, inputs.wanted.arguments, inputs.desired)
        live = inputs.live if change.action is Action.UPDATE else None
        if live is None:
            return Names(wanted, has_uid=has_uid)
        return Names(wanted, frozenset(inputs.type.known_as(live.content or live.attributes)), has_uid)

    async def _exposed_changed(self, inputs: Inputs, change: Change, record: Record | None) -> Values:
        """Returns the attributes of an object, for references, as they will be after the change."""
        known = {**(record.attributes if record else {}), **(inputs.live.attributes if inputs.live else {})}
        attributes = {} if change.action in MAKES else known
        settled = change.action in (Action.NOOP, Action.REFRESH)
        return await self._exposed(
            inputs.block, inputs.type, inputs.values, attributes, change.uid or UNKNOWN, settled=settled
        )

    async def _exposed(
        self, block: Block, type_: ResourceType, values: Values, attributes: Values, uid: Value, *, settled: bool
    ) -> Values:
        if settled and isinstance(uid, str):
            secrets = await self.session.secrets(block.provider, block.address.type, uid)
            attributes = {**attributes, **from_sink(self.scope, type_, values), **secrets}
        return exposed(type_, values, attributes, uid=uid, settled=settled)
