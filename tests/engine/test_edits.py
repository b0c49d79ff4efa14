"""Edits from one document to another: complete, and no more than there is."""

from __future__ import annotations

import copy
import random
import time
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hcl_lite.core.equality import same
from hcl_lite.engine.edits import ABSENT, Edit, Location, edits

_JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-2, 2) | st.sampled_from([0.5, 1.0, "", "a", "b", "c"]),
    lambda inner: (
        st.lists(inner, max_size=5)
        | st.dictionaries(st.sampled_from(["id", "title", "panels", "x", "spec"]), inner, max_size=4)
    ),
    max_leaves=24,
)
_PANEL = st.fixed_dictionaries(
    {},
    optional={
        "id": st.integers(1, 4),
        "title": st.sampled_from(["", "CPU", "Disk", "Net"]),
        "type": st.sampled_from(["graph", "row"]),
        "x": st.integers(0, 3),
        "targets": st.lists(st.fixed_dictionaries({"refId": st.sampled_from("AB"), "expr": st.sampled_from("xyz")})),
    },
)
_ROW = st.builds(lambda row, inner: {**row, "panels": inner}, _PANEL, st.lists(_PANEL, max_size=3))
_DASHBOARD = st.fixed_dictionaries(
    {"panels": st.lists(_PANEL | _ROW, max_size=6), "tags": st.lists(st.sampled_from("ab"))}
)


def _applied(before: Any, found: list[Edit]) -> Any:
    """`before` with the edits carried out: what goes or moves is taken out, then put in by the order of the places."""
    root = {"": copy.deepcopy(before)}
    moving = {edit.new: _at(root, edit.old) for edit in found if edit.moved}
    for edit in sorted((e for e in found if e.new is None or e.moved), key=lambda e: _order(e.old), reverse=True):
        parent, step = _parent(root, edit.old)
        del parent[step]
    coming = {**{edit.new: copy.deepcopy(edit.after) for edit in found if edit.old is None}, **moving}
    for new in sorted(coming, key=_order):
        parent, step = _parent(root, new)
        if isinstance(parent, list):
            parent.insert(step, coming[new])
        else:
            parent[step] = coming[new]
    for edit in found:
        if edit.old is not None and edit.new is not None and not edit.moved:
            parent, step = _parent(root, edit.new)
            parent[step] = copy.deepcopy(edit.after)
    return root[""]


def _order(location: Location | None) -> list[tuple[int, Any]]:
    return [(0, step) if isinstance(step, int) else (1, step) for step in location or ()]


def _at(root: Any, location: Location | None) -> Any:
    here = root[""]
    for step in location or ():
        here = here[step]
    return here


def _parent(root: Any, location: Location | None) -> tuple[Any, Any]:
    assert location is not None
    if not location:
        return root, ""
    return _at(root, location[:-1]), location[-1]


@given(_JSON, _JSON)
def test_edits_carried_out_make_one_document_the_other(before: Any, after: Any) -> None:
    """Any two, and none where they are the same."""
    found = list(edits(before, after))
    assert same(_applied(before, found), after)
    assert (found == []) == same(before, after)


@given(_DASHBOARD, _DASHBOARD)
def test_panels_that_move_between_rows_are_where_they_have_to_be(before: Any, after: Any) -> None:
    """Whatever has become of the rows, and with names that are missing or there twice."""
    assert same(_applied(before, list(edits(before, after))), after)


@given(_DASHBOARD, st.randoms(use_true_random=False))
def test_a_shuffled_list_is_told_as_moves_alone(before: Any, chance: random.Random) -> None:
    """As few as can be, and nothing comes or goes."""
    after = {**before, "panels": chance.sample(before["panels"], len(before["panels"]))}
    found = edits(before, after)
    assert [edit for edit in found if edit.moved != "in its list"] == []
    assert len(found) < max(1, len(before["panels"]))


_CPU = {"id": 1, "title": "CPU", "type": "graph", "unit": "s", "targets": [{"refId": "A", "expr": "up", "step": 1}]}
_DISK = {"id": 2, "title": "Disk", "type": "graph", "unit": "B", "targets": []}
_ROW_1: dict[str, Any] = {"id": 8, "title": "Row 1", "type": "row", "panels": []}
_ROW_2: dict[str, Any] = {"id": 9, "title": "Row 2", "type": "row", "panels": []}

# id, before, after, edits: (old, new, before, after, moved)
_CASES: list[tuple[str, Any, Any, list[Edit]]] = [
    ("another id", [_CPU, _DISK], [{**_CPU, "id": 7}, _DISK], [Edit((0, "id"), (0, "id"), 1, 7)]),
    ("another title", [_CPU, _DISK], [_CPU, {**_DISK, "title": "x"}], [Edit((1, "title"), (1, "title"), "Disk", "x")]),
    (
        "other ids of all",
        [_CPU, _DISK],
        [{**_CPU, "id": 2}, {**_DISK, "id": 1}],
        [Edit((0, "id"), (0, "id"), 1, 2), Edit((1, "id"), (1, "id"), 2, 1)],
    ),
    (
        "one in front, and the ids counted anew",
        [_CPU, _DISK],
        [{**_ROW_1, "id": 1}, {**_CPU, "id": 2}, {**_DISK, "id": 3}],
        [
            Edit(None, (0,), ABSENT, {**_ROW_1, "id": 1}),
            Edit((0, "id"), (1, "id"), 1, 2),
            Edit((1, "id"), (2, "id"), 2, 3),
        ],
    ),
    (
        "a refId",
        [{"refId": "A", "expr": "up"}, {"refId": "B", "expr": "down"}],
        [{"refId": "Z", "expr": "up"}, {"refId": "B", "expr": "down"}],
        [Edit((0, "refId"), (0, "refId"), "A", "Z")],
    ),
    (
        "names that are there twice",
        [_CPU, {**_CPU, "id": 5}],
        [_CPU, {**_CPU, "id": 5, "unit": "ms"}],
        [Edit((1, "unit"), (1, "unit"), "s", "ms")],
    ),
    (
        "names that some lack",
        [_CPU, {"type": "text", "content": "a"}, _DISK],
        [{"type": "text", "content": "b"}, _CPU, _DISK],
        [
            Edit(None, (0,), ABSENT, {"type": "text", "content": "b"}),
            Edit((1,), None, {"type": "text", "content": "a"}),
        ],
    ),
    ("another kind", [_CPU, _DISK], [_CPU, None], [Edit((1,), (1,), _DISK, None)]),
    ("two of one kind change places", ["a", "b"], ["b", "a"], [Edit((1,), (0,), moved="in its list")]),
    ("a number between", [1, 2, 2], [1, 3, 2], [Edit((1,), (1,), 2, 3)]),
    ("a list becomes an object", {"a": []}, {"a": {}}, [Edit(("a",), ("a",), [], {})]),
    (
        "empty values",
        {"a": False, "b": "", "c": [], "d": {}, "e": None, "f": 0},
        {"a": 0, "c": {}, "d": None, "g": ""},
        [
            Edit(("a",), ("a",), False, 0),
            Edit(("b",), None, ""),
            Edit(("c",), ("c",), [], {}),
            Edit(("d",), ("d",), {}, None),
            Edit(("e",), None, None),
            Edit(("f",), None, 0),
            Edit(None, ("g",), ABSENT, ""),
        ],
    ),
    (
        "into a row, and changed",
        {"panels": [_CPU, _DISK, _ROW_1]},
        {"panels": [_DISK, {**_ROW_1, "panels": [{**_CPU, "unit": "ms"}]}]},
        [
            Edit(("panels", 0), ("panels", 1, "panels", 0), moved="to another list"),
            Edit(("panels", 0, "unit"), ("panels", 1, "panels", 0, "unit"), "s", "ms"),
        ],
    ),
    (
        "across rows",
        {"panels": [{**_ROW_1, "panels": [_CPU, _DISK]}, _ROW_2]},
        {"panels": [{**_ROW_1, "panels": [_DISK]}, {**_ROW_2, "panels": [_CPU]}]},
        [Edit(("panels", 0, "panels", 0), ("panels", 1, "panels", 0), moved="to another list")],
    ),
    (
        "into a row that is new",
        {"panels": [_CPU, _DISK]},
        {"panels": [{**_ROW_1, "panels": [_CPU]}, _DISK]},
        [
            Edit(None, ("panels", 0), ABSENT, _ROW_1),
            Edit(("panels", 0), ("panels", 0, "panels", 0), moved="to another list"),
        ],
    ),
    (
        "out of a row that goes",
        {"panels": [{**_ROW_1, "panels": [_CPU]}, _DISK]},
        {"panels": [_CPU, _DISK]},
        [
            Edit(("panels", 0, "panels", 0), ("panels", 0), moved="to another list"),
            Edit(("panels", 0), None, _ROW_1),
        ],
    ),
]


@pytest.mark.parametrize(("before", "after", "found"), [case[1:] for case in _CASES], ids=[case[0] for case in _CASES])
def test_items_are_known_again_whatever_has_become_of_them(before: Any, after: Any, found: list[Edit]) -> None:
    """By their names, by all else where a name changes, by their place where they have none."""
    shown = list(edits(before, after))
    assert sorted(map(repr, shown)) == sorted(map(repr, found))


_MANY: list[tuple[str, list[Any], list[Any]]] = [
    (
        "every item changed",
        [{"id": i, "title": f"p{i}", "x": i, "y": 1} for i in range(5000)],
        [{"id": i, "title": f"p{i}", "x": -i - 1, "y": 1} for i in range(5000)],
    ),
    (
        "every name changed",
        [{"id": i, "x": f"x{i}"} for i in range(5000)],
        [{"id": 9 * i + 7, "x": f"x{i}"} for i in range(5000)],
    ),
    (
        "nothing tells them apart",
        [{"a": 1, "b": i % 3} for i in range(5000)],
        [{"a": 2, "b": i % 3} for i in range(5000)],
    ),
    ("turned round", list(range(5000)), list(range(5000))[::-1]),
    ("all other ones", [{"title": f"a{i}"} for i in range(5000)], [{"title": f"b{i}", "z": i} for i in range(5000)]),
    ("one title", [{"title": "a", "x": i} for i in range(5000)], [{"title": "a", "x": i + 5000} for i in range(5000)]),
]


@pytest.mark.parametrize(("before", "after"), [case[1:] for case in _MANY], ids=[case[0] for case in _MANY])
def test_long_lists_take_no_longer_than_they_are_long(before: list[Any], after: list[Any]) -> None:
    """5,000 items on both sides; a pairing of each with each would take minutes."""
    begun = time.process_time()  # others may have the machine too
    assert same(_applied(before, list(edits(before, after))), after)
    assert time.process_time() - begun < 10
