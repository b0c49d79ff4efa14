"""The language as a JSON Schema, made from what the providers declare: for editors, which complete and check by it.

Draft 7 with the keywords of draft 4 alone, and no $ref: Taplo shows no description beside one.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from types import MappingProxyType
from typing import Any

from hcl_lite.core.schema import Attr, ProviderType
from hcl_lite.core.schema.attributes import Type
from hcl_lite.core.schema.type_text import as_type, type_of
from hcl_lite.lang.config.block_schemas import (
    META_OF_DATA,
    META_OF_PROVIDERS,
    META_OF_RESOURCES,
    NAMED,
    REPEATED,
    SETTINGS,
    Table,
    describe,
)

Schema = dict[str, Any]

_NAME = "^[A-Za-z_][A-Za-z0-9_]*$"
_EXPRESSION = r"\$\{"
_TYPES: Mapping[str, str] = {"string": "string", "number": "number", "bool": "boolean"}


def json_schema(
    providers: Mapping[str, ProviderType], backends: Mapping[str, Mapping[str, Attr]] = MappingProxyType({})
) -> Schema:
    """The schema of a configuration file, for all types of `providers`, and for `backends` with their settings."""
    settings = _table(SETTINGS)
    if backends:
        settings["properties"]["backend"] = _backend(backends)
    tables = {name: _named(table.doc, _table(table)) for name, table in NAMED.items()}
    lists = {name: _table(table) for name, table in REPEATED.items()}
    return {
        "$schema": "http://json-schema.org/draft-07/schema#",
        "title": "hcl-lite configuration",
        **_object(
            {
                "hcl_lite": settings,
                "provider": _providers(providers.values()),
                "locals": _named("Values with a name: local.NAME.", {}),
                "data": _types("What is there already, and only read.", _data(providers.values())),
                "resource": _types("Objects that are managed here.", _resources(providers.values())),
                **tables,
                **lists,
            }
        ),
    }


def _backend(backends: Mapping[str, Mapping[str, Attr]]) -> Schema:
    """Returns the schema of [hcl_lite.backend]. Only the type is required, since settings may come from elsewhere;
    without a type it is the first backend."""
    types = [
        _object(
            {"type": {"enum": [name]}, **{key: _described(_literal(attr), attr) for key, attr in settings.items()}},
            ["type"] if index else None,
        )
        for index, (name, settings) in enumerate(backends.items())
    ]
    return _described({"anyOf": types}, SETTINGS.attrs["backend"])


def _providers(providers: Iterable[ProviderType]) -> Schema:
    """A block is of the type that it names, else of the one that it is named like."""
    by_name = {provider.name: _provider(provider) for provider in providers}
    others = [{**schema, "required": ["type"]} for schema in by_name.values()]
    return {
        "type": "object",
        "description": "Servers to work on.",
        "properties": by_name,
        "additionalProperties": others[0] if len(others) == 1 else {"anyOf": others},
    }


def _provider(provider: ProviderType) -> Schema:
    block = _block(provider.doc, provider.settings, META_OF_PROVIDERS)
    block["properties"]["type"]["enum"] = [provider.name]
    return block


def _data(providers: Iterable[ProviderType]) -> Schema:
    types = (lookup for provider in providers for lookup in provider.lookups.values())
    return {type_.name: _named(type_.doc, _block(type_.doc, type_.attrs, META_OF_DATA)) for type_ in types}


def _resources(providers: Iterable[ProviderType]) -> Schema:
    types = (resource for provider in providers for resource in provider.resources.values())
    return {type_.name: _named(type_.doc, _block(type_.doc, type_.attrs, META_OF_RESOURCES)) for type_ in types}


def _types(doc: str, types: Schema) -> Schema:
    return {"description": doc, **_object(types)}


def _named(doc: str, below: Schema) -> Schema:
    """A table of tables, by names that expressions can speak of."""
    return {
        "type": "object",
        "description": doc,
        "patternProperties": {_NAME: below},
        "additionalProperties": False,
    }


def _block(doc: str, attrs: Mapping[str, Attr], meta: Table) -> Schema:
    """A block of a provider's: its own arguments, which take expressions, and those that every block takes."""
    own = {key: _argument(attr) for key, attr in attrs.items() if attr.settable}
    steering = _table(meta)["properties"]
    return {"description": doc, **_object({**steering, **own}, _required(attrs))}


def _table(table: Table) -> Schema:
    below = {name: _table(inner) for name, inner in table.tables.items()}
    own = {key: _described(_literal(attr), attr) for key, attr in table.attrs.items()}
    schema = {"description": table.doc, **_object({**own, **below}, _required(table.attrs))}
    return {"type": "array", "description": table.doc, "items": schema} if table.repeated else schema


def _object(properties: Schema, required: list[str] | None = None) -> Schema:
    schema: Schema = {"type": "object", "properties": properties, "additionalProperties": False}
    return {**schema, "required": required} if required else schema


def _required(attrs: Mapping[str, Attr]) -> list[str]:
    return [key for key, attr in attrs.items() if attr.required]


def _argument(attr: Attr) -> Schema:
    """A value of the attribute's type, or a string with an expression that gives one."""
    if attr.choices:
        expression = {"type": "string", "pattern": _EXPRESSION}
        return _described({"anyOf": [{"enum": list(attr.choices)}, expression]}, attr)
    return _described(_or_expression(type_of(attr)), attr)


def _or_expression(type_: Type) -> Schema:
    """`pattern` is asked of strings alone, so that no anyOf is needed, which editors explain badly."""
    schema = _of_type(type_, _or_expression, _argument)
    if not schema or schema["type"] == "string":
        return schema
    return {**schema, "type": [schema["type"], "string"], "pattern": _EXPRESSION}


def _literal(attr: Attr) -> Schema:
    """A value of one of the attribute's types, as it is written."""
    types = [_plain(as_type(text)) for text in str(attr.type).split(" or ")]
    schema = {key: value for type_ in types for key, value in type_.items() if key != "type"}
    names = [type_["type"] for type_ in types if type_]
    if attr.choices and names == ["string"]:
        return {"type": "string", "enum": list(attr.choices)}
    if attr.choices:
        schema["pattern"] = f"^({'|'.join(attr.choices)})$"
    return {**schema, "type": names[0] if len(names) == 1 else names} if names else {}


def _plain(type_: Type) -> Schema:
    return _of_type(type_, _plain, _literal)


def _of_type(type_: Type, inner: Callable[[Type], Schema], attribute: Callable[[Attr], Schema]) -> Schema:
    """A type as a schema, with what `inner` makes of types in it, and `attribute` of attributes; {} allows anything."""
    match type_.name:
        case "list" | "set":
            return {"type": "array", "items": inner(type_.items[0])}
        case "map":
            return {"type": "object", "additionalProperties": inner(type_.items[0])}
        case "object":
            own = {key: attribute(attr) for key, attr in type_.attributes.items() if attr.settable}
            return _object(own, _required(type_.attributes))
    return {"type": _TYPES[type_.name]} if type_.name in _TYPES else {}


def _described(schema: Schema, attr: Attr) -> Schema:
    doc = describe(attr)
    described = {"description": doc, **schema} if doc else schema
    return described if attr.implied is None else {**described, "default": attr.implied}
