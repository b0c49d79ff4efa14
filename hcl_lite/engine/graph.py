"""The graph of a configuration: an edge leads from what is needed to what needs it. Built by the ordered STEPS."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass, field
from typing import TypeAlias

import networkx as nx

from hcl_lite.core.addrs import Address, Kind, in_order
from hcl_lite.core.diags import Diagnostic, HclError, did_you_mean, raise_if_errors
from hcl_lite.core.schema import Mention, ResourceType, ValueProblem
from hcl_lite.core.values import UNKNOWN, Value, is_secret
from hcl_lite.lang.config.block import Block, expressions_of
from hcl_lite.lang.config.block_references import address_in, trigger_in
from hcl_lite.lang.config.check import ProviderTypes, check_value, owner_of
from hcl_lite.lang.config.config import Config
from hcl_lite.lang.evaluation.dependencies import needs
from hcl_lite.lang.evaluation.expand import expand, provider_address
from hcl_lite.lang.evaluation.scope import Scope
from hcl_lite.lang.expressions.model import Expression
from hcl_lite.lang.expressions.parse import expressions_in
from hcl_lite.lang.toml.locate import KeyPath

Graph: TypeAlias = "nx.DiGraph[Address]"


@dataclass(frozen=True)
class Build:
    """What the steps work on: `config` holds instances, with the names of their providers.

    `identities` are the uids of blocks as far as they can be told without a server, `given` those that the blocks give
    themselves: empty for none, UNKNOWN where that rests on others. `imports` are the import blocks by the instance that
    they are for; `declared` the blocks that bodies may mention, by what they are called there; `waiting` the blocks
    whose instances are known only when lookups have been read.
    """

    config: Config
    providers: ProviderTypes
    scope: Scope
    graph: Graph
    identities: dict[Address, str] = field(default_factory=dict)
    given: dict[Address, Value] = field(default_factory=dict)
    imports: dict[Address, Block] = field(default_factory=dict)
    declared: dict[Mention, list[Address]] = field(default_factory=dict)
    waiting: tuple[Block, ...] = ()


def build_graph(config: Config, providers: ProviderTypes, scope: Scope, recorded: Mapping[Address, str]) -> Build:
    """The graph of `config`, which is as it is written. `scope` knows variables, and the lookups that for_each needs;
    `recorded` are uids from the state.

    Raises HclError for a cycle, and for what is wrong with for_each, count and providers.
    """
    expansion = expand(config, scope, providers)
    build = Build(expansion.config, providers, scope, nx.DiGraph(), dict(recorded), {}, waiting=expansion.waiting)
    for step in STEPS:
        step(build)
    return build


# Blocks that only say something about others; the variables of the root module are known from the start.
_SAYINGS = frozenset({Kind.MODULE, Kind.IMPORT, Kind.MOVED, Kind.REMOVED})


def _add_blocks(build: Build) -> None:
    for address in build.config.blocks:
        if address.kind not in _SAYINGS and (address.kind is not Kind.VARIABLE or address.module):
            build.graph.add_node(address)


def _add_references(build: Build) -> None:
    """`${…}` in an argument, a condition, or the input of a module. What for_each says is known by now."""
    for address, block in build.config.blocks.items():
        if address.kind is Kind.VARIABLE and address.module:
            call, given = build.scope.call_of(address)
            for path, expression in expressions_in(given):
                _add_needs(build, call, ("inputs", address.name, *path), expression, address)
        if address in build.graph:
            for path, expression in expressions_of(block):
                if path[0] not in ("for_each", "count", "provider"):
                    _add_needs(build, block, path, expression, address)


# Rules that speak of their own block.
_OWN = frozenset({"postcondition", "validation"})


def _add_needs(build: Build, block: Block, path: KeyPath, expression: Expression, user: Address) -> None:
    for needed in needs(build.scope, block, expression):
        # A postcondition may speak of its own block by name: it is looked at when the object is there.
        if needed in build.graph and (needed != user or not _OWN & set(path)):
            build.graph.add_edge(needed, user, why=_written(block, path, expression))


def _add_depends_on(build: Build) -> None:
    """depends_on, of a block and of the call of the module that it stands in."""
    for block in build.config.blocks.values():
        for index, text in enumerate(block.depends_on):
            needed = [n for n in _covered(build, address_in(block, text)) if n.kind is not Kind.VARIABLE]
            users = [block.address] if block.address in build.graph else _covered(build, block.address)
            why = ("depends_on", block, ("depends_on", index))
            build.graph.add_edges_from(
                (address, user, {"why": why}) for address in needed for user in users if user.kind in _WAITING
            )


# What a module's depends_on makes wait.
_WAITING = frozenset({Kind.RESOURCE, Kind.DATA})


def _covered(build: Build, address: Address) -> list[Address]:
    return [node for node in build.graph if address.covers(node)]


def _add_triggers(build: Build) -> None:
    """replace_triggered_by"""
    for block in build.config.blocks.values():
        for index, text in enumerate(block.lifecycle.replace_triggered_by):
            why = ("replace_triggered_by", block, ("lifecycle", "replace_triggered_by", index))
            for address in _covered(build, trigger_in(block, text)[0]):
                build.graph.add_edge(address, block.address, why=why)


def _add_imports(build: Build) -> None:
    """Which import block is for which instance; its id may need something too."""
    for block in list(build.config.of_kind(Kind.IMPORT)):
        target = _imported(build, block)
        first = build.imports.setdefault(target, block)
        if first is not block:
            raise HclError(Diagnostic(f"{target} is imported twice", f"First at {first.place()}.", block.place()))
        for path, expression in expressions_in({"id": block.body["id"]}):
            _add_needs(build, block, path, expression, target)


def _imported(build: Build, block: Block) -> Address:
    text = build.scope.evaluate_argument(block, "to")
    try:
        target = address_in(block, text)
    except (ValueError, TypeError) as error:
        raise HclError(Diagnostic("to takes an address", str(error), block.value_place("to"))) from error
    if target not in build.graph or target.kind is not Kind.RESOURCE:
        near = did_you_mean(str(target), [str(node) for node in build.graph if node.kind is Kind.RESOURCE])
        raise HclError(Diagnostic(f"{target} is not declared", near, block.value_place("to")))
    return target


def _add_providers(build: Build) -> None:
    """A resource or lookup needs its provider; one without a block is set up by the environment alone."""
    blocks = [block for block in build.config.blocks.values() if block.provider]
    addresses = {name: provider_address(name) for name in {block.provider for block in blocks}}
    for block in blocks:
        build.graph.add_edge(addresses[block.provider], block.address, why=("provider", block, None))


def _add_mentions(build: Build) -> None:
    """uids and names inside of bodies, of whatever another block declares. What no block is known to declare may be of
    one whose uid is only known once others are made: that comes first too, and is no dependency."""
    declared = build.declared
    later: dict[str, list[Address]] = {}
    mentioned: list[tuple[Block, tuple[Mention, ...]]] = []
    known: dict[Mention, Mention] = {}  # many blocks name the same: each mention is kept once
    for block in build.config.of_kind(Kind.RESOURCE):
        owner = owner_of(block.address.type, Kind.RESOURCE, build.providers)
        if owner is None:
            continue
        type_ = owner.resources[block.address.type]
        values = _known_values(build, block, type_)
        given = build.given[block.address]
        named = dict.fromkeys(type_.names(values))
        if isinstance(given, str) and given not in ("", values.get("uid")):  # another one than is remembered
            named |= dict.fromkeys(type_.names({**values, "uid": given}))
        for mention in named:
            declared.setdefault(mention, []).append(block.address)
        if given is UNKNOWN:  # also where one is remembered: it may get another one
            for mention in type_.names({**values, "uid": "-"}):
                later.setdefault(mention.kind, []).append(block.address)
        found = dict.fromkeys(type_.mentions(values))
        mentioned.append((block, tuple(known.setdefault(mention, mention) for mention in found)))
    for block, mentions in mentioned:
        for mention in mentions:
            for address in declared.get(mention, ()):
                if address != block.address and not _reaches(build.graph, block.address, address):
                    build.graph.add_edge(address, block.address, why=(f"{mention.kind} {mention.name}", block, None))
        for mention in (one for one in mentions if later and one not in declared):
            for address in later.get(mention.kind, ()):
                if address != block.address and not _reaches(build.graph, block.address, address):
                    why = (f"{mention.kind} {mention.name}, perhaps", block, None)
                    build.graph.add_edge(address, block.address, why=why, perhaps=True)


def _add_parts(build: Build) -> None:
    """What is part of an object comes after it, also where it names it by its bare uid."""
    blocks = {
        (block.provider, address.type, build.identities.get(address)): address for address, block in _resources(build)
    }
    for address, block in _resources(build):
        owner = owner_of(address.type, Kind.RESOURCE, build.providers)
        whole = owner.resources[address.type].part_of if owner is not None else ""
        uid = build.identities.get(address)
        there = blocks.get((block.provider, whole, uid)) if whole and uid is not None else None
        if there is not None and not _reaches(build.graph, address, there):
            build.graph.add_edge(there, address, why=(f"it is part of {there}", block, None))


def _resources(build: Build) -> Iterator[tuple[Address, Block]]:
    return ((block.address, block) for block in build.config.of_kind(Kind.RESOURCE))


def _check_cycles(build: Build) -> None:
    """networkx finds a cycle but does not name it: its members are shown with the lines that make it."""
    try:
        cycle = nx.find_cycle(build.graph)
    except nx.NetworkXNoCycle:
        return
    lines, places = [], []
    for needed, address, *_ in reversed(cycle):
        text, block, path, *at = build.graph.edges[needed, address]["why"]
        place = block.text_place(path, *at) if at else block.value_place(*path) if path else block.place()
        lines.append(f"{address} needs {needed} ({place}: {text})")
        places.append(place)
    raise HclError(
        Diagnostic(
            f"{cycle[0][1]} needs itself" if len(cycle) == 1 else "These blocks need each other",
            "" if len(cycle) == 1 else "\n".join(lines),
            places[0],
            "Break the circle: one of them has to do without the other.",
        )
    )


STEPS: tuple[Callable[[Build], None], ...] = (
    _add_blocks,
    _add_references,
    _add_depends_on,
    _add_triggers,
    _add_imports,
    _add_providers,
    _check_cycles,
    _add_mentions,
    _add_parts,
)


def objects_only(graph: Graph) -> Graph:
    """`graph` with resources and lookups alone, which need each other through all that is left out."""
    kinds = (Kind.RESOURCE, Kind.DATA)
    small: Graph = nx.DiGraph()
    small.add_nodes_from(address for address in graph if address.kind in kinds)
    for address in list(small):
        small.add_edges_from((needed, address) for needed in _nearest(graph, address, kinds))
    return small


def openers(graph: Graph) -> set[Address]:
    """The providers, and what their settings rest on."""
    providers = [address for address in graph if address.kind is Kind.PROVIDER]
    return set(providers).union(*(nx.ancestors(graph, address) for address in providers))


def nearest_resources(graph: Graph, address: Address) -> tuple[Address, ...]:
    """The resources that `address` needs at first hand, be it through locals, lookups or providers."""
    return tuple(in_order(_nearest(graph, address, (Kind.RESOURCE,))))


def nearest_objects(graph: Graph, address: Address) -> tuple[Address, ...]:
    """The resources and lookups that `address` needs at first hand, be it through locals or modules."""
    return tuple(in_order(_nearest(graph, address, (Kind.RESOURCE, Kind.DATA))))


def _nearest(graph: Graph, address: Address, kinds: Collection[Kind]) -> set[Address]:
    """What of `kinds` `address` needs, without what that needs in its turn."""
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
    """What `address` is known to need at first hand."""
    return [before for before, edge in graph.pred[address].items() if "perhaps" not in edge]


def _written(block: Block, path: KeyPath, expression: Expression) -> tuple[str, Block, KeyPath, int, int]:
    """Why there is an edge: the expression as it is written, and where."""
    below = path[1:] if block.address.kind is Kind.LOCAL else path
    start, end = expression.at - 2, expression.at + len(expression.source) + 1
    return f"${{{expression.source}}}", block, below, start, end


def _known_values(build: Build, block: Block, type_: ResourceType) -> Mapping[str, Value]:
    """The arguments as far as variables and locals tell, with the identity where that is known. What is wrong with them
    is reported when the block is planned."""
    values = dict(_evaluated(build.scope, block, type_))
    remembered = build.identities.get(block.address, "")
    given = build.given[block.address] = type_.given_uid(values)
    uid = remembered or _derived_uid(block, type_, values, given)
    if isinstance(uid, str):
        build.identities[block.address] = uid
        values.setdefault("uid", uid)
    return values


def _derived_uid(block: Block, type_: ResourceType, values: Mapping[str, Value], given: Value) -> Value:
    """The uid of a block that nothing remembers; UNKNOWN where that cannot be told. A body has told it already."""
    if isinstance(given, str) and given and "uid" not in values and not is_secret(values):
        return given
    try:
        return type_.uid(type_.complete(str(block.address), block.address.label, values, ""))
    except (ValueProblem, KeyError):
        return UNKNOWN


def uid_given(build: Build, block: Block, type_: ResourceType) -> Value:
    """The uid that a block gives, by what the scope knows now: empty for none, UNKNOWN where that is not enough."""
    return type_.given_uid(dict(_evaluated(build.scope, block, type_)))


def _evaluated(scope: Scope, block: Block, type_: ResourceType) -> Iterator[tuple[str, Value]]:
    """The arguments; UNKNOWN for one that cannot be evaluated, or is not what the type takes."""
    for key in block.body:
        try:
            value = scope.evaluate_argument(block, key)
            raise_if_errors(check_value(block, key, type_.attrs[key], value))
        except HclError:
            value = UNKNOWN
        yield key, value


def _reaches(graph: Graph, start: Address, goal: Address) -> bool:
    """An edge from `goal` to `start` would close a circle: what a body mentions is a hint and gives way."""
    return start in graph and goal in graph and nx.has_path(graph, start, goal)
