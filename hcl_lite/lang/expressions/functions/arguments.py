"""Arguments of functions: checked and named for messages, and texts bounded in length.

As in Terraform, a number or a bool is taken where text is wanted; text is not taken for a number.
"""

from __future__ import annotations

import math
from collections.abc import Callable, ItemsView, Iterable, KeysView, Mapping, Sequence, ValuesView
from types import GeneratorType
from typing import Any

from hcl_lite.core.values import JsonValue, Value

Number = int | float
Text = str  # where a number would be a mistake: documents and paths
Items = Sequence[Value]
Table = Mapping[str, Value]
Strings = Sequence[str]
Numbers = Sequence[Number]

MAX_TEXT = 64 * 1024 * 1024
MAX_ITEMS = 100_000
_MAX_INTEGER = 10**308  # what a float can still hold
# What Jinja2's filters and the methods of a map give.
_VIEWS: tuple[Any, ...] = (GeneratorType, KeysView, ValuesView, ItemsView, range)


class FunctionError(Exception):
    """A function cannot do what it was asked; the message says why, `hint` what to do."""

    def __init__(self, message: str, hint: str = "") -> None:
        super().__init__(message)
        self.hint = hint


class Unfit(Exception):
    """An argument is not what the function takes; the message begins after "f() takes "."""


def kind_of(value: Value) -> str:
    """Returns the name of a value's type for messages."""
    if value is None:
        return "null"
    for types, name in _KINDS:
        if isinstance(value, types):
            return name
    return "a value that cannot be looked into"


_KINDS: tuple[tuple[Any, str], ...] = (
    (bool, "a bool"),
    (int | float, "a number"),
    (str, "a string"),
    (Mapping, "a map"),
    ((list, tuple, *_VIEWS), "a list"),
)


def is_list(value: Value) -> bool:
    """Whether the value is a list of the language."""
    return isinstance(value, list | tuple)


def is_number(value: Value) -> bool:
    """Whether the value is a number of the language: true and false are none."""
    return isinstance(value, int | float) and not isinstance(value, bool)


def string(value: Value, name: str) -> str:
    """`value` as text."""
    if isinstance(value, str):
        return value
    if isinstance(value, bool | int | float):
        return text_of(value)
    raise Unfit(f"a string as {name}, not {kind_of(value)}")


def text(value: Value, name: str) -> str:
    """`value` where it is text, and not a number that might be written as one."""
    if not isinstance(value, str):
        raise Unfit(f"a string as {name}, not {kind_of(value)}")
    return value


def number(value: Value, name: str) -> Number:
    """`value` where it is a number."""
    if not is_number(value):
        hint = "; tonumber() makes one of text" if isinstance(value, str) else ""
        raise Unfit(f"a number as {name}, not {kind_of(value)}{hint}")
    if value != value or not -_MAX_INTEGER <= value <= _MAX_INTEGER:
        raise Unfit(f"a number below 1e308 as {name}")
    return value  # type: ignore[no-any-return]


def whole(value: Value, name: str) -> int:
    """`value` where it is a whole number, though it may be written as 3.0."""
    found = number(value, name)
    if found != int(found):
        raise Unfit(f"a whole number as {name}, not {found}")
    return int(found)


def truth(value: Value, name: str) -> bool:
    """`value` where it is true or false."""
    if not isinstance(value, bool):
        raise Unfit(f"true or false as {name}, not {kind_of(value)}")
    return value


def items(value: Value, name: str) -> Items:
    """`value` where it is a list, or what Jinja2's filters make of one."""
    if isinstance(value, list | tuple):
        return value
    if isinstance(value, _VIEWS):
        return list(value)
    raise Unfit(f"a list as {name}, not {kind_of(value)}")


def table(value: Value, name: str) -> Table:
    """`value` where it is a map."""
    if not isinstance(value, Mapping):
        raise Unfit(f"a map as {name}, not {kind_of(value)}")
    return value


def _each(check: Callable[[Value, str], Any]) -> Callable[[Value, str], Any]:
    return lambda value, name: [check(item, f"{name}[{at}]") for at, item in enumerate(items(value, name))]


# By the annotation of the parameter.
CHECKS: Mapping[str, Callable[[Value, str], Any]] = {
    "str": string,
    "Text": text,
    "int": whole,
    "Number": number,
    "bool": truth,
    "Items": items,
    "Table": table,
    "Strings": _each(string),
    "Numbers": _each(number),
}


def text_of(value: bool | Number | str) -> str:
    """A string, number or bool as text, numbers without an exponent: `3`, not `3.0`."""
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        from decimal import Decimal  # noqa: PLC0415 - only fractions need it

        return format(Decimal(repr(value)), "f").removesuffix(".0")
    return str(value)


def quote(text: str) -> str:
    """`text` in quotes for a message, cut where it is long."""
    return f'"{text}"' if len(text) <= 60 else f'"{text[:57]}…"'


def refuse_longer(length: int) -> None:
    """Raise where a text of `length` characters would be too long to be made."""
    if length > MAX_TEXT:
        raise FunctionError(f"The result would have {length} characters; {MAX_TEXT} are allowed.")


def joined(pieces: Iterable[str], separator: str = "") -> str:
    """The pieces as one text that is not too long."""
    texts = list(pieces)
    wide = 1 if separator.isascii() and all(map(str.isascii, texts)) else 4  # bytes of each character, as Python has it
    refuse_longer(wide * (sum(map(len, texts)) + len(separator) * (len(texts) - 1)))
    return separator.join(texts)


def utf8(text: str) -> bytes:
    """The bytes of `text`."""
    try:
        return text.encode()
    except UnicodeEncodeError as error:
        raise FunctionError(f"The text holds half a character (at {error.start}), which UTF-8 cannot write.") from error


def plain(value: Any) -> JsonValue:
    """Returns the result of a parser with dates and times as text. Raises ValueError for numbers that JSON, or a float,
    lacks."""
    if isinstance(value, dict):
        return {key: plain(item) for key, item in value.items()}
    if isinstance(value, list):
        return [plain(item) for item in value]
    if isinstance(value, float) and not math.isfinite(value):
        raise ValueError(f"JSON has no {value}")
    if isinstance(value, int) and not -_MAX_INTEGER <= value <= _MAX_INTEGER:  # in hexadecimal Python reads any
        raise ValueError("a number in it has more than 308 digits")
    return str(value.isoformat()) if hasattr(value, "isoformat") else value
