"""Blocks against what the providers declare: every mistake that can be seen without a server, all at once."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from difflib import get_close_matches
from itertools import chain

from hcl_lite.core.addrs import Address, Kind
from hcl_lite.core.diags import Diagnostic, did_you_mean, did_you_mean_type
from hcl_lite.core.paths import Everything
from hcl_lite.core.schema import Attr, ProviderType
from hcl_lite.core.schema.attributes import Type
from hcl_lite.core.schema.fitting import fits, mismatch, where_mismatched, with_article
from hcl_lite.core.values import shown
from hcl_lite.lang.config.block import META_ARGUMENTS, Block, texts_of
from hcl_lite.lang.config.block_references import check_statement, trigger_in
from hcl_lite.lang.config.block_schemas import NAMED, SETTINGS
from hcl_lite.lang.config.config import Config
from hcl_lite.lang.config.expression_diagnostics import expression_problem
from hcl_lite.lang.config.unmarked import unmarked_expressions
from hcl_lite.lang.config.variables import check_variable
from hcl_lite.lang.expressions.model import BUILT_IN_ROOTS, LAZY_FUNCTIONS, Expression, ExpressionError, Path, Reference
from hcl_lite.lang.expressions.parse import parse_template
from hcl_lite.lang.toml.source import SourceFile

ProviderTypes = Mapping[str, ProviderType]

_ROOTS = ("var", "local", "data", "module", *BUILT_IN_ROOTS)


def check_config(config: Config, providers: ProviderTypes, functions: Iterable[str]) -> list[Diagnostic]:
    """Every mistake in `config` that needs no value and no server; what only may be one is a warning."""
    known = _Known(config, providers, frozenset((*functions, *LAZY_FUNCTIONS)))
    problems = [
        Diagnostic(
            f'[hcl_lite] has no setting "{key}"', did_you_mean(key, SETTINGS.attrs), source.key_place(("hcl_lite", key))
        )
        for source in config.sources
        for key in source.data.get("hcl_lite", {})
        if key not in SETTINGS.attrs
    ]
    for source in config.sources:
        problems.extend(_check_read_from(source))
        problems.extend(_check_backups(source))
    for block in config.blocks.values():
        problems.extend(_check_block(block, known))
    unmarked = (
        unmarked_expressions(block, config, known.functions, known.attributes) for block in config.blocks.values()
    )
    return [*problems, *sorted(chain.from_iterable(unmarked), key=lambda warning: warning.order)]


def _check_read_from(source: SourceFile) -> Iterator[Diagnostic]:
    value = source.data.get("hcl_lite", {}).get("read_from", [])
    if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
        place = source.value_place(("hcl_lite", "read_from"))
        yield Diagnostic("read_from must be a list of directories in strings", "", place)
        return
    for index, item in enumerate(value):
        if "${" in item:
            place = source.value_place(("hcl_lite", "read_from", index))
            yield Diagnostic("read_from cannot have expressions", "It is read before anything has a value.", place)


def _check_backups(source: SourceFile) -> Iterator[Diagnostic]:
    value = source.data.get("hcl_lite", {}).get("backups", 0)
    if not isinstance(value, int) or isinstance(value, bool) or value < 0:
        place = source.value_place(("hcl_lite", "backups"))
        yield Diagnostic("backups must be a number of runs", f"Expected 0 or more, found {shown(value)}.", place)


def check_block(block: Block, config: Config, providers: ProviderTypes, functions: Iterable[str]) -> list[Diagnostic]:
    """Every mistake in one block, which need not be one of `config`, that needs no value and no server."""
    return list(_check_block(block, _Known(config, providers, frozenset((*functions, *LAZY_FUNCTIONS)))))


def attributes_of(block: Block, config: Config, providers: ProviderTypes) -> Mapping[str, Attr] | None:
    """The declared attributes of `block`'s type; None where the type is unknown."""
    kind, type_ = block.address.kind, block.address.type
    if kind is Kind.OUTPUT:
        return NAMED["output"].attrs
    if kind in _WITHOUT_TYPE:
        return {}
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
    """A provider type that has the resource or data type `type_`: all that have it declare it alike."""
    return next(iter(owners_of(type_, kind, providers)), None)


def owners_of(type_: str, kind: Kind, providers: ProviderTypes) -> list[ProviderType]:
    """All provider types that have the resource or data type `type_`."""
    return [p for p in providers.values() if type_ in (p.resources if kind is Kind.RESOURCE else p.lookups)]


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

    def attributes(self, block: Block) -> Collection[str]:
        return (attributes_of(block, self.config, self.providers) or {}).keys()

    def names(self, like: Address) -> list[str]:
        """What else is declared of the same kind and type in the same module."""
        found = (b.address for b in self.config.of_kind(like.kind))
        return [a.name for a in found if (a.type, a.module) == (like.type, like.module)]


def _check_block(block: Block, known: _Known) -> Iterator[Diagnostic]:
    kind = block.address.kind
    yield from _check_expressions(block, known)
    if kind is Kind.VARIABLE:
        yield from check_variable(block)
    if kind in _WITHOUT_TYPE:
        yield from check_statement(block, known.config)
        return
    attrs = attributes_of(block, known.config, known.providers)
    if attrs is None:
        yield _unknown_type(block, known)
        return
    body = {key: value for key, value in block.body.items() if not (kind is Kind.PROVIDER and key == "type")}
    yield from check_arguments(block, body, attrs)
    yield from _check_types(block, body, attrs, known)
    yield from _check_ignored(block, known)
    yield from check_statement(block, known.config)
    yield from _check_triggers(block, known)


def _check_triggers(block: Block, known: _Known) -> Iterator[Diagnostic]:
    """The attributes in replace_triggered_by; that their blocks are declared is check_statement's business."""
    for index, text in enumerate(block.lifecycle.replace_triggered_by):
        try:
            address, attribute = trigger_in(block, text)
        except ValueError:
            continue
        target = known.config.blocks.get(address.written)
        attrs = (attributes_of(target, known.config, known.providers) if target else None) or {}
        if target and attribute and attribute not in attrs:
            place = block.value_place("lifecycle", "replace_triggered_by", index)
            summary = f'{_noun(target)} has no attribute "{attribute}"'
            yield Diagnostic(summary, did_you_mean(attribute, attrs), place, "", str(block.address))


def check_arguments(block: Block, body: Mapping[str, object], attrs: Mapping[str, Attr]) -> Iterator[Diagnostic]:
    """Unknown, missing and wrongly typed arguments; text with expressions in it is left for when it has a value."""
    address = str(block.address)
    for key, value in body.items():
        attr = attrs.get(key)
        if attr is None:
            hint = did_you_mean(key, (*(name for name, a in attrs.items() if a.settable), *_meta_arguments(block)))
            yield Diagnostic(f'{_noun(block)} has no argument "{key}"', hint, block.key_place(key), "", address)
        elif not attr.settable:
            yield Diagnostic(
                f'"{key}" is set by the server', "It can be referred to, not given.", block.key_place(key), "", address
            )
        elif not _has_expression(value):
            yield from check_value(block, key, attr, value)
    misspelled = {near for key in body if key not in attrs for near in get_close_matches(key, attrs, n=1)}
    for key, attr in attrs.items():
        if attr.required and key not in body and key not in misspelled:
            yield Diagnostic(f'{_noun(block)} needs "{key}"', f"{key}: {attr.doc}", block.place(), "", address)


def check_value(block: Block, key: str, attr: Attr, value: object) -> Iterator[Diagnostic]:
    """A value against its attribute's type and choices."""
    problem = mismatch(attr.type, value)
    if problem:
        hint = f"{key}: {attr.doc}" if attr.doc else ""
        place = block.value_place(key, *where_mismatched(attr.type, value))
        yield Diagnostic(f'"{key}" has the wrong type', problem, place, hint, str(block.address))
    elif attr.choices and isinstance(value, str) and value not in attr.choices:
        known = "Expected one of " + ", ".join(f'"{choice}"' for choice in attr.choices) + "."
        yield Diagnostic(f'"{key}" cannot be "{value}"', known, block.value_place(key), "", str(block.address))


def _check_ignored(block: Block, known: _Known) -> Iterator[Diagnostic]:
    """Paths of ignore_changes that lead nowhere in an object of this type."""
    owner = owner_of(block.address.type, block.address.kind, known.providers)
    if owner is None or block.address.kind is not Kind.RESOURCE:
        return
    type_ = owner.resources[block.address.type]
    for index, path in enumerate(block.lifecycle.ignore_changes):
        if path.steps != (Everything(),) and not type_.has_path(path):
            place = block.value_place("lifecycle", "ignore_changes", index)
            hint = did_you_mean(str(path.steps[0]), (name for name, attr in type_.attrs.items() if attr.settable))
            summary = f'{_noun(block)} has no argument "{path.steps[0]}"'
            yield Diagnostic(summary, hint, place, address=str(block.address))


def _check_types(
    block: Block, body: Mapping[str, object], attrs: Mapping[str, Attr], known: _Known
) -> Iterator[Diagnostic]:
    """Arguments that refer to one attribute of another block: its type is known long before its value."""
    for key, value in body.items():
        if key not in attrs or not isinstance(value, str):
            continue
        try:
            template = parse_template(value)
        except ExpressionError:
            continue
        part = template[0]
        if len(template) > 1 or not isinstance(part, Expression) or not part.plain:
            continue
        given = _type_of(block, part.references[0], known)
        if given and not fits(given, attrs[key].type):
            reference = part.references[0]
            place = block.text_place((key,), part.at + reference.at, part.at + reference.at + len(reference.text))
            expected, found = with_article(str(attrs[key].type)), with_article(str(given))
            detail = f'Expected {expected}; "{reference.text}" is {found}.'
            hint = f"{key}: {attrs[key].doc}" if attrs[key].doc else ""
            yield Diagnostic(f'"{key}" has the wrong type', detail, place, hint, str(block.address))


def _type_of(block: Block, reference: Reference, known: _Known) -> str | Type:
    """The declared type of what `reference` names; empty where nothing declares it."""
    address = reference.address.within(block.address.module) if reference.address else None
    target = known.config.blocks.get(address) if address else None
    if target is None or target.address.kind not in (Kind.RESOURCE, Kind.DATA):
        return ""
    below = reference.path[1:] if target.repeats else reference.path
    attr = (attributes_of(target, known.config, known.providers) or {}).get(str(below[0])) if len(below) == 1 else None
    return attr.type if attr else ""


def _check_expressions(block: Block, known: _Known) -> Iterator[Diagnostic]:
    for path, text in texts_of(block):
        try:
            template = parse_template(text)
        except ExpressionError as error:
            yield expression_problem(block, path, "This is not an expression", error)
            continue
        for part in template:
            if isinstance(part, Expression):
                yield from _check_expression(block, path, part, known)


def _check_expression(block: Block, path: Path, expression: Expression, known: _Known) -> Iterator[Diagnostic]:
    for call in expression.calls:
        if call.name not in known.functions:
            hint = did_you_mean(call.name, known.functions)
            error = ExpressionError(hint, expression.at + call.at, len(call.name))
            yield expression_problem(block, path, f'There is no function "{call.name}"', error)
    for reference in expression.references:
        problem = _check_reference(block, path, reference, known)
        if problem:
            summary, detail = problem
            if expression.source[reference.at + len(reference.text) :].lstrip().startswith(":"):
                detail = f'The keys of a map stand in quotes: {{"{reference.text}": …}}.'
            error = ExpressionError(detail, expression.at + reference.at, len(reference.text))
            yield expression_problem(block, path, summary, error)


def _check_reference(block: Block, path: Path, reference: Reference, known: _Known) -> tuple[str, str] | None:
    if reference.address is None:
        return _check_root(block, path, reference, known)
    if reference.address.kind is Kind.OUTPUT and block.address.kind is not Kind.CHECK:
        return (
            f'"{reference.text}" means nothing here',
            "Outputs are for those outside; only checks and tests see them.",
        )
    address = reference.address.within(block.address.module)
    target = known.config.blocks.get(address)
    if target is None:
        if address.type and address.type not in known.types(address.kind):
            if address.kind is Kind.RESOURCE and address.type in known.types(Kind.DATA):
                return f'"{reference.text}" refers to nothing', f'Did you mean "data.{reference.text}"?'
            hint = did_you_mean_type(address.type, [*known.types(address.kind), *_ROOTS])
            return f'"{reference.text}" refers to nothing', hint
        return f"{reference.address} is not declared", did_you_mean(address.name, known.names(address))
    below = reference.path[1:] if target.repeats else reference.path
    if not below:
        return None
    if address.kind is Kind.MODULE:
        outputs = [b.address.name for b in known.config.of_kind(Kind.OUTPUT) if b.address.module == address.inner]
        if below[0] not in outputs:
            return f'{reference.address} has no output "{below[0]}"', did_you_mean(str(below[0]), outputs)
    if address.type:
        attrs = attributes_of(target, known.config, known.providers) or {}
        if below[0] not in attrs:
            return f'{_noun(target)} has no attribute "{below[0]}"', did_you_mean(str(below[0]), attrs)
    return None


def _check_root(block: Block, path: Path, reference: Reference, known: _Known) -> tuple[str, str] | None:
    """A reference that names no block: each, count, self, path, or nothing at all."""
    text = reference.text
    if not reference.path:
        roots = [*_ROOTS, *known.types(Kind.RESOURCE)]
        root = text.partition(".")[0]
        if root in roots:
            return f'"{text}" is not a whole reference', f"Expected {root}.NAME and what is below it."
        if root in known.functions:
            return f'"{text}" refers to nothing', f"It is a function, which is called: {text}(…)."
        for kind in (Kind.VARIABLE, Kind.LOCAL):
            if Address(kind, root).within(block.address.module) in known.config.blocks:
                return f'"{text}" refers to nothing', f'Did you mean "{Address(kind, text)}"?'
        return f'"{text}" refers to nothing', did_you_mean(root, roots)
    root = str(reference.path[0])
    members = {
        "each": ("key", "value"),
        "count": ("index",),
        "path": ("module", "root", "cwd"),
        "hcl_lite": ("workspace",),
    }.get(root)
    if root == "self" and "postcondition" not in path:
        return f'"{text}" means nothing here', "self is the object of a postcondition's own block."
    if (root == "each" and block.for_each is None) or (root == "count" and block.count is None):
        which = "for_each" if root == "each" else "count"
        instead = " With count, each instance has its count.index." if block.count is not None else ""
        instead = " With for_each, each instance has its each.key and each.value." if block.for_each else instead
        return f'"{text}" means nothing here', f"The block has no {which}.{instead}"
    if path[:1] in (("for_each",), ("count",)) and root in ("each", "count"):
        return f'"{text}" means nothing here', f"{path[0]} says what it will be."
    if members and (len(reference.path) < 2 or reference.path[1] not in members):
        return f'"{text}" refers to nothing', "Known: " + ", ".join(f"{root}.{name}" for name in members) + "."
    return None


def _meta_arguments(block: Block) -> list[str]:
    return [name for name, kinds in META_ARGUMENTS.items() if block.address.kind in kinds]


def _unknown_type(block: Block, known: _Known) -> Diagnostic:
    kind = block.address.kind
    if kind is Kind.PROVIDER:
        name = provider_type(block)
        hint = did_you_mean(name, known.providers)
        place = block.value_place("type") if "type" in block.body else block.place()
        return Diagnostic(f'There is no provider type "{name}"', hint, place)
    what = "resource" if kind is Kind.RESOURCE else "data"
    place = block.source.key_place((what, block.address.type))
    hint = did_you_mean_type(block.address.type, known.types(kind))
    return Diagnostic(f'There is no {what} type "{block.address.type}"', hint, place)


_WITHOUT_TYPE = frozenset({Kind.VARIABLE, Kind.LOCAL, Kind.MODULE, Kind.CHECK, Kind.IMPORT, Kind.MOVED, Kind.REMOVED})


def _has_expression(value: object) -> bool:
    if isinstance(value, str):
        return "${" in value
    if isinstance(value, dict):
        return any(_has_expression(item) for item in value.values())
    return isinstance(value, list) and any(_has_expression(item) for item in value)


def _noun(block: Block) -> str:
    if block.address.kind is Kind.PROVIDER:
        return f"Provider {provider_type(block)}"
    if block.address.kind is Kind.DATA:
        return f"data.{block.address.type}"
    return block.address.type or f"An {block.address.kind.value}"
