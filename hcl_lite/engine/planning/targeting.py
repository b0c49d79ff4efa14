"""Which blocks and records a plan covers: all, those of --target, or all but --exclude. Pure."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, replace

from hcl_lite.core.addrs import Address, Kind, in_order
from hcl_lite.core.diags import Diagnostic, HclError, did_you_mean
from hcl_lite.core.digraph import ancestors, with_descendants
from hcl_lite.engine.graph import Build, Graph, openers
from hcl_lite.engine.planning.options import Options
from hcl_lite.lang.config.block import Block, expressions_of
from hcl_lite.lang.evaluation.expand import name_of, provider_address
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

    def is_planned(self, address: Address) -> bool:
        """Whether an object is one of the targets, where there are some."""
        return not self.options.targets or _is_among(frozenset(self.options.targets), address)

    def without_servers(self, providers: Collection[str], stranded: Collection[Address]) -> set[Address]:
        """Returns what cannot be planned without `providers`: their objects, in blocks and in the state, and what
        depends on these, or on the blocks `stranded`; also what needs a provider whose settings do."""
        graph, names = self.build.graph, set(providers)
        while True:
            roots = {*stranded, *self._of_providers(names)}
            dependents = with_descendants(graph, stranded if self.options.is_about_records else roots)
            more = {name_of(one) for one in dependents if one.kind is Kind.PROVIDER} - names
            if not more:
                return roots if self.options.is_about_records else dependents
            names |= more

    def _of_providers(self, names: Collection[str]) -> set[Address]:
        """The provider blocks, and all objects of them."""
        blocks = (one for one in self.build.config.blocks.values() if one.address.kind in _OBJECTS)
        found = {block.address for block in blocks if block.provider in names}
        found |= {record.address for record in _everything_in(self.state) if record.provider in names}
        return found | {provider_address(name) for name in names}

    def leaving(self, out: Collection[Address]) -> Targeting:
        """Returns what is left without the addresses in `out`: its options have the rest as targets, none for
        nothing."""
        left = _left_as_targets(self.options, self.build.graph, self.state, set(out))
        return replace(self, options=replace(left, targets=tuple(filter(self.is_planned, left.targets))))

    def _with_needs(self, addresses: set[Address]) -> set[Address]:
        return addresses.union(*(ancestors(self.build.graph, address) for address in addresses))


def _is_among(targets: frozenset[Address], address: Address) -> bool:
    return not targets.isdisjoint(address.covering())


def _excluded_as_targets(options: Options, graph: Graph, state: State) -> Options:
    """`options` with all that is not excluded as targets. Raises HclError where nothing is left.

    What needs an excluded block is left out with it.
    """
    if not options.excluded:
        return options
    excluded = frozenset(options.excluded)
    out = {address for address in {*graph, *state.records} if _is_among(excluded, address)}
    if not options.is_about_records:
        out = with_descendants(graph, out)
    left = _left_as_targets(options, graph, state, out)
    if not left.targets:
        raise HclError(Diagnostic("--exclude leaves nothing to plan"))
    return left


def _left_as_targets(options: Options, graph: Graph, state: State, out: set[Address]) -> Options:
    """`options` with all that is not in `out` as targets.

    What an object in `out` needs stays where it is: that is neither destroyed, nor deleted because it is no longer
    declared.
    """
    kept = _needed(state, out)
    gone = out | (kept if options.destroy else kept - set(graph))
    everything = {*graph, *(record.address for record in _everything_in(state))}
    return replace(options, targets=tuple(in_order(one for one in everything - gone if one.kind in _OBJECTS)))


def _everything_in(state: State) -> Iterator[Record]:
    """Every object of the state, also those that an interrupted run was writing."""
    yield from state.all_records()
    yield from (intent.record for intent in state.unrecorded())


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
