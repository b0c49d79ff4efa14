"""The dependency graph of a configuration: an edge leads from what is needed to what needs it."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeAlias

from hcl_lite.core.addrs import Address, Kind, in_order
from hcl_lite.core.digraph import DiGraph, ancestors
from hcl_lite.core.schema import Mention
from hcl_lite.core.values import Value
from hcl_lite.lang.config.block import Block
from hcl_lite.lang.config.config import Config
from hcl_lite.lang.config.declared import ProviderTypes
from hcl_lite.lang.evaluation.scope import Scope

Graph: TypeAlias = DiGraph[Address]


@dataclass(frozen=True, slots=True)
class Build:
    """A configuration expanded to its instances, with its dependency graph. Built by graph_builder.py and frozen since;
    only `scope` learns of objects.

    `config` holds instances, with the names of their providers. `identities` are the uids of blocks as far as they are
    known without a server; `given` those that the blocks give themselves: empty for none, UNKNOWN where they depend on
    others. `imports` are the import blocks by the address of their target; `declared` the blocks that bodies may
    mention, by their names there; `bodies` the hashes of those that are read from files. `waiting` are the blocks whose
    instances are known only after lookups are read.
    """

    config: Config
    providers: ProviderTypes
    scope: Scope
    graph: Graph
    identities: Mapping[Address, str]
    given: Mapping[Address, Value]
    imports: Mapping[Address, Block]
    declared: Mapping[Mention, Sequence[Address]]
    bodies: Mapping[Address, str]
    waiting: tuple[Block, ...] = ()

    def makes(self, provider: str, mention: Mention) -> bool:
        """Whether a block of a provider declares what has the name."""
        return any(self.config.blocks[address].provider == provider for address in self.declared.get(mention, ()))


def objects_only(graph: Graph) -> Graph:
    """Returns `graph` reduced to resources and lookups, which depend on each other through all that is left out."""
    kinds = (Kind.RESOURCE, Kind.DATA)
    small: Graph = DiGraph()
    small.add_nodes_from(address for address in graph if address.kind in kinds)
    for address in list(small):
        small.add_edges_from((needed, address) for needed in _nearest(graph, address, kinds))
    return small


def openers(graph: Graph) -> set[Address]:
    """Returns the providers, and everything that their settings depend on."""
    providers = [address for address in graph if address.kind is Kind.PROVIDER]
    return set(providers).union(*(ancestors(graph, address) for address in providers))


def nearest_resources(graph: Graph, address: Address) -> tuple[Address, ...]:
    """Returns the resources that `address` depends on directly, or through locals, lookups or providers."""
    return tuple(in_order(_nearest(graph, address, (Kind.RESOURCE,))))


def nearest_objects(graph: Graph, address: Address) -> tuple[Address, ...]:
    """Returns the resources and lookups that `address` depends on directly, or through locals or modules."""
    return tuple(in_order(_nearest(graph, address, (Kind.RESOURCE, Kind.DATA))))


def _nearest(graph: Graph, address: Address, kinds: Collection[Kind]) -> set[Address]:
    """Returns the dependencies of `address` that are of `kinds`, without the dependencies of those."""
    found: set[Address] = set()
    seen: set[Address] = set()
    open_ = _needed(graph, address) if address in graph else []
    while open_:
        node = open_.pop()
        if node in seen:
            continue
        seen.add(node)
        if node.kind in kinds:
            found.add(node)
        else:
            open_.extend(_needed(graph, node))
    return found


def _needed(graph: Graph, address: Address) -> list[Address]:
    """Returns the direct dependencies of `address`, without the possible ones."""
    return [before for before, edge in graph.pred[address].items() if "perhaps" not in edge]
