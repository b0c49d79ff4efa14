"""Addresses: the names by which blocks, objects and values are known. Text is parsed here and nowhere else."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import Self

Key = str | int | None

_NAME = r"[A-Za-z_][A-Za-z0-9_-]*"
_STEP = re.compile(rf"({_NAME})(\[(?:\"((?:[^\"\\]|\\.)*)\"|(\d+))\])?(?:\.|$)")


class Kind(StrEnum):
    """What an address names. RESOURCE and DATA carry a type, the others only a name."""

    VARIABLE = "var"
    LOCAL = "local"
    PROVIDER = "provider"
    DATA = "data"
    RESOURCE = "resource"
    OUTPUT = "output"


@dataclass(frozen=True, slots=True)
class Address:
    """One block, or one instance of it: `grafana_folder.team`, `data.grafana_folder.x`, `var.region`, `module.a.…`."""

    kind: Kind
    name: str
    type: str = ""
    key: Key = None
    module: tuple[str, ...] = ()

    @classmethod
    def resource(cls, type_: str, name: str, key: Key = None) -> Self:
        return cls(Kind.RESOURCE, name, type_, key)

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read what `str()` prints. ValueError says what is wrong with the text."""
        steps = _split(text)
        module: list[str] = []
        while len(steps) > 2 and steps[0][0] == "module":
            name, key = steps[1]
            module.append(name + _print_key(key))
            steps = steps[2:]
        kind = Kind.RESOURCE
        if steps[0][0] in _PREFIXED and steps[0][1] is None:
            kind = Kind(steps[0][0])
            steps = steps[1:]
        wanted = 2 if kind in (Kind.RESOURCE, Kind.DATA) else 1
        if len(steps) != wanted or steps[0][0] == "module" or any(key is not None for _, key in steps[:-1]):
            raise ValueError(f'"{text}" is not an address: expected TYPE.NAME, such as grafana_dashboard.api')
        type_ = steps[0][0] if wanted == 2 else ""
        return cls(kind, steps[-1][0], type_, steps[-1][1], tuple(module))

    def __str__(self) -> str:
        path = "".join(f"module.{step}." for step in self.module)
        prefix = "" if self.kind is Kind.RESOURCE else f"{self.kind.value}."
        type_ = f"{self.type}." if self.type else ""
        return f"{path}{prefix}{type_}{self.name}{_print_key(self.key)}"

    @property
    def order(self) -> tuple[object, ...]:
        """Sorts addresses in the one order in which everything is printed and saved."""
        key = (0, 0, "") if self.key is None else (1, self.key, "") if isinstance(self.key, int) else (2, 0, self.key)
        return (self.module, _KINDS.index(self.kind), self.type, self.name, key)


_KINDS = tuple(Kind)
_PREFIXED = frozenset(kind.value for kind in Kind if kind is not Kind.RESOURCE)


def in_order(addresses: Iterable[Address]) -> list[Address]:
    return sorted(addresses, key=lambda address: address.order)


def _split(text: str) -> list[tuple[str, Key]]:
    steps: list[tuple[str, Key]] = []
    position = 0
    while position < len(text):
        match = _STEP.match(text, position)
        if match is None:
            break
        name, bracket, quoted, number = match.groups()
        key: Key = None
        if bracket:
            key = int(number) if number is not None else re.sub(r"\\(.)", r"\1", quoted)
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
    escaped = key.replace("\\", "\\\\").replace('"', '\\"')
    return f'["{escaped}"]'
