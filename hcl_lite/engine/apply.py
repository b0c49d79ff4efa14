"""A Plan carried out: in the order of dependencies, side by side, the state on disk after every object."""

from __future__ import annotations

import asyncio
import os
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import TypeVar

from hcl_lite.core.addrs import Address, Kind
from hcl_lite.core.contents import without_unasked
from hcl_lite.core.diags import Diagnostic, HclError, Severity, raise_if_errors
from hcl_lite.core.schema import Conflict, Live, ProviderError, Refused, ResourceType, Taken, Version, Writer
from hcl_lite.core.values import UNKNOWN, JsonValue, Value, is_secret, is_unknown
from hcl_lite.engine.changes import Action, Change, Plan
from hcl_lite.engine.decide import CHECK, stored_attributes, unchecked, wants_check
from hcl_lite.engine.diff import diff, hash_of
from hcl_lite.engine.evaluate import (
    Arguments,
    Values,
    complete,
    evaluate_resource,
)
from hcl_lite.engine.going import all_that_goes, goes_along
from hcl_lite.engine.graph import Build
from hcl_lite.engine.lifecycle import ignores_secrets, is_protected, with_ignored
from hcl_lite.engine.preparing import expose_remembered, look_up, lookup_arguments, open_provider
from hcl_lite.engine.session import Session
from hcl_lite.engine.steps import Step, changes_of, deletions_of, order_steps
from hcl_lite.engine.walk import walk
from hcl_lite.lang.block import Block
from hcl_lite.lang.rules import as_warning, broken_rules, check_rule
from state.fingerprint import fingerprint
from state.model import Identity, Intent, Record
from state.store import Ledger

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Event:
    """Progress: a step has begun ("begin"), is done ("done"), has failed ("fail") or will not be made ("skip")."""

    phase: str
    address: Address
    action: Action
    uid: str = ""
    seconds: float = 0.0


@dataclass(frozen=True, slots=True)
class ApplyResult:
    """What came of an apply. `counts` are of objects that were changed, by action."""

    counts: Mapping[Action, int]
    failures: tuple[Diagnostic, ...] = ()
    skipped: tuple[Address, ...] = ()
    outputs: Mapping[str, Value] = field(default_factory=dict)
    stopped: bool = False
    warnings: tuple[Diagnostic, ...] = ()


@dataclass
class Applier:
    """Carries out one plan. `stop` is set to begin nothing more; what is under way is finished and saved."""

    build: Build
    plan: Plan
    session: Session
    ledger: Ledger
    parallelism: int = 10
    progress: Callable[[Event], None] = lambda _: None
    stop: asyncio.Event = field(default_factory=asyncio.Event)
    environment: Mapping[str, str] = field(default_factory=lambda: os.environ)

    def __post_init__(self) -> None:
        self.scope = self.build.scope
        self.scope.objects.clear()
        self.changes = changes_of(self.plan)
        self.deletions = deletions_of(self.plan)
        self.going = all_that_goes(self.plan.changes)
        self.interrupted = {intent.identity for intent in self.ledger.state.pending}
        self.counts: dict[Action, int] = {}
        self.failures: list[Diagnostic] = []
        self.warnings: list[Diagnostic] = []
        self.failed: set[Address] = set()
        self.skipped: list[Address] = []
        self.outputs: dict[str, Value] = {}

    async def run(self) -> ApplyResult:
        """Carry out the plan, and write the state at the end, whatever has happened. Never raises ProviderError."""
        try:
            steps = order_steps(self.plan, self.build.graph, self.ledger.state.all_records())
            await walk(steps, self._visit, self._skip, self.parallelism, lambda step: step.order, self.stop)
        finally:
            complete_ = not self.failures and not self.skipped and not self.stop.is_set()
            try:
                self.ledger.finish(self._stored_outputs() if complete_ else None)
            except HclError as error:  # a full disk: what was done is told all the same
                self.failures.extend(error.diagnostics)
                self.ledger.close()
        return ApplyResult(
            counts=self.counts,
            failures=tuple(dict.fromkeys(self.failures)),
            warnings=tuple(self.warnings),
            skipped=tuple(self.skipped),
            outputs=self.outputs,
            stopped=self.stop.is_set(),
        )

    # --- one step -----------------------------------------------------------------------------------------------------

    async def _visit(self, step: Step) -> bool:
        """Whether the steps after this one can go on."""
        change = self.deletions.get(step) if step.uid else self.changes.get(step.address)
        action = _shown_action(step, change)
        begun = time.monotonic()
        if action is not None:
            self.progress(Event("begin", step.address, action, step.uid))
        try:
            if step.uid and change is not None:
                await self._delete(step, change)
            else:
                await self._do(step.address, change)
        except HclError as error:
            self.failures.extend(error.diagnostics)
        except ProviderError as error:
            self.failures.append(self._failure(step, error))
        else:
            if action is not None:
                if not (step.uid and change is not None and change.action is Action.REPLACE):
                    self.counts[action] = self.counts.get(action, 0) + 1
                self.progress(Event("done", step.address, action, step.uid, time.monotonic() - begun))
            return True
        self.failed.add(step.address)
        if action is not None:
            self.progress(Event("fail", step.address, action, step.uid, time.monotonic() - begun))
        return False

    def _skip(self, step: Step) -> None:
        change = self.deletions.get(step) if step.uid else self.changes.get(step.address)
        action = _shown_action(step, change)
        if action is not None and step.address not in self.skipped and step.address not in self.failed:
            self.skipped.append(step.address)
            self.progress(Event("skip", step.address, action, step.uid))

    async def _do(self, address: Address, change: Change | None) -> None:
        block = self.build.config.blocks.get(address)
        if block is None:
            await self._refresh(change)
            return
        match address.kind:
            case Kind.PROVIDER:
                await open_provider(self.session, self.scope, block)
            case Kind.DATA:
                self._check_rules(block)
                values = lookup_arguments(self.session, self.scope, block)
                found = await look_up(self.session, block, values)
                self.scope.objects[address] = found
                self._check_rules(block, found)
            case Kind.RESOURCE if self.plan.refresh_only:
                await self._refresh(change)
            case Kind.RESOURCE if change is not None:
                await self._do_resource(block, change)
            case Kind.RESOURCE:  # a provider needs it for deletions
                await expose_remembered(self.session, self.scope, block, self.ledger.state.records.get(address))
            case Kind.LOCAL | Kind.VARIABLE | Kind.OUTPUT:
                value = self.scope.value(address)
                raise_if_errors(broken_rules(self.scope, block, block.rules))
                if address.kind is Kind.OUTPUT and not address.module:
                    self.outputs[address.name] = value
            case Kind.CHECK:
                self.warnings += map(as_warning, broken_rules(self.scope, block, [check_rule(block)]))

    def _check_rules(self, block: Block, own: Values | None = None) -> None:
        """Preconditions, or with the object that came of the block, postconditions. Raises HclError."""
        rules = [rule for rule in block.lifecycle.rules if rule.post == (own is not None)]
        raise_if_errors(broken_rules(self.scope, block, rules, own))

    async def _do_resource(self, block: Block, change: Change) -> None:
        type_ = self.session.resource_type(change.provider, block.address.type)
        if change.action is not Action.NOOP:
            self._check_rules(block)
        arguments = evaluate_resource(self.scope, block, type_)
        if change.wanted and arguments.hash != change.wanted:
            what = "Its arguments, or a file that they name, are not what they were when the plan was made."
            raise HclError(_no_longer_fits(block, what))
        if change.moved_from is not None:
            await self.ledger.move(change.moved_from, block.address)
        match change.action:
            case Action.CREATE | Action.REPLACE:
                record = await self._create(block, type_, arguments, change)
            case Action.UPDATE:
                record = await self._update(block, type_, arguments, change)
            case Action.REFRESH if change.record is not None:
                record = await self._settle(block, change.record)
                if record.uid != change.uid:  # an interrupted run had made it, and the server has chosen its uid
                    await self.ledger.fail(Identity(block.address, change.provider, change.uid))
            case _:
                known = self.ledger.state.records.get(block.address) if change.record is None else change.record
                if known is None:
                    raise HclError(_no_longer_fits(block, "The state has no such object."))
                record = known
        await expose_remembered(self.session, self.scope, block, record, arguments.values)
        if change.action is not Action.NOOP:
            self._check_rules(block, self.scope.objects[block.address])

    async def _create(self, block: Block, type_: ResourceType, arguments: Arguments, change: Change) -> Record:
        uid = change.uid or (change.record.uid if change.record and change.action is Action.CREATE else "")
        values = complete(block, type_, arguments.values, uid)
        if type_.uid(values) is UNKNOWN:
            values = complete(block, type_, arguments.values, type_.new_uid(str(block.address), block.address.label))
        self._check_known(block, values)
        await self.session.check_supported(block, arguments.values, values)
        uid = str(type_.uid(values))
        provider = self.session.get(change.provider)
        if change.action is Action.REPLACE and change.create_first and change.record is not None:
            await self.ledger.depose(change.record)
        record = await self._expected(block, type_, arguments, values, change, uid)
        # A server may do late what an earlier run had asked of it.
        there = await provider.read(block.address.type, uid, values) if record.identity in self.interrupted else None
        if there is not None and not type_.immutable:
            found = replace(change, action=Action.UPDATE, uid=uid, seen=there.version, record=None)
            return await self._update(block, type_, arguments, found)
        if change.record is not None and change.action is Action.CREATE and change.record.identity != record.identity:
            await self.ledger.remove(change.record.identity)
        write = provider.restore if change.restores else provider.create
        try:
            live = there
            if live is None:
                async with self.ledger.writing(Intent("create", record)):
                    live = await write(block.address.type, values)
        except ProviderError as error:
            if (
                not error.unclear
                and change.action is Action.REPLACE
                and change.create_first
                and change.record is not None
            ):
                await self.ledger.put(change.record)
            if isinstance(error, Conflict):
                raise HclError(await self._conflict(block, type_, values, change, provider, error)) from error
            raise
        done = await self._remember(block, type_, values, record, live)
        if live.uid != uid:  # the server has chosen another one
            await self.ledger.fail(record.identity)
        return done

    async def _update(self, block: Block, type_: ResourceType, arguments: Arguments, change: Change) -> Record:
        values = complete(block, type_, arguments.values, change.uid)
        self._check_known(block, values)
        await self.session.check_supported(block, arguments.values, values)
        provider = self.session.get(change.provider)
        if block.lifecycle.ignore_changes:
            found = await provider.read(block.address.type, change.uid, values, change.seen)
            values = with_ignored(block, type_, values, found) if found is not None else values
        record = await self._expected(block, type_, arguments, values, change, change.uid)
        try:
            async with self.ledger.writing(Intent("update", record)):
                live = await provider.update(block.address.type, change.uid, values, change.seen)
        except Conflict as error:
            raise HclError(await self._conflict(block, type_, values, change, provider, error)) from error
        return await self._remember(block, type_, values, record, live)

    async def _expected(
        self, block: Block, type_: ResourceType, arguments: Arguments, values: Values, change: Change, uid: str
    ) -> Record:
        """The record of what is about to be written: what only the answer tells is as it was before."""
        asked = type_.content(values)
        old = change.record if change.action is Action.UPDATE else None
        wanted = type_.secrets(values)
        known = old.secrets if old is not None else {}
        kept = {name: known[name] for name in wanted if name in known and name not in change.secrets}
        kept = dict(known) if ignores_secrets(block, type_) else kept
        fresh = [name for name in wanted if name not in kept]
        made = await asyncio.gather(*(asyncio.to_thread(fingerprint, wanted[name], self.environment) for name in fresh))
        return Record(
            address=block.address,
            provider=change.provider,
            uid=uid,
            version=change.seen if old is not None else {},
            applied=arguments.hash,
            content=hash_of(asked),
            attributes=stored_attributes(type_, values, {**(old.attributes if old else {}), **_kept(type_, asked)}),
            secrets={**kept, **dict(zip(fresh, made, strict=True))},
            dependencies=change.dependencies,
            protected=is_protected(self.scope, block),
        )

    async def _remember(
        self, block: Block, type_: ResourceType, values: Values, expected: Record, live: Live
    ) -> Record:
        """The record of what was written, on disk."""
        if live.warnings:
            self.warnings.append(_incomplete(block, live.warnings))
        asked, content = type_.content(values), expected.content
        if live.content is not None and live.content != asked:
            content = hash_of(without_unasked(type_.attrs, live.content, asked))
        attributes = stored_attributes(type_, values, live.attributes)
        record = replace(expected, uid=live.uid, version=live.version, content=content, attributes=attributes)
        return await self._settle(block, record, written=True)

    async def _settle(self, block: Block, record: Record, *, written: bool = False) -> Record:
        """Put `record` on disk; where the block asks for that, once the object is found to work. Raises HclError.

        Until then what is on disk does not say so, and the next plan asks for another check.
        """
        if not wants_check(record) or not (written or self._is_unchecked(block)):
            await self.ledger.put(record)
            return record
        await self.ledger.put(unchecked(record))
        try:
            warning = await self.session.get(record.provider).check_health(block.address.type, record.uid)
        except ProviderError as error:
            hint = "It stays in the state as it is; the next apply checks it again."
            place = block.key_place(CHECK)
            raise HclError(
                Diagnostic(
                    f"{block.address} is not healthy",
                    str(error),
                    place,
                    hint,
                    str(block.address),
                    request_id=error.request_id,
                )
            ) from error
        if warning:
            problem = Diagnostic(warning, "", block.key_place(CHECK), address=str(block.address))
            self.warnings.append(as_warning(problem))
        await self.ledger.put(record)
        return record

    async def _refresh(self, change: Change | None) -> None:
        """Bring the state up to date, and nothing else."""
        if change is None or change.action is not Action.REFRESH or change.record is None:
            return
        if change.moved_from is not None:
            await self.ledger.move(change.moved_from, change.address)
        await self.ledger.put(change.record)

    def _is_unchecked(self, block: Block) -> bool:
        known = self.ledger.state.records.get(block.address)
        return known is None or not wants_check(known)

    async def _delete(self, step: Step, change: Change) -> None:
        record = change.record
        assert record is not None
        if change.moved_from is not None and not change.create_first:
            await self.ledger.move(change.moved_from, change.address)
        if change.action not in (Action.FORGET, Action.RELEASE):
            type_ = self.session.resource_type(record.provider, record.address.type)
            along = goes_along(type_, record, self.going)
            async with self.ledger.writing(Intent("delete", record)):
                await self.session.get(record.provider).delete(type_.name, record.uid, record.attributes, along)
        await self.ledger.remove(record.identity)

    # --- what goes wrong ----------------------------------------------------------------------------------------------

    def _check_known(self, block: Block, values: Values) -> None:
        if is_unknown(values):
            names = ", ".join(key for key, value in values.items() if is_unknown(value))
            raise HclError(Diagnostic(f"{names} of {block.address} is still not known", "", block.place()))

    async def _conflict(
        self, block: Block, type_: ResourceType, values: Values, change: Change, provider: Writer, error: Conflict
    ) -> Diagnostic:
        """The server refused, since the object is not as the plan saw it: what is there is read again.

        All sides are shown: the version that was applied last, the one that the plan saw, and what is there now against
        what is wanted.
        """
        if isinstance(error, Taken):
            summary = f"Cannot change {block.address}"
            return Diagnostic(summary, str(error), block.place(), error.hint, str(block.address))
        lines = [str(error)]
        try:
            live = await provider.read(block.address.type, str(type_.uid(values)), values, change.seen)
        except ProviderError:
            live = None
        if live is not None:
            last, seen = _version(change.record.version if change.record else {}), _version(change.seen)
            lines.append(f"Version applied last: {last}; seen by the plan: {seen}; live now: {_version(live.version)}.")
            differences = diff(live.content, type_.content(values)) if live.content is not None else ()
            if differences:
                lines.append(f"It differs from what is wanted in {len(differences)} places:")
            lines += [f"  {d.path}: live {_short(d.before)}, wanted {_short(d.after)}" for d in differences[:5]]
        return Diagnostic(
            f"{block.address} is not as the plan saw it",
            "\n".join(lines),
            block.place(),
            "Nothing was overwritten. Plan again to decide on what is there now.",
            str(block.address),
            request_id=error.request_id,
        )

    def _failure(self, step: Step, error: ProviderError) -> Diagnostic:
        block = self.build.config.blocks.get(step.address)
        what = "delete" if step.uid else "change"
        summary = f"{step.address} was not deleted" if isinstance(error, Refused) else f"Cannot {what} {step.address}"
        place = block.place() if block else None
        return Diagnostic(summary, str(error), place, error.hint, str(step.address), request_id=error.request_id)

    def _stored_outputs(self) -> Mapping[str, JsonValue] | None:
        """Outputs fit to be kept: sensitive ones are not. None where this plan has not evaluated them."""
        if self.plan.destroy:
            return {} if not self.plan.targets else None
        if self.plan.refresh_only or self.plan.targets:
            return None
        return {name: value for name, value in self.outputs.items() if not is_secret(value)}


def _kept(type_: ResourceType, content: Value) -> Mapping[str, Value]:
    """Of a content what the state may keep."""
    known = type_.attrs.keys() & (content.keys() if isinstance(content, Mapping) else ())
    return {key: content[key] for key in sorted(known) if not type_.attrs[key].body}


def _no_longer_fits(block: Block, why: str) -> Diagnostic:
    summary = f"The plan for {block.address} no longer fits"
    return Diagnostic(summary, why, block.place(), "Plan again.", str(block.address))


def _incomplete(block: Block, warnings: tuple[str, ...]) -> Diagnostic:
    summary = f"{block.address} was made, but not all of it"
    return Diagnostic(
        summary, "\n".join(warnings), block.place(), address=str(block.address), severity=Severity.WARNING
    )


def _shown_action(step: Step, change: Change | None) -> Action | None:
    """The action that a person is told of; None for steps that change nothing on a server."""
    if change is None or change.action in (Action.NOOP, Action.REFRESH, Action.FORGET, Action.RELEASE, Action.READ):
        return None
    return Action.DELETE if step.uid else change.action


def _version(version: Version) -> str:
    return str(version.get("version", "none"))


def _short(value: Value) -> str:
    text = repr(value)
    return text if len(text) <= 60 else text[:57] + "…"
