"""Paths into JSON as people write them, and what they keep."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hcl_lite.core.paths import PathProblem, keep, parse_path

_PANELS = [{"id": 1, "title": "CPU", "x": 1}, {"id": 2, "title": "Memory", "x": 2}]
_MOVED = [{"id": 2, "title": "Memory", "x": 20}, {"id": 1, "title": "CPU", "x": 10}]

_TWINS = [{"id": 1, "title": "A", "x": 1}, {"id": 2, "title": "A", "x": 2}]
_TWINS_THERE = [{"id": 1, "title": "A", "x": 10}, {"id": 2, "title": "A", "x": 20}]
_SAME, _SAME_THERE = [{"id": 1, "x": 1}, {"id": 1, "x": 2}], [{"id": 1, "x": 10}, {"id": 1, "x": 20}]


def _override(x: int) -> dict[str, Any]:
    return {"matcher": {"id": "byName", "options": "cpu"}, "x": x}


def _spec(x: int) -> dict[str, Any]:
    return {"kind": "PanelQuery", "spec": {"refId": "q", "x": x}}


# id, path, wanted, live, what is kept
_KEPT: list[tuple[str, str, Any, Any, Any]] = [
    ("a key", "title", {"title": "a", "b": 1}, {"title": "z", "b": 2}, {"title": "z", "b": 1}),
    ("a key that only the server has", "t", {"b": 1}, {"t": 2, "b": 3}, {"t": 2, "b": 1}),
    ("a key that only the user has", "t", {"t": 1, "b": 1}, {"b": 3}, {"b": 1}),
    (
        "a key below",
        "time.from",
        {"time": {"from": 1, "to": 2}},
        {"time": {"from": 9, "to": 8}},
        {"time": {"from": 9, "to": 2}},
    ),
    ("below what only one has", "time.from", {"b": 1}, {"time": {"from": 9}}, {"b": 1}),
    ("a quoted key", '["a b"].c', {"a b": {"c": 1}}, {"a b": {"c": 2}}, {"a b": {"c": 2}}),
    ("every key", "*", {"a": 1}, {"b": 2}, {"b": 2}),
    ("an item by a key", "p[title=CPU].x", {"p": _PANELS}, {"p": _MOVED}, {"p": [{**_PANELS[0], "x": 10}, _PANELS[1]]}),
    ("by a number in a key", "p[id=2].x", {"p": _PANELS}, {"p": _MOVED}, {"p": [_PANELS[0], {**_PANELS[1], "x": 20}]}),
    ("as a diff writes it", 'p["CPU"].x', {"p": _PANELS}, {"p": _MOVED}, {"p": [{**_PANELS[0], "x": 10}, _PANELS[1]]}),
    (
        "with what names it too",
        'p["CPU", id 1].x',
        {"p": _PANELS},
        {"p": _MOVED},
        {"p": [{**_PANELS[0], "x": 10}, _PANELS[1]]},
    ),
    ("one of two of a name", 'p["A", id 2].x', {"p": _TWINS}, {"p": _TWINS_THERE}, {"p": [_TWINS[0], _TWINS_THERE[1]]}),
    ("by its position too", "p[id=1, index 1].x", {"p": _SAME}, {"p": _SAME_THERE}, {"p": [_SAME[0], _SAME_THERE[1]]}),
    ("an override", 'o["cpu"].x', {"o": [_override(1)]}, {"o": [_override(2)]}, {"o": [_override(2)]}),
    ("in a spec", 'e["q"].spec.x', {"e": [_spec(1)]}, {"e": [_spec(2)]}, {"e": [_spec(2)]}),
    ("characters of JSON", 'p["\\u0041"].x', {"p": _TWINS[:1]}, {"p": _TWINS_THERE[:1]}, {"p": _TWINS_THERE[:1]}),
    ("by its id", "p[2].x", {"p": _PANELS}, {"p": _MOVED}, {"p": [_PANELS[0], {**_PANELS[1], "x": 20}]}),
    ("by its position", "p[1]", {"p": ["a", "b"]}, {"p": ["x", "y"]}, {"p": ["a", "y"]}),
    ("every item", "p[*].x", {"p": _PANELS}, {"p": _MOVED}, {"p": [{**_PANELS[0], "x": 10}, {**_PANELS[1], "x": 20}]}),
    ("an item that the server lacks", "p[title=CPU].x", {"p": _PANELS}, {"p": _MOVED[:1]}, {"p": _PANELS}),
    ("where nothing names them", "p[*].x", {"p": [{"x": 1}]}, {"p": [{"x": 2}, {"x": 3}]}, {"p": [{"x": 2}]}),
    ("a quoted value", 'p[title="CPU"]', {"p": _PANELS}, {"p": _MOVED}, {"p": [_MOVED[1], _PANELS[1]]}),
]


@pytest.mark.parametrize(("path", "wanted", "live", "kept"), [row[1:] for row in _KEPT], ids=[row[0] for row in _KEPT])
def test_what_lies_at_a_path_is_kept_as_it_is_there(path: str, wanted: Any, live: Any, kept: Any) -> None:
    """And nothing else."""
    assert keep(wanted, live, parse_path(path).steps) == kept


@pytest.mark.parametrize(
    ("text", "at"),
    [
        ("", 0),
        ("a..b", 2),
        ("a.", 1),
        (".a", 0),
        ("a[", 1),
        ("a[x]", 1),
        ("a[x=]", 1),
        ("a b", 1),
        ("a[1]b", 4),
        ("a[-1]", 1),
    ],
)
def test_what_is_no_path_is_refused_at_its_place(text: str, at: int) -> None:
    """With the offset where it ends to be one."""
    with pytest.raises(PathProblem) as caught:
        parse_path(text)
    assert caught.value.at == at


@given(st.text(max_size=20))
def test_any_text_is_a_path_or_a_problem(text: str) -> None:
    """Whose place is in the text."""
    try:
        path = parse_path(text)
    except PathProblem as problem:
        at = problem.at
    else:
        at = 0
        assert path.text == text
    assert 0 <= at <= max(0, len(text) - 1)


_OBJECT_KEYS = st.sampled_from(["a", "title", "id", "p"])
_TEXTS = st.sampled_from("abc")
# Lists of one kind: where kinds are mixed, what is kept of one item tells something about the next.
_JSON = st.recursive(
    st.none() | st.integers() | _TEXTS | st.lists(st.integers(), max_size=3) | st.lists(_TEXTS, max_size=3),
    lambda inner: (
        st.lists(st.dictionaries(_OBJECT_KEYS, inner, max_size=3), max_size=3)
        | st.dictionaries(_OBJECT_KEYS, inner, max_size=3)
    ),
    max_leaves=8,
)


@given(_JSON, _JSON, st.sampled_from(["a", "a.b", "p[*]", "p[title=a].id", "p[1].a", "*.a", 'p["a"]']))
def test_keeping_twice_is_keeping_once(wanted: Any, live: Any, path: str) -> None:
    """And what is the same on both sides stays."""
    steps = parse_path(path).steps
    kept = keep(wanted, live, steps)
    assert keep(kept, live, steps) == kept
    assert keep(live, live, steps) == live
