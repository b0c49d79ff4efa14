"""Three sides of a value: what others have changed comes in, what the files have changed stays."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hcl_lite.core.redaction import new_vault
from hcl_lite.core.values import Secret
from hcl_lite.engine.edits import ABSENT
from hcl_lite.operations.pulling.merge import Conflict, Side, merge


def _panel(number: int, title: str, **more: Any) -> dict[str, Any]:
    return {"id": number, "title": title, "type": "graph", **more}


_A, _B, _C = _panel(1, "A", x=1), _panel(2, "B", x=2), _panel(3, "C", x=3)


@pytest.mark.parametrize(
    ("base", "ours", "theirs", "merged"),
    [
        ({"a": 1}, {"a": 1}, {"a": 2}, {"a": 2}),
        ({"a": 1}, {"a": 2}, {"a": 1}, {"a": 2}),
        ({"a": 1, "b": 1}, {"a": 2, "b": 1}, {"a": 1, "b": 2}, {"a": 2, "b": 2}),
        ({"a": 1, "b": 1}, {"a": 1}, {"a": 2, "b": 1}, {"a": 2}),
        ({"a": 1, "b": 1}, {"a": 1, "b": 1}, {"a": 1}, {"a": 1}),
        ({}, {"a": 1}, {"b": 1}, {"a": 1, "b": 1}),
        ({"a": 1}, {"a": 2}, {"a": 2}, {"a": 2}),
        ([_A, _B], [_A, _B], [_A, {**_B, "x": 9}], [_A, {**_B, "x": 9}]),
        ([_A, _B], [{**_A, "x": 9}, _B], [_A, {**_B, "x": 9}], [{**_A, "x": 9}, {**_B, "x": 9}]),
        ([_A, _B], [{**_A, "y": 1}, _B], [{**_A, "x": 9}, _B], [{**_A, "x": 9, "y": 1}, _B]),
        ([_A, _B], [_A, _B, _C], [_B], [_B, _C]),
        ([_A, _B], [_A, _B], [_B, _A], [_B, _A]),
        ([_A, _B], [_A, _B, _C], [_B, _A], [_B, _C, _A]),
        ([_A], [_A, _B], [_A, _C], [_A, _C, _B]),
        ([_A], [_A, _B], [_A, _B], [_A, _B]),
        (["a", "b"], ["a", "b", "mine"], ["a"], ["a", "mine"]),
        (["a"], ["a"], ["a", "new"], ["a", "new"]),
    ],
)
def test_what_is_no_conflict_is_merged(base: Any, ours: Any, theirs: Any, merged: Any) -> None:
    """By key, and by panel, wherever it stands."""
    found = merge(base, ours, theirs)
    assert (found.value, found.open) == (merged, ())


@pytest.mark.parametrize(
    ("base", "ours", "theirs", "conflict"),
    [
        ({"a": 1}, {"a": 2}, {"a": 3}, Conflict(("a",), 1, 2, 3)),
        ({"a": 1}, {}, {"a": 3}, Conflict(("a",), 1, ABSENT, 3)),
        ({"a": 1}, {"a": 2}, {}, Conflict(("a",), 1, 2, ABSENT)),
        ({}, {"a": 1}, {"a": 2}, Conflict(("a",), ABSENT, 1, 2)),
        ([_A, _B], [_A, {**_B, "x": 7}], [_B | {"x": 8}], Conflict((0, "x"), 2, 7, 8)),
        ([_A, _B], [_A, {**_B, "x": 7}], [_A], Conflict((1,), _B, {**_B, "x": 7}, ABSENT)),
        (ABSENT, {"a": 1, "b": 1}, {"a": 1, "b": 2}, Conflict(("b",), ABSENT, 1, 2)),
        (ABSENT, {"a": 1}, {"a": 1, "b": 2}, Conflict(("b",), ABSENT, ABSENT, 2)),
        ({"a": [1]}, {"a": 5}, {"a": [2]}, Conflict(("a",), [1], 5, [2])),
    ],
)
def test_a_conflict_is_told_and_chosen(base: Any, ours: Any, theirs: Any, conflict: Conflict) -> None:
    """One by one; what nobody has chosen is as the files have it."""
    undecided = merge(base, ours, theirs)
    assert undecided.open == (conflict,)
    assert merge(base, ours, theirs, lambda _: Side.OURS).value == undecided.value
    taken = merge(base, ours, theirs, lambda _: Side.THEIRS)
    assert taken.decided == ((conflict, Side.THEIRS),)
    assert taken.value != undecided.value


def test_secrets_are_kept_out() -> None:
    """Neither what came of one, nor a password in a URL, nor a text that this run knows as secret."""
    with new_vault():
        known = Secret("hunter2-in-the-vault")
        base = {"a": known, "b": "x", "c": "x", "d": 1}
        theirs = {"a": "other", "b": "http://u:pass@host", "c": "say hunter2-in-the-vault", "d": 2, "e": [{"p": known}]}
        found = merge(base, base, theirs)
        assert found.value == {**base, "d": 2}
        assert found.secret == (("a",), ("b",), ("c",), ("e",))


_VALUES = st.recursive(
    st.integers(0, 3) | st.text("ab", max_size=2),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text("abc", max_size=1), inner, max_size=4),
    max_leaves=12,
)


@settings(max_examples=50)
@given(_VALUES, _VALUES)
def test_one_side_alone_is_taken_as_it_is(base: Any, other: Any) -> None:
    """Whatever it is: no conflict without two."""
    assert merge(base, base, other).value == other
    assert merge(base, other, base).value == other
    assert merge(base, other, other).value == other


@given(_VALUES, _VALUES, _VALUES)
def test_whoever_takes_one_side_has_no_conflict_left(base: Any, ours: Any, theirs: Any) -> None:
    """And a second merge has nothing to do."""
    found = merge(base, ours, theirs, lambda _: Side.THEIRS)
    assert found.open == ()
    if not found.decided:
        assert merge(theirs, found.value, theirs).value == found.value
