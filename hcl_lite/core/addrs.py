"""Addresses of blocks, objects and values. The only parser and printer of them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Self

Key = str | int | None

_NAME = r"[A-Za-z_][A-Za-z0-9_-]*"
_STEP = re.compile(rf"({_NAME})(\[(?:\"((?:[^\"\\]|\\.)*)\"|'((?:[^'\\]|\\.)*)'|(\d+))\])?(?:\.|$)")

_ESCAPES = {'"': '"', "\\": "\\", "\n": "n", "\r": "r", "\t": "t"}
_MEANINGS = {letter: character for character, letter in _ESCAPES.items()}
# Also what would turn the text around, or show nothing at all.
_TO_ESCAPE = re.compile(r"[\"\\\x00-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff\ud800-\udfff]")
_ESCAPE = re.compile(r"\\(?:u([0-9a-f]{4})|(.))", re.DOTALL)


class Kind(StrEnum):
    """The kind of what an address names. RESOURCE and DATA carry a type, the others only a name."""

    VARIABLE = "var"
    LOCAL = "local"
    PROVIDER = "provider"
    MODULE = "module"
    DATA = "data"
    RESOURCE = "resource"
    OUTPUT = "output"
    CHECK = "check"
    IMPORT = "import"
    MOVED = "moved"
    REMOVED = "removed"
    POLICY = "policy"


@dataclass(frozen=True, slots=True)
class Address:
    """One block, or one instance of it: `grafana_folder.team["a"]`, `data.grafana_folder.x`, `module.a["b"].var.c`.

    `module` is the way to the module that the block stands in, a step for each, with the key of its instance: `a["b"]`.
    An address without any key is also the name of a block as it is written, before for_each and count.
    """

    kind: Kind
    name: str
    type: str = ""
    key: Key = None
    module: tuple[str, ...] = ()
    _hash: int = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        """Computes the hash once: a run asks for that of each address some hundred times."""
        object.__setattr__(self, "_hash", hash((self.kind, self.name, self.type, self.key, self.module)))

    def __hash__(self) -> int:
        return self._hash

    def __eq__(self, other: object) -> bool:
        if self is other:
            return True
        if not isinstance(other, Address) or self._hash != other._hash:
            return False
        is_named_so = self.name == other.name and self.key == other.key
        return is_named_so and self.type == other.type and self.kind is other.kind and self.module == other.module

    @classmethod
    def resource(cls, type_: str, name: str, key: Key = None) -> Self:
        """Returns the address of a resource in the root module."""
        return cls(Kind.RESOURCE, name, type_, key)

    @classmethod
    def parse(cls, text: str) -> Self:
        """Parses what `str()` prints. Raises ValueError with what is wrong."""
        steps = _split(text)
        module: list[str] = []
        while len(steps) > 2 and steps[0] == ("module", None):
            name, key = steps[1]
            module.append(name + _print_key(key))
            steps = steps[2:]
        kind = Kind.RESOURCE
        if steps[0][0] in _PREFIXED and steps[0][1] is None:
            kind = Kind(steps[0][0])
            steps = steps[1:]
        wanted = 2 if kind in (Kind.RESOURCE, Kind.DATA) else 1
        misplaced = steps and steps[0][0] == "module"
        if len(steps) != wanted or misplaced or any(key is not None for _, key in steps[:-1]):
            raise ValueError(f'"{text}" is not an address: expected TYPE.NAME, such as grafana_dashboard.api')
        type_ = steps[0][0] if wanted == 2 else ""
        return cls(kind, steps[-1][0], type_, steps[-1][1], tuple(module))

    def __str__(self) -> str:
        path = "".join(f"module.{step}." for step in self.module)
        prefix = "" if self.kind is Kind.RESOURCE else f"{self.kind.value}."
        type_ = f"{self.type}." if self.type else ""
        return f"{path}{prefix}{type_}{self.name}{_print_key(self.key)}"

    @property
    def written(self) -> Address:
        """The address of the block as written: without any key."""
        if self.key is None and not self.module:
            return self
        return Address(self.kind, self.name, self.type, None, without_keys(self.module))

    @property
    def collection(self) -> Address:
        """The address without its own key, which all instances of a block share."""
        if self.key is None:
            return self
        return Address(self.kind, self.name, self.type, None, self.module)

    def at(self, key: Key) -> Address:
        """Returns the instance with `key`."""
        return Address(self.kind, self.name, self.type, key, self.module)

    @property
    def inner(self) -> tuple[str, ...]:
        """The module path inside of the module that this address names."""
        return (*self.module, f"{self.name}{_print_key(self.key)}")

    @property
    def caller(self) -> Address:
        """The address of the module block, with its key, in whose module this address is."""
        name, bracket, key = self.module[-1].partition("[")
        step = _split(f"{name}{bracket}{key}")[0]
        return Address(Kind.MODULE, step[0], key=step[1], module=self.module[:-1])

    @property
    def label(self) -> str:
        """The name of the block, with its key, for uids and messages."""
        return self.name if self.key is None else f"{self.name}-{self.key}"

    def within(self, module: tuple[str, ...]) -> Address:
        """Returns this address as seen from the root, where it was written inside of `module`."""
        if not module:
            return self
        return Address(self.kind, self.name, self.type, self.key, (*module, *self.module))

    def covers(self, other: Address) -> bool:
        """Whether `other` is this address, an instance of it, or inside of the module that it names."""
        if self.kind is Kind.MODULE:
            steps = other.inner if other.kind is Kind.MODULE else other.module
            if self.key is None:
                depth = len(self.module)
                names = [step.partition("[")[0] for step in steps[depth : depth + 1]]
                return steps[:depth] == self.module and names == [self.name]
            return steps[: len(self.inner)] == self.inner
        return self in (other, other.collection)

    def covering(self) -> Iterator[Address]:
        """All addresses that cover this one, for look-ups in sets."""
        yield self
        yield self.collection
        steps = self.inner if self.kind is Kind.MODULE else self.module
        for depth, step in enumerate(steps):
            name, key = _split(step)[0]
            yield Address(Kind.MODULE, name, key=key, module=steps[:depth])
            yield Address(Kind.MODULE, name, module=steps[:depth])

    @property
    def order(self) -> tuple[object, ...]:
        """The sort key of addresses; everything is printed and saved in this order."""
        key = (0, 0, "") if self.key is None else (1, self.key, "") if isinstance(self.key, int) else (2, 0, self.key)
        return (self.module, _KINDS.index(self.kind), self.type, self.name, key)


_KINDS = tuple(Kind)
_PREFIXED = frozenset(kind.value for kind in Kind if kind is not Kind.RESOURCE)


def without_keys(module: tuple[str, ...]) -> tuple[str, ...]:
    """Returns a module path without the keys of instances."""
    return tuple(step.partition("[")[0] for step in module)


def in_order(addresses: Iterable[Address]) -> list[Address]:
    """Returns the addresses sorted."""
    return sorted(addresses, key=lambda address: address.order)


def _split(text: str) -> list[tuple[str, Key]]:
    steps: list[tuple[str, Key]] = []
    position = 0
    while position < len(text):
        match = _STEP.match(text, position)
        if match is None:
            break
        name, bracket, quoted, single, number = match.groups()
        key: Key = None
        if bracket:
            key = int(number) if number is not None else _ESCAPE.sub(_unescaped, single if quoted is None else quoted)
        steps.append((name, key))
        position = match.end()
    if not steps or position < len(text) or text.endswith("."):
        raise ValueError(f'"{text}" is not an address: expected TYPE.NAME, such as grafana_dashboard.api')
    return steps


def _print_key(key: Key) -> str:
    if key is None:
        return ""
    if isinstance(key, int):
        return f"[{key}]"
    return f'["{_TO_ESCAPE.sub(_escaped, key)}"]'


def _escaped(match: re.Match[str]) -> str:
    """A character that would end the key, or the line that the address is printed in."""
    character = match[0]
    return f"\\u{ord(character):04x}" if character not in _ESCAPES else f"\\{_ESCAPES[character]}"


def _unescaped(match: re.Match[str]) -> str:
    return chr(int(match[1], 16)) if match[1] else _MEANINGS.get(match[2], match[2])
