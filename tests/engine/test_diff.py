"""Differences between two contents, by paths that a person recognises."""

from __future__ import annotations

import copy
import json
import random
import re
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hcl_lite.core.equality import same
from hcl_lite.core.redaction import new_vault, remember_secret
from hcl_lite.core.values import UNKNOWN, Secret
from hcl_lite.engine.diff import ABSENT, Difference, diff

_PANELS = [{"id": 1, "title": "CPU"}, {"id": 2, "title": "Disk"}]
_CPU, _RAM, _NET = ({"title": title, "type": title.lower(), title: [1, 2]} for title in ("CPU", "RAM", "NET"))
_LONG = list(range(40))
_QUERIES = [{"refId": letter, "expr": f"query {letter}"} for letter in "ABCDE"]

_EMPTY: list[tuple[str, Any]] = [("a", None), ("b", ""), ("c", []), ("d", {"e": {}}), ("f", False)]

# id, before, after, differences
_CASES: list[tuple[str, Any, Any, list[Difference]]] = [
    ("a value", {"a": 1}, {"a": 2}, [Difference("a", 1, 2)]),
    ("what is empty goes", dict(_EMPTY), {}, [Difference(key, value, ABSENT) for key, value in _EMPTY]),
    ("what is empty comes", {}, dict(_EMPTY), [Difference(key, ABSENT, value) for key, value in _EMPTY]),
    (
        "what is empty is another",
        {"a": "", "c": None},
        {"a": None, "c": []},
        [Difference("a", "", None), Difference("c", None, [])],
    ),
    ("a number that no double tells apart", {"a": 9007199254740992}, {"a": 9007199254740993}, []),
    ("a key less", {"a": 1}, {}, [Difference("a", 1, ABSENT)]),
    ("a key more", {}, {"a": {"b": 1}}, [Difference("a", ABSENT, {"b": 1})]),
    ("a key that is no word", {"a": {"x y": 1}}, {"a": {"x y": 2}}, [Difference('a["x y"]', 1, 2)]),
    ("a number written otherwise", {"a": 1}, {"a": 1.0}, []),
    ("a number and a truth", {"a": 1}, {"a": True}, [Difference("a", 1, True)]),
    (
        "names exchanged",
        {"r": [{"name": "X", "expr": "up", "for": 1}, {"name": "Y", "expr": "down", "for": 2}]},
        {"r": [{"name": "Y", "expr": "up", "for": 1}, {"name": "X", "expr": "down", "for": 2}]},
        [
            Difference("r", ABSENT, ABSENT, ('"Y"',), 'before "X"'),
            *(Difference(f'r["Y"].{key}', one, other) for key, one, other in (("expr", "down", "up"), ("for", 2, 1))),
            *(Difference(f'r["X"].{key}', one, other) for key, one, other in (("expr", "up", "down"), ("for", 1, 2))),
        ],
    ),
    (
        "a uid with nothing else of it",
        {"r": [{"uid": "u", "name": "X", "expr": "up"}]},
        {"r": [{"uid": "u", "name": "Y", "expr": "down"}]},
        [Difference('r["Y"].name', "X", "Y"), Difference('r["Y"].expr', "up", "down")],
    ),
    (
        "a title",
        {"p": _PANELS},
        {"p": [_PANELS[0], {"id": 2, "title": "Net"}]},
        [Difference('p["Net"].title', "Disk", "Net")],
    ),
    (
        "an id that no double has",
        {"p": [{"id": 2**53}, {"id": 2**53}]},
        {"p": [{"id": 2**53 + 1}, {"id": 2**53 + 1, "x": 1}]},
        [Difference(f"p[id={2**53}, index 1].x", ABSENT, 1)],
    ),
    (
        "an id that is such a one now",
        {"p": [{"id": "unit", "value": 1}, {"id": "decimals", "value": 2}]},
        {"p": [{"id": "unit", "value": 1}, {"id": 2**53 + 1, "value": 2}]},
        [Difference(f"p[id={2**53}].id", "decimals", 2**53 + 1)],
    ),
    (
        "one in front",
        {"p": _PANELS},
        {"p": [{"id": 7, "title": "New"}, *_PANELS]},
        [Difference('p["New"]', ABSENT, {"id": 7, "title": "New"})],
    ),
    ("one less", {"p": _PANELS}, {"p": _PANELS[:1]}, [Difference('p["Disk"]', _PANELS[1], ABSENT)]),
    ("a text less", {"t": ["a", "b", "c"]}, {"t": ["a", "c"]}, [Difference("t[1]", "b", ABSENT)]),
    ("a text more", {"t": ["a", "c"]}, {"t": ["a", "b", "c"]}, [Difference("t[1]", ABSENT, "b")]),
    (
        "one of two of a name",
        {"p": [{"id": 1, "title": "same", "x": 1}, {"id": 2, "title": "same", "x": 1}]},
        {"p": [{"id": 1, "title": "same", "x": 1}, {"id": 2, "title": "same", "x": 2}]},
        [Difference('p["same", id 2].x', 1, 2)],
    ),
    (
        "two change places",
        {"t": _QUERIES},
        {"t": [*_QUERIES[:3], _QUERIES[4], _QUERIES[3]]},
        [Difference("t", ABSENT, ABSENT, ('"E"',), 'before "D"')],
    ),
    (
        "some that stand together go to the end",
        {"t": _QUERIES},
        {"t": [*_QUERIES[2:], *_QUERIES[:2]]},
        [Difference("t", ABSENT, ABSENT, ('"A"', '"B"'), "to the end")],
    ),
    (
        "some that have no names",
        {"axes": [{"show": True}, {"show": False}, {"show": None, "min": 0}]},
        {"axes": [{"show": None, "min": 0}, {"show": True}, {"show": False}]},
        [Difference("axes", ABSENT, ABSENT, ("[2]",), "to [0]")],
    ),
    ("texts", {"tags": ["a", "b"]}, {"tags": ["b", "a"]}, [Difference("tags", ABSENT, ABSENT, ('"b"',), 'before "a"')]),
    (
        "into a row",
        {"panels": [{"title": "CPU", "x": 1}, {"title": "R", "panels": []}]},
        {"panels": [{"title": "R", "panels": [{"title": "CPU", "x": 2}]}]},
        [
            Difference('panels["CPU"]', ABSENT, ABSENT, to='panels["R"].panels["CPU"]'),
            Difference('panels["R"].panels["CPU"].x', 1, 2),
        ],
    ),
    (
        "another key of an element",
        {"elements": {"panel-1": {"kind": "Panel", "spec": {"title": "CPU", "id": 1}}}},
        {"elements": {"panel-9": {"kind": "Panel", "spec": {"title": "CPU", "id": 1}}}},
        [Difference("elements.panel-1", ABSENT, ABSENT, to="elements.panel-9")],
    ),
    (
        "from one of two rows of a name into the other",
        {"rows": [{"title": "R", "panels": [_CPU]}, {"title": "R", "panels": [_RAM]}]},
        {"rows": [{"title": "R", "panels": []}, {"title": "R", "panels": [_CPU, _RAM]}]},
        [Difference('rows["R", index 0].panels["CPU"]', ABSENT, ABSENT, to='rows["R", index 1].panels["CPU"]')],
    ),
    (
        "to what is called by the same path now",
        {"rows": [{"a": _LONG, "panels": [_CPU, _RAM]}, {"b": _LONG, "panels": [_NET]}]},
        {"rows": [{"b": _LONG, "panels": [_NET, _RAM]}, {"a": _LONG, "panels": [_CPU]}]},
        [
            Difference("rows", ABSENT, ABSENT, ("[1]",), "to [0]"),
            Difference('rows[0].panels["RAM"]', ABSENT, ABSENT, to='what is rows[0].panels["RAM"] now'),
        ],
    ),
    (
        "another name of what is little else",
        {"o": [{"matcher": {"id": "byName", "options": "cpu"}}, {"matcher": {"id": "byName", "options": "x"}}]},
        {"o": [{"matcher": {"id": "byName", "options": "ram"}}, {"matcher": {"id": "byName", "options": "x"}}]},
        [Difference('o["ram"].matcher.options', "cpu", "ram")],
    ),
    (
        "another item where one was",
        {"t": [{"refId": "A", "expr": "up"}, {"refId": "C"}]},
        {"t": [{"refId": "B", "expr": "down"}, {"refId": "C"}]},
        [
            Difference('t["B"]', ABSENT, {"refId": "B", "expr": "down"}),
            Difference('t["A"]', {"refId": "A", "expr": "up"}, ABSENT),
        ],
    ),
    ("not known yet", {"a": "old"}, {"a": UNKNOWN}, [Difference("a", "old", "(known after apply)")]),
    (
        "not known yet, in a list",
        {"a": ["x", "y"]},
        {"a": ["x", UNKNOWN]},
        [Difference("a[1]", "y", "(known after apply)")],
    ),
    ("a secret", {"a": "old"}, {"a": Secret("new")}, [Difference("a", "(sensitive)", "(sensitive)")]),
    ("a secret no more", {"a": Secret("old")}, {"a": "new"}, [Difference("a", "(sensitive)", "(sensitive)")]),
    ("the same secret", {"a": "same"}, {"a": Secret("same")}, []),
    (
        "a secret in what is new",
        {"p": []},
        {"p": [{"title": "x", "key": Secret("k")}]},
        [Difference('p["x"]', ABSENT, {"title": "x", "key": "(sensitive)"})],
    ),
    (
        "another password of a URL",
        {"url": "http://u:one@x/"},
        {"url": "http://u:two@x/"},
        [Difference("url", "(sensitive)", "(sensitive)")],
    ),
]


@pytest.mark.parametrize(("before", "after", "found"), [case[1:] for case in _CASES], ids=[case[0] for case in _CASES])
def test_two_contents_differ_where_a_person_would_say_so(before: Any, after: Any, found: list[Difference]) -> None:
    """Path and both sides; of moves what, and where to."""
    assert list(diff(before, after)) == found


def test_what_is_told_has_no_secret_that_the_run_knows() -> None:
    """Neither in values nor in the names of items, of those that have moved too: others wrote these texts."""
    kept, named = {"title": "CPU"}, {"title": "with s3cr3t-token"}
    with new_vault():
        remember_secret("s3cr3t-token")
        moved = diff({"p": [kept, {"title": "RAM"}, named]}, {"p": [named, kept, {"title": "RAM"}]})
        changed = diff({"p": [{**named, "a": 1}]}, {"p": [{**named, "a": "s3cr3t-token"}]})
    assert "s3cr3t-token" not in f"{moved} {changed}"
    assert (moved[0].moved, changed[0].path) == (('"with (sensitive)"',), 'p["with (sensitive)"].a')


_JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-3, 3) | st.sampled_from([0.5, 1.0, "", "a", "b"]),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["id", "title", "x"]), inner, max_size=3)
    ),
    max_leaves=8,
)


@given(_JSON)
def test_nothing_differs_from_itself(value: Any) -> None:
    """Nor from what comes back through JSON."""
    assert diff(value, json.loads(json.dumps(value))) == ()


@given(_JSON, _JSON)
def test_nothing_differs_just_where_contents_are_equal(left: Any, right: Any) -> None:
    """From both sides; and any two values can be compared."""
    assert (diff(left, right) == (), diff(right, left) == ()) == (same(left, right),) * 2


# --- one edit of a dashboard is told as that edit ---------------------------------------------------------------------

_NEW_VALUES: list[Any] = [7, "x", True, ["a"], {"k": 1}, -0.5, False, 0, "", [], {}, None]
_SECONDS = 2
_SHARED = Path(__file__).parents[3] / "shared" / "data" / "dashboards"

_CLASSIC: dict[str, Any] = {
    "title": "Nodes",
    "editable": False,
    "tags": ["a", "b", "b"],
    "time": {"from": "now-6h", "to": "now"},
    "templating": {
        "list": [
            {
                "name": "job",
                "options": [{"text": "", "value": ""}, {"text": "All", "value": "$__all", "selected": True}],
            },
            {"name": "node", "options": [], "multi": False},
        ]
    },
    "panels": [
        {
            "id": 43,
            "type": "timeseries",
            "gridPos": {"h": 8, "w": 12, "x": 0, "y": 0},
            "targets": [{"refId": "A", "expr": "up"}, {"refId": "B", "expr": "up"}, {"refId": "A", "expr": "down"}],
            "fieldConfig": {
                "defaults": {
                    "thresholds": {"steps": [{"color": "green", "value": None}, {"color": "red", "value": 80}]}
                },
                "overrides": [
                    {"matcher": {"id": "byName", "options": "cpu"}, "properties": [{"id": "unit", "value": "s"}]},
                    {"matcher": {"id": "byName", "options": "cpu"}, "properties": []},
                ],
            },
        },
        {"id": 43, "title": "CPU", "type": "stat"},
        {"id": 44, "title": "CPU", "type": "stat"},
        {
            "title": "Row",
            "type": "row",
            "panels": [{"id": 1, "title": "CPU", "type": "text"}, {"type": "text"}, {"type": "text"}],
        },
        {"title": "Row", "type": "row", "panels": []},
    ],
}
_V2: dict[str, Any] = {
    "elements": {
        "panel-1": {
            "kind": "Panel",
            "spec": {
                "id": 1,
                "title": "CPU",
                "data": {
                    "kind": "QueryGroup",
                    "spec": {"queries": [{"kind": "PanelQuery", "spec": {"refId": "A", "x": 1}}]},
                },
            },
        }
    },
    "layout": {
        "kind": "GridLayout",
        "spec": {
            "items": [
                {
                    "kind": "GridLayoutItem",
                    "spec": {"x": 0, "element": {"kind": "ElementReference", "name": "panel-1"}},
                },
                {
                    "kind": "GridLayoutItem",
                    "spec": {"x": 4, "element": {"kind": "ElementReference", "name": "panel-2"}},
                },
            ]
        },
    },
    "variables": [{"kind": "QueryVariable", "spec": {"name": "job"}}, {"kind": "TextVariable", "spec": {"name": "t"}}],
}


def _dashboards() -> Iterator[tuple[str, Any]]:
    """Two that have what is hard to tell, and the real ones where they are at hand."""
    yield "classic", _CLASSIC
    yield "v2", _V2
    for path in sorted(_SHARED.rglob("*.json"), key=lambda path: path.stat().st_size):
        yield path.name, json.loads(path.read_text())


@pytest.mark.parametrize("kind", ["changed", "removed", "added"])
def test_one_edit_of_a_dashboard_is_told_as_that_edit(kind: str) -> None:
    """Any value made another one, taken out or put in: one difference, by a path that leads there and nowhere else."""
    chance = random.Random(kind)
    wrong = []
    begun = time.monotonic()
    for name, dashboard in _dashboards():
        places = list(_places(dashboard))
        few = places if len(places) < 200 else chance.sample(places, 4)
        for place in few if time.monotonic() - begun < _SECONDS else ():
            edited, where = _edited(dashboard, place, kind, chance)
            found = diff(dashboard, edited)
            document = dashboard if kind == "removed" else edited
            if [_found(document, difference.path) for difference in found] != [where] and not _is_one_of_equals(
                document, where, found
            ):
                wrong.append((name, where, found))
    assert wrong == []


def _edited(dashboard: Any, place: tuple[Any, ...], kind: str, chance: random.Random) -> tuple[Any, tuple[Any, ...]]:
    """A copy with one edit at `place`, and where in it that is, or was."""
    edited = copy.deepcopy(dashboard)
    parent = _at(edited, place[:-1])
    if kind == "removed":
        del parent[place[-1]]
        return edited, place
    value = copy.deepcopy(chance.choice(_NEW_VALUES))
    if kind == "changed":
        old = parent[place[-1]]
        while type(value) is type(old) or value == old:
            value = chance.choice(_NEW_VALUES)
        parent[place[-1]] = value
        return edited, place
    if isinstance(parent, dict):
        place = (*place[:-1], "a new key")
        parent[place[-1]] = value
    else:
        parent.insert(place[-1], value)
    return edited, place


def _is_one_of_equals(document: Any, where: tuple[Any, ...], found: tuple[Difference, ...]) -> bool:
    """Whether what was taken out stood among equal items, of which another one is named."""
    if len(found) != 1:
        return False
    named = _found(document, found[0].path)
    equal = _at(document, named) == _at(document, where)
    return named[:-1] == where[:-1] and isinstance(where[-1], int) and bool(equal)


def _places(value: Any, here: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """All places in a document but the whole."""
    if here:
        yield here
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for step, below in items:
        yield from _places(below, (*here, step))


def _at(value: Any, place: tuple[Any, ...]) -> Any:
    for step in place:
        value = value[step]
    return value


_STEP = re.compile(r'\.?([\w-]+)|\["((?:[^"\\]|\\.)*)"([^\]]*)\]|\[id=(-?\d+)(?:, index (\d+))?\]|\[(\d+)\]')
_TITLES = ("title", "name", "refId", "text", "key", "uid", "id", "value")


def _found(document: Any, path: str) -> tuple[Any, ...]:
    """Where a person who reads `path` and looks at the document would end."""
    place: list[Any] = []
    at = 0
    while at < len(path):
        step = _STEP.match(path, at)
        assert step, path[at:]
        at = step.end()
        word, label, more, number, nth, index = step.groups()
        if isinstance(document, dict):
            place.append(word if word is not None else json.loads(f'"{label}"'))
        elif index is not None:
            place.append(int(index))
        else:
            called = _numbered(int(number)) if number is not None else _titled(json.loads(f'"{label}"'))
            fitting = [i for i, item in enumerate(document) if called(item) and _is_told(item, i, more or "")]
            fitting = [i for i in fitting if nth is None or i == int(nth)]
            assert len(fitting) == 1, f"{path} leads to {len(fitting)} places"
            place += fitting
        document = document[place[-1]]
    return tuple(place)


def _title(item: Any) -> str:
    """The first word in an item that could name it."""
    inside = [item]
    while isinstance(inside[-1], dict):
        inside.append(next((inside[-1][key] for key in ("spec", "element") if key in inside[-1]), None))
    words = [
        part[key] for part in inside if isinstance(part, dict) for key in _TITLES if isinstance(part.get(key), str)
    ]
    if (
        isinstance(item, dict)
        and isinstance(item.get("matcher"), dict)
        and isinstance(item["matcher"].get("options"), str)
    ):
        words.append(item["matcher"]["options"])
    return next((word for word in words if word and len(word) <= 100), "")


def _titled(title: str) -> Callable[[Any], bool]:
    return lambda item: _title(item) == title


def _numbered(number: int) -> Callable[[Any], bool]:
    return lambda item: isinstance(item, dict) and number in (item.get("id"), (item.get("spec") or {}).get("id"))


def _is_told(item: Any, index: int, more: str) -> bool:
    """Whether what stands behind a label is true of an item, such as: , id 7"""
    for key, value in re.findall(r', (\w+) ("(?:[^"\\]|\\.)*"|-?\d+)', more):
        spec = item.get("spec") if isinstance(item.get("spec"), dict) else {}
        if json.loads(value) not in ((index,) if key == "index" else (item.get(key), spec.get(key))):
            return False
    return True
