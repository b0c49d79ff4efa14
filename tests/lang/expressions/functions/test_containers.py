"""Functions on lists and maps, and those that never look into what they move."""

from __future__ import annotations

from typing import Any, NoReturn

import pytest

from hcl_lite.lang.expressions.functions import STRUCTURAL
from tests.lang.expressions.functions.calling import call, failure, functions_of, same


@pytest.mark.parametrize(
    ("source", "value"),
    [
        ("merge({'a': 1, 'b': 2}, {'a': 3}, {})", {"a": 3, "b": 2}),
        ("merge()", {}),
        ("concat([1], [], [[2]])", [1, [2]]),
        ("flatten([['a', [1, []]], [], 'c'])", ["a", 1, "c"]),
        ("distinct(['a', 1, 'a', true, 1.0, '1', [1], [1.0]])", ["a", 1, True, "1", [1]]),
        ("sort(['b', 'B', 'a', 'ä'])", ["B", "a", "b", "ä"]),
        ("sort([10, 9, 1.5])", [1.5, 9, 10]),
        ("sort([])", []),
        ("keys({'b': 1, 'a': 2})", ["a", "b"]),
        ("values({'b': 1, 'a': 2})", [2, 1]),
        ("zipmap(['a', 'b'], [1, [2]])", {"a": 1, "b": [2]}),
        ("lookup({'a': null}, 'a', 1)", None),
        ("lookup({'a': 1}, 'b', 'd')", "d"),
        ("lookup({'1': 'x'}, 1)", "x"),
        ("toset(['b', 'a', 'b', 2, 10, null, {}, false])", [None, False, 2, 10, "a", "b", {}]),
        ("tolist(('a', 1))", ["a", 1]),
        ("tolist({'a': 1}.keys())", ["a"]),
        ("tomap({'a': 1})", {"a": 1}),
        ("contains(['a', 1], 1.0)", True),
        ("contains([1], true)", False),
        ("contains([{'a': 1, 'b': 2}], {'b': 2, 'a': 1})", True),
        ("element(['a', 'b', 'c'], 4)", "b"),
        ("element(['a', 'b', 'c'], -1)", "c"),
        ("index(['a', 'b', 'b'], 'b')", 1),
        ("slice(['a', 'b', 'c'], 1, 3)", ["b", "c"]),
        ("slice([], 0, 0)", []),
        ("reverse([1, 2, 3])", [3, 2, 1]),
        ("length([1, 2])", 2),
        ("length({'a': 1})", 1),
        ("length('häh')", 3),
        ("chunklist([1, 2, 3], 2)", [[1, 2], [3]]),
        ("compact(['a', '', null, 'b', 0])", ["a", "b", 0]),
        ("coalesce(null, '', 0, 1)", 0),
        ("coalescelist([], [1], [2])", [1]),
        ("setunion(['b', 'a'], ['c', 'a'])", ["a", "b", "c"]),
        ("setunion()", []),
        ("setintersection(['a', 'b', 'c'], ['c', 'b'], ['b'])", ["b"]),
        ("setsubtract(['c', 'a', 'b', 'c'], ['a'])", ["b", "c"]),
        ("setproduct(['a', 'b'], [1, 2])", [["a", 1], ["a", 2], ["b", 1], ["b", 2]]),
        ("setproduct(['a'], [])", []),
        ("transpose({'a': ['1', '2'], 'b': ['2']})", {"1": ["a"], "2": ["a", "b"]}),
        ("matchkeys(['i1', 'i2', 'i3'], ['west', 'east', 'west'], ['west'])", ["i1", "i3"]),
        ("one([])", None),
        ("one(['a'])", "a"),
        ("alltrue([true, true])", True),
        ("alltrue([])", True),
        ("alltrue([true, false])", False),
        ("anytrue([false, true])", True),
        ("anytrue([])", False),
    ],
)
def test_lists_and_maps(source: str, value: object) -> None:
    """As in Terraform, with sets as lists in order."""
    assert same(call(source), value)


@pytest.mark.parametrize(
    ("source", "message", "hint"),
    [
        ("merge({}, [1])", "merge() takes a map as maps, not a list.", "It is called as merge(maps…)."),
        ("concat([], 'a')", "concat() takes a list as lists, not a string.", "It is called as concat(lists…)."),
        ("sort(['a', 1])", "sort() takes a list of texts or of numbers, not of a number and a string.", ""),
        ("zipmap(['a'], [])", "zipmap() takes as many values as keys, not 0 for 1.", ""),
        ("zipmap([1], [1])", "zipmap() takes texts as keys; the key at 0 is a number.", ""),
        ("lookup({'name': 1}, 'nam')", 'The map has nothing at "nam".', 'Did you mean "name"?'),
        ("lookup({}, 'x')", 'The map has nothing at "x".', "A third argument is taken where the key is missing."),
        ("element([], 0)", "element() cannot take an item of an empty list.", ""),
        (
            "element([1], '0')",
            "element() takes a number as index, not a string; tonumber() makes one of text.",
            "It is called as element(list, index).",
        ),
        ("index(['a'], 'b')", "index() does not find the value in the list.", "contains() says whether it is there."),
        ("slice([1], 0, 2)", "slice() cannot go from 0 to 2 in a list of 1.", ""),
        (
            "length(5)",
            "length() takes a list as value, or a map or a text, not a number.",
            "It is called as length(value).",
        ),
        ("chunklist([1], 0)", "chunklist() takes a size from 1 on, not 0.", ""),
        (
            "coalesce(null, '')",
            "coalesce() finds no value that is neither null nor empty.",
            "Give a last one that always is.",
        ),
        (
            "coalescelist([])",
            "coalescelist() finds no list that is not empty.",
            "Give a last one that always has items.",
        ),
        ("setproduct([1])", "setproduct() takes at least two lists.", ""),
        ("setproduct([1] * 1000, [1] * 1000)", "setproduct() makes at most 100000 items of 2 lists.", ""),
        ("transpose({'a': [1]})", 'transpose() takes lists of texts; "a" holds a number.', ""),
        ("matchkeys([1], [], [])", "matchkeys() takes as many keys as values, not 0 for 1.", ""),
        ("one([1, 2])", "one() takes a list of at most one item; this has 2.", ""),
        ("alltrue([1])", "alltrue() takes a list of bools; the item at 0 is a number.", ""),
        ("tolist('a')", "tolist() takes a list as value, not a string.", "It is called as tolist(value)."),
        ("tomap([])", "tomap() takes a map as value, not a list.", "It is called as tomap(value)."),
    ],
)
def test_lists_and_maps_that_do_not_fit(source: str, message: str, hint: str) -> None:
    """What was found, what was expected, what to do."""
    assert failure(source) == (message, hint)


class _Opaque:
    """A leaf that fails whatever is asked of it."""

    def _refuse(self, *_: object) -> NoReturn:
        raise AssertionError("a leaf was looked into")

    __eq__ = __hash__ = __bool__ = __len__ = __iter__ = __str__ = __repr__ = __lt__ = _refuse  # type: ignore[assignment]


_LEAF = _Opaque()
_OPAQUE_CALLS: dict[str, tuple[list[Any], Any]] = {
    "merge": ([{"a": _LEAF}, {"b": 1}], {"a": _LEAF, "b": 1}),
    "concat": ([[_LEAF], [1]], [_LEAF, 1]),
    "keys": ([{"a": _LEAF}], ["a"]),
    "values": ([{"a": _LEAF}], [_LEAF]),
    "zipmap": ([["a"], [_LEAF]], {"a": _LEAF}),
    "lookup": ([{"a": _LEAF}, "a", _LEAF], _LEAF),
    "element": ([[_LEAF, 1], 2], _LEAF),
    "slice": ([[1, _LEAF], 1, 2], [_LEAF]),
    "reverse": ([[1, _LEAF]], [_LEAF, 1]),
    "length": ([[_LEAF, _LEAF]], 2),
    "chunklist": ([[_LEAF, 1], 1], [[_LEAF], [1]]),
    "coalescelist": ([[], [_LEAF]], [_LEAF]),
    "one": ([[_LEAF]], _LEAF),
    "tolist": ([[_LEAF]], [_LEAF]),
    "tomap": ([{"a": _LEAF}], {"a": _LEAF}),
}


def _identical(found: Any, wanted: Any) -> bool:
    if isinstance(wanted, dict):
        return found.keys() == wanted.keys() and all(_identical(found[key], wanted[key]) for key in wanted)
    if isinstance(wanted, list):
        return len(found) == len(wanted) and all(map(_identical, found, wanted))
    return found is wanted or (wanted is not _LEAF and bool(found == wanted))


@pytest.mark.parametrize("name", sorted(STRUCTURAL))
def test_structural_functions_do_not_look_into_leaves(name: str) -> None:
    """Unknown values and secrets come through as they are."""
    arguments, wanted = _OPAQUE_CALLS[name]
    assert _identical(functions_of()[name](*arguments), wanted)
