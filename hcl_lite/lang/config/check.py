"""Checks blocks against the declarations of providers: all mistakes that need no server, at once."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from difflib import get_close_matches
from itertools import chain

from hcl_lite.core.addrs import Kind
from hcl_lite.core.diags import Diagnostic, did_you_mean, did_you_mean_type
from hcl_lite.core.paths import Everything
from hcl_lite.core.schema import Attr
from hcl_lite.core.schema.fitting import mismatch, where_mismatched
from hcl_lite.core.values import shown
from hcl_lite.lang.config.block import META_ARGUMENTS, Block
from hcl_lite.lang.config.block_references import check_statement, trigger_in
from hcl_lite.lang.config.block_schemas import SETTINGS
from hcl_lite.lang.config.check_lint import check_lint
from hcl_lite.lang.config.check_references import check_expressions, check_reference_types
from hcl_lite.lang.config.config import Config
from hcl_lite.lang.config.declared import (
    WITHOUT_TYPE,
    Known,
    ProviderTypes,
    attributes_of,
    noun,
    owner_of,
    provider_type,
)
from hcl_lite.lang.config.unmarked import unmarked_expressions
from hcl_lite.lang.config.variables import check_variable
from hcl_lite.lang.expressions.model import LAZY_FUNCTIONS
from hcl_lite.lang.toml.source import SourceFile


def check_config(config: Config, providers: ProviderTypes, functions: Iterable[str]) -> list[Diagnostic]:
    """Returns every mistake in `config` that needs neither values nor a server; possible mistakes are warnings."""
    known = Known(config, providers, frozenset((*functions, *LAZY_FUNCTIONS)))
    problems = [
        Diagnostic(
            f'[hcl_lite] has no setting "{key}"', did_you_mean(key, SETTINGS.attrs), source.key_place(("hcl_lite", key))
        )
        for source in config.sources
        for key in source.data.get("hcl_lite", {})
        if key not in SETTINGS.attrs
    ]
    for source in config.sources:
        for name in ("read_from", "policies"):
            problems.extend(_check_directories(source, name))
        problems.extend(_check_backups(source))
    problems.extend(check_lint(config, providers))
    for block in config.blocks.values():
        problems.extend(_check_block(block, known))
    unmarked = (
        unmarked_expressions(block, config, known.functions, known.attributes) for block in config.blocks.values()
    )
    return [*problems, *sorted(chain.from_iterable(unmarked), key=lambda warning: warning.order)]


def _check_directories(source: SourceFile, name: str) -> Iterator[Diagnostic]:
    value = source.data.get("hcl_lite", {}).get(name, [])
    if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
        place = source.value_place(("hcl_lite", name))
        yield Diagnostic(f"{name} must be a list of directories in strings", "", place)
        return
    for index, item in enumerate(value):
        if "${" in item:
            place = source.value_place(("hcl_lite", name, index))
            yield Diagnostic(f"{name} cannot have expressions", "It is read before anything has a value.", place)


def _check_backups(source: SourceFile) -> Iterator[Diagnostic]:
    value = source.data.get("hcl_lite", {}).get("backups", 0)
    if not isinstance(value, int) or isinstance(value, bool) or value < 0:
        place = source.value_place(("hcl_lite", "backups"))
        yield Diagnostic("backups must be a number of runs", f"Expected 0 or more, found {shown(value)}.", place)


def check_block(block: Block, config: Config, providers: ProviderTypes, functions: Iterable[str]) -> list[Diagnostic]:
    """Returns every such mistake in one block, which need not be part of `config`."""
    return list(_check_block(block, Known(config, providers, frozenset((*functions, *LAZY_FUNCTIONS)))))


def _check_block(block: Block, known: Known) -> Iterator[Diagnostic]:
    kind = block.address.kind
    yield from check_expressions(block, known)
    if kind is Kind.VARIABLE:
        yield from check_variable(block)
    if kind in WITHOUT_TYPE:
        yield from check_statement(block, known.config)
        return
    attrs = attributes_of(block, known.config, known.providers)
    if attrs is None:
        yield _unknown_type(block, known)
        return
    body = {key: value for key, value in block.body.items() if not (kind is Kind.PROVIDER and key == "type")}
    yield from check_arguments(block, body, attrs)
    yield from check_reference_types(block, body, attrs, known)
    yield from _check_ignored(block, known)
    yield from check_statement(block, known.config)
    yield from _check_triggers(block, known)


def _check_triggers(block: Block, known: Known) -> Iterator[Diagnostic]:
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
            summary = f'{noun(target)} has no attribute "{attribute}"'
            yield Diagnostic(summary, did_you_mean(attribute, attrs), place, "", str(block.address))


def check_arguments(block: Block, body: Mapping[str, object], attrs: Mapping[str, Attr]) -> Iterator[Diagnostic]:
    """Returns unknown, missing and wrongly typed arguments; text with expressions is checked when it has a value."""
    address = str(block.address)
    for key, value in body.items():
        attr = attrs.get(key)
        if attr is None:
            hint = did_you_mean(key, (*(name for name, a in attrs.items() if a.settable), *_meta_arguments(block)))
            yield Diagnostic(f'{noun(block)} has no argument "{key}"', hint, block.key_place(key), "", address)
        elif not attr.settable:
            yield Diagnostic(
                f'"{key}" is set by the server', "It can be referred to, not given.", block.key_place(key), "", address
            )
        elif not _has_expression(value):
            yield from check_value(block, key, attr, value)
    misspelled = {near for key in body if key not in attrs for near in get_close_matches(key, attrs, n=1)}
    for key, attr in attrs.items():
        if attr.required and key not in body and key not in misspelled:
            yield Diagnostic(f'{noun(block)} needs "{key}"', f"{key}: {attr.doc}", block.place(), "", address)


def check_value(block: Block, key: str, attr: Attr, value: object) -> Iterator[Diagnostic]:
    """Returns an error where a value is not of the type of its attribute, or none of its choices."""
    problem = mismatch(attr.type, value)
    if problem:
        hint = f"{key}: {attr.doc}" if attr.doc else ""
        place = block.value_place(key, *where_mismatched(attr.type, value))
        yield Diagnostic(f'"{key}" has the wrong type', problem, place, hint, str(block.address))
    elif attr.choices and isinstance(value, str) and value not in attr.choices:
        known = "Expected one of " + ", ".join(f'"{choice}"' for choice in attr.choices) + "."
        yield Diagnostic(f'"{key}" cannot be "{value}"', known, block.value_place(key), "", str(block.address))


def _check_ignored(block: Block, known: Known) -> Iterator[Diagnostic]:
    """Paths of ignore_changes that lead nowhere in an object of this type."""
    owner = owner_of(block.address.type, block.address.kind, known.providers)
    if owner is None or block.address.kind is not Kind.RESOURCE:
        return
    type_ = owner.resources[block.address.type]
    for index, path in enumerate(block.lifecycle.ignore_changes):
        if path.steps != (Everything(),) and not type_.has_path(path):
            place = block.value_place("lifecycle", "ignore_changes", index)
            hint = did_you_mean(str(path.steps[0]), (name for name, attr in type_.attrs.items() if attr.settable))
            summary = f'{noun(block)} has no argument "{path.steps[0]}"'
            yield Diagnostic(summary, hint, place, address=str(block.address))


def _meta_arguments(block: Block) -> list[str]:
    return [name for name, kinds in META_ARGUMENTS.items() if block.address.kind in kinds]


def _unknown_type(block: Block, known: Known) -> Diagnostic:
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


def _has_expression(value: object) -> bool:
    if isinstance(value, str):
        return "${" in value
    if isinstance(value, dict):
        return any(_has_expression(item) for item in value.values())
    return isinstance(value, list) and any(_has_expression(item) for item in value)
