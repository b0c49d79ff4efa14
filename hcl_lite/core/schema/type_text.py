"""The text of a type, as in Terraform: string, number, bool, any, list(T), set(T), map(T), tuple([T, …]) and
object({ name = T, other = optional(T, default) }), which may be nested in each other."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from functools import lru_cache

from hcl_lite.core.diags import did_you_mean
from hcl_lite.core.schema.attributes import SCALARS, Attr, Type
from hcl_lite.core.values import JsonValue

_COLLECTIONS = ("list", "set", "map")
_TOKEN = re.compile(r"\s*([A-Za-z_][A-Za-z0-9_-]*|[(){}\[\]=,:])")
EXPECTED = "Expected string, number, bool, any, list(…), set(…), map(…), tuple([…]) or object({…})."

ReadDefault = Callable[[str, Type], JsonValue]
"""Reads the text of a default for its type. Raises TypeProblem."""


class TypeProblem(ValueError):
    """A text that is no type; the message says why."""


def parse_type(text: str, read_default: ReadDefault) -> Type:
    """Parses a type. Raises TypeProblem."""
    parser = _Parser(text, read_default)
    type_ = parser.type()
    parser.end()
    return type_


def as_type(type_: str | Type) -> Type:
    """Returns a type, parsed where it is given as text: without defaults in it. Raises TypeProblem."""
    return _declared(type_) if isinstance(type_, str) else type_


def type_of(attr: Attr) -> Type:
    """Returns the type of the values of an attribute."""
    return as_type(attr.type)


@lru_cache(maxsize=1024)
def _declared(text: str) -> Type:
    return parse_type(text, _no_default)


def _no_default(text: str, _: Type) -> JsonValue:
    raise TypeProblem(f"The default {text} cannot be read here.")


class _Parser:
    """One pass over the text of a type; every method starts at `self.at` and leaves it behind what it read."""

    def __init__(self, text: str, read_default: ReadDefault) -> None:
        self.text = text
        self.read_default = read_default
        self.at = 0

    def type(self, depth: int = 0) -> Type:
        name = self.word()
        if name in SCALARS:
            return Type(name)
        if name not in (*_COLLECTIONS, "tuple", "object") or depth > 50:
            raise TypeProblem(f"{did_you_mean(name, (*SCALARS, *_COLLECTIONS, 'tuple', 'object'))}")
        self.expect("(")
        if name == "object":
            result = Type(name, attributes=dict(self.attributes(depth)))
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

    def attributes(self, depth: int) -> Iterator[tuple[str, Attr]]:
        self.expect("{")
        while self.peek() != "}":
            name = self.word()
            self.expect(":" if self.peek() == ":" else "=")
            yield name, self.attribute(depth)
            if self.peek() == ",":
                self.expect(",")
        self.expect("}")

    def attribute(self, depth: int) -> Attr:
        if self.peek() != "optional":
            return Attr(self.type(depth + 1), required=True)
        self.word()
        self.expect("(")
        type_ = self.type(depth + 1)
        default = None
        if self.peek() == ",":
            self.expect(",")
            default = self.default(type_)
        self.expect(")")
        return Attr(type_, default=default)

    def default(self, type_: Type) -> JsonValue:
        """A TOML value, or null, up to the bracket that closes optional()."""
        end = next(self.closings(), -1)
        text = self.text[self.at : end].strip()
        if end < 0 or not text:
            raise TypeProblem("optional(…) has no end, or no default after its comma.")
        self.at = end
        return None if text == "null" else self.read_default(text, type_)

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
