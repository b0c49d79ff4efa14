"""Hostile documents made of good ones: bytes say what is done where, so that a fuzzer can steer and shrink it."""

from __future__ import annotations

import copy
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

# What stands where something else was meant: JSON's kinds, the ends of numbers, and text that has hurt others.
HOSTILE: Final[tuple[Any, ...]] = (
    None,
    True,
    False,
    0,
    -1,
    2**31,
    2**63,
    10**400,
    0.5,
    1e308,
    "",
    "0",
    "null",
    "x",
    "..",
    "a/b",
    "\x00",
    "\x1b[2J\x1b]0;owned\x07",
    "\x9b31m",
    "\u202egnp.exe",
    "\ud800",
    "é" * 300,
    "__proto__",
    "${var.x}",
    "${",
    "$${",
    "/dev/zero",
    "2024-01-01T00:00:00Z",
    [],
    [[]],
    [None],
    [{}],
    ["x", "x"],
    {},
    {"": None},
    {"__proto__": {"constructor": 1}},
    {"\x1b[31m": "\r"},
)


@dataclass
class Choices:
    """Choices that bytes make, the same each time; when they are used up, every choice is the first."""

    data: bytes
    at: int = 0

    @property
    def left(self) -> int:
        return max(0, len(self.data) - self.at)

    def below(self, count: int) -> int:
        """A number from 0 to `count` - 1."""
        size = 1 if count <= 256 else 2
        chunk = self.data[self.at : self.at + size]
        self.at += size
        return int.from_bytes(chunk, "big") % count if count else 0

    def among(self, items: Any) -> Any:
        return items[self.below(len(items))]


def mutated(document: Any, choices: Choices, most: int = 3) -> Any:
    """A copy of a JSON document with up to `most` things wrong in it; as it was where the choices are used up."""
    document = copy.deepcopy(document)
    for _ in range(most):
        if not choices.left:
            break
        document = _mutated_once(document, choices)
    return document


def broken(text: bytes, choices: Choices) -> bytes:
    """`text` cut, overwritten, doubled, or put into another encoding."""
    at = choices.below(len(text) + 1)
    match choices.below(9):
        case 0:
            return text[:at]
        case 1:
            return text[:at] + bytes([choices.below(256)]) + text[at + 1 :]
        case 2:
            return text[:at] + text[at // 2 :]
        case 3:
            return text.decode("utf-8", "replace").encode("utf-16")
        case 4:
            return b"\xef\xbb\xbf" + text
        case 5:
            return text.replace(b"\n", b"\r\n")
        case 6:
            return text[:at] + b"\xff\xfe\xc0" + text[at:]
        case 7:
            return b"[" * 2000
        case _:
            return choices.among((b"", b"\x00", b"null", b"<html>502</html>", b"NaN", b"1e400", b'"x"', b"[{}]"))


def _mutated_once(document: Any, choices: Choices) -> Any:
    places = list(_places(document))
    path = places[choices.below(len(places))]
    value = _at(document, path)
    match choices.below(6):
        case 0 | 1:
            return _with(document, path, copy.deepcopy(choices.among(HOSTILE)))
        case 2:
            return _without(document, path)
        case 3:
            return _with(document, path, {"x": value} if choices.below(2) else [value, copy.deepcopy(value)])
        case 4 if isinstance(value, dict):
            return _with(document, path, {**value, str(choices.among(HOSTILE)): copy.deepcopy(choices.among(HOSTILE))})
        case 4 if isinstance(value, list):
            return _with(document, path, [*value, *copy.deepcopy(value)])
        case 4:
            return _with(document, path, json.dumps(value) if not isinstance(value, str) else value * 2)
        case _:  # what stands in another place
            return _with(document, path, copy.deepcopy(_at(document, choices.among(places))))


def _places(document: Any, path: tuple[Any, ...] = ()) -> Any:
    yield path
    if isinstance(document, dict):
        for key, value in document.items():
            yield from _places(value, (*path, key))
    elif isinstance(document, list):
        for index, value in enumerate(document):
            yield from _places(value, (*path, index))


def _at(document: Any, path: tuple[Any, ...]) -> Any:
    for step in path:
        document = document[step]
    return document


def _with(document: Any, path: tuple[Any, ...], value: Any) -> Any:
    if not path:
        return value
    _at(document, path[:-1])[path[-1]] = value
    return document


def _without(document: Any, path: tuple[Any, ...]) -> Any:
    if not path:
        return None
    del _at(document, path[:-1])[path[-1]]
    return document


def as_toml(document: Mapping[str, Any]) -> str:
    """A document as TOML, each table inline: what has no form in TOML (null) is left out."""
    return "\n".join(f"{_text(key)} = {_value(value)}" for key, value in document.items() if value is not None) + "\n"


def _value(value: Any) -> str:
    if isinstance(value, dict):
        return "{" + ", ".join(f"{_text(k)} = {_value(v)}" for k, v in value.items() if v is not None) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(_value(item) for item in value if item is not None) + "]"
    if isinstance(value, str):
        return _text(value)
    return json.dumps(value) if isinstance(value, bool | int) else repr(value)


def _text(text: str) -> str:
    return json.dumps(text.encode("utf-8", "replace").decode(), ensure_ascii=False).replace("\x7f", "\\u007f")
