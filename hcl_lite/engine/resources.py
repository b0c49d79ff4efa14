"""One resource planned: evaluated, looked at on its server, and made into the Case that decide.py decides."""

from __future__ import annotations

import asyncio
import itertools
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from hcl_lite.core.addrs import Address
from hcl_lite.core.contents import without_unasked
from hcl_lite.core.diags import Diagnostic, HclError, Place, raise_if_errors
from hcl_lite.core.paths import keep
from hcl_lite.core.schema import Live, ResourceType
from hcl_lite.core.values import UNKNOWN, Secret, Value, is_secret, is_unknown, reveal, shown
from hcl_lite.engine.changes import WRITES, Action, Change
from hcl_lite.engine.decide import Case, decide, ignores_all
from hcl_lite.engine.diff import hash_of
from hcl_lite.engine.evaluate import Arguments, Values, complete, evaluate_resource, exposed
from hcl_lite.engine.graph import Build, nearest_resources
from hcl_lite.engine.moves import Moves
from hcl_lite.engine.options import Options
from hcl_lite.engine.reconcile import Outcome, reconcile
from hcl_lite.engine.session import Session
from hcl_lite.lang.block import Block
from hcl_lite.lang.rules import broken_rules
from hcl_lite.lang.scope import Scope
from hcl_lite.lang.statements import trigger_in
from state.backups import Copy
from state.fingerprint import fingerprint, matches
from state.model import Identity, Intent, Record


@dataclass
class ResourcePlanner:
    """Plans resources one by one; `changes` are those that are planned already."""

    build: Build
    moves: Moves
    session: Session
    options: Options
    environment: Mapping[str, str]
    clock: Callable[[], datetime]
    changes: Mapping[Address, Change]

    def __post_init__(self) -> None:
        state = self.moves.state
        self.scope = self.build.scope
        self.records = state.records
        self.created = {i.record.address: i.record for i in state.pending if i.write == "create"}
        self.left = (*self.created.values(), *state.deposed)
        self.intents = {_object_of(intent.record): intent for intent in state.pending}
        self.outcomes: dict[Identity, str] = {}
        """What became of the writes that an earlier run was making, in words."""
        self.holders = {(r.provider, r.address.type, r.uid): r for r in state.records.values()}
        self.copies: dict[Address, Copy] = {}
        """What was read of objects that are to be updated."""
        self.renamed: set[Address] = set()
        """Addresses whose object is known by another one now, because of its uid."""

    async def plan(self, block: Block) -> Change:
        """The change for one block; what others may refer to of it is in the scope after this. Raises HclError."""
        provider = block.provider
        type_ = self.session.resource_type(provider, block.address.type)
        raise_if_errors(broken_rules(self.scope, block, [r for r in block.lifecycle.rules if not r.post]))
        arguments = evaluate_resource(self.scope, block, type_)
        record = self.records.get(block.address)
        protected = is_protected(self.scope, block)
        live = await self.survey(record) if record else None
        unclear = record is not None and _object_of(record) in self.intents
        if record and not unclear and self._is_untouched(block, record, arguments, live):
            change = self._untouched(block, record, arguments, protected)
            await self._expose(block, type_, arguments.values, record.attributes, record.uid, settled=True)
        else:
            case = await self._make_case(block, type_, arguments, record, live)
            case = replace(case, protected=protected)
            change = decide(case)
            if change.action is Action.UPDATE and case.live is not None and case.live.document is not None:
                self.copies[block.address] = Copy.of(case.live)
            holder = self.holders.get(_object_of(case.record)) if case.record is not None else None
            if record is None and case.record is not None and holder is not None:
                self.renamed.add(holder.address)
                change = moved(change, case.record, holder.address)
            if case.interrupted and change.action is Action.NOOP:
                change = replace(change, action=Action.REFRESH, note=change.note or case.ours)
            settled = change.action in (Action.NOOP, Action.REFRESH)
            known = {**(record.attributes if record else {}), **(case.live.attributes if case.live else {})}
            fresh = change.action in (Action.CREATE, Action.REPLACE)
            attributes = {} if fresh else known
            await self._expose(block, type_, case.values, attributes, change.uid or UNKNOWN, settled=settled)
        own = self.scope.objects[block.address]
        raise_if_errors(broken_rules(self.scope, block, [r for r in block.lifecycle.rules if r.post], own))
        moved_from = self.moves.sources.get(block.address)
        return moved(change, record, moved_from) if moved_from is not None and record is not None else change

    async def survey(self, record: Record) -> Live | None:
        """What is there of a remembered object, on the server where it was made; without a look, what is remembered."""
        if not self.options.refresh or self.session.is_deferred(record.provider):
            return Live(record.uid, record.version, record.attributes, None)
        return await self.session.survey(record.provider, record.address.type, record.uid, record.version)

    # --- what has not changed -----------------------------------------------------------------------------------------

    def _is_untouched(self, block: Block, record: Record, arguments: Arguments, live: Live | None) -> bool:
        """Nothing that the plan rests on has changed, so nothing of the object has to be read."""
        return (
            arguments.hash != ""
            and arguments.hash == record.applied
            and not arguments.has_secrets
            and not record.secrets
            and block.provider == record.provider
            and not self._replacement_asked(block)
            and live is not None
            and live.version == record.version
            and (live.content is None or hash_of(live.content) == record.content)
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
        self, block: Block, type_: ResourceType, arguments: Arguments, record: Record | None, live: Live | None
    ) -> Case:
        imported = await self._imported(block) if record is None else ""
        values = complete(block, type_, arguments.values, imported or self._remembered_uid(block, record))
        if record is None and not imported:
            values = self._with_free_uid(block, type_, arguments, values)
        uid = type_.uid(values)
        ours = self._ours(block, uid, imported) if record is None else ""
        if record is None and isinstance(uid, str):
            record = self._record_that_moves(block, uid)
        unseen = "" if imported else self._deferred(block, record)
        baseline: Value = None
        intent = None if unseen or imported else self.intents.get(_object_of(record) if record else _named(block, uid))
        deleted = False
        if intent is not None and (record is not None or ours):
            there, seen = self.session.get(intent.record.provider), (record or intent.record).version
            live = await there.read(block.address.type, intent.record.uid, values, seen)
            outcome = await self._reconcile(intent, block, type_, arguments, values, record, live)
            record, deleted = outcome.record, outcome.deleted
        if not unseen:
            live, baseline = await self._look(block, type_, arguments, values, record, live)
        if live is not None and live.content is not None:
            values = with_ignored(block, type_, values, live)
            if baseline is not None:  # what others may change has not drifted
                for path in block.lifecycle.ignore_changes:
                    baseline = keep(baseline, live.content, type_.steps(values, path))
        if not unseen:
            changed = live if record is None or self._keeps(block, record, uid) else None
            await self.session.check_supported(block, arguments.values, values, changed)
        # Of an object that cannot be changed, and was not made by these arguments as far as is known, there is no
        # telling which secrets it was given: they are taken to be these, rather than making it anew.
        trusted = type_.immutable and (record.applied == "" if record is not None else ours != "")
        fates, kept = await self._fates_of_secrets(type_.secrets(values), record, live, trusted)
        if record is not None and ignores_secrets(block, type_):
            fates, kept = {}, record.secrets
        return Case(
            block=block,
            type=type_,
            provider=block.provider,
            arguments=arguments,
            values=values,
            record=record,
            live=live,
            baseline=baseline,
            secrets=fates,
            fingerprints=kept,
            dependencies=self._dependencies(block),
            ours=ours,
            replace=self._replacement_asked(block) if record is not None else "",
            unseen=unseen,
            trashed=live is None and not unseen and await self._is_trashed(block, record, uid),
            interrupted=intent is not None,
            deleted=deleted,
            now=self.clock(),
        )

    async def _reconcile(
        self,
        intent: Intent,
        block: Block,
        type_: ResourceType,
        arguments: Arguments,
        values: Values,
        record: Record | None,
        live: Live | None,
    ) -> Outcome:
        """What became of the block's object, which an earlier run was writing when it ended."""
        wanted = type_.content(values)
        rewritten: Value = None
        if live is not None:
            if arguments.hash and arguments.hash == intent.record.applied:
                there = self.session.get(intent.record.provider)
                rewritten = await there.read_baseline(block.address.type, live.uid, live.version, values)
            open_ = {key: value for key, value in live.attributes.items() if not is_secret(values.get(key))}
            live = replace(live, attributes=open_)
        found = without_unasked(type_.attrs, live.content, wanted) if live is not None else None
        outcome = reconcile(intent, record, live, found, wanted if rewritten is not None else None)
        self.outcomes[intent.identity] = outcome.words
        if live is not None and live.uid != intent.record.uid:  # chosen by the server
            return replace(outcome, record=record)
        return replace(outcome, record=outcome.record and replace(outcome.record, address=block.address))

    def _keeps(self, block: Block, record: Record, uid: Value) -> bool:
        """Whether the remembered object is changed in place, if it is changed."""
        return (block.provider, uid) == (record.provider, record.uid) and not self._replacement_asked(block)

    def _deferred(self, block: Block, record: Record | None) -> str:
        """The provider that would have to be asked and is not open before the apply; empty where there is none."""
        names = [block.provider, *([record.provider] if record else [])]
        return next((name for name in names if self.session.is_deferred(name)), "")

    async def _look(
        self,
        block: Block,
        type_: ResourceType,
        arguments: Arguments,
        values: Values,
        record: Record | None,
        live: Live | None,
    ) -> tuple[Live | None, Value]:
        """What is there, with its content where that is needed; and the content when it was remembered."""
        uid = type_.uid(values)
        if block.address not in self.records and isinstance(uid, str):
            live = await self.session.survey(block.provider, block.address.type, uid)
            if live is None and block.address in self.build.imports:
                place = self.build.imports[block.address].value_place("id")
                raise HclError(Diagnostic(f'There is no {block.address.type} "{uid}" to import', "", place))
        if live is not None and record is not None and uid == record.uid:
            return await self._whole(block, type_, arguments, values, record, live)
        if live is not None and live.content is None and not type_.immutable:
            # One that is to be replaced is on the server where it was made.
            there = record.provider if record is not None else block.provider
            live = await self.session.get(there).read(block.address.type, live.uid, values, live.version)
        return live, None

    async def _is_trashed(self, block: Block, record: Record | None, uid: Value) -> bool:
        """Whether the remembered object, which is gone, can be brought back as the one that the block asks for."""
        if record is None or (block.provider, uid) != (record.provider, record.uid):
            return False
        return await self.session.get(record.provider).is_trashed(block.address.type, record.uid)

    def _with_free_uid(self, block: Block, type_: ResourceType, arguments: Arguments, values: Values) -> Values:
        """Completed `values` with another uid, where the one that is derived is that of an object which has moved from
        this address to another block. A uid that the user gave stays."""
        for number in itertools.count(2):
            holder = self.holders.get(_named(block, type_.uid(values)))
            if holder is None or holder.address not in self.build.config.blocks:
                break
            other = type_.new_uid(str(block.address), f"{block.address.label}-{number}")
            found = complete(block, type_, arguments.values, other)
            if type_.uid(found) != other:
                break
            values = found
        return values

    def _ours(self, block: Block, uid: Value, imported: str) -> str:
        """Why an object that is there without a record may be taken over; empty where it may not."""
        if imported and uid != imported:
            place = self.build.imports[block.address].value_place("id")
            detail = "The block's uid, or the one in its JSON, names another object."
            raise HclError(Diagnostic(f'{block.address} asks for "{uid}", not for "{imported}"', detail, place))
        if imported:
            return "It is imported."
        left = next((record for record in self.left if _object_of(record) == _named(block, uid)), None)
        free = left is not None and (left.address == block.address or left.address not in self.build.config.blocks)
        return "An interrupted run had made it." if free else ""

    async def _imported(self, block: Block) -> str:
        """The uid of the object that an import block names for this block; empty for none."""
        statement = self.build.imports.get(block.address)
        if statement is None:
            return ""
        found = self.scope.evaluate_argument(statement, "id")
        if not isinstance(found, str) or not found:
            detail = f"Expected the uid of an object, found {found!r}."
            raise HclError(
                Diagnostic("What is imported must be known when planning", detail, statement.value_place("id"))
            )
        if self.session.is_deferred(block.provider):
            return found
        uid = await self.session.get(block.provider).resolve(block.address.type, found)
        if uid is None:
            place = statement.value_place("id")
            raise HclError(Diagnostic(f'There is no {block.address.type} "{found}" to import', "", place))
        return uid

    def _record_that_moves(self, block: Block, uid: str) -> Record | None:
        """The record of the object that a new block asks for, when no block stands for it any more: it was renamed.

        Raises HclError when another block still stands for it.
        """
        holder = self.holders.get((block.provider, block.address.type, uid))
        if holder is None:
            return None
        other = self.build.config.blocks.get(holder.address)
        if other is not None:
            raise HclError(both_ask_for(uid, holder.address, other.place(), block.address, block.place()))
        return replace(holder, address=block.address)

    def _replacement_asked(self, block: Block) -> str:
        """Why the object has to be made anew, whatever it is; empty where it has not."""
        if any(target.covers(block.address) for target in self.options.replacing):
            return "--replace asks for it"
        for text in block.lifecycle.replace_triggered_by:
            address, attribute = trigger_in(block, text)
            for other in self.changes.values():
                if address.covers(other.address) and self._triggers(other, attribute):
                    return f"{other.address}{f'.{attribute}' if attribute else ''} changes (replace_triggered_by)"
        return ""

    def _triggers(self, change: Change, name: str) -> bool:
        """Whether a planned change is one of the object, or of the attribute, that another block is replaced by."""
        if change.action not in WRITES:
            return False
        if not name or change.action is not Action.UPDATE:
            return True
        attrs = self.session.resource_type(change.provider, change.address.type).attrs
        changed = {re.split(r"[.\[]", difference.path)[0] for difference in change.differences}
        if attrs[name].secret and attrs[name].settable:
            return bool(change.secrets)
        if attrs[name].body:  # what it holds is compared under other names
            return any(key not in attrs or attrs[key].body for key in changed)
        return name in changed or not (attrs[name].settable or attrs[name].steady)

    async def _whole(
        self, block: Block, type_: ResourceType, arguments: Arguments, values: Values, record: Record, live: Live
    ) -> tuple[Live | None, Value]:
        """The object with its content, read only where it cannot be told; and the content when it was remembered."""
        reader = self.session.get(record.provider)
        baseline: Value = None
        if live.version != record.version and arguments.hash and arguments.hash == record.applied:
            baseline = await reader.read_baseline(block.address.type, record.uid, record.version, values)
        if live.content is not None or type_.immutable:
            return live, baseline
        wanted = type_.content(values)
        if (
            live.version == record.version
            and record.content
            and not is_unknown(wanted)
            and hash_of(wanted) == record.content
        ):
            return replace(live, content=reveal(wanted)), baseline
        return await reader.read(block.address.type, record.uid, values, record.version), baseline

    async def _fates_of_secrets(
        self, wanted: Mapping[str, str], record: Record | None, live: Live | None, trusted: bool
    ) -> tuple[Mapping[str, str], Mapping[str, str]]:
        """What becomes of each secret, and the fingerprints of those that stay as they are."""
        known = record.secrets if record else {}
        if trusted:
            made = [asyncio.to_thread(fingerprint, text, self.environment) for text in wanted.values()]
            return dict.fromkeys(wanted, "unchanged"), dict(zip(wanted, await asyncio.gather(*made), strict=True))
        lost = set(known) - live.secret_keys if live is not None and live.content is not None else set()
        same = await asyncio.gather(
            *(asyncio.to_thread(matches, text, known.get(name, ""), self.environment) for name, text in wanted.items())
        )
        fates: dict[str, str] = {}
        for (name, _), unchanged in zip(wanted.items(), same, strict=True):
            if name not in known or name in lost:
                fates[name] = "set"
            else:
                fates[name] = "unchanged" if unchanged else "rotated"
        there = live.secret_keys if live is not None else frozenset()
        fates.update(dict.fromkeys(sorted((set(known) | there) - set(wanted)), "removed"))
        return fates, {name: known[name] for name, fate in fates.items() if fate == "unchanged"}

    # --- small things -------------------------------------------------------------------------------------------------

    def _dependencies(self, block: Block) -> tuple[Address, ...]:
        return nearest_resources(self.build.graph, block.address)

    def _remembered_uid(self, block: Block, record: Record | None) -> str:
        """The uid for a block that gives none: the one it has."""
        if record is not None:
            return record.uid
        created = self.created.get(block.address)
        return created.uid if created is not None else ""

    async def _expose(
        self, block: Block, type_: ResourceType, values: Values, attributes: Values, uid: Value, *, settled: bool
    ) -> None:
        if settled and isinstance(uid, str):
            attributes = {**attributes, **await self.session.secrets(block.provider, block.address.type, uid)}
        self.scope.objects[block.address] = exposed(type_, values, attributes, uid=uid, settled=settled)


def is_protected(scope: Scope, block: Block) -> bool:
    """Whether lifecycle.prevent_destroy holds for `block`. Raises HclError where that is not known."""
    value = scope.evaluate(block, block.lifecycle.prevent_destroy, ("lifecycle", "prevent_destroy"))
    if isinstance(value, bool):
        return value
    found = (
        "what is known only after apply"
        if value is UNKNOWN
        else "a secret"
        if isinstance(value, Secret)
        else shown(value)
    )
    place = block.value_place("lifecycle", "prevent_destroy")
    detail = f"Expected true or false, found {found}."
    raise HclError(Diagnostic("prevent_destroy has the wrong type", detail, place, "", str(block.address)))


def with_ignored(block: Block, type_: ResourceType, values: Values, live: Live) -> Values:
    """Completed `values` with what ignore_changes leaves to others as it is on the server."""
    if is_unknown(values) or ignores_all(block):
        return values
    for path in block.lifecycle.ignore_changes:
        values = type_.kept(values, live.content, path)
    return values


def ignores_secrets(block: Block, type_: ResourceType) -> bool:
    """Whether ignore_changes leaves the secrets of the object to others."""
    named = {str(path.steps[0]) for path in block.lifecycle.ignore_changes}
    return ignores_all(block) or any(attr.secret for key, attr in type_.attrs.items() if key in named)


def both_ask_for(uid: str, first: Address, there: Place | None, second: Address, here: Place | None) -> Diagnostic:
    """Two blocks cannot stand for one object: each would undo the other."""
    detail = f"The other is at {there}." if there else ""
    hint = "Give one of them another uid; a dashboard has it in its JSON."
    return Diagnostic(f'{first} and {second} both ask for uid "{uid}"', detail, here, hint, str(second))


def _named(block: Block, uid: Value) -> tuple[str, str, Value]:
    return block.provider, block.address.type, uid


def _object_of(record: Record) -> tuple[str, str, Value]:
    return record.provider, record.address.type, record.uid


def moved(change: Change, record: Record, source: Address) -> Change:
    """`change` of an object that the state knows as `source`: at least that is to be changed."""
    kept = change.record if change.action is Action.REFRESH else record
    action = Action.REFRESH if change.action is Action.NOOP else change.action
    return replace(change, action=action, record=kept, moved_from=source, note=f"It is known as {source} until now.")
