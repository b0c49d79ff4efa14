"""What plan, apply and import do alike with the blocks around a resource: providers and lookups."""

from __future__ import annotations

from collections.abc import Mapping

import networkx as nx

from hcl_lite.core.addrs import Address, Kind
from hcl_lite.core.diags import Diagnostic, HclError
from hcl_lite.core.schema import ValueProblem
from hcl_lite.core.values import is_unknown
from hcl_lite.engine.evaluate import Values, evaluate_arguments, evaluate_resource, exposed, problem_at
from hcl_lite.engine.graph import Build
from hcl_lite.engine.session import Session
from hcl_lite.lang.check import provider_type
from hcl_lite.lang.config import Block, expressions_of
from hcl_lite.lang.expand import name_of, provider_address
from hcl_lite.lang.scope import Scope
from state.model import Record


def open_provider(session: Session, scope: Scope, block: Block) -> None:
    """Open the provider of a block. Raises HclError for settings that are not known or cannot work."""
    settings = evaluate_arguments(scope, block, session.types[provider_type(block)].settings)
    if is_unknown(settings):
        raise HclError(
            Diagnostic(
                "A provider's settings must be known when planning",
                "One of them comes from an object that does not exist yet.",
                block.place(),
                "Apply that object first with --target.",
                str(block.address),
            )
        )
    try:
        session.open(name_of(block.address), settings)
    except ValueProblem as problem:
        raise HclError(problem_at(block, problem)) from problem


def lookup_arguments(session: Session, scope: Scope, block: Block) -> Values:
    """The arguments of a data block. Raises HclError."""
    provider = session.type_of(block.provider)
    return evaluate_arguments(scope, block, provider.lookups[block.address.type].attrs)


async def look_up(session: Session, block: Block, values: Values) -> Values:
    """The attributes of a data block. Raises HclError where nothing matches, ProviderError for a server's fault."""
    try:
        found = await session.get(block.provider).lookup(block.address.type, values)
    except ValueProblem as problem:
        raise HclError(problem_at(block, problem)) from problem
    return {**values, **found}


async def prepare(build: Build, session: Session, root: Address) -> None:
    """Open the providers and read the lookups that the block at `root` needs; also `root` itself, if it is one."""
    needed = {root, *nx.ancestors(build.graph, root)}
    for address in nx.lexicographical_topological_sort(build.graph, key=lambda a: a.order):
        block = build.config.blocks.get(address)
        if address not in needed or block is None:
            continue
        if address.kind is Kind.PROVIDER:
            open_provider(session, build.scope, block)
        elif address.kind is Kind.DATA:
            values = lookup_arguments(session, build.scope, block)
            build.scope.objects[address] = await look_up(session, block, values)


def expose_remembered(session: Session, scope: Scope, block: Block, record: Record | None) -> bool:
    """Let others refer to the object of a block as the state knows it. Whether it knows it as the block has it now."""
    if record is None or record.provider != block.provider:
        return False
    type_ = session.resource_type(block.provider, block.address.type)
    arguments = evaluate_resource(scope, block, type_)
    if not arguments.hash or arguments.hash != record.applied:
        return False
    scope.objects[block.address] = exposed(type_, arguments.values, record.attributes, uid=record.uid, settled=True)
    return True


async def read_for_keys(build: Build, session: Session, records: Mapping[Address, Record]) -> bool:
    """Read the lookups that for_each and count of waiting blocks need, as far as their own arguments are known; objects
    that are in the state as they are declared are known too.

    Whether anything was read that was not known before. Raises HclError, and ProviderError for a server's fault.
    """
    wanted: set[Address] = set()
    for block in build.waiting:
        for path, expression in expressions_of(block):
            if path[0] in ("for_each", "count"):
                for address in build.scope.needs(block, expression):
                    if address in build.graph:
                        wanted |= {address, *nx.ancestors(build.graph, address)}
    read = False
    for address in nx.lexicographical_topological_sort(build.graph, key=lambda a: a.order):
        block_ = build.config.blocks.get(address)
        if address not in wanted or block_ is None or address in build.scope.objects:
            continue
        if address.kind is Kind.PROVIDER:
            open_provider(session, build.scope, block_)
        elif _waits_for_provider(build, block_):
            continue
        elif address.kind is Kind.DATA:
            values = lookup_arguments(session, build.scope, block_)
            if not is_unknown(values):
                build.scope.objects[address] = await look_up(session, block_, values)
                read = True
        elif address.kind is Kind.RESOURCE:
            record = records.get(address)
            there = record is not None and await session.survey(record.provider, address.type, record.uid)
            read = (there and expose_remembered(session, build.scope, block_, record)) or read
    return read


def _waits_for_provider(build: Build, block: Block) -> bool:
    written = provider_address(block.provider).written
    return any(waiting.address == written for waiting in build.waiting)


def unknown_keys(block: Block) -> Diagnostic:
    """What to say of a block whose keys only an apply can tell."""
    key = "for_each" if block.for_each is not None else "count"
    return Diagnostic(
        f"The instances of {block.address} are known only after apply",
        f"Its {key} rests on what does not exist yet.",
        block.key_place(key),
        "Apply what it rests on first with --target, or take the keys from what is known: variables, files, tables.",
        str(block.address),
    )
