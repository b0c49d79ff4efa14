"""Blocks around a resource, as plan, apply and import handle them: providers, lookups, and objects as the state has
them."""

from __future__ import annotations

from collections.abc import Mapping

from hcl_lite.core.addrs import Address, Kind
from hcl_lite.core.diags import Diagnostic, HclError
from hcl_lite.core.digraph import ancestors, topological_order
from hcl_lite.core.schema import ProviderError, ValueProblem
from hcl_lite.core.values import UNKNOWN, is_unknown, reveal
from hcl_lite.engine.desired import Values
from hcl_lite.engine.evaluate import complete, evaluate_arguments, exposed, mark_secrets, problem_at
from hcl_lite.engine.graph import Build
from hcl_lite.engine.hashes import Hashes
from hcl_lite.engine.moves import move_records
from hcl_lite.engine.open_providers import Session
from hcl_lite.engine.secret_paths import mark_lookup_secrets, without_quoted
from hcl_lite.engine.sinks import from_sink
from hcl_lite.lang.config.block import Block, expressions_of
from hcl_lite.lang.config.declared import provider_type
from hcl_lite.lang.evaluation.dependencies import needs
from hcl_lite.lang.evaluation.expand import name_of, provider_address
from hcl_lite.lang.evaluation.scope import Scope
from state.model import Record, State


async def open_provider(session: Session, scope: Scope, block: Block) -> None:
    """Opens the provider of `block`, unless it is; a plan defers it where its settings are not known yet.

    Raises HclError for settings that cannot work, and in an apply for unknown ones; ProviderError for a fault of its
    server.
    """
    name = name_of(block.address)
    if session.is_open(name):
        await _check_settings(session, block)
        return
    settings = evaluate_arguments(scope, block, session.types[provider_type(block)].settings)
    unknown = [key for key, value in settings.items() if is_unknown(value)]
    if unknown and session.read_only:
        session.defer(name)
        return
    if unknown:
        summary = f"{' and '.join(unknown)} of {block.address} {'is' if len(unknown) == 1 else 'are'} still not known"
        detail = "The object that says it is not there, or does not say it."
        raise HclError(Diagnostic(summary, detail, block.value_place(unknown[0]), "", str(block.address)))
    try:
        session.open(name, settings)
    except ValueProblem as problem:
        raise HclError(problem_at(block, problem)) from problem
    await _check_settings(session, block)


async def _check_settings(session: Session, block: Block) -> None:
    try:
        await session.get(name_of(block.address)).check_settings()
    except ValueProblem as problem:
        raise HclError(problem_at(block, problem)) from problem
    except ProviderError as error:
        if not error.setting:
            raise
        place = block.value_place(error.setting) if error.setting in block.body else block.place()
        summary = f"{error.setting} of {block.address} does not fit its server"
        misfit = Diagnostic(summary, str(error), place, error.hint, str(block.address), request_id=error.request_id)
        raise HclError(misfit) from error


def lookup_arguments(session: Session, scope: Scope, block: Block) -> Values:
    """Returns the arguments of a data block. Raises HclError."""
    provider = session.type_of(block.provider)
    return evaluate_arguments(scope, block, provider.lookups[block.address.type].attrs)


async def look_up(session: Session, block: Block, values: Values) -> Values:
    """Returns the attributes of a data block; a text that contains the secret it was found by is a secret. Raises
    HclError where nothing matches, ProviderError for a fault of the server."""
    try:
        found = await session.get(block.provider).lookup(block.address.type, reveal(values))
    except ValueProblem as problem:
        raise HclError(without_quoted(problem_at(block, problem), values)) from problem
    attrs = session.type_of(block.provider).lookups[block.address.type].attrs
    return {**values, **mark_secrets(attrs, mark_lookup_secrets(found, values))}


async def prepare(build: Build, state: State, session: Session, root: Address) -> None:
    """Opens the providers and reads the lookups that the block at `root` depends on, and `root` itself if it is a
    provider; objects are taken from the state. Raises HclError and ProviderError."""
    needed = {root, *ancestors(build.graph, root)}
    records = move_records(state, build.config).state.records
    for address in topological_order(build.graph, key=lambda a: a.order):
        block = build.config.blocks.get(address)
        if address not in needed or block is None:
            continue
        if address.kind is Kind.PROVIDER:
            await open_provider(session, build.scope, block)
        elif address.kind is Kind.RESOURCE and address != root:
            known = await remembered_attributes(session, build.scope, block, records.get(address))
            if known is not None:
                build.scope.expose(address, known)
        elif address.kind is Kind.DATA:
            values = lookup_arguments(session, build.scope, block)
            if not is_unknown(values):
                build.scope.expose(address, await look_up(session, block, values))


async def remembered_attributes(
    session: Session,
    scope: Scope,
    block: Block,
    record: Record | None,
    values: Values | None = None,
    *,
    only_as_applied: bool = False,
) -> Values | None:
    """The attributes that other blocks may refer to, of an object as the state has it; None where it is not known.

    Computed secrets are read from its server. `values` are the arguments where they are known to be those that were
    applied. Else those of the block are taken where they hash to what was applied; where they do not, the object is
    known no further than the state and the server tell, or with `only_as_applied` not at all. Raises HclError, and
    ProviderError.
    """
    if record is None or (values is None and record.provider != block.provider):
        return None
    type_ = session.resource_type(record.provider, block.address.type)
    if values is None:
        arguments = await session.arguments(scope, block, type_, lambda _: True)
        if arguments.made(record):
            values = arguments.values
        elif only_as_applied:
            return None
    secrets = await session.secrets(record.provider, block.address.type, record.uid)
    attributes = {**record.attributes, **from_sink(scope, type_, values or {}), **secrets}
    given = {key: attributes.get(key, UNKNOWN) for key in type_.attrs} if values is None else values
    return exposed(type_, given, attributes, uid=record.uid, settled=True)


async def read_for_keys(build: Build, session: Session, records: Mapping[Address, Record]) -> bool:
    """Reads the lookups that for_each and count of waiting blocks depend on, where their arguments are known and
    nothing before them is about to change; exposes unchanged objects of the state.

    Returns whether anything new became known. Raises HclError, and ProviderError for a fault of the server.
    """
    wanted: set[Address] = set()
    for block in build.waiting:
        for path, expression in expressions_of(block):
            if path[0] in ("for_each", "count"):
                for address in needs(build.scope, block, expression):
                    if address in build.graph:
                        wanted |= {address, *ancestors(build.graph, address)}
    read, changing = False, set[Address]()
    for address in topological_order(build.graph, key=lambda a: a.order):
        block_ = build.config.blocks.get(address)
        if address not in wanted or block_ is None or address in build.scope.objects:
            continue
        if address.kind is Kind.PROVIDER:
            await open_provider(session, build.scope, block_)
        elif _waits_for_provider(build, block_) or session.is_deferred(block_.provider):
            continue
        elif address.kind is Kind.DATA:
            values = lookup_arguments(session, build.scope, block_)
            before: set[Address] = ancestors(build.graph, address)
            if not is_unknown(values) and changing.isdisjoint(before):
                build.scope.expose(address, await look_up(session, block_, values))
                read = True
        elif address.kind is Kind.RESOURCE:
            record = records.get(address)
            known = await _attributes_for_keys(build, session, block_, record)
            if known is not None:
                build.scope.expose(address, known)
                read = True
            if not await _is_as_declared(build, session, block_, record):
                changing.add(address)
    return read


async def _is_as_declared(build: Build, session: Session, block: Block, record: Record | None) -> bool:
    """Whether nothing that a lookup can see of the object is about to change."""
    if record is None or record.provider != block.provider or record.drifted:
        return False
    if await session.survey(record.provider, block.address.type, record.uid, record.version) is None:
        return False
    type_ = session.resource_type(record.provider, block.address.type)
    arguments = await session.arguments(build.scope, block, type_, lambda _: True)
    if arguments.made(record):
        return True
    return Hashes(session.context.environment).is_of(
        record.asked, complete(block, type_, arguments.values, record.uid).hash
    )


async def _attributes_for_keys(build: Build, session: Session, block: Block, record: Record | None) -> Values | None:
    """The attributes of an object that is there and as it is declared: one that is about to change gives no keys."""
    if record is None or record.provider != block.provider:
        return None
    if await session.survey(record.provider, block.address.type, record.uid, record.version) is None:
        return None
    return await remembered_attributes(session, build.scope, block, record, only_as_applied=True)


def _waits_for_provider(build: Build, block: Block) -> bool:
    written = provider_address(block.provider).written
    return any(waiting.address == written for waiting in build.waiting)


def unknown_keys(block: Block) -> Diagnostic:
    """The instances of `block` are known only after apply."""
    key = "for_each" if block.for_each is not None else "count"
    return Diagnostic(
        f"The instances of {block.address} are known only after apply",
        f"Its {key} rests on what does not exist yet, or is about to change.",
        block.key_place(key),
        "Apply what it rests on first with --target, or take the keys from what is known: variables, files, tables.",
        str(block.address),
    )
