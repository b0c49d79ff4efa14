"""Keys that the schema of v2 does not have are dropped at a write, each where 12.4.0 drops it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from providers.embedded.elements import without_unknown

Json = dict[str, Any]


def _kind(kind: str, **spec: Any) -> Json:
    return {"kind": kind, "spec": spec}


_FIELDS: Json = {
    "unit": "s",
    "custom": {"lineWidth": 1},
    "thresholds": {"mode": "absolute", "steps": [{"color": "green", "value": None}]},
}
_OVERRIDE: Json = {"matcher": {"id": "byName", "options": "x"}, "properties": [{"id": "unit", "value": "s"}]}
_SHOWN: Json = {"options": {"a": {"b": 1}}, "fieldConfig": {"defaults": _FIELDS, "overrides": [_OVERRIDE]}}
_CONDITIONS = _kind("ConditionalRenderingGroup", items=[_kind("ConditionalRenderingData", value=True)])
_GRID = _kind("GridLayout", items=[_kind("GridLayoutItem", x=0, element={"kind": "ElementReference", "name": "p"})])
_ROW = _kind("RowsLayoutRow", title="R", repeat={"mode": "variable", "value": "v"}, layout=_GRID)
_TAB = _kind("TabsLayoutTab", title="T", conditionalRendering=_CONDITIONS, layout=_kind("RowsLayout", rows=[_ROW]))


def _dashboard(query: Json, config: Json, **own: Json) -> Json:
    data = _kind(
        "QueryGroup",
        queries=[_kind("PanelQuery", refId="A", query=query, **own)],
        transformations=[_kind("reduce", id="reduce", options={"a": 1})],
        queryOptions={"interval": "1s"},
    )
    return {
        "title": "T",
        "timeSettings": {"from": "now-6h", "quickRanges": [{"from": "a", "to": "b"}]},
        "annotations": [_kind("AnnotationQuery", name="n", query=query, legacyOptions={"a": 1}, **own)],
        "links": [{"title": "L", "tags": []}],
        "variables": [_kind("QueryVariable", name="q", query=query, current={"text": "a", "value": "a"}, **own)],
        "elements": {
            "p": _kind("Panel", id=1, links=[{"title": "L"}], data=data, vizConfig=config),
            "l": _kind("LibraryPanel", id=2, libraryPanel={"uid": "l", "name": "L"}),
        },
        "layout": _kind("TabsLayout", tabs=[_TAB]),
    }


_BETA = _dashboard(
    {**_kind("DataQuery", expr="up"), "group": "prometheus", "version": "v0", "datasource": {"name": "p"}},
    {**_kind("VizConfig", **_SHOWN), "group": "stat", "version": ""},
)
_ALPHA = _dashboard(
    _kind("prometheus", expr="up"),
    _kind("stat", pluginVersion="", **_SHOWN),
    datasource={"type": "prometheus", "uid": "p"},
)
_FREE = [
    *(f".annotations[0].spec.{part}" for part in ("query.spec", "legacyOptions")),
    ".elements",
    *(
        f".elements.p.spec.data.spec.{part}"
        for part in ("queries[0].spec.query.spec", "transformations[0].spec.options")
    ),
    *(f".elements.p.spec.vizConfig.spec.{part}" for part in ("fieldConfig.defaults.custom", "options", "options.a")),
    ".variables[0].spec.query.spec",
]


def _with_more(value: Any) -> Any:
    """`value` with a key too many in each object."""
    if isinstance(value, dict):
        return {key: _with_more(item) for key, item in value.items()} | {"more": 1}
    return [_with_more(item) for item in value] if isinstance(value, list) else value


def _places(value: Any, place: str = "") -> Iterator[str]:
    """Where that key is."""
    if isinstance(value, dict):
        yield from (place for key in value if key == "more")
        for key, item in value.items():
            yield from _places(item, f"{place}.{key}")
    elif isinstance(value, list):
        for number, item in enumerate(value):
            yield from _places(item, f"{place}[{number}]")


@pytest.mark.parametrize(("version", "spec"), [("v2beta1", _BETA), ("v2alpha1", _ALPHA)])
def test_only_what_is_free_keeps_what_nobody_knows(version: str, spec: Json) -> None:
    """So 12.4.0 did with six real dashboards that had a key too many in each object, in both versions."""
    assert without_unknown(spec, version) == spec
    assert sorted(_places(without_unknown(_with_more(spec), version))) == sorted(_FREE)


@pytest.mark.parametrize(
    ("version", "spec", "kept"),
    [
        ("v2alpha1", {"queryOptions": {"timeCompare": "1d", "interval": "1s"}}, {"queryOptions": {"interval": "1s"}}),
        ("v2beta1", {"queryOptions": {"timeCompare": "1d"}}, {"queryOptions": {"timeCompare": "1d"}}),
        ("v2beta1", {"queries": [_kind("PanelQuery", datasource={})]}, {"queries": [_kind("PanelQuery")]}),
        (
            "v2alpha1",
            {"queries": [_kind("PanelQuery", datasource={})]},
            {"queries": [_kind("PanelQuery", datasource={})]},
        ),
        ("v2beta1", {"queries": "none", "queryOptions": 1}, {"queries": "none", "queryOptions": 1}),
    ],
)
def test_the_versions_differ_in_some_keys(version: str, spec: Json, kept: Json) -> None:
    """What is no object or list stays as it is."""

    def panel(data: Json) -> Json:
        return {"elements": {"p": _kind("Panel", data=_kind("QueryGroup", **data))}}

    assert without_unknown(panel(spec), version) == panel(kept)


def test_what_is_of_no_known_kind_stays() -> None:
    """It is for others to refuse."""
    odd = {"elements": {"p": {"kind": "Odd", "spec": {"a": 1}, "b": 1}, "q": 1}, "layout": {"spec": {}}}
    assert without_unknown(odd, "v2beta1") == odd
