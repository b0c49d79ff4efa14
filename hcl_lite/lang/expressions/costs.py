"""Bounds the cost of filters and string methods by the sizes of their operands, before they run."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable
from typing import Any

from jinja2.exceptions import SecurityError

from hcl_lite.lang.expressions.functions.arguments import MAX_TEXT
from hcl_lite.lang.expressions.functions.costs import (
    MAX_VALUES,
    Size,
    check_size,
    check_split,
    check_steps,
    check_strip,
    check_words,
    weight,
)
from hcl_lite.lang.expressions.marks import open_mark

CHARACTERS = MAX_TEXT
VALUES = MAX_VALUES

# Their first argument is a text; Jinja2 would write Python's words for a list.
TEXT_FILTERS = """
    capitalize center indent lower replace striptags title trim truncate upper wordcount wordwrap
"""

# Filters that hand on what is in a list, and do not look at its texts.
_PASSING = frozenset(
    (
        *("length", "count", "first", "last", "default", "d", "list", "items", "map"),
        *("select", "reject", "selectattr", "rejectattr", "batch", "slice", "reverse"),
    )
)
_WHOLE = frozenset(f"{TEXT_FILTERS} length count default d string tojson int float reverse first last".split())
_CUT = 4 * 2**20
_CUTTING = frozenset(("title", "wordcount", "wordwrap", "striptags"))  # texts into lists of words


def check_filter(name: str, given: list[Any]) -> None:
    """Raises SecurityError or FunctionError for what a filter makes too much of, or cannot do in time."""
    check_size(given, Size(VALUES, sys.maxsize) if name in _PASSING else Size(VALUES, CHARACTERS))
    if name not in _WHOLE and any(isinstance(value, str) and len(value) > VALUES for value in given[:2]):
        raise SecurityError("The text has too many characters to be taken for a list")
    if name == "trim" and len(given) > 1 and isinstance(given[0], str) and isinstance(given[1], str):
        check_strip(given[0], given[1])
    texts = [value for value in given if isinstance(value, str)]
    width = max((value for value in given[1:] if isinstance(value, int)), default=0)
    wide = 1 if all(map(str.isascii, texts)) else 4
    if name == "replace" and len(texts) > 2:
        check_length(wide * texts[0].count(texts[1]) * len(texts[2]))
    if name == "indent" and texts:
        check_length(wide * (texts[0].count("\n") + 1) * max(width, *map(len, texts[1:]), 0))
    if name == "wordwrap" and texts:
        check_length(len(texts[0]) * max(1, *map(len, texts[1:])) // max(1, width))
    if name in _CUTTING:
        check_size(given, Size(VALUES, _CUT))


def check_length(length: int) -> None:
    """Raises SecurityError for more characters than a text may have."""
    if length > CHARACTERS:
        raise SecurityError("The text would be too long")


def few_lists(lists: list[Any]) -> list[Any]:
    """Lists that `sum` may put together: it writes all that it has anew for each, and hears no alarm meanwhile."""
    if len(lists) * max(1000, sum(len(each) for each in lists if isinstance(each, list | tuple))) > 10**9:
        raise SecurityError("These are too many lists for sum; flatten() takes more")
    return lists


def length_of(value: Any) -> int:
    """The characters of a text as they are counted, or the items of a list."""
    return weight(value) if isinstance(value, str) else len(value)


def texts_length(texts: Iterable[str]) -> int:
    """Returns the length of texts once they are joined: Python keeps all of it as wide as the widest character
    needs."""
    known = list(texts)
    return sum(map(len, known)) * (1 if all(map(str.isascii, known)) else 4)


def measured(text: str, method: str) -> Callable[..., Any]:
    """A method of a text that is refused where it would take too long, or make too much."""

    def call(*args: Any, **kwargs: Any) -> Any:
        given = [open_mark(arg) for arg in args]
        named = {name: open_mark(value) for name, value in kwargs.items()}
        texts = [value for value in (*given, *named.values()) if isinstance(value, str)]
        if method in ("strip", "lstrip", "rstrip") and texts:
            given = [check_strip(text, texts[0])]
        if method in ("split", "rsplit") and texts:
            check_split(text, texts[0], backwards=method == "rsplit")
        elif method in ("split", "rsplit", "splitlines"):
            check_words(text)
        if method in ("rfind", "rpartition") and texts:
            check_steps(len(text) * (len(texts[0]) if len(texts[0]) > 1 else 0), "Searching")
        check_size([text])
        return getattr(text, method)(*given, **named)

    return call
