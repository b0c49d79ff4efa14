"""Where in a value there are secrets."""

from __future__ import annotations

from typing import Any

import pytest

from hcl_lite.core.places import Place, marked, places_holding, secret_places
from hcl_lite.core.values import Secret


@pytest.mark.parametrize(
    ("document", "texts", "places"),
    [
        ({"a": "x hunter y", "b": "hunt"}, ["hunter"], [("a",)]),
        ({"a": [1, {"b": "hunter"}]}, ["hunter"], [("a", 1, "b")]),
        ({"a": {"key hunter": 1}, "b": 2}, ["hunter"], [("a",)]),
        ({"hunter": 1}, ["hunter"], [()]),
        ({"a": 5432, "b": 54321, "c": True}, ["5432", "True"], [("a",), ("b",)]),
        ({"a": "ab", "b": "abc", "c": "x ab-y"}, ["ab"], [("a",), ("c",)]),
        ({"a": ""}, [""], []),
    ],
)
def test_leaves_that_hold_a_secret_are_found(document: Any, texts: list[str], places: list[Place]) -> None:
    """A short text as a word of its own; a key that holds one makes its table secret."""
    assert list(places_holding(document, texts)) == places


@pytest.mark.parametrize(
    ("places", "anywhere", "found"),
    [
        ([], False, []),
        ([("a", 1, "b")], False, [("a", 1, "b")]),
        ([("a", 1, "b")], True, [("a", 0, "b"), ("a", 1, "b")]),
        ([("a",)], False, [("a",)]),
        ([("z",), ("a", 7)], False, []),
        ([()], False, [()]),
    ],
)
def test_what_is_marked_is_a_secret(places: list[Place], anywhere: bool, found: list[Place]) -> None:
    """As far as it is there; with `anywhere`, at any position of a list."""
    value = {"a": [{"b": 1}, {"b": 2, "c": 3}]}
    assert list(secret_places(marked(value, places, anywhere=anywhere))) == found


def test_a_secret_tells_what_it_is_made_of() -> None:
    """Or all of its texts, where it is one as a whole."""
    assert Secret({"a": ["x", 1]}).texts == {"x", "1"}
    assert Secret("a token b", frozenset({"token"})).texts == {"token"}
