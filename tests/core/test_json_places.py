"""Places of values in JSON text."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hcl_lite.core.json_places import locate_json
from hcl_lite.core.places import at

_LEAVES = st.none() | st.booleans() | st.integers() | st.text(max_size=4)
_JSON = st.recursive(
    _LEAVES,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=3),
    max_leaves=12,
)


def _places(value: Any, above: tuple[str | int, ...] = ()) -> list[tuple[str | int, ...]]:
    below = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [above, *(place for key, item in below for place in _places(item, (*above, key)))]


@given(_JSON, st.sampled_from([None, 2]), st.booleans(), st.data())
def test_every_value_is_where_it_is_said_to_be(document: Any, indent: int | None, ascii_: bool, data: Any) -> None:
    """However the text is written, and whichever places are asked for."""
    text = json.dumps(document, indent=indent, ensure_ascii=ascii_)
    places = data.draw(st.lists(st.sampled_from(_places(document)), max_size=4))
    found = locate_json(text, places)
    assert {place: json.loads(text[slice(*found[place])]) for place in places} == {
        place: at(document, place) for place in places
    }


def test_what_is_not_there_is_at_the_nearest_value_above() -> None:
    """The end is that of the value."""
    assert locate_json('{"a": [1, {"b": 2}]}', [("a", 1, "c", 0), ("x",), ("a", 0)]) == {
        ("a", 1, "c", 0): (10, 18),
        ("x",): (0, 20),
        ("a", 0): (7, 8),
    }


def test_of_a_key_that_is_there_twice_the_last_counts() -> None:
    """As in what Python reads of it."""
    assert locate_json('{"a": 1, "a": 2}', [("a",)]) == {("a",): (14, 15)}


@pytest.mark.parametrize("text", ["", "{", "[1", '{"a" 1}', '{"a": 1 "b": 2}', "[1 2]", '{"a": }', "[" * 100_000])
def test_what_is_no_json_is_an_error(text: str) -> None:
    """And no endless search."""
    with pytest.raises(ValueError, match=r"."):
        locate_json(text, [("a", 0), (0, 0), ("b",)])
