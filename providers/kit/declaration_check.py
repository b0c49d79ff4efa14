"""Checks a declaration: what nothing would carry out is refused where it is declared. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from hcl_lite.core.schema.attributes import Attr, Type
from hcl_lite.core.schema.type_text import type_of
from providers.kit.declaration import Declaration

_OF_BLOCKS = ("replaces", "body", "remembered", "triggers", "json", "exclusive", "stable", "slug_of")
"""What only an attribute of the block itself can say."""


def check_declaration(declared: Declaration) -> None:
    """Raises ValueError with all that is wrong."""
    faults = [*_faults(declared)]
    if faults:
        raise ValueError(f"{declared.name}: {'; '.join(faults)}")


def _faults(declared: Declaration) -> Iterator[str]:
    attrs = declared.attrs
    named = (
        *declared.identity.keys,
        declared.identity.natural_key,
        declared.distinct,
        *declared.mention_by,
        *declared.shown,
    )
    yield from (f"there is no attribute {key}" for key in dict.fromkeys(named) if key and key not in attrs)
    for key in declared.identity.keys:
        attr = attrs.get(key, Attr(required=True, replaces=True))
        if not (attr.replaces or (attr.computed and not attr.optional)):
            yield f"{key} is identity: another value has to mean another object (replaces)"
        elif not (attr.required or attr.computed):
            yield f"{key} is identity: it has to be given (required) or to be filled in (computed)"
    for path in declared.mentioned:
        if not _leads_somewhere(attrs, path):
            yield f"there is no attribute {path}"
    yield from _attribute_faults(attrs, "")


def _attribute_faults(attrs: Mapping[str, Attr], above: str) -> Iterator[str]:
    keys: dict[str, str] = {}
    for key, attr in attrs.items():
        name, wire = f"{above}{key}", attr.wire or (key if above else "")
        yield from (f"{name} {fault}" for fault in _own_faults(attr))
        if wire and keys.setdefault(wire, name) != name:
            yield f"{name} and {keys[wire]} are the same key on the wire"
        if above:
            said = [field for field in _OF_BLOCKS if getattr(attr, field)]
            yield from (f"{name} says {field}, which only an attribute of the block itself can" for field in said)
            if attr.secret and attr.computed:
                yield f"{name} is a secret of the server's, which only an attribute of the block itself can be"
        yield from _attribute_faults(_inner(type_of(attr)), f"{name}.")


def _own_faults(attr: Attr) -> Iterator[str]:
    if attr.required and (attr.computed or attr.implied is not None):
        yield "is required, and has a value where it is left out"
    if attr.optional and not attr.computed:
        yield "is optional without computed, which says nothing"
    if attr.computed and attr.implied is not None:
        yield "is computed, and has a default"
    if attr.secret and attr.implied is not None:
        yield "is secret, and has a default"
    if attr.choices and type_of(attr).name != "string":
        yield "has choices, and is no string"


def _inner(type_: Type) -> Mapping[str, Attr]:
    """The attributes of a nested block, or of the items of a list of blocks."""
    return type_.attributes or (_inner(type_.items[0]) if type_.items else {})


def _leads_somewhere(attrs: Mapping[str, Attr], path: str) -> bool:
    key, _, rest = path.partition(".")
    if key not in attrs:
        return False
    inner = _inner(type_of(attrs[key]))
    return not rest or not inner or _leads_somewhere(inner, rest)
