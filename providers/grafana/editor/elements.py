"""A dashboard of the forms v2alpha1 and v2beta1, as the editor of 12.4 saves it with `dashboardNewLayouts` on. Pure.

Read out of the frontend of 12.4.0, not run: transformSaveModelSchemaV2ToScene and layoutSerializers, which build the
scene, transformSceneToSaveModelSchemaV2 and sceneVariablesSetToVariables, which write it back, and
getRawDashboardV2Changes, which puts back the times, the refresh and the values of variables as they were. Compared with
its own record of such a save (the snapshot of transformSceneToSaveModelSchemaV2.test), and what the server makes of
one was tried on 12.4.0. With that toggle off, which is the default, 12.4's editor reads such a dashboard as a classic
one and stores it as v1beta1: that is told as a change.

As far as it cannot be known it is one, too: queries, annotations and variables without a data source may get the
server's default one, an interval's list is spelt anew, an element of a library panel may get another name.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Any, Final

from hcl_lite.core.equality import same
from providers.grafana.editor.comparing import NOTHING, Compare, Comparison, Json, Known, becomes, turns, without_first
from providers.grafana.editor.defaults import STEP
from providers.grafana.editor.panels import fields_of, options_of

WRITTEN: Final = frozenset(
    {
        *("annotations", "cursorSync", "editable", "elements", "layout", "links", "liveNow", "preload", "tags"),
        *("timeSettings", "title", "variables"),
    }
)
"""The keys of a dashboard that it always writes; most of them the server has of any, not liveNow."""

_QUERY_VERSION: Final = "v0"
_DASHBOARD: Final = Known({"links": [], "liveNow": False, "tags": []}, {"description": ("",)})
_LINK: Final = Known({"tags": []})
_TIMES: Final = Known(
    {
        "autoRefreshIntervals": ["5s", "10s", "30s", "1m", "5m", "15m", "30m", "1h", "2h", "1d"],
        "timezone": "browser",
    }
)
_BUILT_IN: Final[Json] = {
    **{"builtIn": True, "enable": True, "hide": True},
    **{"iconColor": "rgba(0, 211, 255, 1)", "name": "Annotations & Alerts"},
}
_BUILT_IN_QUERIES: Final[tuple[Json, ...]] = (
    {
        "query": {
            **{"kind": "DataQuery", "group": "grafana", "version": _QUERY_VERSION, "spec": {}},
            "datasource": {"name": "-- Grafana --"},
        }
    },
    {"datasource": {"type": "grafana", "uid": "-- Grafana --"}, "query": {"kind": "grafana", "spec": {}}},
)
"""Of the built-in annotation, in v2beta1 and in v2alpha1."""
_ANNOTATION: Final = Known(
    {},
    {
        "filter": ({"ids": []}, {"ids": None}, {"exclude": False, "ids": []}, {"exclude": False, "ids": None}),
        "legacyOptions": ({}, {"type": "dashboard"}),  # the server writes it where it has converted a classic model
        "mappings": ({},),
    },
)
_PANEL: Final = Known({"links": []}, {"transparent": (False,)})
_QUERY_OPTIONS: Final = Known(
    {}, {"cacheTimeout": ("",), "hideTimeOverride": (False,), "interval": ("",), "queryCachingTTL": (0,)}
)
_NO_QUERY: Final[tuple[Json, ...]] = tuple(
    {"kind": "PanelQuery", "spec": {"hidden": False, "query": query, "refId": "A"}}
    for query in (
        {"group": "", "kind": "DataQuery", "spec": {}, "version": _QUERY_VERSION},
        {"kind": "", "spec": {}},
    )
)
"""What a panel without a query gets, in v2beta1 and in v2alpha1."""
_VARIABLES: Final[Mapping[str, Known]] = {
    "AdhocVariable": Known({"baseFilters": [], "defaultKeys": []}),
    "CustomVariable": Known({"valuesFormat": "csv"}, {"allValue": ("",)}),
    "DatasourceVariable": Known({}, {"allValue": ("",)}),
    "QueryVariable": Known({"regexApplyTo": "value"}, {"allValue": ("",), "staticOptions": ([],)}),
}
_REFRESHES: Final[Mapping[str, Compare]] = {
    "DatasourceVariable": becomes("onDashboardLoad"),
    "IntervalVariable": becomes("onTimeRangeChanged"),
    "QueryVariable": turns("", "never"),
}
_REPEAT: Final = Known({}, {"maxPerRow": (0,)})
_LISTED: Final[Mapping[str, str]] = {"RowsLayout": "rows", "TabsLayout": "tabs"}
_ROW: Final = Known({"collapse": False, "title": "New row"})
_TAB: Final = Known({"title": "New tab"})
_AUTO_GRID: Final = Known({"maxColumnCount": 3}, {"fillScreen": (False,)})
_WIDTH_OF_REPEATED: Final = 24


class Elements(Comparison):
    """Each method tells whether the second of two is the first one as the editor saves it."""

    __slots__ = ()

    def dashboard(self, past: Json, there: Json) -> bool:
        return self.fits(
            _DASHBOARD,
            past,
            there,
            annotations=self._annotations,
            cursorSync=turns("", "Off"),
            elements=partial(self.each_of, self._element),
            layout=self._layout,
            links=partial(self.each, partial(self.fits, _LINK)),
            timeSettings=partial(self.fits, _TIMES, timezone=turns("", "browser")),
            variables=partial(self.each, self._variable),
        )

    def _annotations(self, past: Any, there: Any) -> bool:
        """All have the built-in one: it is put before the others where it is missing."""
        known = [{"kind": "AnnotationQuery", "spec": {**_BUILT_IN, **query}} for query in _BUILT_IN_QUERIES]
        options = partial(self.fits, Known({}, {"type": ("dashboard",)}))
        spec = partial(self.fits, _ANNOTATION, query=self._query(), legacyOptions=options)
        return self.each(self.within(spec=spec), past, without_first(past, there, known))

    def _query(self) -> Compare:
        return self.within(version=becomes(_QUERY_VERSION))

    def _element(self, past: Any, there: Any) -> bool:
        config = _of(_spec_of(there), "vizConfig")
        type_ = str(config.get("group") or config.get("kind"))  # v2beta1, v2alpha1
        queries = self.within(queries=self._queries, queryOptions=partial(self.fits, _QUERY_OPTIONS))
        override = self.within(properties=partial(self.each, self.within(value=self._override)))
        fields = self.within(defaults=fields_of(self, type_), overrides=partial(self.each, override))
        shown = self.within(
            options=partial(self.fits, options_of(type_)),
            fieldConfig=fields,
            pluginVersion=becomes(self.version),
        )
        return self.within(
            spec=partial(
                self.fits,
                _PANEL,
                data=self.within(spec=queries),
                vizConfig=self.within(version=becomes(self.version), spec=shown),
            )
        )(past, there)

    def _queries(self, past: Any, there: Any) -> bool:
        if past == [] and any(same(there, [query]) for query in _NO_QUERY):
            return True
        return self.each(self.within(spec=self.within(query=self._query())), past, there)

    def _override(self, past: Any, there: Any) -> bool:
        """Thresholds, or whatever else an override sets."""
        return self.within(steps=partial(self.each, partial(self.fits, STEP)))(past, there)

    def _variable(self, past: Any, there: Any) -> bool:
        kind = str(_kind_of(there))
        below: dict[str, Compare] = {"hide": turns("", "dontHide"), "query": self._query()}
        if kind in _REFRESHES:
            below["refresh"] = _REFRESHES[kind]
        if kind == "QueryVariable":
            below["sort"] = turns("", "disabled")
        return self.within(spec=partial(self.fits, _VARIABLES.get(kind, NOTHING), **below))(past, there)

    def _layout(self, past: Any, there: Any) -> bool:
        kind = _kind_of(there)
        if kind in _LISTED:
            part = self._row if kind == "RowsLayout" else partial(self._part, _TAB)
            listed: Compare = self.within(spec=part)
            return self.within(spec=self.within(**{_LISTED[kind]: partial(self.each, listed)}))(past, there)
        item = self.within(spec=self._grid_item if kind == "GridLayout" else partial(self._part, NOTHING))
        known = _auto_grid(past) if kind == "AutoGridLayout" else NOTHING
        return self.within(spec=partial(self.fits, known, items=partial(self.each, item)))(past, there)

    def _row(self, past: Any, there: Any) -> bool:
        """The panels of a row are counted from its top."""
        if isinstance(past, Mapping):
            past = {**past, "layout": _from_the_top(past.get("layout"))}
        return self._part(_ROW, past, there)

    def _part(self, known: Known, past: Any, there: Any) -> bool:
        """A row, a tab, or what lies in a grid that places by itself: a rendering without conditions is left out."""
        rendering = _of(past, "conditionalRendering")
        if rendering and not _spec_of(rendering).get("items"):
            known = Known(known.added, {"conditionalRendering": None})
        return self.fits(known, past, there, layout=self._layout)

    def _grid_item(self, past: Any, there: Any) -> bool:
        is_wide = _of(past, "repeat").get("direction") == "h"
        width = becomes(_WIDTH_OF_REPEATED) if is_wide else same
        return self.fits(NOTHING, past, there, width=width, repeat=partial(self.fits, _REPEAT))


def _auto_grid(past: Any) -> Known:
    """A size that is given counts only where the mode says so."""
    spec = _spec_of(past)
    unused = [size for size in ("columnWidth", "rowHeight") if spec.get(f"{size}Mode") != "custom"]
    return Known(_AUTO_GRID.added, {**_AUTO_GRID.left_out, **dict.fromkeys(unused)})


def _from_the_top(layout: Any) -> Any:
    items = _spec_of(layout).get("items")
    if _kind_of(layout) != "GridLayout" or not items:
        return layout
    places = [_spec_of(item) for item in items]
    top = min(place.get("y", 0) for place in places)
    moved = [
        {**item, "spec": {**place, "y": place.get("y", 0) - top}} for item, place in zip(items, places, strict=True)
    ]
    return {**layout, "spec": {**layout["spec"], "items": moved}}


def _kind_of(value: Any) -> Any:
    return value.get("kind") if isinstance(value, Mapping) else None


def _spec_of(value: Any) -> Json:
    return _of(value, "spec")


def _of(value: Any, key: str) -> Json:
    """The object under a key; an empty one where there is none."""
    found = value.get(key) if isinstance(value, Mapping) else None
    return found if isinstance(found, Mapping) else {}
