"""The reference: a page for each type that the providers declare, with an example that is valid."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from hcl_lite.core.addrs import Kind
from hcl_lite.core.schema import Attr, ProviderType
from hcl_lite.core.schema.attributes import Type
from hcl_lite.core.schema.type_text import type_of
from hcl_lite.core.values import JsonValue
from hcl_lite.lang.config.block_schemas import META_OF_DATA, META_OF_PROVIDERS, META_OF_RESOURCES, Table, describe
from hcl_lite.lang.toml.format import format_source
from hcl_lite.lang.toml.locate import BARE_KEY
from hcl_lite.lang.toml.source import parse_source

_META: Mapping[Kind, Table] = {
    Kind.PROVIDER: META_OF_PROVIDERS,
    Kind.RESOURCE: META_OF_RESOURCES,
    Kind.DATA: META_OF_DATA,
}
_SAMPLES: Mapping[str, str] = {"string": '"example"', "number": "1", "bool": "true", "any": '"example"'}


@dataclass(frozen=True, slots=True)
class Argument:
    """One argument of a block, or one attribute of an object."""

    name: str
    type: str
    doc: str
    required: bool = False
    default: JsonValue = None
    choices: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Page:
    """The reference page of one type. `name` is grafana_folder, data.grafana_folder or provider.grafana.

    `attributes` are what only the server fills in; `import_command` is empty for what cannot be imported.
    """

    name: str
    kind: Kind
    provider: str
    doc: str
    example: str
    arguments: tuple[Argument, ...]
    attributes: tuple[Argument, ...]
    meta_arguments: tuple[Argument, ...]
    import_command: str = ""


def make_reference(providers: Iterable[ProviderType]) -> Mapping[str, Page]:
    """The page of every type by its name: all providers, resources, data. A type of several providers has one page."""
    pages: dict[str, Page] = {}
    for page in (page for provider in providers for page in _pages(provider)):
        pages.setdefault(page.name, page)
    kinds = list(_META)
    return {page.name: page for page in sorted(pages.values(), key=lambda page: kinds.index(page.kind))}


def _pages(provider: ProviderType) -> Iterator[Page]:
    yield _page(Kind.PROVIDER, provider.name, provider.doc, provider.settings, provider.name)
    for resource in provider.resources.values():
        yield _page(Kind.RESOURCE, resource.name, resource.doc, resource.attrs, provider.name)
    for lookup in provider.lookups.values():
        yield _page(Kind.DATA, lookup.name, lookup.doc, lookup.attrs, provider.name)


def _page(kind: Kind, type_: str, doc: str, attrs: Mapping[str, Attr], provider: str) -> Page:
    block = f"provider.{type_}" if kind is Kind.PROVIDER else f"{kind}.{type_}.example"
    return Page(
        type_ if kind is Kind.RESOURCE else f"{kind}.{type_}",
        kind,
        provider,
        doc,
        _example(block, attrs),
        tuple(_argument(key, attr) for key, attr in _all(attrs) if attr.settable),
        tuple(_argument(key, attr) for key, attr in _all(attrs) if not attr.settable),
        tuple(_argument(key, attr) for key, attr in _META[kind].keys().items()),
        f"hcl-lite import {type_}.example {_identity(attrs).upper()}" if kind is Kind.RESOURCE else "",
    )


def _all(attrs: Mapping[str, Attr], above: str = "") -> Iterator[tuple[str, Attr]]:
    """Every attribute, those of nested blocks by their dotted path; [] stands for each of many."""
    for key, attr in attrs.items():
        yield f"{above}{key}", attr
        outer = type_of(attr) if isinstance(attr.type, Type) else None
        if outer is not None:
            inner = outer.items[0] if outer.items else outer
            yield from _all(inner.attributes, f"{above}{key}{'[]' if outer.items else ''}.")


def _type_text(attr: Attr) -> str:
    """The type of an attribute; that of a nested block without its attributes, which have rows of their own."""
    if not isinstance(attr.type, Type):
        return attr.type
    nested = attr.type.items[0] if attr.type.items else attr.type
    if not nested.attributes:
        return str(attr.type)
    return f"{attr.type.name}(object)" if attr.type.items else "object"


def _argument(key: str, attr: Attr) -> Argument:
    return Argument(key, _type_text(attr), describe(attr), attr.required, attr.implied, attr.choices)


def _identity(attrs: Mapping[str, Attr]) -> str:
    """The attributes that tell an object from others for good, and that a user may choose, in their order."""
    return ":".join(key for key, attr in attrs.items() if attr.stable and attr.replaces and attr.settable) or "id"


def _example(block: str, attrs: Mapping[str, Attr]) -> str:
    """Returns an example with the required arguments and those that have one; without such, with the first argument."""
    settable = {key: attr for key, attr in attrs.items() if attr.settable}
    shown = {key: attr for key, attr in settable.items() if attr.required or attr.example is not None}
    lines = [f"{key} = {_sample(attr)}" for key, attr in (shown or dict(list(settable.items())[:1])).items()]
    return format_source(parse_source("\n".join([f"[{block}]", *lines]), block))


def _sample(attr: Attr) -> str:
    """A plausible value, in TOML."""
    chosen = next((v for v in (attr.example, attr.default, *attr.choices) if v is not None), None)
    if chosen is not None:
        return _toml(chosen)
    return """'${file("example.json")}'""" if attr.body else _sample_of(type_of(attr))


def _toml(value: JsonValue) -> str:
    """Encodes a value as TOML: JSON but for maps."""
    if isinstance(value, list | tuple):
        return f"[{', '.join(map(_toml, value))}]"
    if isinstance(value, Mapping):
        return "{ " + ", ".join(f"{_key(key)} = {_toml(item)}" for key, item in value.items()) + " }"
    return json.dumps(value, ensure_ascii=False)


def _key(name: str) -> str:
    return name if BARE_KEY.fullmatch(name) else json.dumps(name, ensure_ascii=False)


def _sample_of(type_: Type) -> str:
    match type_.name:
        case "list" | "set":
            return f"[{_sample_of(type_.items[0])}]"
        case "map":
            return f"{{ example = {_sample_of(type_.items[0])} }}"
        case "object":
            needed = {key: attr for key, attr in type_.attributes.items() if attr.required or attr.example is not None}
            return "{ " + ", ".join(f"{_key(key)} = {_sample(attr)}" for key, attr in needed.items()) + " }"
    return _SAMPLES[type_.name]
