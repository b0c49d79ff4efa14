"""Which blocks and records a plan covers: all, those of --target, or all but --exclude. Pure."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, replace

from hcl_lite.core.addrs import Address, Kind, in_order
from hcl_lite.core.diags import Diagnostic, HclError, did_you_mean
from hcl_lite.core.digraph import ancestors, descendants
from hcl_lite.engine.graph import Build, Graph, openers
from hcl_lite.engine.planning.options import Options
from hcl_lite.lang.config.block import Block, expressions_of
from hcl_lite.lang.evaluation.expand import provider_address
from hcl_lite.lang.evaluation.scope import Scope
from hcl_lite.lang.expressions.parse import expressions_in
from state.model import Record, State

_OBJECTS = frozenset({Kind.RESOURCE, Kind.DATA})


@dataclass(frozen=True)
class Targeting:
    """The part of `build` and `state` that is planned. `asked` are the given options; in `options`, --exclude is
    replaced by the targets that it leaves."""

    build: Build
    state: State
    asked: Options
    options: Options

    @classmethod
    def of(cls, build: Build, state: State, asked: Options) -> Targeting:
        """Raises HclError where --exclude leaves nothing."""
        return cls(build, state, asked, _excluded_as_targets(asked, build.graph, state))

    def unknown_addresses(self) -> Iterator[Diagnostic]:
        """Returns an error for each of --target, --exclude and --replace that is neither declared nor in the state."""
        blocks = self.build.config.of_kind(Kind.RESOURCE)
        objects = {*(block.address for block in blocks), *self.state.records}
        for verb, addresses, known in (
            ("target", self.asked.targets, {*self.build.graph, *objects}),
            ("exclude", self.asked.excluded, {*self.build.graph, *objects}),
            ("replace", self.asked.replacing, objects),
        ):
            for address in addresses:
                if not any(address.covers(other) for other in known):
                    near = did_you_mean(str(address), (str(a) for a in objects))
                    yield Diagnostic(f"There is no {address} to {verb}", near)

    def blocks(self) -> set[Address]:
        """Returns all blocks; with targets, these and what they depend on; for destroy, only what is needed to open
        providers."""
        graph, targets = self.build.graph, frozenset(self.options.targets)
        if self.options.is_about_records:
            return openers(graph)
        if not targets:
            return set(graph)
        roots = {address for address in graph if _is_among(targets, address)}
        used = {r.provider for r in self.state.all_records() if _is_among(targets, r.address)}
        roots |= {address for name in used if (address := provider_address(name)) in graph}
        return self._with_needs(roots)

    def waiting(self, wanted: Collection[Address]) -> Iterator[Block]:
        """Returns blocks whose instances are not known yet and that a plan of `wanted` depends on."""
        waiting = self.build.waiting
        if self.options.is_about_records:
            return (block for block in waiting if block.address.kind is Kind.PROVIDER)
        if not self.options.targets:
            return iter(waiting)
        named = {target.written for target in self.options.targets}
        for address in wanted:
            block = self.build.config.blocks.get(address)
            if block is not None:
                named |= _names_in(self.build.scope, block) | {provider_address(block.provider).written}
        return (block for block in waiting if any(_touch(block.address.written, name) for name in named))

    def blocks_of(self, parts: Iterable[Record]) -> set[Address]:
        """Returns the blocks of `parts` and what they depend on: they are planned with their parent, though no
        target names them. Empty without targets."""
        if not self.options.targets or self.options.is_about_records:
            return set()
        return self._with_needs({part.address for part in parts if part.address in self.build.graph})

    def _with_needs(self, addresses: set[Address]) -> set[Address]:
        return addresses.union(*(ancestors(self.build.graph, address) for address in addresses))


def _is_among(targets: frozenset[Address], address: Address) -> bool:
    return not targets.isdisjoint(address.covering())


def _excluded_as_targets(options: Options, graph: Graph, state: State) -> Options:
    """`options` with all that is not excluded as targets. Raises HclError where nothing is left.

    What needs an excluded block is left out with it. What an excluded object needs stays where it is: that is neither
    destroyed, nor deleted because it is no longer declared.
    """
    if not options.excluded:
        return options
    everything = {*graph, *state.records}
    excluded = frozenset(options.excluded)
    out = {address for address in everything if _is_among(excluded, address)}
    if not options.is_about_records:
        out |= set().union(*(descendants(graph, address) for address in out if address in graph))
    kept = _needed(state, out)
    out |= kept if options.destroy else kept - set(graph)
    left = in_order(address for address in everything - out if address.kind in _OBJECTS)
    if not left:
        raise HclError(Diagnostic("--exclude leaves nothing to plan"))
    return replace(options, targets=tuple(left))


def _needed(state: State, addresses: Collection[Address]) -> set[Address]:
    """Returns the dependencies of the objects at `addresses` by the state, direct and indirect."""
    found: set[Address] = set()
    open_ = [address for address in addresses if address in state.records]
    while open_:
        for address in state.records[open_.pop()].dependencies:
            if address not in found:
                found.add(address)
                open_ += [address] if address in state.records else []
    return found


def _names_in(scope: Scope, block: Block) -> set[Address]:
    """The blocks that `block` speaks of in expressions, as they are written; a variable's are those of its input."""
    address = block.address
    inside = address.kind is Kind.VARIABLE and address.module
    call, given = scope.call_of(address) if inside else (block, None)
    found = expressions_in(given) if inside else expressions_of(block)
    references = (reference.address for _, expression in found for reference in expression.references)
    return {named.within(call.address.module).written for named in references if named is not None}


def _touch(one: Address, other: Address) -> bool:
    return one.covers(other) or other.covers(one)
