"""Import: an existing object becomes the one that a block stands for. Reads the server, writes nothing."""

from __future__ import annotations

from collections.abc import Callable

from hcl_lite.core.addrs import Address, Kind
from hcl_lite.core.diags import Diagnostic, HclError, did_you_mean
from hcl_lite.core.equality import hash_of
from hcl_lite.core.schema import Resolved, ValueProblem
from hcl_lite.engine.evaluate import complete
from hcl_lite.engine.graph import Build, nearest_resources
from hcl_lite.engine.hashes import Hashes
from hcl_lite.engine.open_providers import Session
from hcl_lite.engine.planning.lifecycle import is_protected
from hcl_lite.engine.planning.records import stored_attributes
from hcl_lite.engine.prerequisites import prepare
from hcl_lite.lang.config.block import Block
from hcl_lite.lang.evaluation.conditions import as_warning
from state.model import Record, State


async def adopt(
    build: Build,
    state: State,
    session: Session,
    address: Address,
    name: str,
    warn: Callable[[Diagnostic], None] = lambda _: None,
) -> Record:
    """Returns the record for the object that `name` means at `address`: any id of it will do. `warn` receives
    warnings.

    Raises HclError, and ProviderError for a fault of the server.
    """
    block = build.config.blocks.get(address)
    if block is None or address.kind is not Kind.RESOURCE:
        names = [str(b.address) for b in build.config.of_kind(Kind.RESOURCE)]
        raise HclError(
            Diagnostic(
                f"{address} is not declared",
                did_you_mean(str(address), names),
                hint=f"Write the block first: [resource.{address.type}.{address.name}]",
            )
        )
    known = state.records.get(address)
    if known is not None:
        hint = f"hcl-lite state rm {address} makes room for another."
        raise HclError(Diagnostic(f"{address} stands for {known.uid} already", "", block.place(), hint))
    await prepare(build, state, session, address)
    try:
        found = await session.resolve(block.provider, address.type, name)
    except ValueProblem as problem:
        raise HclError(Diagnostic(problem.summary, problem.detail, block.place(), problem.hint)) from problem
    if not found.uid:
        raise HclError(Diagnostic(f'There is no {address.type} "{name}"', found.detail, block.place()))
    return await _read(build, state, session, block, found, warn)


async def _read(
    build: Build, state: State, session: Session, block: Block, found: Resolved, warn: Callable[[Diagnostic], None]
) -> Record:
    uid = found.uid
    provider = block.provider
    type_ = session.resource_type(provider, block.address.type)
    for record in state.records.values():
        if record.key == (provider, block.address.type, uid):
            raise HclError(Diagnostic(f"{uid} is managed already, by {record.address}", "", block.place()))
    arguments = await session.arguments(build.scope, block, type_)
    wanted = complete(block, type_, arguments.values, uid)
    if wanted.uid != uid and found.live is None and found.detail:
        raise HclError(Diagnostic(f'There is no {block.address.type} "{uid}"', found.detail, block.place()))
    if wanted.uid != uid:
        raise HclError(
            Diagnostic(
                f'{block.address} asks for "{wanted.uid}", not for "{uid}"',
                "The block's uid, or the one in its JSON, names another object.",
                block.place(),
                "Import the object that the block asks for, or change the block.",
            )
        )
    live = await session.get(provider).read(block.address.type, uid, wanted.values)
    if live is None:
        raise HclError(Diagnostic(f'There is no {block.address.type} "{uid}"', found.detail, block.place()))
    if live.fixed:
        detail = f"On its server {live.fixed}. A plan that would change or delete it is refused."
        hint = "A data block refers to what is not managed here."
        said = Diagnostic(f"{block.address} cannot be changed", detail, block.place(), hint, str(block.address))
        warn(as_warning(said))
    content = hash_of(live.content) if live.content is not None else wanted.hash
    return Record(
        address=block.address,
        provider=provider,
        uid=uid,
        version=live.version,
        content=Hashes(session.context.environment).of(content, sensitive=bool(wanted.sensitive)),
        attributes=stored_attributes(wanted, live.attributes, wanted.sensitive),
        dependencies=nearest_resources(build.graph, block.address),
        protected=is_protected(build.scope, block),
        sensitive=wanted.sensitive,
    )
