"""--exclude as the targets that it leaves, so that nothing else has to know of it. Pure."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace

import networkx as nx

from hcl_lite.core.addrs import Address, Kind, in_order
from hcl_lite.core.diags import Diagnostic, HclError
from hcl_lite.engine.graph import Graph
from hcl_lite.engine.options import Options
from state.model import State

_OBJECTS = frozenset({Kind.RESOURCE, Kind.DATA})


def excluded_as_targets(options: Options, graph: Graph, state: State) -> Options:
    """`options` with all that is not excluded as targets. Raises HclError where nothing is left.

    What needs an excluded block is left out with it. What an excluded object needs stays where it is: that is neither
    destroyed, nor deleted because it is no longer declared.
    """
    if not options.excluded:
        return options
    everything = {*graph, *state.records}
    excluded = frozenset(options.excluded)
    out = {address for address in everything if not excluded.isdisjoint(address.covering())}
    if not (options.destroy or options.refresh_only):
        out |= set().union(*(nx.descendants(graph, address) for address in out if address in graph))
    kept = _needed(state, out)
    out |= kept if options.destroy else kept - set(graph)
    left = in_order(address for address in everything - out if address.kind in _OBJECTS)
    if not left:
        raise HclError(Diagnostic("--exclude leaves nothing to plan"))
    return replace(options, targets=tuple(left))


def _needed(state: State, addresses: Collection[Address]) -> set[Address]:
    """What the objects at `addresses` need, as the state remembers it, at first hand and beyond."""
    found: set[Address] = set()
    open_ = [address for address in addresses if address in state.records]
    while open_:
        for address in state.records[open_.pop()].dependencies:
            if address not in found:
                found.add(address)
                open_ += [address] if address in state.records else []
    return found
