"""Builds the dependency graph of a configuration in the ordered STEPS; each may use the results of those before it."""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import product
from types import MappingProxyType

from hcl_lite.core.addrs import Address, Kind
from hcl_lite.core.diags import Diagnostic, HclError, did_you_mean, raise_if_errors
from hcl_lite.core.digraph import DiGraph, cycle_in, has_path
from hcl_lite.core.schema import Mention, ResourceType, ValueProblem
from hcl_lite.core.values import UNKNOWN, Value, is_secret
from hcl_lite.engine.evaluate import hash_of_bodies
from hcl_lite.engine.graph import Build, Graph
from hcl_lite.lang.config.block import Block, expressions_of
from hcl_lite.lang.config.block_references import address_in, trigger_in
from hcl_lite.lang.config.check import check_value
from hcl_lite.lang.config.config import Config
from hcl_lite.lang.config.declared import ProviderTypes, owner_of
from hcl_lite.lang.evaluation.dependencies import needs
from hcl_lite.lang.evaluation.expand import expand, provider_address
from hcl_lite.lang.evaluation.scope import Scope
from hcl_lite.lang.expressions.model import Expression
from hcl_lite.lang.expressions.parse import expressions_in
from hcl_lite.lang.toml.locate import KeyPath

_BLOCKS_IN_PIECE = 8


@dataclass
class _Draft:
    """A Build while the steps work on it; its fields are those of the Build."""

    config: Config
    providers: ProviderTypes
    scope: Scope
    graph: Graph
    identities: dict[Address, str]
    given: dict[Address, Value] = field(default_factory=dict)
    imports: dict[Address, Block] = field(default_factory=dict)
    declared: dict[Mention, list[Address]] = field(default_factory=dict)
    bodies: dict[Address, str] = field(default_factory=dict)


def build_graph(config: Config, providers: ProviderTypes, scope: Scope, recorded: Mapping[Address, str]) -> Build:
    """Expands `config` and builds its graph. `scope` knows variables, and the lookups that for_each depends on;
    `recorded` are uids from the state.

    Raises HclError for a cycle, and for mistakes in for_each, count and providers.
    """
    pieces = build_in_pieces(config, providers, scope, recorded)
    while True:
        try:
            next(pieces)
        except StopIteration as end:
            build: Build = end.value
            return build


Pieces = Generator[Config, None, Build]


def build_in_pieces(config: Config, providers: ProviderTypes, scope: Scope, recorded: Mapping[Address, str]) -> Pieces:
    """As build_graph; yields the expanded configuration after it is known, and then every few milliseconds, so that
    calls to servers go on beside it."""
    expansion = expand(config, scope, providers)
    yield expansion.config
    draft = _Draft(expansion.config, providers, scope, DiGraph(), dict(recorded))
    for step in STEPS:
        for _ in step(draft) or ():
            yield expansion.config
    return Build(
        draft.config,
        providers,
        scope,
        draft.graph,
        MappingProxyType(draft.identities),
        MappingProxyType(draft.given),
        MappingProxyType(draft.imports),
        MappingProxyType(draft.declared),
        MappingProxyType(draft.bodies),
        expansion.waiting,
    )


# Blocks that only say something about others; the variables of the root module are known from the start.
_SAYINGS = frozenset({Kind.MODULE, Kind.IMPORT, Kind.MOVED, Kind.REMOVED, Kind.POLICY})


def _add_blocks(draft: _Draft) -> None:
    for address in draft.config.blocks:
        if address.kind not in _SAYINGS and (address.kind is not Kind.VARIABLE or address.module):
            draft.graph.add_node(address)


def _add_references(draft: _Draft) -> None:
    """`${…}` in an argument, a condition, or the input of a module. What for_each says is known by now."""
    for address, block in draft.config.blocks.items():
        if address.kind is Kind.VARIABLE and address.module:
            call, given = draft.scope.call_of(address)
            for path, expression in expressions_in(given):
                _add_needs(draft, call, ("inputs", address.name, *path), expression, address)
        if address in draft.graph:
            for path, expression in expressions_of(block):
                if path[0] not in ("for_each", "count", "provider"):
                    _add_needs(draft, block, path, expression, address)


# Rules that speak of their own block.
_OWN = frozenset({"postcondition", "validation"})


def _add_needs(draft: _Draft, block: Block, path: KeyPath, expression: Expression, user: Address) -> None:
    for needed in needs(draft.scope, block, expression):
        # A postcondition may speak of its own block by name: it is looked at when the object is there.
        if needed in draft.graph and (needed != user or not _OWN & set(path)):
            draft.graph.add_edge(needed, user, why=_written(block, path, expression))


def _add_depends_on(draft: _Draft) -> None:
    """depends_on, of a block and of the call of the module that it stands in."""
    for block in draft.config.blocks.values():
        for index, text in enumerate(block.depends_on):
            needed = [n for n in _covered(draft, address_in(block, text)) if n.kind is not Kind.VARIABLE]
            users = [block.address] if block.address in draft.graph else _covered(draft, block.address)
            why = ("depends_on", block, ("depends_on", index))
            for address, user in product(needed, (one for one in users if one.kind in _WAITING)):
                draft.graph.add_edge(address, user, why=why)


# What a module's depends_on makes wait.
_WAITING = frozenset({Kind.RESOURCE, Kind.DATA})


def _covered(draft: _Draft, address: Address) -> list[Address]:
    return [node for node in draft.graph if address.covers(node)]


def _add_triggers(draft: _Draft) -> None:
    """replace_triggered_by"""
    for block in draft.config.blocks.values():
        for index, text in enumerate(block.lifecycle.replace_triggered_by):
            why = ("replace_triggered_by", block, ("lifecycle", "replace_triggered_by", index))
            for address in _covered(draft, trigger_in(block, text)[0]):
                draft.graph.add_edge(address, block.address, why=why)


def _add_imports(draft: _Draft) -> None:
    """Which import block is for which instance; its id may need something too."""
    for block in list(draft.config.of_kind(Kind.IMPORT)):
        target = _imported(draft, block)
        first = draft.imports.setdefault(target, block)
        if first is not block:
            raise HclError(Diagnostic(f"{target} is imported twice", f"First at {first.place()}.", block.place()))
        for path, expression in expressions_in({"id": block.body["id"]}):
            _add_needs(draft, block, path, expression, target)


def _imported(draft: _Draft, block: Block) -> Address:
    text = draft.scope.evaluate_argument(block, "to")
    try:
        target = address_in(block, text)
    except (ValueError, TypeError) as error:
        raise HclError(Diagnostic("to takes an address", str(error), block.value_place("to"))) from error
    if target not in draft.graph or target.kind is not Kind.RESOURCE:
        near = did_you_mean(str(target), [str(node) for node in draft.graph if node.kind is Kind.RESOURCE])
        raise HclError(Diagnostic(f"{target} is not declared", near, block.value_place("to")))
    return target


def _add_providers(draft: _Draft) -> None:
    """A resource or lookup needs its provider; one without a block is set up by the environment alone."""
    blocks = [block for block in draft.config.blocks.values() if block.provider]
    addresses = {name: provider_address(name) for name in {block.provider for block in blocks}}
    for block in blocks:
        draft.graph.add_edge(addresses[block.provider], block.address, why=("provider", block, None))


def _add_mentions(draft: _Draft) -> Iterator[None]:
    """uids and names inside of bodies, of whatever another block declares. What no block is known to declare may be of
    one whose uid is only known once others are made: that comes first too, and is no dependency."""
    declared = draft.declared
    later: dict[str, list[Address]] = {}
    mentioned: list[tuple[Block, tuple[Mention, ...]]] = []
    known: dict[Mention, Mention] = {}  # many blocks name the same: each mention is kept once
    for number, block in enumerate(draft.config.of_kind(Kind.RESOURCE)):
        if number % _BLOCKS_IN_PIECE == 0:
            yield
        owner = owner_of(block.address.type, Kind.RESOURCE, draft.providers)
        if owner is None:
            continue
        type_ = owner.resources[block.address.type]
        values = _known_values(draft, block, type_)
        given = draft.given[block.address]
        uids = _uids(values, given, draft.identities.get(block.address, ""))
        for mention in dict.fromkeys(mention for uid in uids for mention in type_.names(values, uid)):
            declared.setdefault(mention, []).append(block.address)
        if given is UNKNOWN:  # also where one is remembered: it may get another one
            for mention in type_.names(values, "-"):
                later.setdefault(mention.kind, []).append(block.address)
        found = dict.fromkeys(type_.mentions(values))
        mentioned.append((block, tuple(known.setdefault(mention, mention) for mention in found)))
    for block, mentions in mentioned:
        for mention in mentions:
            for address in declared.get(mention, ()):
                if address != block.address and not _reaches(draft.graph, block.address, address):
                    draft.graph.add_edge(address, block.address, why=(f"{mention.kind} {mention.name}", block, None))
        for mention in (one for one in mentions if later and one not in declared):
            for address in later.get(mention.kind, ()):
                is_needed = address in draft.graph.pred[block.address]
                if not (is_needed or address == block.address or _reaches(draft.graph, block.address, address)):
                    why = (f"{mention.kind} {mention.name}, perhaps", block, None)
                    draft.graph.add_edge(address, block.address, why=why, perhaps=True)


def _add_parts(draft: _Draft) -> None:
    """Adds an edge from each object to those that are part of it, also where these name it by its bare uid."""
    blocks = {
        (block.provider, address.type, draft.identities.get(address)): address for address, block in _resources(draft)
    }
    for address, block in _resources(draft):
        owner = owner_of(address.type, Kind.RESOURCE, draft.providers)
        whole = owner.resources[address.type].part_of if owner is not None else ""
        uid = draft.identities.get(address)
        there = blocks.get((block.provider, whole, uid)) if whole and uid is not None else None
        if there is not None and not _reaches(draft.graph, address, there):
            draft.graph.add_edge(there, address, why=(f"it is part of {there}", block, None))


def _resources(draft: _Draft) -> Iterator[tuple[Address, Block]]:
    return ((block.address, block) for block in draft.config.of_kind(Kind.RESOURCE))


def _check_cycles(draft: _Draft) -> None:
    """The members of a cycle are shown with the lines that make it."""
    cycle = cycle_in(draft.graph)
    if not cycle:
        return
    lines, places = [], []
    for needed, address in reversed([*zip(cycle, [*cycle[1:], cycle[0]], strict=True)]):
        text, block, path, *at = draft.graph.succ[needed][address]["why"]
        place = block.text_place(path, *at) if at else block.value_place(*path) if path else block.place()
        lines.append(f"{address} needs {needed} ({place}: {text})")
        places.append(place)
    raise HclError(
        Diagnostic(
            f"{cycle[0]} needs itself" if len(cycle) == 1 else "These blocks need each other",
            "" if len(cycle) == 1 else "\n".join(lines),
            places[0],
            "Break the circle: one of them has to do without the other.",
        )
    )


_Step = Callable[[_Draft], Iterator[None] | None]
"""A step; one that reads the bodies of all blocks comes in pieces."""

STEPS: tuple[_Step, ...] = (
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


def _written(block: Block, path: KeyPath, expression: Expression) -> tuple[str, Block, KeyPath, int, int]:
    """Returns the reason of an edge: the expression as written, with its place."""
    below = path[1:] if block.address.kind is Kind.LOCAL else path
    start, end = expression.at - 2, expression.at + len(expression.source) + 1
    return f"${{{expression.source}}}", block, below, start, end


def _known_values(draft: _Draft, block: Block, type_: ResourceType) -> Mapping[str, Value]:
    """The arguments as far as variables and locals tell; the identity is put down where that is known. What is
    wrong with them is reported when the block is planned."""
    values = dict(evaluated_arguments(draft.scope, block, type_))
    if bodies := hash_of_bodies(type_, values):
        draft.bodies[block.address] = bodies
    remembered = draft.identities.get(block.address, "")
    given = draft.given[block.address] = type_.given_uid(values)
    uid = remembered or _derived_uid(block, type_, values, given)
    if isinstance(uid, str):
        draft.identities[block.address] = uid
    return values


def _uids(values: Mapping[str, Value], given: Value, known: str) -> Sequence[str]:
    """The uids that an object goes by: the one that an argument gives; or else the one that is `known`, and the one
    that a body gives, which may be another one than is remembered. An empty one where there is none."""
    if not isinstance(given, str) or not given:
        return (known,)
    return (given,) if _is_argument(values, given) else tuple(dict.fromkeys((known, given)))


def _is_argument(values: Mapping[str, Value], uid: str) -> bool:
    """Whether an argument is the uid, which a body may have told too."""
    return any(value == uid for value in values.values() if isinstance(value, str))


def _derived_uid(block: Block, type_: ResourceType, values: Mapping[str, Value], given: Value) -> Value:
    """The uid of a block that nothing remembers; UNKNOWN where that cannot be told. A body has told it already."""
    if isinstance(given, str) and given and not _is_argument(values, given) and not is_secret(values):
        return given
    try:
        return type_.uid(type_.complete(str(block.address), block.address.label, values, ""))
    except (ValueProblem, KeyError):
        return UNKNOWN


def uid_given(scope: Scope, block: Block, type_: ResourceType) -> Value:
    """Returns the uid that a block gives, evaluated with the current scope: empty for none, UNKNOWN where it is not
    known yet."""
    return type_.given_uid(dict(evaluated_arguments(scope, block, type_)))


def evaluated_arguments(scope: Scope, block: Block, type_: ResourceType) -> Iterator[tuple[str, Value]]:
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
    return start in graph and goal in graph and has_path(graph, start, goal)
