"""Declarations of providers, by block."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from hcl_lite.core.addrs import Address, Kind
from hcl_lite.core.schema import Attr, ProviderType
from hcl_lite.lang.config.block import Block
from hcl_lite.lang.config.block_schemas import NAMED
from hcl_lite.lang.config.config import Config

ProviderTypes = Mapping[str, ProviderType]

# Kinds of blocks that no provider declares.
WITHOUT_TYPE = frozenset(
    {Kind.VARIABLE, Kind.LOCAL, Kind.MODULE, Kind.CHECK, Kind.IMPORT, Kind.MOVED, Kind.REMOVED, Kind.POLICY}
)


def attributes_of(block: Block, config: Config, providers: ProviderTypes) -> Mapping[str, Attr] | None:
    """Returns the declared attributes of the type of `block`; None where the type is unknown."""
    kind, type_ = block.address.kind, block.address.type
    if kind is Kind.OUTPUT:
        return NAMED["output"].attrs
    if kind in WITHOUT_TYPE:
        return {}
    if kind is Kind.PROVIDER:
        provider = providers.get(provider_type(block))
        return provider.settings if provider else None
    owner = owner_of(type_, kind, providers)
    if owner is None:
        return None
    return (owner.resources if kind is Kind.RESOURCE else owner.lookups)[type_].attrs


def provider_type(block: Block) -> str:
    """Returns the type of a provider block: its `type`, or else its name."""
    type_ = block.body.get("type", block.address.name)
    return type_ if isinstance(type_, str) else ""


def owner_of(type_: str, kind: Kind, providers: ProviderTypes) -> ProviderType | None:
    """Returns a provider type that has the resource or data type `type_`, None for none: all that have it declare it
    alike."""
    return next(iter(owners_of(type_, kind, providers)), None)


def owners_of(type_: str, kind: Kind, providers: ProviderTypes) -> list[ProviderType]:
    """Returns all provider types that have the resource or data type `type_`."""
    return [p for p in providers.values() if type_ in (p.resources if kind is Kind.RESOURCE else p.lookups)]


@dataclass(frozen=True, slots=True)
class Known:
    """The tables for checks: the configuration, declarations of providers, and names of functions."""

    config: Config
    providers: ProviderTypes
    functions: frozenset[str]

    def types(self, kind: Kind) -> list[str]:
        """Returns the names of all resource types, or of all data types."""
        return [
            name
            for provider in self.providers.values()
            for name in (provider.resources if kind is Kind.RESOURCE else provider.lookups)
        ]

    def attributes(self, block: Block) -> Collection[str]:
        """Returns the names of the attributes of a block; none where its type is unknown."""
        return (attributes_of(block, self.config, self.providers) or {}).keys()

    def names(self, like: Address) -> list[str]:
        """Returns the names of declared blocks of the same kind, type and module."""
        found = (b.address for b in self.config.of_kind(like.kind))
        return [a.name for a in found if (a.type, a.module) == (like.type, like.module)]


def noun(block: Block) -> str:
    """Returns what a block is called in messages: its type."""
    if block.address.kind is Kind.PROVIDER:
        return f"Provider {provider_type(block)}"
    if block.address.kind is Kind.DATA:
        return f"data.{block.address.type}"
    return block.address.type or f"An {block.address.kind.value}"
