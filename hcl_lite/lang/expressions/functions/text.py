"""Functions on text. A character is a Unicode code point."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any

from hcl_lite.lang.expressions.functions.arguments import FunctionError, Strings, joined, refuse_longer
from hcl_lite.lang.expressions.functions.costs import check_split, check_strip, weight
from hcl_lite.lang.expressions.functions.formatting import format, formatlist
from hcl_lite.lang.expressions.functions.regex import regex, regexall, replace

# A word begins after anything but a letter, a digit or _, as in Go.
_FIRST_LETTER = re.compile(r"(?<!\w)\w")


def join(separator: str, list: Strings) -> str:
    """The texts of a list put together, with the separator between them."""
    return joined(list, separator)


def split(separator: str, text: str) -> list[str]:
    """The parts of a text between the separators."""
    check_split(text, separator)
    return text.split(separator) if separator else list(text)


def lower(text: str) -> str:
    """The text in lower case."""
    return text.lower()


def upper(text: str) -> str:
    """The text in upper case."""
    return text.upper()


def title(text: str) -> str:
    """The text with the first letter of each word in upper case."""
    return _FIRST_LETTER.sub(lambda found: found.group().title(), text)


def trimspace(text: str) -> str:
    """The text without white space at both ends."""
    return text.strip()


def trim(text: str, characters: str) -> str:
    """The text without any of the characters at both ends."""
    return text.strip(check_strip(text, characters)) if characters else text


def trimprefix(text: str, prefix: str) -> str:
    """The text without the prefix, where it begins with it."""
    return text.removeprefix(prefix)


def trimsuffix(text: str, suffix: str) -> str:
    """The text without the suffix, where it ends with it."""
    return text.removesuffix(suffix)


def chomp(text: str) -> str:
    """The text without the line ends at its end."""
    return text.rstrip("\r\n")


def indent(spaces: int, text: str) -> str:
    """The text with so many spaces before every line but the first."""
    if spaces < 0:
        raise FunctionError(f"indent() takes a number of spaces, not {spaces}.")
    # Spaces that no line needs are refused too, where they are more than any text could have.
    refuse_longer(weight(text) + (1 if text.isascii() else 4) * spaces * max(1, text.count("\n")))
    return text.replace("\n", "\n" + " " * spaces)


def strrev(text: str) -> str:
    """The text with its characters in reverse order."""
    return text[::-1]


def substr(text: str, offset: int, length: int) -> str:
    """So many characters from the offset on: a negative offset counts from the end, a length of -1 means all."""
    if length < -1:
        raise FunctionError(f"substr() takes a length from 0 on, or -1 for all that follows, not {length}.")
    start = max(0, offset + len(text)) if offset < 0 else offset
    return text[start:] if length == -1 else text[start : start + length]


def startswith(text: str, prefix: str) -> bool:
    """Whether the text begins with the prefix."""
    return text.startswith(prefix)


def endswith(text: str, suffix: str) -> bool:
    """Whether the text ends with the suffix."""
    return text.endswith(suffix)


def strcontains(text: str, part: str) -> bool:
    """Whether the part is in the text."""
    return part in text


TEXT: Mapping[str, Callable[..., Any]] = {
    function.__name__: function
    for function in (
        join,
        split,
        replace,
        regex,
        regexall,
        format,
        formatlist,
        lower,
        upper,
        title,
        trimspace,
        trim,
        trimprefix,
        trimsuffix,
        chomp,
        indent,
        strrev,
        substr,
        startswith,
        endswith,
        strcontains,
    )
}
