"""The types of variables and attributes, written as in Terraform: string, number, bool, any, list(T), set(T), map(T),
tuple([T, …]) and object({ name = T, other = optional(T, default) }), which may be nested in each other."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from hcl_lite.core.diags import HclError, did_you_mean
from hcl_lite.core.values import UNKNOWN, Secret, Value, canonical_json, is_unknown, reveal
from hcl_lite.lang.source import parse_source

Path = tuple[str | int, ...]
SCALARS = ("string", "number", "bool", "any")
_COLLECTIONS = ("list", "set", "map")
_TOKEN = re.compile(r"\s*([A-Za-z_][A-Za-z0-9_-]*|[(){}\[\]=,:])")
EXPECTED = "Expected string, number, bool, any, list(…), set(…), map(…), tuple([…]) or object({…})."


@dataclass(frozen=True, slots=True)
class Attribute:
    """One attribute of an object type; `default` counts where it is left out."""

    type: Type
    optional: bool = False
    default: Any = None


@dataclass(frozen=True, slots=True)
class Type:
    """`name` is a scalar's, a collection's, "tuple" or "object"; `items` are the types of what is inside."""

    name: str
    items: tuple[Type, ...] = ()
    attributes: tuple[tuple[str, Attribute], ...] = ()

    def __str__(self) -> str:
        if self.name == "object":
            return "object({" + ", ".join(f"{key} = {attribute.type}" for key, attribute in self.attributes) + "})"
        if self.name == "tuple":
            return f"tuple([{', '.join(map(str, self.items))}])"
        return f"{self.name}({self.items[0]})" if self.items else self.name


class TypeProblem(ValueError):
    """A text that is not a type; the message says why."""


@lru_cache(maxsize=1024)
def parse_type(text: str) -> Type:
    """The type that `text` names. Raises TypeProblem."""
    parser = _Parser(text)
    type_ = parser.type()
    parser.end()
    return type_


def is_type(text: str) -> bool:
    """Whether `text` names a type."""
    try:
        parse_type(text)
    except TypeProblem:
        return False
    return True


def mismatch(type_: str, value: Value) -> str:
    """What about `value` is not of `type_`, as a sentence; empty where it fits. Null and unknown fit every type."""
    return next((_placed(path, problem) for path, problem in _mismatches(parse_type(type_), value)), "")


def where_mismatched(type_: str, value: Value) -> Path:
    """Which keys lead to what mismatch() speaks of."""
    return next((path for path, _ in _mismatches(parse_type(type_), value)), ())


def convert(type_: str, value: Value) -> Value:
    """`value`, which fits `type_`, with the defaults of optional attributes filled in, and sets in order."""
    return _convert(parse_type(type_), value)


def fits(given: str, wanted: str) -> bool:
    """Whether every value of the type `given` may stand where `wanted` is asked for."""
    return _fits(parse_type(given), parse_type(wanted))


def _placed(path: Path, problem: str) -> str:
    keys = "".join(f"[{step}]" if isinstance(step, int) else f'["{step}"]' for step in path)
    return f"At {keys}: {problem}" if path else problem


def _mismatches(type_: Type, value: Value) -> Iterator[tuple[Path, str]]:
    if isinstance(value, Secret):
        yield from _mismatches(type_, value.value)
    elif value is None or value is UNKNOWN or type_.name == "any":
        return
    elif type_.name not in _GROUPS[_kind(value)]:
        yield (), f"Expected {with_article(type_.name)}, found {with_article(_kind(value))}."
    elif type_.name == "object":
        yield from _object_mismatches(type_, value)
    elif type_.name == "tuple" and len(value) != len(type_.items):
        yield (), f"Expected {len(type_.items)} items, found {len(value)}."
    elif type_.items:
        items = value.items() if isinstance(value, Mapping) else enumerate(value)
        for index, (key, item) in enumerate(items):
            inner = type_.items[index] if type_.name == "tuple" else type_.items[0]
            yield from (((key, *path), problem) for path, problem in _mismatches(inner, item))


def _object_mismatches(type_: Type, value: Mapping[str, Value]) -> Iterator[tuple[Path, str]]:
    attributes = dict(type_.attributes)
    for key, attribute in attributes.items():
        if key in value:
            yield from (((key, *path), problem) for path, problem in _mismatches(attribute.type, value[key]))
        elif not attribute.optional:
            yield (), f'The attribute "{key}" is missing; it is {with_article(str(attribute.type))}.'
    for key in value:
        if key not in attributes:
            yield (key,), f"There is no such attribute. {did_you_mean(key, attributes)}".rstrip()


def _convert(type_: Type, value: Value) -> Value:
    if isinstance(value, Secret):
        return Secret(_convert(type_, value.value), value.made_of)
    if value is None or value is UNKNOWN:
        return value
    match type_.name:
        case "object":
            return {
                key: _convert(attribute.type, value.get(key, attribute.default)) for key, attribute in type_.attributes
            }
        case "map":
            return {key: _convert(type_.items[0], item) for key, item in value.items()}
        case "list":
            return [_convert(type_.items[0], item) for item in value]
        case "tuple":
            return [_convert(inner, item) for inner, item in zip(type_.items, value, strict=True)]
        case "set":
            items = [_convert(type_.items[0], item) for item in value]
            if is_unknown(items):
                return items
            return list({canonical_json(reveal(item)): item for item in sorted(items, key=_rank)}.values())
    return value


def _rank(value: Value) -> bytes:
    return canonical_json(reveal(value))


def _fits(given: Type, wanted: Type) -> bool:
    if "any" in (given.name, wanted.name):
        return True
    if given.name == wanted.name and given.items and wanted.items:
        return all(_fits(a, b) for a, b in zip(given.items, wanted.items, strict=False))
    return given.name == wanted.name or any({given.name, wanted.name} <= group for group in _GROUPS.values())


# The kinds of values that JSON has, with the types that each may be of.
_GROUPS: Mapping[str, frozenset[str]] = {
    "string": frozenset({"string"}),
    "number": frozenset({"number"}),
    "bool": frozenset({"bool"}),
    "list": frozenset({"list", "set", "tuple"}),
    "map": frozenset({"map", "object"}),
}


def _kind(value: Any) -> str:
    if isinstance(value, bool):
        return "bool"
    if isinstance(value, int | float):
        return "number"
    if isinstance(value, str):
        return "string"
    return "map" if isinstance(value, Mapping) else "list"


def with_article(type_: str) -> str:
    """The type as a sentence has it."""
    return f"an {type_}" if type_[0] in "aeiou" else f"a {type_}"


class _Parser:
    """One pass over the text of a type; every method starts at `self.at` and leaves it behind what it read."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.at = 0

    def type(self, depth: int = 0) -> Type:
        name = self.word()
        if name in SCALARS:
            return Type(name)
        if name not in (*_COLLECTIONS, "tuple", "object") or depth > 50:
            raise TypeProblem(f"{did_you_mean(name, (*SCALARS, *_COLLECTIONS, 'tuple', 'object'))}")
        self.expect("(")
        if name == "object":
            result = Type(name, attributes=tuple(self.attributes(depth)))
        elif name == "tuple":
            result = Type(name, tuple(self.types(depth)))
        else:
            result = Type(name, (self.type(depth + 1),))
        self.expect(")")
        return result

    def types(self, depth: int) -> Sequence[Type]:
        self.expect("[")
        found: list[Type] = []
        while self.peek() != "]":
            found.append(self.type(depth + 1))
            if self.peek() == ",":
                self.expect(",")
        self.expect("]")
        return found

    def attributes(self, depth: int) -> Iterator[tuple[str, Attribute]]:
        self.expect("{")
        while self.peek() != "}":
            name = self.word()
            self.expect(":" if self.peek() == ":" else "=")
            yield name, self.attribute(depth)
            if self.peek() == ",":
                self.expect(",")
        self.expect("}")

    def attribute(self, depth: int) -> Attribute:
        if self.peek() != "optional":
            return Attribute(self.type(depth + 1))
        self.word()
        self.expect("(")
        type_ = self.type(depth + 1)
        default = None
        if self.peek() == ",":
            self.expect(",")
            default = self.default(type_)
        self.expect(")")
        return Attribute(type_, True, default)

    def default(self, type_: Type) -> Any:
        """A TOML value, or null, up to the bracket that closes optional()."""
        end = next(self.closings(), -1)
        text = self.text[self.at : end].strip()
        if end < 0 or not text:
            raise TypeProblem("optional(…) has no end, or no default after its comma.")
        self.at = end
        if text == "null":
            return None
        try:
            value = parse_source(f"value = {text}", "value").data["value"]
        except HclError as error:
            raise TypeProblem(f"{text} is not a value in TOML.") from error
        problem = next((_placed(*found) for found in _mismatches(type_, value)), "")
        if problem:
            raise TypeProblem(f"The default {text} does not fit {type_}. {problem}")
        return _convert(type_, value)

    def closings(self) -> Iterator[int]:
        """Offsets of the brackets that close what is open at `self.at`; quoted ones do not count."""
        depth, quote = 0, ""
        for at in range(self.at, len(self.text)):
            char = self.text[at]
            if quote:
                quote = "" if char == quote else quote
            elif char in "\"'":
                quote = char
            elif char in "([{":
                depth += 1
            elif char in ")]}":
                if depth == 0:
                    yield at
                    return
                depth -= 1

    def peek(self) -> str:
        match = _TOKEN.match(self.text, self.at)
        return match[1] if match else ""

    def word(self) -> str:
        word = self.peek()
        if not word.isidentifier() and not word.replace("-", "_").isidentifier():
            raise TypeProblem(EXPECTED)
        self.expect(word)
        return word

    def expect(self, token: str) -> None:
        match = _TOKEN.match(self.text, self.at)
        if match is None or match[1] != token:
            found = f'"{self.text[self.at :].strip()[:20]}"' if self.text[self.at :].strip() else "the end"
            raise TypeProblem(f'Expected "{token}", found {found}.')
        self.at = match.end()

    def end(self) -> None:
        if self.text[self.at :].strip():
            raise TypeProblem(f'"{self.text[self.at :].strip()}" comes after the end of the type.')
