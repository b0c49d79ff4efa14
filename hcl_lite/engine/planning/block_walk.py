"""Walks the graph once for a plan: opens providers, reads lookups, plans resources, evaluates rules and outputs.

Evaluation and reading are one walk, since a lookup or a provider may depend on what another block will be.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from hcl_lite.core.addrs import Address, Kind
from hcl_lite.core.diags import Diagnostic, HclError, raise_if_errors
from hcl_lite.core.progress import Counter, in_step
from hcl_lite.core.schema import ProviderError
from hcl_lite.core.values import Value, is_secret, is_unknown
from hcl_lite.engine.desired import Values
from hcl_lite.engine.graph import Build, nearest_objects, nearest_resources
from hcl_lite.engine.open_providers import Session
from hcl_lite.engine.plan import WRITES, Action, Change
from hcl_lite.engine.planning.options import Options
from hcl_lite.engine.planning.planned import Planned, Progress
from hcl_lite.engine.planning.resource_planner import ResourcePlanner
from hcl_lite.engine.planning.unreachable import Unreachable
from hcl_lite.engine.prerequisites import look_up, lookup_arguments, open_provider, remembered_attributes
from hcl_lite.engine.server_faults import fault_at
from hcl_lite.engine.walk import walk
from hcl_lite.lang.config.block import Block
from hcl_lite.lang.evaluation.conditions import as_warning, broken_rules, check_rule
from state.model import Record

_BLOCKS_AT_ONCE = 1024


@dataclass
class BlockWalk:
    """Plans blocks in dependency order and collects a result for each. `records` are those of the state.

    During the walk it is the only writer of the scope: each object is exposed when its block has been planned.
    """

    build: Build
    records: Mapping[Address, Record]
    session: Session
    options: Options
    resources: ResourcePlanner
    unreachable: Unreachable

    def __post_init__(self) -> None:
        self.config = self.build.config
        self.scope = self.build.scope
        self.progress = Progress()
        self.outputs: dict[Address, Value] = {}
        self._problems: list[Diagnostic] = []
        self._faults: dict[ProviderError, list[Block]] = {}  # one of a survey is that of all its blocks
        self.warnings: list[Diagnostic] = []

    @property
    def problems(self) -> list[Diagnostic]:
        """All errors that were found by now."""
        faults = [fault_at(error, blocks, self.config) for error, blocks in self._faults.items()]
        return [*self._problems, *faults]

    async def over(self, addresses: Collection[Address]) -> None:
        """Plans the blocks at `addresses`, without those that depend on a block with an error. Raises HclError with
        all errors."""
        about_blocks = not self.options.is_about_records
        reading = Counter("Reading", sum(one.kind is Kind.RESOURCE for one in addresses) if about_blocks else 0)

        async def visit(address: Address) -> bool:
            if address.kind is not Kind.RESOURCE:
                return await self._visit(address)
            with in_step(address):
                good = await self._visit(address)
            reading.count()
            return good

        await walk(
            self.build.graph.subgraph(addresses),
            visit=visit,
            skip=lambda _: None,
            parallelism=self.options.parallelism or _BLOCKS_AT_ONCE,
            order=lambda address: address.order,
        )
        raise_if_errors(self.problems)

    async def over_other_outputs(self, planned: Collection[Address]) -> None:
        """Evaluates the outputs that depend only on `planned` blocks and on objects that are as the state has them."""
        for address in (a for a in self.build.graph if a.kind is Kind.OUTPUT and not a.module and a not in planned):
            needed = [a for a in nearest_objects(self.build.graph, address) if a not in planned]
            if all([await self._is_as_applied(needed_one) for needed_one in needed]):
                await self._visit(address)

    async def _visit(self, address: Address) -> bool:
        """Whether what depends on this block can be planned."""
        block = self.config.blocks.get(address)
        if block is None:
            return True
        try:
            match address.kind:
                case Kind.PROVIDER:
                    await open_provider(self.session, self.scope, block)
                case Kind.DATA:
                    await self._look_up(block)
                case Kind.RESOURCE if self.options.is_about_records:  # a provider needs it
                    await self._expose_remembered(block)
                case Kind.RESOURCE:
                    await self._plan(block)
                case Kind.OUTPUT:
                    self._evaluate_output(block)
                case Kind.CHECK:
                    problems = broken_rules(self.scope, block, [check_rule(block)])
                    self.warnings.extend(as_warning(problem) for problem in problems)
                case Kind.LOCAL | Kind.VARIABLE:
                    self.scope.value(address)
                    raise_if_errors(broken_rules(self.scope, block, block.rules))
        except HclError as error:
            self._problems.extend(error.diagnostics)
            return False
        except ProviderError as error:
            if not self.unreachable.takes(error, address):
                self._faults.setdefault(error, []).append(block)
            return False
        return True

    async def _plan(self, block: Block) -> None:
        planned = await self.resources.plan(block, self.progress)
        if planned.exposed is not None:
            self._expose(block, planned.exposed)
        self.progress.add(planned)

    def _expose(self, block: Block, values: Values) -> None:
        """Let others refer to an object as it will be. Raises HclError for a postcondition that does not hold."""
        self.scope.expose(block.address, values)
        raise_if_errors(broken_rules(self.scope, block, [r for r in block.lifecycle.rules if r.post], values))

    async def _expose_remembered(self, block: Block, *, only_as_applied: bool = False) -> bool:
        """Let others refer to an object as the state has it; whether it is known now."""
        record = self.records.get(block.address)
        known = await remembered_attributes(self.session, self.scope, block, record, only_as_applied=only_as_applied)
        if known is not None:
            self.scope.expose(block.address, known)
        return known is not None

    async def _look_up(self, block: Block) -> None:
        if block.address in self.scope.objects:
            return  # for_each needed it before
        raise_if_errors(broken_rules(self.scope, block, [r for r in block.lifecycle.rules if not r.post]))
        values = lookup_arguments(self.session, self.scope, block)
        if self.session.is_deferred(block.provider) or is_unknown(values) or self._waits_for_write(block):
            if not self.options.is_about_records:
                change = Change(block.address, Action.READ, place=block.place())
                self.progress.add(Planned(change, given=values if is_secret(values) else None))
            return
        self._expose(block, await look_up(self.session, block, values))

    def _waits_for_write(self, block: Block) -> bool:
        """Whether a lookup comes after what the apply writes."""
        changes = self.progress.changes
        needed = nearest_resources(self.build.graph, block.address)
        return any(changes[address].action in WRITES for address in needed if address in changes)

    def _evaluate_output(self, block: Block) -> None:
        value = self.scope.value(block.address)
        raise_if_errors(broken_rules(self.scope, block, block.rules))
        if is_secret(value) and block.body.get("sensitive") is not True:
            detail = "It holds a value that is marked as sensitive."
            hint = "Set sensitive = true."
            raise HclError(Diagnostic(f"Output {block.address.name} must be sensitive", detail, block.place(), hint))
        if not block.address.module:
            self.outputs[block.address] = value

    async def _is_as_applied(self, address: Address) -> bool:
        """Whether an object that is none of the targets is declared as it was applied; others may refer to it then."""
        if address.kind is not Kind.RESOURCE:
            return False
        try:
            return await self._expose_remembered(self.config.blocks[address], only_as_applied=True)
        except HclError:
            return False
        except ProviderError as error:
            if not self.unreachable.takes(error):
                raise
            return False
