"""What plan, apply and import do alike with the blocks around a resource: providers, lookups, what they need."""

from __future__ import annotations

from collections.abc import Mapping

import networkx as nx

from hcl_lite.core.addrs import Address, Kind
from hcl_lite.core.diags import Diagnostic, HclError
from hcl_lite.core.schema import ValueProblem
from hcl_lite.core.values import is_unknown
from hcl_lite.engine.evaluate import Values, evaluate_arguments, evaluate_resource, exposed, mark_secrets, problem_at
from hcl_lite.engine.graph import Build
from hcl_lite.engine.session import Session
from hcl_lite.lang.check import provider_type
from hcl_lite.lang.config import Block, expressions_of
from hcl_lite.lang.expand import name_of
from hcl_lite.lang.scope import Scope
from state.model import Record


def open_provider(session: Session, scope: Scope, block: Block) -> None:
    """Open the provider of a block; while planning, one whose settings are not known yet is deferred.

    Raises HclError for settings that cannot work, and by the apply for those that are still not known.
    """
    settings = evaluate_arguments(scope, block, session.types[provider_type(block)].settings)
    unknown = [key for key, value in settings.items() if is_unknown(value)]
    if unknown and session.read_only:
        session.defer(name_of(block.address))
        return
    if unknown:
        summary = f"{' and '.join(unknown)} of {block.address} {'is' if len(unknown) == 1 else 'are'} still not known"
        detail = "The object that says it is not there, or does not say it."
        raise HclError(Diagnostic(summary, detail, block.value_place(unknown[0]), "", str(block.address)))
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
    attrs = session.type_of(block.provider).lookups[block.address.type].attrs
    return {**values, **mark_secrets(attrs, found)}


async def recall(session: Session, scope: Scope, block: Block, record: Record, values: Values | None = None) -> None:
    """Let other blocks refer to a resource as it is remembered; its secrets are read. `values` are its arguments."""
    type_ = session.resource_type(record.provider, block.address.type)
    given = evaluate_resource(scope, block, type_).values if values is None else values
    attributes = {**record.attributes, **await session.secrets(record.provider, block.address.type, record.uid)}
    scope.objects[block.address] = exposed(type_, given, attributes, uid=record.uid, settled=True)


async def read_for_keys(build: Build, session: Session, records: Mapping[Address, Record]) -> bool:
    """Read the lookups that for_each and count of waiting blocks need, as far as their own arguments are known.

    What the providers of lookups need is taken as it is remembered.

    Whether anything was read that was not known before. Raises HclError, and ProviderError for a server's fault.
    """
    wanted: set[Address] = set()
    for block in build.waiting:
        for path, expression in expressions_of(block):
            if path[0] in ("for_each", "count"):
                for address in build.scope.needs(block, expression):
                    if address in build.graph:
                        wanted |= {address, *nx.ancestors(build.graph, address)}
    providers = [address for address in wanted if address.kind is Kind.PROVIDER]
    remembered = set().union(*(nx.ancestors(build.graph, address) for address in providers)) & records.keys()
    read = False
    for address in nx.lexicographical_topological_sort(build.graph, key=lambda a: a.order):
        block_ = build.config.blocks.get(address)
        if address not in wanted or block_ is None or address in build.scope.objects:
            continue
        if address.kind is Kind.PROVIDER:
            open_provider(session, build.scope, block_)
        elif address in remembered:
            await recall(session, build.scope, block_, records[address])
        elif address.kind is Kind.DATA and not session.is_deferred(block_.provider):
            values = lookup_arguments(session, build.scope, block_)
            if not is_unknown(values):
                build.scope.objects[address] = await look_up(session, block_, values)
                read = True
    return read


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
