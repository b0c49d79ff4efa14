"""When two values are equal."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from hcl_lite.core.equality import as_double, frozen, hash_of, same
from hcl_lite.core.values import UNKNOWN, Secret, text_hash

_LEAVES = st.sampled_from(
    [None, True, False, 0, 1, -1, 0.0, -0.0, 1.0, 0.5, "", "a", "0", "true", 2**53, 2**53 + 1, 2.0**53, 10**22]
)
_JSON = st.recursive(
    _LEAVES | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(max_size=3),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["a", "b", ""]), inner, max_size=3),
    max_leaves=8,
)
_DIFFERENT: list[Any] = [
    *({}, [], None, False, True, "", 0, 1, "0", "1", "null", "false", [None], [[]], [{}], [False], [""], [0]),
    *({"a": None}, {"a": False}, {"a": ""}, {"a": []}, {"a": {}}, {"a": 0}, {"b": None}, {"a": None, "b": None}),
    *([1, 2], [2, 1], [1, 2, 2], [None, None], 0.1, 2**53, 2**53 + 2, -(2**53), 10**400, 10**400 + 1),
    *("a", "A", " a", "a ", "\n", "\u00e9", "e\u0301", "\ud800"),
]


@pytest.mark.parametrize("left", _DIFFERENT, ids=repr)
def test_each_value_equals_itself_and_nothing_else(left: Any) -> None:
    """No emptiness is another one, none is absence, and true is no number."""
    equal = [right for right in _DIFFERENT if same(left, right)]
    assert (equal, [right for right in _DIFFERENT if hash_of(right) == hash_of(left)]) == ([left], [left])


@pytest.mark.parametrize(
    ("left", "right"),
    [
        (1, 1.0),
        (0, -0.0),
        (1e3, 1000),
        (2**53, 2**53 + 1),
        (12345678901234567890123, 1.2345678901234568e22),
        (-9007199254740993, -9007199254740992.0),
        ({"a": 1, "b": 2}, {"b": 2.0, "a": 1}),
        ([1, [2]], (1, (2,))),
        (Secret("s"), "s"),
        ({"a": Secret({"b": Secret(1)})}, {"a": {"b": 1}}),
    ],
)
def test_what_no_reader_can_tell_apart_is_equal(left: Any, right: Any) -> None:
    """Spelling of numbers, order of keys, and who may see it."""
    assert (same(left, right), same(right, left), hash_of(left) == hash_of(right), frozen(left) == frozen(right)) == (
        True,
    ) * 4


def test_what_is_not_known_equals_nothing() -> None:
    """It may become anything, and has no hash."""
    assert [same(UNKNOWN, UNKNOWN), same([UNKNOWN], [UNKNOWN]), frozen(UNKNOWN) == frozen(UNKNOWN)] == [False] * 3
    with pytest.raises(TypeError):
        hash_of({"a": UNKNOWN})


@given(_JSON, _JSON)
def test_hashes_and_keys_are_equal_just_where_values_are(left: Any, right: Any) -> None:
    """The short ways of telling, and the long one; from both sides."""
    ways = {same(left, right), same(right, left), hash_of(left) == hash_of(right), frozen(left) == frozen(right)}
    assert len(ways) == 1


def _double(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _double(item) for key, item in value.items()}
    if isinstance(value, list):
        return [*map(_double, value)]
    return as_double(value) if isinstance(value, float | int) and not isinstance(value, bool) else value


@given(_JSON | st.lists(st.floats(allow_nan=False, allow_infinity=False) | st.integers(-(2**70), 2**70)))
@example([1e-05, 5e-05])
@example([1e-7, 1e16, 1.5e300, 12345678901234567.0, 0.00001, 1e-5, 1234567890123456, "1e5", "\ud800"])
def test_hashes_are_those_that_states_have(value: Any) -> None:
    """Of the JSON that the standard library makes of the doubles: records of any version rest on it."""
    text = json.dumps(_double(value), sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    assert hash_of(value) == text_hash(text.encode("utf-8", "surrogatepass"))


@given(_JSON)
def test_a_value_is_equal_to_what_comes_back_through_json(value: Any) -> None:
    """However it is laid out."""
    back = json.loads(json.dumps(value, indent=3, sort_keys=True))
    assert same(value, back)
    assert hash_of(value) == hash_of(back)


@given(_JSON)
def test_numbers_are_what_a_double_makes_of_them(value: Any) -> None:
    """Which is what a server that keeps doubles gives back."""
    assert same(value, json.loads(json.dumps(value), parse_int=float))
