"""The graph of a configuration: an edge leads from what is needed to what needs it. Built by the ordered STEPS."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import TypeAlias

import networkx as nx

from hcl_lite.core.addrs import Address, Kind, in_order
from hcl_lite.core.diags import Diagnostic, HclError
from hcl_lite.core.schema import Mention, ResourceType, ValueProblem
from hcl_lite.core.values import UNKNOWN, Value
from hcl_lite.lang.check import ProviderTypes, owner_of, provider_of
from hcl_lite.lang.config import Block, Config
from hcl_lite.lang.expression import expressions_in
from hcl_lite.lang.scope import Scope

Graph: TypeAlias = "nx.DiGraph[Address]"


@dataclass(frozen=True)
class Build:
    """What the steps work on. `identities` are the uids of blocks as far as they can be told without a server."""

    config: Config
    providers: ProviderTypes
    scope: Scope
    graph: Graph
    identities: dict[Address, str] = field(default_factory=dict)


def build_graph(config: Config, providers: ProviderTypes, scope: Scope, recorded: Mapping[Address, str]) -> Build:
    """The graph of `config`. `scope` knows variables, but no object yet; `recorded` are uids from the state.

    Raises HclError for a cycle.
    """
    build = Build(config, providers, scope, nx.DiGraph(), dict(recorded))
    for step in STEPS:
        step(build)
    return build


def _add_blocks(build: Build) -> None:
    """Every block but variables, which are known from the start."""
    build.graph.add_nodes_from(a for a in build.config.blocks if a.kind is not Kind.VARIABLE)


def _add_references(build: Build) -> None:
    """`${…}` in an argument."""
    for block in build.config.blocks.values():
        for path, expression in expressions_in(dict(block.body)):
            for reference in expression.references:
                if reference.address is not None and reference.address in build.graph:
                    build.graph.add_edge(reference.address, block.address, why=_written(block, path, reference.text))


def _add_depends_on(build: Build) -> None:
    for block in build.config.blocks.values():
        for index, text in enumerate(block.depends_on):
            build.graph.add_edge(Address.parse(text), block.address, why=("depends_on", block, ("depends_on", index)))


def _add_providers(build: Build) -> None:
    """A resource or lookup needs its provider; one without a block is set up by the environment alone."""
    for block in list(build.config.blocks.values()):
        if block.address.kind in (Kind.RESOURCE, Kind.DATA):
            provider = provider_of(block, build.config, build.providers)
            if provider is not None:
                build.graph.add_edge(provider, block.address, why=("provider", block, None))


def _add_mentions(build: Build) -> None:
    """uids and names inside of bodies, of whatever another block declares."""
    declared: dict[Mention, list[Address]] = {}
    mentioned: list[tuple[Block, set[Mention]]] = []
    for block in build.config.of_kind(Kind.RESOURCE):
        owner = owner_of(block.address.type, Kind.RESOURCE, build.providers)
        if owner is None:
            continue
        type_ = owner.resources[block.address.type]
        values = _known_values(build, block, type_)
        for mention in type_.names(values):
            declared.setdefault(mention, []).append(block.address)
        mentioned.append((block, set(type_.mentions(values))))
    for block, mentions in mentioned:
        for mention in mentions & declared.keys():
            for address in declared[mention]:
                if address != block.address and not _reaches(build.graph, block.address, address):
                    build.graph.add_edge(address, block.address, why=(f"{mention.kind} {mention.name}", block, None))


def _check_cycles(build: Build) -> None:
    """networkx finds a cycle but does not name it: its members are shown with the lines that make it."""
    try:
        cycle = nx.find_cycle(build.graph)
    except nx.NetworkXNoCycle:
        return
    lines = []
    for needed, address, *_ in cycle:
        text, block, path = build.graph.edges[needed, address]["why"]
        place = block.place() if path is None else block.value_place(*path, containing=text)
        lines.append(f"{address} needs {needed} ({place}: {text})")
    first = build.config.blocks[cycle[0][1]]
    raise HclError(
        Diagnostic(
            "These blocks need each other",
            "\n".join(lines),
            first.place(),
            "Break the circle: one of them has to do without the other.",
        )
    )


STEPS: tuple[Callable[[Build], None], ...] = (
    _add_blocks,
    _add_references,
    _add_depends_on,
    _add_providers,
    _check_cycles,
    _add_mentions,
)


def nearest_resources(graph: Graph, address: Address) -> tuple[Address, ...]:
    """The resources that `address` needs at first hand, be it through locals, lookups or providers."""
    found: set[Address] = set()
    seen: set[Address] = set()
    open_ = list(graph.predecessors(address)) if address in graph else []
    while open_:
        node = open_.pop()
        if node in seen:
            continue
        seen.add(node)
        if node.kind is Kind.RESOURCE:
            found.add(node)
        else:
            open_.extend(graph.predecessors(node))
    return tuple(in_order(found))


def _written(block: Block, path: tuple[str | int, ...], text: str) -> tuple[str, Block, tuple[str | int, ...]]:
    below = path[1:] if block.address.kind is Kind.LOCAL else path
    return f"${{{text}}}", block, below


def _known_values(build: Build, block: Block, type_: ResourceType) -> Mapping[str, Value]:
    """The arguments as far as variables and locals tell, with the identity where that is known. What is wrong with them
    is reported when the block is planned."""
    values = dict(_evaluated(build.scope, block))
    if block.address in build.identities:
        values.setdefault("uid", build.identities[block.address])
        return values
    try:
        uid = type_.uid(type_.complete(str(block.address), block.address.name, values, ""))
    except (ValueProblem, KeyError):
        return values
    if isinstance(uid, str):
        build.identities[block.address] = uid
        values.setdefault("uid", uid)
    return values


def _evaluated(scope: Scope, block: Block) -> Iterator[tuple[str, Value]]:
    for key in block.body:
        try:
            yield key, scope.evaluate_argument(block, key)
        except HclError:
            yield key, UNKNOWN


def _reaches(graph: Graph, start: Address, goal: Address) -> bool:
    """An edge from `goal` to `start` would close a circle: what a body mentions is a hint and gives way."""
    return start in graph and goal in graph and nx.has_path(graph, start, goal)
