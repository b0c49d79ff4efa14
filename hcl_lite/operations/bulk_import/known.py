"""Knowledge before anything is listed: the providers, the managed objects, the blocks that wait for an object, and the
expressions that name others."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

from hcl_lite.core.addrs import Address, Kind
from hcl_lite.core.diags import Diagnostic, HclError
from hcl_lite.core.schema import Mention, ResourceType
from hcl_lite.core.values import Value, reveal
from hcl_lite.engine.graph import Build
from hcl_lite.engine.open_providers import Session
from hcl_lite.engine.prerequisites import prepare
from hcl_lite.engine.server_faults import faults_as_diagnostics
from hcl_lite.lang.evaluation.expand import name_of, provider_address
from hcl_lite.operations.bulk_import.blocks import Draft
from hcl_lite.operations.bulk_import.model import Found, Key, LeftOut
from state.model import State

Named = tuple[str, Mention]
"""An object of a provider, as others speak of it."""

_DEFAULT = "grafana"  # the provider of a configuration without any


@dataclass(frozen=True, slots=True)
class Known:
    """`managed` are the objects of the state, by each provider of their server; `given` are the blocks that ask for an
    object which is not managed; `references` are expressions for what is managed, `labels` the names that are taken."""

    managed: frozenset[Key]
    given: Mapping[Key, Address]
    references: Mapping[Named, str]
    labels: frozenset[tuple[str, str]]


async def open_providers(
    build: Build, state: State, session: Session, chosen: Collection[str]
) -> tuple[list[str], list[LeftOut]]:
    """The providers of the configuration, or those that are `chosen`, one for each server; and those that cannot be
    opened before an apply. Raises HclError."""
    declared = [name_of(block.address) for block in build.config.of_kind(Kind.PROVIDER)] or [_DEFAULT]
    unknown = [name for name in chosen if name not in declared]
    if unknown:
        raise HclError(Diagnostic(f'There is no provider "{unknown[0]}"', f"There are {', '.join(declared)}."))
    with faults_as_diagnostics(build.config):
        for name in declared:
            if provider_address(name) in build.config.blocks:
                await prepare(build, state, session, provider_address(name))
    wanted = [name for name in declared if not chosen or name in chosen]
    late = [LeftOut(f"all of provider.{name}", "the apply sets it up") for name in wanted if session.is_deferred(name)]
    by_server: dict[object, str] = {}
    for name in wanted:
        if not session.is_deferred(name):
            by_server.setdefault((session.get(name).origin, session.type_of(name).name), name)
    return [*by_server.values()], late


def know(build: Build, state: State, session: Session, begun: Mapping[str, Key]) -> Known:
    """Returns what the configuration and the state tell; `begun` are the objects of the blocks that a killed run has
    written."""
    blocks, records = build.config.blocks, state.records
    origins = session.origins()
    beside = {name: [other for other, there in origins.items() if there == origin] for name, origin in origins.items()}
    managed = frozenset(
        (name, record.address.type, record.uid)
        for record in state.all_records()
        for name in beside.get(record.provider, [record.provider])
    )
    written = {Address.parse(address): key for address, key in begun.items()}
    waiting = {address: key for address, key in written.items() if address in blocks and address not in records}
    for address, uid in build.given.items():
        if isinstance(uid, str) and uid and address in blocks and address not in records:
            waiting.setdefault(address, (blocks[address].provider, address.type, uid))
    labels = {(address.type, address.name) for address in (*blocks, *records) if not address.module}
    return Known(
        managed,
        {key: address for address, key in waiting.items()},
        _references_of(build, state, session),
        frozenset(labels),
    )


def _references_of(build: Build, state: State, session: Session) -> Mapping[Named, str]:
    """The expressions for what the state has and a block of the root module stands for."""
    there = {a: record for a, record in state.records.items() if a in build.config.blocks and not a.module}
    said = [(address, mention) for mention, addresses in build.declared.items() for address in addresses]
    own = [(address, Mention(address.type, record.uid)) for address, record in there.items()]
    found: dict[Named, str] = {}
    for address, mention in (*said, *own):
        record = there.get(address)
        if record is not None:
            type_ = session.resource_type(record.provider, address.type)
            found |= _named(record.provider, mention, address, type_, {"uid": record.uid, **record.attributes})
    return found


def expressions_for(
    known: Known, drafts: Sequence[Draft], adopted: Mapping[Address, Key], found: Iterable[Found]
) -> Mapping[Named, str]:
    """The expressions for what is managed, and for what is about to be."""
    references = dict(known.references)
    addresses = {key: address for address, key in adopted.items() if not address.module}
    addresses |= {draft.found.key: draft.address for draft in drafts}
    for one in found:
        if one.key not in addresses:
            continue
        told = one.live.attributes if one.live is not None else {}
        attributes = {**reveal(one.values), "uid": one.uid, **told}
        for mention in (*one.type.names(one.values, one.uid), Mention(one.type.name, one.uid)):
            references |= _named(one.provider, mention, addresses[one.key], one.type, attributes)
    return references


def _named(
    provider: str, mention: Mention, address: Address, type_: ResourceType, attributes: Mapping[str, Value]
) -> Mapping[Named, str]:
    """The expression for the uid or name by which an object is mentioned; none where no attribute has it."""
    having = [key for key, attr in type_.attrs.items() if not attr.body and str(attributes.get(key)) == mention.name]
    chosen = [key for key in having if type_.attrs[key].computed and type_.attrs[key].replaces]
    stable = [key for key in having if type_.attrs[key].stable]
    attribute = next(iter((*chosen, *stable, *having)), "")
    return {(provider, mention): f"{address}.{attribute}"} if attribute else {}
