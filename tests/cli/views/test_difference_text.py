"""A difference as a person reads it: what is new, what moved, and two sides that never look the same."""

from __future__ import annotations

import time
import unicodedata
from typing import Any

import click
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from hcl_lite.cli.views.difference_text import render_difference
from hcl_lite.cli.views.look import FULL, SHORT
from hcl_lite.core.equality import same
from hcl_lite.engine.diff import ABSENT, Difference

_PANEL: dict[str, Any] = {
    "id": 7,
    "type": "timeseries",
    "title": "CPU",
    "gridPos": {"h": 8, "w": 12, "x": 0, "y": 24},
    "datasource": {"type": "prometheus", "uid": "prom"},
    "fieldConfig": {"defaults": {"unit": "s", "custom": {"lineWidth": 1, "fillOpacity": 10}}, "overrides": []},
    "options": {"legend": {"displayMode": "list"}, "tooltip": {"mode": "single", "sort": "none"}},
    "targets": [
        {"refId": "A", "expr": "rate(cpu_seconds_total[5m])", "legendFormat": "{{mode}}", "range": True},
        {"refId": "B", "expr": "node_load1", "datasource": {"type": "prometheus", "uid": "other"}},
    ],
}
_VARIABLE = {
    "name": "job",
    "type": "query",
    "label": "Job",
    "datasource": {"type": "prometheus", "uid": "prom"},
    "definition": "label_values(up, job)",
    "query": {"query": "label_values(up, job)", "refId": "PrometheusVariableQueryEditor-VariableQuery"},
    "multi": True,
    "refresh": 1,
    "options": [],
}
_ROW = {
    "title": "Row",
    "type": "row",
    "collapsed": True,
    "gridPos": {"h": 1, "w": 24, "x": 0, "y": 0},
    "panels": [_PANEL],
}
_V2_PANEL = {
    "kind": "Panel",
    "spec": {
        "id": 1,
        "title": "CPU",
        "description": "",
        "links": [],
        "vizConfig": {"kind": "VizConfig", "group": "stat", "version": "12.4.0", "spec": {"options": {"a": 1}}},
        "data": {
            "kind": "QueryGroup",
            "spec": {
                "queries": [
                    {
                        "kind": "PanelQuery",
                        "spec": {
                            "refId": "A",
                            "query": {"kind": "DataQuery", "group": "prometheus", "spec": {"expr": "up"}},
                        },
                    }
                ]
            },
        },
    },
}


def _lines(difference: Difference, *, full: bool = False) -> list[str]:
    return [click.unstyle(line) for line in render_difference(difference, FULL if full else SHORT)]


_SHOWN: list[tuple[str, Difference, list[str]]] = [
    (
        "a panel",
        Difference('panels["CPU"]', ABSENT, _PANEL),
        [
            '+ panels["CPU"]:',
            '    type: "timeseries"',
            '    title: "CPU"',
            '    gridPos: {"h": 8, "w": 12, "x": 0, "y": 24}',
            '    datasource: {"type": "prometheus", "uid": "prom"}',
            '    targets["A"].expr: "rate(cpu_seconds_total[5m])"',
            '    targets["B"].datasource: {"type": "prometheus", "uid": "other"}',
            '    targets["B"].expr: "node_load1"',
            "    … and 12 more values: --full shows them",
        ],
    ),
    (
        "a variable",
        Difference('list["job"]', ABSENT, _VARIABLE),
        [
            '+ list["job"]:',
            '    type: "query"',
            '    name: "job"',
            '    label: "Job"',
            '    datasource: {"type": "prometheus", "uid": "prom"}',
            '    query.query: "label_values(up, job)"',
            '    definition: "label_values(up, job)"',
            "    … and 4 more values: --full shows them",
        ],
    ),
    (
        "a row that goes",
        Difference('panels["Row"]', _ROW, ABSENT),
        [
            '- panels["Row"]:',
            '    type: "row"',
            '    title: "Row"',
            '    gridPos: {"h": 1, "w": 24, "x": 0, "y": 0}',
            '    panels["CPU"].type: "timeseries"',
            '    panels["CPU"].title: "CPU"',
            '    panels["CPU"].gridPos: {"h": 8, "w": 12, "x": 0, "y": 24}',
            '    panels["CPU"].datasource: {"type": "prometheus", "uid": "prom"}',
            '    panels["CPU"].targets["A"].expr: "rate(cpu_seconds_total[5m])"',
            '    panels["CPU"].targets["B"].datasource: {"type": "prometheus", "uid": "other"}',
            '    panels["CPU"].targets["B"].expr: "node_load1"',
            "    … and 13 more values: --full shows them",
        ],
    ),
    (
        "a panel of v2",
        Difference("elements.panel-1", ABSENT, _V2_PANEL),
        [
            "+ elements.panel-1:",
            '    kind: "Panel"',
            '    spec.title: "CPU"',
            '    spec.vizConfig.group: "stat"',
            '    spec.data.spec.queries["A"].spec.query.group: "prometheus"',
            '    spec.data.spec.queries["A"].spec.query.spec.expr: "up"',
            "    … and 10 more values: --full shows them",
        ],
    ),
    (
        "what moved in its list",
        Difference("p", ABSENT, ABSENT, ('"A"', '"B"'), 'before "C"'),
        ['~ p (order): "A", "B" before "C"'],
    ),
    (
        "much that moved",
        Difference("p", ABSENT, ABSENT, tuple(f'"{i}"' for i in range(10)), "to the end"),
        ['~ p (order): "0", "1", "2", "3", "4", "5", "6", "7" and 2 more (--full shows them) to the end'],
    ),
    ("what moved to another list", Difference("p.a", ABSENT, ABSENT, to="q.a"), ["~ p.a: moved to q.a"]),
    ("what is not to be seen", Difference("p", "(sensitive)", "(sensitive)"), ["~ p: (sensitive) → (sensitive)"]),
    ("what is not known", Difference("p", "a\nb", "(known after apply)"), ['~ p: "a\\nb" → (known after apply)']),
]


@pytest.mark.parametrize(("difference", "shown"), [case[1:] for case in _SHOWN], ids=[case[0] for case in _SHOWN])
def test_what_comes_goes_or_moves_is_shown(difference: Difference, shown: list[str]) -> None:
    """By what says what it is; how much more there is, is said."""
    assert _lines(difference) == shown


def test_full_shows_every_key() -> None:
    """On a line of its own, and none is counted only."""
    lines = _lines(Difference("p", ABSENT, _PANEL), full=True)
    assert len(lines) == 1 + 24
    assert "    fieldConfig.defaults.custom.fillOpacity: 10" in lines
    assert "    fieldConfig.overrides: []" in lines


def test_what_is_cut_is_counted_and_shown_by_full() -> None:
    """One long value, and a long text that is another one in the middle."""
    assert _lines(Difference("p", ABSENT, "x" * 1000)) == [
        f'+ p: "{"x" * 238}… and 763 more characters: --full shows them'
    ]
    before, after = (f"{'a' * 100}{letter * 1000}{'z' * 5000}" for letter in "bc")
    assert _lines(Difference("p", before, after)) == [
        "~ p:",
        f'    - "…{"a" * 30}{"b" * 240}…"',
        f'    + "…{"a" * 30}{"c" * 240}…"',
        "    … and 1520 more characters that differ: --full shows them",
    ]
    assert _lines(Difference("p", before, after), full=True)[1:] == [
        f'    - "…{"a" * 30}{"b" * 1000}{"z" * 30}…"',
        f'    + "…{"a" * 30}{"c" * 1000}{"z" * 30}…"',
    ]
    before, after = (f"sum({letter}[5m]){' + up' * 100}" for letter in "bc")
    assert _lines(Difference("p", before, after), full=True)[1:] == [f'    - "{before}"', f'    + "{after}"']


_HARD = "\n\r\t \u00a0\u200b\u00ad\ufeff\x00\x1b\x7f\\\"'-–аaeé\u0301…"
_TEXTS = st.text(st.sampled_from(_HARD) | st.characters(), max_size=12).flatmap(
    lambda text: st.sampled_from([text, text * 12, f"line\n{text}\nline", f"{'x' * 70}{text}{'y' * 70}"])
)
_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | _TEXTS,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(_TEXTS, inner, max_size=4),
    max_leaves=60,
)


def _sides(difference: Difference, *, full: bool) -> tuple[str, str]:
    first, *more = _lines(difference, full=full)
    if not more:
        left, _, right = first.removeprefix("~ x: ").partition(" → ")
        return left, right
    left, right = ("\n".join(line[6:] for line in more if line[4] == sign) for sign in "-+")
    return left, right


@example({"a": [*range(80)], "b": {}}, {"a": [*range(80)], "b": None}, False)
@given(_VALUES, _VALUES, st.booleans())
def test_two_sides_never_look_the_same(before: Any, after: Any, full: bool) -> None:
    """Whatever white space, control or letter tells them apart."""
    if same(before, after):
        return
    left, right = _sides(Difference("x", before, after), full=full)
    assert unicodedata.normalize("NFKC", left) != unicodedata.normalize("NFKC", right)


@given(_VALUES, st.booleans())
def test_whatever_comes_or_goes_can_be_shown(value: Any, full: bool) -> None:
    """On lines that are told by the sign of the first."""
    for sign, difference in (("+", Difference("x", ABSENT, value)), ("-", Difference("x", value, ABSENT))):
        first, *more = _lines(difference, full=full)
        assert first.startswith(f"{sign} x:")
        assert all(line.startswith("    ") for line in more)


@example("line\n\nline", "\t", 0)
@given(_TEXTS, st.sampled_from(_HARD), st.integers(0, 200))
def test_one_character_more_is_seen(text: str, more: str, at: int) -> None:
    """Wherever it is put in, and taken out again."""
    other = text[:at] + more + text[at:]
    for before, after in ((text, other), (other, text)):
        left, right = _sides(Difference("x", before, after), full=False)
        assert left != right
        assert all(line.lstrip("\t").isprintable() for line in (*left.split("\n"), *right.split("\n")))


def test_large_texts_are_compared_in_a_moment() -> None:
    """Of many lines, of one long line, and with nothing in common."""
    begun = time.monotonic()
    for before, after in (
        ("a\n" * 900, "b\n" * 900),
        ("x" * 500_000 + "a", "x" * 500_000 + "b"),
        ("ab\n" * 100_000, "ba\n" * 100_000),
    ):
        assert len(_lines(Difference("x", before, after))) > 1
    assert time.monotonic() - begun < 5


@pytest.mark.parametrize(("before", "after"), [(None, [_VARIABLE]), ([_VARIABLE], None), ("x", {"a": _VARIABLE})])
def test_what_takes_the_place_of_nothing_is_told_by_what_it_is(before: Any, after: Any) -> None:
    """As a v2 dashboard has null for no variables: neither side is one line that is cut."""
    lines = [click.unstyle(line) for line in render_difference(Difference("dashboard.x", before, after), SHORT)]
    assert lines[0] == "~ dashboard.x:"
    assert {line[4] for line in lines[1:]} == {"-", "+"}
    assert [line for line in lines if '"label_values(up, job)"' in line]
    assert not any("more characters" in line for line in lines)
