"""One resource planned: evaluated, looked at on its server, and made into the Case that decide.py decides.

Where the arguments hash to what was applied, and the object is at the version that is remembered, nothing else is done.
Otherwise the Case is put together in this order, each step resting on the ones before:

1. which object the block stands for (identity.py);
2. what became of a write that an earlier run was making (interrupted.py);
3. what is there (observe.py), and what ignore_changes leaves to others of it (lifecycle.py);
4. what becomes of its secrets (secret_changes.py).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from hcl_lite.core.addrs import Address
from hcl_lite.core.contents import without_unasked
from hcl_lite.core.diags import Diagnostic, raise_if_errors
from hcl_lite.core.equality import hash_of
from hcl_lite.core.paths import keep
from hcl_lite.core.places import lies_in, marked, texts_beside
from hcl_lite.core.redaction import texts_in
from hcl_lite.core.schema import Live, Mention, Reader, ResourceType
from hcl_lite.core.values import UNKNOWN, Value, is_secret, is_unknown, reveal
from hcl_lite.engine.desired import Values
from hcl_lite.engine.evaluate import Arguments, complete, evaluate_resource, exposed, problem_at
from hcl_lite.engine.graph import Build, nearest_resources
from hcl_lite.engine.hashes import Hashes
from hcl_lite.engine.moves import Moves, moved
from hcl_lite.engine.open_providers import Session
from hcl_lite.engine.plan import MAKES, WRITES, Action, Change
from hcl_lite.engine.planning.decide import decide
from hcl_lite.engine.planning.deletions import whole_of
from hcl_lite.engine.planning.exclusive import claims_of
from hcl_lite.engine.planning.identity import Identities, Standing
from hcl_lite.engine.planning.inputs import Case
from hcl_lite.engine.planning.interrupted import reconcile
from hcl_lite.engine.planning.lifecycle import is_protected, replacement_asked, with_ignored
from hcl_lite.engine.planning.observe import is_trashed, with_content, with_reading
from hcl_lite.engine.planning.options import Options
from hcl_lite.engine.planning.outlines import Outliner
from hcl_lite.engine.planning.secret_changes import to_send, with_fates
from hcl_lite.engine.planning.source_files import sources_of
from hcl_lite.engine.planning.unique_names import Names
from hcl_lite.engine.sensitive import without_slugs
from hcl_lite.lang.config.block import Block
from hcl_lite.lang.evaluation.conditions import as_warning, broken_rules
from state.backups import Copy
from state.model import Identity, ObjectKey, Record


@dataclass
class ResourcePlanner:
    """Plans resources one by one; `changes` are those that are planned already."""

    build: Build
    moves: Moves
    session: Session
    options: Options
    changes: Mapping[Address, Change]

    def __post_init__(self) -> None:
        self.scope = self.build.scope
        self.hashes = Hashes(self.session.context.environment)
        self.identities = Identities(self.build, self.moves, self.session)
        self.outcomes: dict[Identity, str] = {}
        """What became of the writes that an earlier run was making, in words."""
        self.copies: dict[Address, Copy] = {}
        """What was read of objects that are to be updated."""
        self.uses: dict[Address, frozenset[Mention]] = {}
        """What the bodies of objects that are to be written use of others."""
        self.outliner = Outliner(self.options.full)
        self.doubts: list[Diagnostic] = []
        """Warnings about values of objects that are to be written."""
        self.given: dict[Address, Values] = {}
        """Arguments with secrets in them."""
        self.claims: dict[Address, frozenset[str]] = {}
        """What blocks ask for and one object of an organisation has alone."""
        self.names: dict[Address, Names] = {}
        """What objects that are to be written will be known as."""
        self.replaced: dict[ObjectKey, Address] = {}
        """Objects that go and that another one comes for, by what they are, with their blocks."""

    async def plan(self, block: Block) -> Change:
        """The change for one block; what others may refer to of it is in the scope after this. Raises HclError."""
        type_ = self.session.resource_type(block.provider, block.address.type)
        raise_if_errors(broken_rules(self.scope, block, [r for r in block.lifecycle.rules if not r.post]))
        arguments = evaluate_resource(self.scope, block, type_)
        if claims := claims_of(block, type_, arguments.values):
            self.claims[block.address] = claims
        if arguments.has_secrets:
            self.given[block.address] = arguments.values
        self.identities.rehome(block)
        record = self.identities.standing(block)
        self._look_at_import(block, record)
        protected = is_protected(self.scope, block)
        live = await self.survey(record) if record else None
        source = self.moves.sources.get(block.address)
        has_it = record is self.identities.standing(block)  # still, after what others were planned in the meantime
        if record and has_it and self._is_untouched(block, record, arguments, live):
            self.identities.keep(block)
            change = self._untouched(block, record, arguments, protected)
            await self._expose(block, type_, arguments.values, record.attributes, record.uid, settled=True)
        else:
            standing = await self.identities.identify(block, type_, arguments)
            if standing.record is not record:  # what is there of the one was of no use
                live = await self.survey(standing.record) if standing.record is not None else None
            record, source = standing.record, standing.source
            case = await self._make_case(block, type_, arguments, protected, live, standing)
            change = self._decide(case)
            await self._expose_changed(case, change, record)
            if change.action is Action.REPLACE and change.record is not None and not change.may_stay:
                self.replaced[change.record.key] = block.address
        change = self._told_of_home(change)
        own = self.scope.objects[block.address]
        raise_if_errors(broken_rules(self.scope, block, [r for r in block.lifecycle.rules if r.post], own))
        return moved(change, record, source) if source is not None and record is not None else change

    def _told_of_home(self, change: Change) -> Change:
        """`change`, which the state has to follow where the object is known by another provider block until now."""
        before = self.identities.rehomed.get(change.address)
        if before is None or change.record is None or change.record.provider == before:
            return change
        note = f"It is known as one of provider {before} until now, which is of the same server. {change.note}".strip()
        action = Action.REFRESH if change.action is Action.NOOP else change.action
        return replace(change, action=action, note=note)

    def _look_at_import(self, block: Block, record: Record | None) -> None:
        """Raises HclError for one that cannot be."""
        if record is not None and block.address in self.build.imports:
            idle = self.identities.idle_import(block, record, self.moves.sources.get(block.address))
            self.doubts += [idle] if idle is not None else []

    async def survey(self, record: Record) -> Live | None:
        """What is there of a remembered object, on the server where it was made; without a look, what is remembered."""
        if not self.options.refresh or self.session.is_deferred(record.provider):
            return Live(record.uid, record.version, record.attributes, None)
        return await self.session.survey(record.provider, record.address.type, record.uid, record.version)

    # --- what has not changed -----------------------------------------------------------------------------------------

    def _is_untouched(self, block: Block, record: Record, arguments: Arguments, live: Live | None) -> bool:
        """Nothing that the plan rests on has changed, so nothing of the object has to be read."""
        return (
            self.identities.intent(record) is None
            and arguments.made(record)
            and not arguments.has_secrets
            and not record.secrets
            and block.provider == record.provider
            and not self._replacement_asked(block, record)
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

    # --- the case -----------------------------------------------------------------------------------------------------

    async def _make_case(
        self,
        block: Block,
        type_: ResourceType,
        arguments: Arguments,
        protected: bool,
        live: Live | None,
        standing: Standing,
    ) -> Case:
        """`live` is what is there of the object that is remembered for the block."""
        declared = standing.declared.after(standing.record.declared if standing.record is not None else ())
        case = Case(
            block=block,
            provider=block.provider,
            arguments=arguments,
            declared=declared,
            wanted=declared,
            record=standing.record,
            live=live,
            dependencies=self._dependencies(block),
            adopt_reason=standing.adopt_reason,
            protected=protected,
            deferred_provider="" if standing.is_imported else self._deferred(block, standing.record),
            now=self.session.context.clock(),
            hashes=self.hashes,
        )
        if not case.deferred_provider and not standing.is_imported:
            case = await self._reconciled(case)
        if not case.deferred_provider:
            if isinstance(case.uid, str) and (standing.record is None or standing.is_imported):
                case = replace(case, live=await self.identities.find(block, case.uid))
                case = await self._adopted_by_name(case)
            case = await with_content(self.session, case)
        case = concealed(left_to_others(case))
        if not case.deferred_provider:
            case = await with_reading(self.session, case)
        if case.record is not None:
            case = replace(case, replace=self._replacement_asked(block, case.record))
        case = await with_fates(case, self.session.context.environment)
        if not case.deferred_provider:
            # Where another object is made, what the old one is does not matter.
            stays = case.record is None or (case.is_same_object and not case.replace)
            asked = type_.with_secrets(case.values, to_send(block, case.wanted, case.record))
            values, there = (asked, case.live) if stays else (case.values, None)
            await self.session.check_supported(block, arguments.values, values, there)
        gone = case.live is None and not case.deferred_provider
        return replace(case, trashed=gone and await is_trashed(self.session, case))

    async def _adopted_by_name(self, case: Case) -> Case:
        """`case` of a new object, where the block gives no uid and takes over what has its name."""
        block, values = case.block, case.arguments.values
        new = case.live is None and case.record is None and not case.adopt_reason
        if not new or block.on_exists != "adopt" or self._gives_uid(case):
            return case
        there = await self.session.named(case.provider, case.type.name)
        for name in case.type.known_as(case.wanted.content):
            uid = there.holder(name) if there is not None else None
            if uid is not None and not self.identities.is_managed(block, uid):
                live = await self.session.survey(case.provider, case.type.name, uid)
                adopted = complete(block, case.type, values, uid)
                return replace(case, declared=adopted, wanted=adopted, live=live)
        return case

    def _deferred(self, block: Block, record: Record | None) -> str:
        """The provider that would have to be asked and is not open before the apply; empty where there is none."""
        names = [block.provider, *([record.provider] if record else [])]
        return next((name for name in names if self.session.is_deferred(name)), "")

    async def _reconciled(self, case: Case) -> Case:
        """`case`, where an earlier run was writing the object when it ended, with what became of that."""
        record = case.record
        known = self.identities
        intent = known.intent(record) if record is not None else known.intent_of_new(case.block, case.uid)
        if intent is None:
            return case
        case = replace(case, interrupted=True)
        if record is None and not case.adopt_reason:
            return case
        places = (*(record.declared if record is not None else ()), *intent.record.declared)
        case = replace(case, declared=case.declared.after(places), wanted=case.wanted.after(places))
        there, expected_version = self.session.get(intent.record.provider), (record or intent.record).version
        live = await there.read(case.block.address.type, intent.record.uid, case.values, expected_version)
        wanted = case.wanted.content
        sent: Value = None
        found: Value = None
        shown = live
        if live is not None:
            if case.arguments.made(intent.record):
                sent = await self._sent(there, case, live, wanted)
            open_ = {key: value for key, value in live.attributes.items() if not is_secret(case.values.get(key))}
            shown = replace(live, attributes=without_slugs(case.type, open_, case.wanted.sensitive, live.uid))
            found = without_unasked(case.type.attrs, live.content, wanted)
        outcome = reconcile(intent, record, shown, found, sent, self.hashes)
        self.outcomes[intent.identity] = outcome.words
        # A uid that the server chose is not the one that the record of the intent has.
        if live is None or live.uid == intent.record.uid:
            record = outcome.record and replace(outcome.record, address=case.block.address, declared=places)
        elif case.type.server_given:
            found_as = complete(case.block, case.type, case.arguments.values, live.uid).after(places)
            case = replace(case, declared=found_as, wanted=found_as)
        return replace(case, live=live, record=record, deleted=outcome.deleted)

    async def _sent(self, there: Reader, case: Case, live: Live, wanted: Value) -> Value:
        """What came, or would have come, of what is `wanted`, where the server rewrites what it is sent."""
        name = case.block.address.type
        reading = None if is_unknown(case.values) else await there.read_sent(name, live.uid, case.values)
        if reading is not None:
            return reading
        history = await there.read_baseline(name, live.uid, live.version, case.values)
        return wanted if history is not None else None

    def _replacement_asked(self, block: Block, record: Record) -> str:
        """Why the object of `record` has to be made anew, whatever it is: what it is part of takes it along."""
        type_ = self.session.resource_type(record.provider, block.address.type)
        whole = self.replaced.get(whole_of(type_, record))
        if whole is not None:
            return f"{whole}, which it belongs to, is replaced"
        return replacement_asked(block, self.options.replacing, self.changes.values(), self.session)

    def _dependencies(self, block: Block) -> tuple[Address, ...]:
        return nearest_resources(self.build.graph, block.address)

    # --- the change ---------------------------------------------------------------------------------------------------

    def _decide(self, case: Case) -> Change:
        """The change for `case`, with what only its journey tells: that it is kept in a copy, or interrupted."""
        address = case.block.address
        change = decide(case)
        if change.action is Action.UPDATE:
            change = replace(change, files=sources_of(self.scope, case.block))
        if change.action in WRITES:
            self.uses[address] = frozenset(case.type.uses(case.values))
            self.doubts += [as_warning(problem_at(case.block, doubt)) for doubt in case.type.doubts(case.values)]
        if change.action in MAKES:
            change = self.outliner.told(change, case.wanted)
        if change.action in WRITES and not case.deferred_provider:
            self.names[address] = self._names(case, change)
        if change.action is Action.UPDATE and case.live is not None and case.live.document is not None:
            self.copies[address] = Copy.of(case.live)
        if case.interrupted and change.action is Action.NOOP:
            change = replace(
                change, action=Action.REFRESH, note=change.note or case.adopt_reason, place=case.block.place()
            )
        return change

    def _names(self, case: Case, change: Change) -> Names:
        wanted = frozenset(case.type.known_as(case.wanted.content))
        has_uid = self._gives_uid(case)
        live = case.live if change.action is Action.UPDATE else None
        if live is None:
            return Names(wanted, has_uid=has_uid)
        return Names(wanted, frozenset(case.type.known_as(live.content or live.attributes)), has_uid)

    def _gives_uid(self, case: Case) -> bool:
        """Whether the block gives a uid of its own, as far as is known by now."""
        given = self.build.given.get(case.block.address, UNKNOWN)
        return bool((case.type.given_uid(case.arguments.values) if given is UNKNOWN else given) != "")

    async def _expose_changed(self, case: Case, change: Change, record: Record | None) -> None:
        """Let others refer to the object as it will be. `record` is what is remembered at the address of the block."""
        known = {**(record.attributes if record else {}), **(case.live.attributes if case.live else {})}
        attributes = {} if change.action in MAKES else known
        settled = change.action in (Action.NOOP, Action.REFRESH)
        await self._expose(case.block, case.type, case.values, attributes, change.uid or UNKNOWN, settled=settled)

    async def _expose(
        self, block: Block, type_: ResourceType, values: Values, attributes: Values, uid: Value, *, settled: bool
    ) -> None:
        if settled and isinstance(uid, str):
            attributes = {**attributes, **await self.session.secrets(block.provider, block.address.type, uid)}
        self.scope.expose(block.address, exposed(type_, values, attributes, uid=uid, settled=settled))


def concealed(case: Case) -> Case:
    """`case` with what was written last and came of secrets marked as such in what is there. Where somebody has taken
    such a value from its place, it may be any text that the block does not have."""
    record, live = case.record, case.live
    if record is None or live is None or not record.sensitive:
        return case
    content = marked(live.content, record.sensitive, anywhere=record.version != live.version)
    if not all(lies_in(live.content, place) for place in record.sensitive):
        content = marked(content, list(texts_beside(content, frozenset(texts_in(reveal(case.wanted.content))))))
    return replace(case, live=replace(live, content=content), baseline=marked(case.baseline, record.sensitive))


def left_to_others(case: Case) -> Case:
    """`case` with what ignore_changes leaves to others as it is on the server: it has not drifted."""
    live, baseline = case.live, case.baseline
    if live is None or live.content is None:
        return case
    wanted = with_ignored(case.block, case.declared, live)
    if baseline is not None:
        for path in case.block.lifecycle.ignore_changes:
            baseline = keep(baseline, live.content, case.type.steps(wanted.values, path))
    return replace(case, wanted=wanted, baseline=baseline)
