"""The data of a snapshot, in each form that a Grafana has written, drawn as each type of panel asks for."""

from __future__ import annotations

import re
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hcl_lite.sketch import sketch_of
from providers.embedded.pages.frames import Field, Frame, frames_of, label_of
from providers.embedded.pages.numbers import format_number, steps, time_steps
from providers.embedded.pages.panels import draw_panel

_TIMES = [1_767_225_600_000.0, 1_767_225_660_000.0, 1_767_225_720_000.0]


def _expected(name: str, *, labels: dict[str, str] | None = None) -> list[Frame]:
    time, value = Field("Time", "time", _TIMES), Field("Value", "number", [1.0, None, 3.0], labels or {})
    return [Frame(name, [time, value])]


_SCHEMA_FIELDS = [{"name": "Time", "type": "time"}, {"name": "Value", "type": "number", "labels": {"job": "a"}}]
_WITH_SCHEMA = {"schema": {"name": "s", "fields": _SCHEMA_FIELDS}, "data": {"values": [_TIMES, [1, None, 3]]}}
_DTO = {
    "name": "s",
    "fields": [_SCHEMA_FIELDS[0] | {"values": _TIMES}, {"name": "Value", "type": "number", "values": [1, None, 3]}],
}
_POINTS = {"target": "s", "datapoints": [[value, when] for value, when in zip([1, None, 3], _TIMES, strict=True)]}


@pytest.mark.parametrize(
    ("panel", "frames"),
    [
        pytest.param({"targets": [{"snapshot": [_WITH_SCHEMA]}]}, _expected("s", labels={"job": "a"}), id="10 to 12"),
        pytest.param(
            {"spec": {"data": {"spec": {"queries": [{"spec": {"query": {"spec": {"snapshot": [_WITH_SCHEMA]}}}}]}}}},
            _expected("s", labels={"job": "a"}),
            id="v2",
        ),
        pytest.param({"snapshotData": [_DTO]}, _expected("s"), id="7 to 9"),
        pytest.param({"snapshotData": [_POINTS]}, _expected("s"), id="3 to 6"),
        pytest.param(
            {
                "snapshotData": [
                    {"columns": [{"text": "a"}, {"text": "b"}], "rows": [["x", 1], ["y", 2]], "type": "table"}
                ]
            },
            [Frame("", [Field("a", "string", ["x", "y"]), Field("b", "number", [1.0, 2.0])])],
            id="tables of 3 to 6",
        ),
    ],
)
def test_frames_are_read_in_every_form(panel: dict[str, Any], frames: list[Frame]) -> None:
    """Times, numbers, gaps and labels alike."""
    assert frames_of(panel) == frames


def test_numbers_that_json_has_not_stand_beside_the_frame() -> None:
    """As entities."""
    held = {
        **_WITH_SCHEMA,
        "data": {"values": [_TIMES, [1, None, 3]], "entities": [None, {"Inf": [1], "NaN": ["x", 99]}]},
    }
    (frame,) = frames_of({"snapshotData": [held]})
    assert [str(value) for value in frame.numbers[0].values] == ["1.0", "inf", "3.0"]


@pytest.mark.parametrize(
    ("name", "field", "label"),
    [
        ("f", Field("Value", "number", []), "f"),
        ("f", Field("Value", "number", [], {"__name__": "up", "job": "a", "b": "c"}), 'up{b="c", job="a"}'),
        ("", Field("up", "number", [], {"__name__": "up"}), "up"),
        ("f", Field("Value", "number", [], {"job": "a"}, {"displayNameFromDS": "given"}), "given"),
    ],
)
def test_a_series_is_named_as_in_grafana(name: str, field: Field, label: str) -> None:
    """By the data source's name, by its labels, by its frame, by its field."""
    assert label_of(Frame(name, [field]), field) == label


@pytest.mark.parametrize(
    ("value", "unit", "text"),
    [
        (None, "", "–"),
        (0.5, "percentunit", "50%"),
        (72.25, "percent", "72.2%"),
        (1536, "bytes", "1.5 KiB"),
        (1_500_000, "short", "1.5 Mil"),
        (90, "s", "1.5 mins"),
        (0.0021, "s", "2.1 ms"),
        (3, "unheard", "3 unheard"),
        (float("inf"), "bytes", "∞"),
        (1234.0, "", "1234"),
    ],
)
def test_numbers_have_their_unit(value: float | None, unit: str, text: str) -> None:
    """As Grafana writes them."""
    assert format_number(value, unit) == text


def test_axes_have_round_numbers() -> None:
    """Of bytes in powers of two; of times in minutes and hours."""
    assert steps(0.3, 9.1) == [0, 2.5, 5, 7.5, 10]
    assert steps(0, 5 * 2**30, "bytes") == [0, 2 * 2**30, 4 * 2**30, 6 * 2**30]
    assert time_steps(1000.0, 3_601_000.0) == [600_000 * number for number in range(1, 7)]


def _drawn(panel: dict[str, Any]) -> str:
    (tile,) = sketch_of({"panels": [panel]}).tiles
    return str(draw_panel(tile))


@pytest.mark.parametrize(
    ("type_", "has"),
    [
        (
            "timeseries",
            r'<path class="line c0" d=""/><path class="line dot c0" d="M0.0 666.7h0M1000.0 0.0h0"/>.*<b>3</b>',
        ),
        ("graph", r'<path class="line c0"'),
        ("stat", r"<text[^>]*>3</text></svg><svg class=\"spark"),
        ("gauge", r'stroke-dasharray="100.0 200"/><text[^>]*>3</text>'),
        ("bargauge", r'<rect class="part c0" width="100.0%".*<td class="number">3</td>'),
        ("piechart", r'<circle class="slice c0".*stroke-dasharray="100.00 200"'),
        ("heatmap", r'<svg class="cells c1".*opacity="1.00"'),
        ("state-timeline", r'<rect class="c0" x="0.00%" width="33.33%"'),
        ("table", r"<th class=\"number\">Value</th>.*<td class=\"number\">1</td>"),
        ("unheard-of", r'<path class="line c0"'),
    ],
)
def test_each_type_of_panel_has_its_drawing(type_: str, has: str) -> None:
    """Of the same data: 1, a gap, 3."""
    assert re.search(has, _drawn({"type": type_, "snapshotData": [_DTO]}))


def test_thresholds_colour_a_number() -> None:
    """By the last step that is not above it; a colour that is none is not written."""
    steps_ = [
        {"color": "green", "value": None},
        {"color": "#ff0000", "value": 3},
        {"color": '"/><script>', "value": 99},
    ]
    panel = {"type": "stat", "snapshotData": [_DTO], "fieldConfig": {"defaults": {"thresholds": {"steps": steps_}}}}
    assert 'fill="#ff0000">3</text>' in _drawn(panel)
    assert "script" not in _drawn(panel)


def test_many_points_are_thinned() -> None:
    """To what can be seen, with their greatest and their least."""
    points = [[float(n % 1000 == 7) * 50, _TIMES[0] + n * 1000] for n in range(50_000)]
    drawn = _drawn({"type": "graph", "snapshotData": [{"target": "s", "datapoints": points}]})
    assert len(drawn) < 30_000
    assert drawn.count(" 166.7L") == 50


_ODD = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=3),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["name", "type", "values", "labels", "config", "fields", "schema", "data"]), inner
        )
    ),
    max_leaves=10,
)
_FIELDS = st.fixed_dictionaries(
    {"name": _ODD, "type": st.sampled_from(["time", "number", "string", "boolean", 7]), "values": st.lists(_ODD)},
    optional={"labels": _ODD, "config": _ODD},
)
_TYPES = ("timeseries", "stat", "gauge", "bargauge", "piechart", "heatmap", "state-timeline", "table", "barchart")


@settings(max_examples=50)
@given(
    st.sampled_from(_TYPES),
    st.lists(st.fixed_dictionaries({"fields": st.lists(_FIELDS, max_size=3)}) | _ODD, max_size=3),
    st.fixed_dictionaries(
        {},
        optional={
            "fieldConfig": st.fixed_dictionaries(
                {
                    "defaults": st.dictionaries(
                        st.sampled_from(["unit", "decimals", "min", "max", "thresholds", "custom"]), _ODD
                    )
                }
            )
        },
    ),
)
def test_no_data_is_too_odd(type_: str, frames: list[Any], more: dict[str, Any]) -> None:
    """It is drawn or left out."""
    _drawn({**more, "type": type_, "snapshotData": frames})
