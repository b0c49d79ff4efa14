"""Carries out a Plan: walks its steps in the order of their dependencies, independent ones concurrently.

The write of one object is in resource_writer.py, the text of failures in diagnostics.py.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from hcl_lite.core.addrs import Address, Kind
from hcl_lite.core.diags import Diagnostic, HclError, raise_if_errors
from hcl_lite.core.progress import Scheduled, in_step, tell_progress
from hcl_lite.core.schema import ProviderError
from hcl_lite.core.values import JsonValue, Value, is_secret
from hcl_lite.engine.applying.deferred_decisions import completed_record, resolve_deferred
from hcl_lite.engine.applying.diagnostics import plan_mismatch, step_failed
from hcl_lite.engine.applying.name_handover import NameHandover
from hcl_lite.engine.applying.progress import ApplyResult, Event
from hcl_lite.engine.applying.resource_writer import ObjectWriter
from hcl_lite.engine.desired import Values
from hcl_lite.engine.graph import Build
from hcl_lite.engine.hashes import Hashes
from hcl_lite.engine.open_providers import Session
from hcl_lite.engine.plan import GOES, Action, Change, Plan
from hcl_lite.engine.prerequisites import look_up, lookup_arguments, open_provider, remembered_attributes
from hcl_lite.engine.sinks import check_sinks, written_sinks
from hcl_lite.engine.steps import (
    Step,
    changes_of,
    deletions_of,
    moves_of,
    order_steps,
    parts_by_whole,
    recovered_records,
    waits_of,
)
from hcl_lite.engine.walk import walk
from hcl_lite.lang.config.block import Block
from hcl_lite.lang.evaluation.conditions import as_warning, broken_rules, check_rule
from state.model import Identity, Record
from state.store import Ledger


@dataclass
class Applier:
    """Carries out one plan. Setting `stop` lets no further step begin; steps under way are finished and saved."""

    build: Build
    plan: Plan
    session: Session
    ledger: Ledger
    parallelism: int = 10
    progress: Callable[[Event], None] = lambda _: None
    stop: asyncio.Event = field(default_factory=asyncio.Event)

    def __post_init__(self) -> None:
        self.scope = self.build.scope
        self.scope.hide_all()
        self.changes = changes_of(self.plan)
        self.deletions = deletions_of(self.plan)
        self.parts = parts_by_whole(self.deletions)
        self.counts: dict[Action, int] = {}
        self.failures: list[Diagnostic] = []
        self.warnings: list[Diagnostic] = []
        self.hashes = Hashes(self.session.context.environment)
        calls = asyncio.Semaphore(self.parallelism)
        self.names = NameHandover(self.scope, self.session, self.ledger, self.hashes, self.plan.changes, calls)
        self.writer = ObjectWriter(self.scope, self.session, self.ledger, self.hashes, self.names, self.warnings.append)
        self.failed: set[Address] = set()
        self.skipped: list[Address] = []
        self.outputs: dict[str, Value] = {}

    async def run(self) -> ApplyResult:
        """Carries out the plan and writes the state at the end, whatever has happened. Never raises ProviderError.

        Before the first step the state has the moves of the plan, and the objects that an interrupted run has written.
        """
        try:
            moves = moves_of(self.plan)
            if moves:
                await self.ledger.arrange(moves)
            for record in recovered_records(self.plan, self.ledger.state):
                await self.writer.put_recovered(record)
            steps = order_steps(self.plan, self.build.graph, self.ledger.state.all_records())
            tell_progress(Scheduled(waits_of(steps, self._is_shown)))
            visits = self.parallelism + self.ledger.ahead
            await walk(steps, self._visit, self._skip, visits, lambda step: step.turn, self.stop)
        finally:
            complete = not self.failures and not self.skipped and not self.stop.is_set()
            try:
                self.ledger.finish(self._stored_outputs() if complete else None)
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

    # --- the walk -----------------------------------------------------------------------------------------------------

    async def _visit(self, step: Step) -> bool:
        """Carries out one step. Returns whether the steps that depend on it can go on."""
        with in_step(step.address):
            return await self._carry_out(step)

    async def _carry_out(self, step: Step) -> bool:
        change, problems = await self._turned_out(step)
        if step.uid and not step.aside and change is not None and change.action not in (*GOES, Action.REPLACE):
            return True  # it has turned out that the object stays
        action = _shown_action(step, change)
        begun = time.monotonic()
        is_half = bool(step.uid) and change is not None and change.action is Action.REPLACE
        if action is not None:
            self.progress(Event("begin", step.address, action, step.uid, ends=False))
        failed: tuple[Diagnostic, ...] = ()
        try:
            raise_if_errors(problems)
            if step.aside and change is not None:
                await self._set_aside(change)
            elif step.uid and change is not None:
                await self._delete(step, change)
            else:
                await self._do(step.address, change)
        except HclError as error:
            failed = error.diagnostics
        except ProviderError as error:
            deleting = step.uid != "" and not step.aside
            failed = (step_failed(step.address, self.build.config, error, deleting=deleting),)
        else:
            if action is not None:
                if not is_half:
                    self.counts[action] = self.counts.get(action, 0) + 1
                uid = step.uid or self._uid_at(step.address)
                self.progress(Event("done", step.address, action, uid, time.monotonic() - begun, not is_half))
            elif (planned := _shown_action(step, self._change_of(step))) is not None:
                self.progress(Event("stay", step.address, planned, step.uid))
            return True
        self.failures.extend(failed)
        self.failed.add(step.address)
        if action is not None:
            was_made = is_half and change is not None and change.create_first
            seconds = time.monotonic() - begun
            self.progress(Event("fail", step.address, action, step.uid, seconds, not was_made, failed))
        return False

    def _skip(self, step: Step) -> None:
        change = self._change_of(step)
        action = _shown_action(step, change)
        if action is not None and step.address not in self.skipped and step.address not in self.failed:
            self.skipped.append(step.address)
            self.progress(Event("skip", step.address, action, step.uid))

    def _uid_at(self, address: Address) -> str:
        record = self.ledger.record_at(address)
        return record.uid if record is not None else ""

    def _is_shown(self, step: Step) -> bool:
        return _shown_action(step, self._change_of(step)) is not None

    def _change_of(self, step: Step) -> Change | None:
        if step.aside:
            updated = self.changes.get(step.address)
            is_updated = updated is not None and updated.action is Action.UPDATE and updated.uid == step.uid
            return updated if is_updated else self.deletions.get(Step(step.address, step.uid))
        return self.deletions.get(step) if step.uid else self.changes.get(step.address)

    async def _turned_out(self, step: Step) -> tuple[Change | None, Sequence[Diagnostic]]:
        """Returns the change of `step`, decided with all values known by now, and the problems that prevent the
        decision."""
        change = self._change_of(step)
        if change is None or not change.may_stay or step.aside:
            return change, ()
        block = self.build.config.blocks[change.address]
        type_ = self.session.resource_type(change.provider, block.address.type)
        try:
            arguments = await self.session.arguments(self.scope, block, type_)
            return resolve_deferred(block, type_, arguments, change, self.hashes), ()
        except HclError as error:
            return change, error.diagnostics
        except ProviderError as error:
            return change, [step_failed(step.address, self.build.config, error, deleting=False)]

    async def _set_aside(self, change: Change) -> None:
        """Gives an object a temporary name. One that may stay keeps its own until its name is needed
        (name_handover.py)."""
        if not change.may_stay:
            await self.names.set_aside(change)

    # --- what a step does ---------------------------------------------------------------------------------------------

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
                self.scope.expose(address, found)
                self._check_rules(block, found)
            case Kind.RESOURCE if self.plan.refresh_only:
                await self._refresh(change)
            case Kind.RESOURCE if change is not None:
                await self._do_resource(block, change)
            case Kind.RESOURCE:  # a provider needs it for deletions
                await self._expose(block, self.ledger.record_at(address))
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
        block = await self.session.with_bound_paths(block, type_)
        arguments = await self.session.arguments(self.scope, block, type_)
        if change.wanted and arguments.hash != change.wanted:
            what = "Its arguments, or a file that they name, are not what they were when the plan was made."
            raise HclError(plan_mismatch(block, what))
        match change.action:
            case Action.CREATE | Action.REPLACE:
                record = await self.writer.create(block, type_, arguments, change)
            case Action.UPDATE:
                record = await self.writer.update(block, type_, arguments, change)
            case Action.REFRESH if change.record is not None:
                self.names.stays(change.record)
                record = await self.writer.settle(block, completed_record(block, type_, arguments, change.record))
                if record.uid != change.uid:  # an interrupted run had made it, and the server has chosen its uid
                    await self.ledger.fail(Identity(block.address, change.provider, change.uid))
            case _:
                known = self.ledger.record_at(block.address) if change.record is None else change.record
                if known is None:
                    raise HclError(plan_mismatch(block, "The state has no such object."))
                record = known
        await self.writer.forget_intended(block, type_, record)
        await self._expose(block, record, arguments.values)
        if change.action is not Action.NOOP:
            self._check_rules(block, self.scope.objects[block.address])

    async def _expose(self, block: Block, record: Record | None, values: Values | None = None) -> None:
        """Let others refer to an object as the state has it."""
        known = await remembered_attributes(self.session, self.scope, block, record, values)
        if known is not None:
            self.scope.expose(block.address, known)

    async def _refresh(self, change: Change | None) -> None:
        """Bring the state up to date, and nothing else."""
        if change is None or change.action is not Action.REFRESH or change.record is None:
            return
        await self.ledger.put(change.record)

    async def _delete(self, step: Step, change: Change) -> None:
        record = change.record
        assert record is not None
        if change.action is Action.REPLACE and not change.create_first:  # nothing goes for what cannot come
            block = self.build.config.blocks[change.address]
            type_ = self.session.resource_type(change.provider, block.address.type)
            if self.deletions[step].may_stay:
                await self.writer.look(block, type_, await self.session.arguments(self.scope, block, type_), change)
            await check_sinks(self.session.context, block, type_, written_sinks(block, type_))
        if change.action in (Action.FORGET, Action.RELEASE) or change.goes_with is not None:
            await self.ledger.remove(record.identity)
        else:
            await self.writer.delete(record, self.parts.get(step, ()), change.expected_version)

    def _stored_outputs(self) -> Mapping[str, JsonValue] | None:
        """Returns the outputs to store: no sensitive ones; those outside of the targets as they were stored before.
        None where this plan has evaluated none."""
        if self.plan.destroy:
            gone = {change.name for change in self.plan.outputs}
            left = {name: value for name, value in self.ledger.state.outputs.items() if name not in gone}
            return left if self.plan.targets else {}
        if self.plan.refresh_only:
            return None
        kept = self.ledger.state.outputs if self.plan.targets else {}
        known = {name: value for name, value in kept.items() if name not in self.outputs}
        return {**known, **{name: value for name, value in self.outputs.items() if not is_secret(value)}}


def _shown_action(step: Step, change: Change | None) -> Action | None:
    """The action that a person is told of; None for steps that change nothing on a server."""
    silent = (Action.NOOP, Action.REFRESH, Action.FORGET, Action.RELEASE, Action.READ)
    if step.aside or change is None or change.action in silent:
        return None
    return Action.DELETE if step.uid else change.action
