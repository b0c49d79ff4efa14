"""What answers become in a snapshot."""

from __future__ import annotations

from typing import Any

import pytest

from providers.grafana.filling.frames import filled_panel, panel_frames, trimmed
from providers.grafana.filling.queries import Query
from providers.grafana.filling.sources import Source

_PROMETHEUS = Source("prom", "prometheus")
_TIME = {"name": "Time", "type": "time", "config": {"interval": 15}}


def _query(ref: str = "A", source: Source = _PROMETHEUS, **target: Any) -> Query:
    return Query(ref, source, {"refId": ref, **target})


def _frame(labels: dict[str, str], *values: Any, ref: str = "", name: str = "Value", **more: Any) -> dict[str, Any]:
    """One series with a value at 0, 15, 30 …"""
    value = {"name": name, "type": "number", "labels": labels, "config": {"displayNameFromDS": str(labels)}}
    times = [n * 15 for n in range(len(values))]
    return {"schema": {"refId": ref, "fields": [_TIME, value], **more}, "data": {"values": [times, list(values)]}}


def _names(frame: Any) -> list[str]:
    return [field["name"] for field in frame["schema"]["fields"]]


def test_series_are_taken_as_they_are_but_for_the_query() -> None:
    """In the order of the queries; what was asked is not for those who may only see the answer."""
    meta = {"type": "timeseries-multi", "executedQueryString": "Expr: secret"}
    answers = {"B": {"frames": [_frame({}, 1)]}, "A": {"frames": [_frame({"a": "b"}, 2, meta=meta)]}}
    a, b, *none = panel_frames([_query("A"), _query("B"), _query("C")], answers)
    assert (a, b, none) == (
        _frame({"a": "b"}, 2, ref="A", meta={"type": "timeseries-multi"}),
        _frame({}, 1, ref="B"),
        [],
    )


def test_the_legend_auto_leaves_the_name_to_whoever_shows_it() -> None:
    """The frontend takes the metric's name for one label among the others then."""
    answers = {"A": {"frames": [_frame({"__name__": "up"}, 1, name="up")]}}
    for legend, name in (("__auto", "Value"), ("", "up")):
        (frame,) = panel_frames([_query(legendFormat=legend)], answers)
        assert _names(frame) == ["Time", name]


def test_tables_of_prometheus_have_a_column_for_each_label() -> None:
    """One for each query, its rows by time; what is no number stays none."""
    nan = _frame({"job": "b"}, None)
    nan["data"]["entities"] = [None, {"NaN": [0]}]
    answers = {"A": {"frames": [_frame({"job": "a", "env": "x"}, 1, 2), nan]}, "B": {"frames": [_frame({}, 9)]}}

    first, second = panel_frames([_query("A", format="table"), _query("B", format="table")], answers)

    assert _names(first) == ["Time", "env", "job", "Value #A"]
    assert first["data"] == {
        "values": [[0, 0, 15], ["x", "", "x"], ["a", "b", "a"], [1, None, 2]],
        "entities": [None, None, None, {"NaN": [1]}],
    }
    assert (_names(second), second["data"]["values"]) == (["Time", "Value #B"], [[0], [9]])
    (alone,) = panel_frames([_query("B", format="table")], answers)
    assert _names(alone) == ["Time", "Value"]


def test_heatmaps_of_prometheus_count_each_bucket_alone() -> None:
    """Sorted by their bounds; fewer than in the smaller one is none."""
    buckets = [_frame({"le": "+Inf"}, 10, 30, 30), _frame({"le": "5"}, 10, 10, 40), _frame({"le": "10"}, 10, 20, 40)]
    (frame,) = panel_frames([_query(format="heatmap")], {"A": {"frames": buckets}})
    assert (_names(frame), frame["schema"]["meta"]["type"]) == (["Time", "5", "10", "+Inf"], "heatmap-rows")
    assert frame["data"]["values"] == [[0, 15, 30], [10, 10, 40], [0, 10, 0], [0, 10, 0]]


def test_exemplars_are_annotations_and_come_last() -> None:
    """As the frontend marks them."""
    exemplar = _frame({}, 1, meta={"custom": {"resultType": "exemplar"}})
    last = panel_frames([_query()], {"A": {"frames": [exemplar, _frame({}, 2)]}})[-1]
    assert last["schema"]["meta"] == {"custom": {"resultType": "exemplar"}, "dataTopic": "annotations"}


@pytest.mark.parametrize("frames", [[], [_frame({}, 1)], [{"schema": {"fields": []}, "data": {"values": []}}]])
def test_other_data_sources_keep_their_frames(frames: list[Any]) -> None:
    """Also where their queries have a format."""
    loki = Source("l", "loki")
    found = panel_frames([_query(source=loki, format="table")], {"A": {"frames": frames}})
    assert [frame["data"] for frame in found] == [frame["data"] for frame in frames]


_PANEL = {"id": 1, "title": "T", "datasource": "x", "targets": [{"expr": "up"}], "libraryPanel": {"uid": "l"}}


def test_a_panel_has_its_data_instead_of_its_queries() -> None:
    """As a query of Grafana's own data source."""
    frame, grafana = _frame({"a": "b"}, 1), {"name": "grafana", "uid": "grafana"}
    target = {"refId": "A", "datasource": grafana, "queryType": "snapshot", "snapshot": [frame]}
    panel = {"id": 1, "title": "T", "datasource": grafana, "targets": [target]}
    assert filled_panel(_PANEL, [frame], (12, 4, 0)) == panel


def test_before_grafana_10_the_data_is_beside_the_queries() -> None:
    """As snapshotData, values in their fields."""
    fields = [
        {**_TIME, "values": [0]},
        {"name": "Value", "type": "number", "labels": {"a": "b"}, "config": {"displayNameFromDS": "x"}, "values": [1]},
    ]
    frame = _frame({"a": "b"}, 1, ref="A")
    frame["schema"]["fields"][1]["config"] = {"displayNameFromDS": "x"}
    assert filled_panel(_PANEL, [frame], (9, 5)) == {
        "id": 1,
        "title": "T",
        "datasource": None,
        "targets": [],
        "snapshotData": [{"refId": "A", "fields": fields}],
    }


def test_what_leads_back_to_the_data_is_gone() -> None:
    """Links, queries of annotations and variables, all values but the current one; the rest is as it was."""
    dashboard = {
        "title": "T",
        "links": [{"url": "x"}],
        "annotations": {"list": [{"name": "on", "enable": True, "expr": "x", "datasource": "d"}, {"name": "off"}]},
        "templating": {"list": [{"name": "v", "query": "q", "refresh": 2, "options": [1, 2], "current": {"value": 2}}]},
    }
    assert trimmed(dashboard) == {
        "title": "T",
        "links": [],
        "annotations": {"list": [{"name": "on", "enable": True, "snapshotData": []}]},
        "templating": {
            "list": [{"name": "v", "query": "", "refresh": 0, "options": [{"value": 2}], "current": {"value": 2}}]
        },
    }
