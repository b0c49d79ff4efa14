"""Differences between two contents, by paths that a person recognises."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hcl_lite.core.values import UNKNOWN, Secret
from hcl_lite.engine.diff import ABSENT, diff, hash_of, same

_JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-3, 3) | st.sampled_from([0.5, 1.0, "", "a", "b"]),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["id", "title", "x"]), inner, max_size=3)
    ),
    max_leaves=8,
)
_PANELS = [{"id": 1, "title": "CPU"}, {"id": 2, "title": "Disk"}]


@pytest.mark.parametrize(
    ("before", "after", "found"),
    [
        ({"a": 1}, {"a": 2}, [("a", 1, 2)]),
        ({"a": 1}, {}, [("a", 1, ABSENT)]),
        ({}, {"a": {"b": 1}}, [("a", ABSENT, {"b": 1})]),
        ({"a": {"x y": 1}}, {"a": {"x y": 2}}, [('a["x y"]', 1, 2)]),
        ({"a": None, "b": "", "c": [], "d": {"e": {}}, "f": False}, {}, []),
        ({"a": 1}, {"a": 1.0}, []),
        ({"a": 1}, {"a": True}, [("a", 1, True)]),
        ({"a": 0}, {}, [("a", 0, ABSENT)]),
        ({"a": True}, {"a": False}, [("a", True, False)]),
        ({"p": _PANELS}, {"p": [_PANELS[0], {"id": 2, "title": "Net"}]}, [('p["Net"].title', "Disk", "Net")]),
        (
            {"p": _PANELS},
            {"p": [{"id": 7, "title": "New"}, *_PANELS]},
            [('p["New"]', ABSENT, {"id": 7, "title": "New"})],
        ),
        ({"p": _PANELS}, {"p": _PANELS[:1]}, [('p["Disk"]', _PANELS[1], ABSENT)]),
        ({"t": ["a", "b", "c"]}, {"t": ["a", "c"]}, [("t[1]", "b", ABSENT)]),
        ({"t": ["a", "c"]}, {"t": ["a", "b", "c"]}, [("t[1]", ABSENT, "b")]),
        (
            {"p": [{"id": 1, "title": "same", "x": 1}, {"id": 2, "title": "same", "x": 1}]},
            {"p": [{"id": 1, "title": "same", "x": 1}, {"id": 2, "title": "same", "x": 2}]},
            [('p["same", id 2].x', 1, 2)],
        ),
        ({"a": "old"}, {"a": UNKNOWN}, [("a", "old", "(known after apply)")]),
        ({"a": "old"}, {"a": Secret("new")}, [("a", "(sensitive)", "(sensitive)")]),
        ({"a": "same"}, {"a": Secret("same")}, []),
    ],
)
def test_two_contents_differ_where_a_person_would_say_so(
    before: Any, after: Any, found: list[tuple[str, Any, Any]]
) -> None:
    """Path, before, after."""
    assert [(d.path, d.before, d.after) for d in diff(before, after)] == found


@given(_JSON)
def test_nothing_differs_from_itself(value: Any) -> None:
    """Nor from what comes back through JSON."""
    assert diff(value, json.loads(json.dumps(value))) == ()


@given(st.dictionaries(st.sampled_from("abc"), _JSON), st.dictionaries(st.sampled_from("abc"), _JSON))
def test_hashes_are_equal_just_where_nothing_differs(left: dict[str, Any], right: dict[str, Any]) -> None:
    """The short way of telling, and the long one."""
    assert (hash_of(left) == hash_of(right)) == same(left, right)


@given(_JSON, _JSON)
def test_a_difference_is_one_from_both_sides(left: Any, right: Any) -> None:
    """And any two values can be compared."""
    assert bool(diff(left, right)) == bool(diff(right, left))
