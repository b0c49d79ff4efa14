"""Bounds the cost of a call by the sizes of its arguments, before it runs: C code cannot be interrupted.

A value is measured as it would be written out: a list that stands in it twice counts twice. A text counts a unit for
each character, four where one of them is beyond ASCII, as Python keeps it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from json.encoder import encode_basestring
from typing import Any

from hcl_lite.lang.expressions.functions.arguments import MAX_TEXT, FunctionError, refuse_longer

MAX_VALUES = 5_000_000
MAX_PARSED = 1_000_000
_MAX_STEPS = 10**9  # of a loop in C, of some nanoseconds each
_MAP, _ENTRY = 4, 2  # what a map and an entry of it count, where an item of a list counts one


@dataclass(frozen=True, slots=True)
class Size:
    """The size of a value, written out."""

    values: int
    characters: int


MOST = Size(MAX_VALUES, MAX_TEXT)
_KEYED = Size(2_000_000, 16 * 2**20)  # what is compared by its JSON
# What functions take that make more of it than a copy or two; all others take MOST.
MOST_OF: Mapping[str, Size] = {
    **dict.fromkeys(("distinct", "toset", "contains", "index", "matchkeys"), _KEYED),
    **dict.fromkeys(("setunion", "setintersection", "setsubtract"), _KEYED),
    "csvdecode": Size(MAX_VALUES, 32 * 2**20),
    "tomldecode": Size(MAX_VALUES, 16 * 2**20),
    "yamldecode": Size(MAX_VALUES, 16 * 2**20),
    "yamlencode": Size(200_000, 4 * 2**20),
    "urlencode": Size(MAX_VALUES, 16 * 2**20),
    "title": Size(MAX_VALUES, 4 * 2**20),
}


def weight(text: str) -> int:
    """The characters of a text as they are counted."""
    return len(text) if text.isascii() else 4 * len(text)


def check_size(values: Iterable[Any], most: Size = MOST) -> Size:
    """Returns the size of the values together. Raises FunctionError for more than `most`, and reads no further."""
    count = characters = 0
    waiting = [iter(values)]
    while waiting:
        for value in waiting[-1]:
            count += 1
            kind = type(value)
            inner: Iterable[Any] | None = None
            if kind is str:
                characters += len(value) if value.isascii() else 4 * len(value)
            elif kind is list or kind is tuple:
                count, inner = count + 1, value
            elif kind is dict:
                count += _MAP + _ENTRY * len(value)
                characters += sum(weight(key) for key in value if isinstance(key, str))
                inner = value.values()
            elif kind is int and not -_LONG < value < _LONG:
                characters += value.bit_length() // 3
            if count > most.values or characters > most.characters:
                raise FunctionError(_too_large(count > most.values, most))
            if inner is not None:
                waiting.append(iter(inner))
                break
        else:
            waiting.pop()
    return Size(count, characters)


_LONG = 10**18


def _too_large(many: bool, most: Size) -> str:
    what = f"{most.values} values" if many else f"{most.characters} characters"
    return f"The arguments are too large, written out: at most {what} are taken here."


def check_steps(steps: int, what: str) -> None:
    """Raises FunctionError for a loop of too many steps."""
    if steps > _MAX_STEPS:
        raise FunctionError(f"{what} would take too long: {steps} comparisons, of at most {_MAX_STEPS}.")


def check_strip(text: str, characters: str) -> str:
    """`characters` once each, for strip(), which compares each end with all of them. Raises FunctionError."""
    once = "".join(dict.fromkeys(characters)) if len(characters) < MAX_PARSED else characters
    check_steps(len(text) * len(once), "Trimming")
    return once


def check_split(text: str, separator: str, backwards: bool = False) -> None:
    """Raises FunctionError for too many parts, or for a search from the end that looks at each part again."""
    if backwards:
        check_steps(len(text) * len(separator) if len(separator) > 1 else 0, "Searching")
    refuse_many(text.count(separator) if separator else len(text), "parts")


def check_words(text: str) -> None:
    """The same for white space and line ends."""
    if len(text) > MAX_VALUES:
        refuse_many(sum(map(text.count, _SPACES)), "parts")


_SPACES = "\t\n\x0b\x0c\r\x1c\x1d\x1e\x1f \x85\xa0\u1680\u2028\u2029\u202f\u205f\u3000" + "".join(
    map(chr, range(0x2000, 0x200B))
)


def refuse_many(count: int, what: str, most: int = MAX_VALUES) -> None:
    """Raises FunctionError."""
    if count > most:
        raise FunctionError(f"The result would have {count} {what}; {most} are allowed.")


_JSON = Size(MAX_TEXT // 26, MAX_TEXT)  # a number or a key has 24 characters at most, and what stands between them
_ESCAPED = '"\\' + "".join(map(chr, range(0x20)))
_MARKUP = "<>&'"
_MARKED = f'"\\\n\t{_MARKUP}'  # what short texts have of them, mostly


def check_json(value: Any, indent: int = 0, markup: bool = False) -> None:
    """Raises FunctionError where the JSON of `value` would be too long; as `markup` it is ASCII, without <>&'."""
    size = check_size([value], _JSON)
    if not indent and 26 * size.values + (12 if markup else 6) * size.characters <= MAX_TEXT:
        return
    length, wide = 0, 1
    waiting = [(value, 1)]
    while waiting:
        found, depth = waiting.pop()
        if isinstance(found, str):
            length += _written(found, markup)
            wide = wide if markup or found.isascii() else 4
        elif isinstance(found, Mapping | list | tuple):
            length += (26 + indent * depth) * (1 + len(found))
            waiting += [(key, 0) for key in found if isinstance(found, Mapping) and isinstance(key, str)]
            inner = found.values() if isinstance(found, Mapping) else found
            waiting += [(item, depth + 1) for item in inner if isinstance(item, str | Mapping | list | tuple)]
        refuse_longer(length * wide)


def _written(text: str, markup: bool) -> int:
    """Returns the length of a text in JSON."""
    if markup and not text.isascii():
        return 12 * len(text)
    if len(text) < 1000 and not markup:
        return len(encode_basestring(text))
    return len(text) + 5 * sum(map(text.count, _MARKED if markup and len(text) < 1000 else _ESCAPED + _MARKUP))


def refuse_parsed(text: str, marks: str, most: int = MAX_PARSED) -> None:
    """Raises FunctionError for a text with more values than are taken; each but the first has one of `marks` before it.

    Marks inside of quotes are told apart only where there are many.
    """
    count = sum(map(text.count, marks))
    if count > most:
        refuse_many((text.count('"') - text.count('\\"')) // 4, "texts", most)
        outside = _QUOTED.sub("", text)
        refuse_many(sum(map(outside.count, marks)), "values", most)


_QUOTED = re.compile(r'"(?:[^"\\]|\\.)*+"', re.DOTALL)
