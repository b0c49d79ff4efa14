"""Types of variables: their texts, what fits them, and what becomes of it."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hcl_lite.core.schema.fitting import convert, fits, mismatch
from hcl_lite.core.schema.type_text import TypeProblem
from hcl_lite.core.values import UNKNOWN, Secret
from hcl_lite.lang.config.types import parse_type

_BOARD = 'object({ title = string, tags = optional(list(string), ["a", "b)"]), height = optional(number) })'

_FITTING: list[tuple[str, Any, Any]] = [
    ("string", "a", "a"),
    ("number", 1.5, 1.5),
    ("bool", True, True),
    ("any", {"a": [1, "b"]}, {"a": [1, "b"]}),
    ("list(number)", [1, 2], [1, 2]),
    ("set(string)", ["b", "a", "b"], ["a", "b"]),
    ("map(list(string))", {"a": ["b"]}, {"a": ["b"]}),
    ("tuple([string, number])", ["a", 1], ["a", 1]),
    (_BOARD, {"title": "x"}, {"title": "x", "tags": ["a", "b)"], "height": None}),
    (f"map({_BOARD})", {"k": {"title": "x", "tags": []}}, {"k": {"title": "x", "tags": [], "height": None}}),
    ("string", None, None),
    ("list(string)", [UNKNOWN], [UNKNOWN]),
    ("set(string)", ["b", UNKNOWN], ["b", UNKNOWN]),
    ("list(string)", Secret(["a"]), Secret(["a"])),
]


@pytest.mark.parametrize(("type_", "value", "converted"), _FITTING)
def test_a_value_that_fits_is_converted(type_: str, value: Any, converted: Any) -> None:
    """Defaults of optional attributes are filled in, sets are put in order."""
    assert mismatch(parse_type(type_), value) == ""
    assert convert(parse_type(type_), value) == converted


@pytest.mark.parametrize(
    ("type_", "value", "says"),
    [
        ("string", 1, "Expected a string, found a number."),
        ("number", True, "Expected a number, found a bool."),
        ("list(string)", "a", "Expected a list, found a string."),
        ("list(string)", ["a", 1], "At [1]: Expected a string, found a number."),
        ("map(number)", {"k": "v"}, 'At ["k"]: Expected a number, found a string.'),
        ("tuple([string])", ["a", "b"], "Expected 1 items, found 2."),
        (_BOARD, {"tags": []}, 'The attribute "title" is missing; it is a string.'),
        (_BOARD, {"title": "x", "tag": 1}, 'At ["tag"]: There is no such attribute. Did you mean "tags"?'),
        (f"list({_BOARD})", [{"title": 1}], 'At [0]["title"]: Expected a string, found a number.'),
        ("string", Secret(7), "Expected a string, found a number."),
    ],
)
def test_what_does_not_fit_is_said(type_: str, value: Any, says: str) -> None:
    """In a sentence, with the way to it."""
    assert mismatch(parse_type(type_), value) == says


@pytest.mark.parametrize(
    "text",
    [
        "",
        "strin",
        "list",
        "list(",
        "list()",
        "list(string",
        "list(string))",
        "object()",
        "object({a})",
        "tuple(string)",
        "object({a=optional(string,)})",
        'object({a=optional(number,"x")})',
        "object({a=optional(string, {)})",
        "string string",
        "optional(string)",
        "map(string, number)",
        "list(" * 60 + "string" + ")" * 60,
    ],
)
def test_what_is_no_type_is_refused(text: str) -> None:
    """With a sentence that says why."""
    with pytest.raises(TypeProblem):
        parse_type(text)


@given(st.text(st.sampled_from("objectlistrng({[]})=, \"'a1\n"), max_size=40))
def test_any_text_is_a_type_or_a_problem(text: str) -> None:
    """Never another exception; a type reads as it prints, but for its defaults."""
    try:
        type_ = parse_type(text)
    except TypeProblem:
        return
    assert str(parse_type(str(type_))) == str(type_)


@pytest.mark.parametrize(
    ("given_", "wanted", "good"),
    [
        ("string", "string", True),
        ("number", "string", False),
        ("any", "list(string)", True),
        ("list(string)", "any", True),
        ("list(string)", "set(string)", True),
        ("list(number)", "list(string)", False),
        ("map(any)", "object({a=string})", True),
        ("map(string)", "list(string)", False),
    ],
)
def test_types_are_compared_before_there_are_values(given_: str, wanted: str, good: bool) -> None:
    """What is known only after apply has a type all the same."""
    assert fits(given_, wanted) is good
