"""Blocks against what the providers declare: every mistake that can be seen without a server, all at once."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from hcl_lite.core.addrs import Address, Kind
from hcl_lite.core.diags import Diagnostic, did_you_mean
from hcl_lite.core.schema import Attr, ProviderType
from hcl_lite.lang.config import Block, Config
from hcl_lite.lang.expression import BUILT_IN_ROOTS, Expression, ExpressionError, Reference, expressions_in
from hcl_lite.lang.types import mismatch

ProviderTypes = Mapping[str, ProviderType]

_OUTPUT = {
    "value": Attr("any", required=True),
    "description": Attr("string"),
    "sensitive": Attr("bool"),
}
_SETTINGS = ("backend", "required_version")


def check_config(config: Config, providers: ProviderTypes, functions: Iterable[str]) -> list[Diagnostic]:
    """Every mistake in `config` that needs no value and no server."""
    known = _Known(config, providers, frozenset(functions))
    problems = [
        Diagnostic(
            f'[hcl_lite] has no setting "{key}"', did_you_mean(key, _SETTINGS), source.key_place(("hcl_lite", key))
        )
        for source in config.sources
        for key in source.data.get("hcl_lite", {})
        if key not in _SETTINGS
    ]
    for block in config.blocks.values():
        problems.extend(_check_block(block, known))
    return problems


def attributes_of(block: Block, config: Config, providers: ProviderTypes) -> Mapping[str, Attr] | None:
    """The declared attributes of `block`'s type; None where the type is unknown."""
    kind, type_ = block.address.kind, block.address.type
    if kind is Kind.OUTPUT:
        return _OUTPUT
    if kind is Kind.PROVIDER:
        provider = providers.get(provider_type(block))
        return provider.settings if provider else None
    owner = owner_of(type_, kind, providers)
    if owner is None:
        return None
    return (owner.resources if kind is Kind.RESOURCE else owner.lookups)[type_].attrs


def provider_type(block: Block) -> str:
    """The type of a provider block: its name, unless it says otherwise."""
    type_ = block.body.get("type", block.address.name)
    return type_ if isinstance(type_, str) else ""


def owner_of(type_: str, kind: Kind, providers: ProviderTypes) -> ProviderType | None:
    """The provider that has the resource or data type `type_`."""
    for provider in providers.values():
        if type_ in (provider.resources if kind is Kind.RESOURCE else provider.lookups):
            return provider
    return None


def provider_of(block: Block, config: Config, providers: ProviderTypes) -> Address | None:
    """Which provider instance `block` uses: the named one, or the one that is named like its type."""
    owner = owner_of(block.address.type, block.address.kind, providers)
    if block.provider:
        return Address(Kind.PROVIDER, block.provider)
    return Address(Kind.PROVIDER, owner.name) if owner else None


class _Known:
    """What the checks look things up in."""

    def __init__(self, config: Config, providers: ProviderTypes, functions: frozenset[str]) -> None:
        self.config = config
        self.providers = providers
        self.functions = functions

    def types(self, kind: Kind) -> list[str]:
        return [
            name
            for provider in self.providers.values()
            for name in (provider.resources if kind is Kind.RESOURCE else provider.lookups)
        ]

    def names(self, kind: Kind, type_: str = "") -> list[str]:
        return [b.address.name for b in self.config.of_kind(kind) if b.address.type == type_]


def _check_block(block: Block, known: _Known) -> Iterator[Diagnostic]:
    kind = block.address.kind
    if kind is Kind.VARIABLE:
        return
    yield from _check_expressions(block, known)
    if kind is Kind.LOCAL:
        return
    attrs = attributes_of(block, known.config, known.providers)
    if attrs is None:
        yield _unknown_type(block, known)
        return
    body = {key: value for key, value in block.body.items() if not (kind is Kind.PROVIDER and key == "type")}
    yield from check_arguments(block, body, attrs)
    if kind in (Kind.RESOURCE, Kind.DATA):
        yield from _check_provider(block, known)
        yield from _check_depends_on(block, known)


def check_arguments(block: Block, body: Mapping[str, object], attrs: Mapping[str, Attr]) -> Iterator[Diagnostic]:
    """Unknown, missing and wrongly typed arguments; text with expressions in it is left for when it has a value."""
    address = str(block.address)
    for key, value in body.items():
        attr = attrs.get(key)
        if attr is None:
            hint = did_you_mean(key, (name for name, a in attrs.items() if a.settable))
            yield Diagnostic(f'{_noun(block)} has no argument "{key}"', hint, block.key_place(key), "", address)
        elif not attr.settable:
            yield Diagnostic(
                f'"{key}" is set by the server', "It can be referred to, not given.", block.key_place(key), "", address
            )
        elif not _has_expression(value):
            yield from check_value(block, key, attr, value)
    for key, attr in attrs.items():
        if attr.required and key not in body:
            yield Diagnostic(f'{_noun(block)} needs "{key}"', attr.doc, block.place(), "", address)


def check_value(block: Block, key: str, attr: Attr, value: object) -> Iterator[Diagnostic]:
    """A value against its attribute's type and choices."""
    problem = mismatch(attr.type, value)
    if problem:
        hint = f"{key}: {attr.doc}" if attr.doc else ""
        yield Diagnostic(f'"{key}" has the wrong type', problem, block.value_place(key), hint, str(block.address))
    elif attr.choices and isinstance(value, str) and value not in attr.choices:
        known = "Expected one of " + ", ".join(f'"{choice}"' for choice in attr.choices) + "."
        yield Diagnostic(f'"{key}" cannot be "{value}"', known, block.value_place(key), "", str(block.address))


def _check_expressions(block: Block, known: _Known) -> Iterator[Diagnostic]:
    for key, value in block.body.items():
        below = () if block.address.kind is Kind.LOCAL else (key,)
        try:
            found = list(expressions_in(value))
        except ExpressionError as error:
            place = block.value_place(*below, containing=error.source)
            yield Diagnostic("This is not an expression", str(error), place, "", str(block.address))
            continue
        for path, expression in found:
            for summary, detail, text in _check_names(expression, known):
                place = block.value_place(*below, *path, containing=text)
                yield Diagnostic(summary, detail, place, "", str(block.address))


def _check_names(expression: Expression, known: _Known) -> Iterator[tuple[str, str, str]]:
    for name in expression.functions:
        if name not in known.functions:
            yield f'There is no function "{name}"', did_you_mean(name, known.functions), name
    for reference in expression.references:
        problem = _check_reference(reference, known)
        if problem:
            yield (*problem, reference.text)


def _check_reference(reference: Reference, known: _Known) -> tuple[str, str] | None:
    address = reference.address
    if address is None:
        if reference.path:
            return None
        roots = ["var", "local", "data", *BUILT_IN_ROOTS, *known.types(Kind.RESOURCE)]
        root = reference.text.partition(".")[0]
        if root in roots:
            return f'"{reference.text}" is not a whole reference', f"Expected {root}.NAME and what is below it."
        return f'"{reference.text}" refers to nothing', did_you_mean(root, roots)
    if address not in known.config.blocks:
        if address.type and address.type not in known.types(address.kind):
            roots = [*known.types(address.kind), "var", "local", "data", *BUILT_IN_ROOTS]
            return f'"{reference.text}" refers to nothing', did_you_mean(address.type, roots)
        names = known.names(address.kind, address.type)
        return f"{address} is not declared", did_you_mean(address.name, names)
    if address.type and reference.path:
        block = known.config.blocks[address]
        attrs = attributes_of(block, known.config, known.providers) or {}
        if reference.path[0] not in attrs:
            return f'{_noun(block)} has no attribute "{reference.path[0]}"', did_you_mean(str(reference.path[0]), attrs)
    return None


def _check_provider(block: Block, known: _Known) -> Iterator[Diagnostic]:
    address = provider_of(block, known.config, known.providers)
    owner = owner_of(block.address.type, block.address.kind, known.providers)
    declared = [b for b in known.config.of_kind(Kind.PROVIDER) if owner and provider_type(b) == owner.name]
    names = [b.address.name for b in declared]
    if block.provider and block.provider not in names:
        yield Diagnostic(
            f'There is no provider "{block.provider}" for {block.address.type}',
            did_you_mean(block.provider, names),
            block.value_place("provider"),
            address=str(block.address),
        )
    elif declared and address is not None and address not in known.config.blocks:
        yield Diagnostic(
            f"Which provider is {block.address} for?",
            f"There are {', '.join(names)}; none is the default one, which is named {owner.name if owner else ''}.",
            block.place(),
            f'Say provider = "{names[0]}".',
            str(block.address),
        )


def _check_depends_on(block: Block, known: _Known) -> Iterator[Diagnostic]:
    for index, text in enumerate(block.depends_on):
        place = block.value_place("depends_on", index)
        try:
            address = Address.parse(text)
        except ValueError as error:
            yield Diagnostic("depends_on takes addresses", str(error), place, address=str(block.address))
            continue
        if address not in known.config.blocks or address.kind not in (Kind.RESOURCE, Kind.DATA):
            names = [str(b.address) for kind in (Kind.RESOURCE, Kind.DATA) for b in known.config.of_kind(kind)]
            yield Diagnostic(f"{text} is not declared", did_you_mean(text, names), place, address=str(block.address))


def _unknown_type(block: Block, known: _Known) -> Diagnostic:
    kind = block.address.kind
    if kind is Kind.PROVIDER:
        name = provider_type(block)
        hint = did_you_mean(name, known.providers)
        place = block.value_place("type") if "type" in block.body else block.place()
        return Diagnostic(f'There is no provider type "{name}"', hint, place)
    what = "resource" if kind is Kind.RESOURCE else "data"
    place = block.source.key_place((what, block.address.type))
    hint = did_you_mean(block.address.type, known.types(kind))
    return Diagnostic(f'There is no {what} type "{block.address.type}"', hint, place)


def _has_expression(value: object) -> bool:
    if isinstance(value, str):
        return "${" in value
    if isinstance(value, dict):
        return any(_has_expression(item) for item in value.values())
    return isinstance(value, list) and any(_has_expression(item) for item in value)


def _noun(block: Block) -> str:
    if block.address.kind is Kind.PROVIDER:
        return f"Provider {provider_type(block)}"
    return block.address.type or f"An {block.address.kind.value}"
