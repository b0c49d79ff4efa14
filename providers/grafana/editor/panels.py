"""Options and field configuration that panels of each built-in type get of their plugin when they are shown.

Read out of the panel plugins of 12.4.0 (PanelPlugin.defaults, fieldConfigDefaults), and seen in what its editor saves.
Panels of other plugins get what those say, which is not known here. geomap could not be run.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Final

from providers.grafana.editor.comparing import Compare, Comparison, Json, Known
from providers.grafana.editor.defaults import FIELD, OPTIONS, PANEL, STEP

_HIDE_FROM: Final[Json] = {"legend": False, "tooltip": False, "viz": False}
_LINEAR: Final[Json] = {"type": "linear"}
_PALETTE: Final[Json] = {"color": {"mode": "palette-classic"}}
_TOOLTIP: Final[Json] = {"tooltip": {"hideZeros": False, "mode": "single", "sort": "none"}}
_PLACED: Final[Json] = {"displayMode": "list", "placement": "bottom", "showLegend": True}
_LEGEND: Final[Json] = {"legend": {"calcs": [], **_PLACED}}
_LAST: Final[Json] = {"reduceOptions": {"calcs": ["lastNotNull"], "fields": "", "values": False}}
_OFF: Final[Json] = {"mode": "off"}
_STACKING: Final[Json] = {"group": "A", "mode": "none"}
_STANDARD: Final[Json] = {
    "mappings": [],
    # The first step is written as 0, since JSON has no number for what it is: all below the next one.
    "thresholds": {"mode": "absolute", "steps": [{"color": "green", "value": 0}, {"color": "red", "value": 80}]},
}
_AXIS: Final[Json] = {
    "axisBorderShow": False,
    "axisCenteredZero": False,
    "axisColorMode": "text",
    "axisLabel": "",
    "axisPlacement": "auto",
    "hideFrom": _HIDE_FROM,
    "scaleDistribution": _LINEAR,
}
_GRAPH: Final[Json] = {
    **_AXIS,
    "barAlignment": 0,
    "barWidthFactor": 0.6,
    "drawStyle": "line",
    "fillOpacity": 0,
    "gradientMode": "none",
    "insertNulls": False,
    "lineInterpolation": "linear",
    "lineWidth": 1,
    "pointSize": 5,
    "showPoints": "auto",
    "showValues": False,
    "spanNulls": False,
    "stacking": _STACKING,
    "thresholdsStyle": _OFF,
}


def _panel(options: Json, defaults: Json | None = None) -> Json:
    return {"options": options, "fieldConfig": {"defaults": defaults or {}, "overrides": []}}


PANELS: Final[Mapping[str, Json]] = {
    "alertlist": _panel(
        {
            "alertInstanceLabelFilter": "",
            "alertName": "",
            "dashboardAlerts": False,
            "groupBy": [],
            "groupMode": "default",
            "maxItems": 20,
            "showInactiveAlerts": False,
            "sortOrder": 1,
            "stateFilter": {
                **{"error": True, "firing": True, "noData": False},
                **{"normal": False, "pending": True, "recovering": True},
            },
            "viewMode": "list",
        }
    ),
    "annolist": _panel(
        {
            **{"limit": 10, "navigateAfter": "10m", "navigateBefore": "10m", "navigateToPanel": True},
            **{"onlyFromThisDashboard": False, "onlyInTimeRange": False},
            **{"showTags": True, "showTime": True, "showUser": True},
        }
    ),
    "barchart": _panel(
        {
            **{"barRadius": 0, "barWidth": 0.97, "fullHighlight": False, "groupWidth": 0.7, "orientation": "auto"},
            **{"showValue": "auto", "stacking": "none", "xTickLabelRotation": 0, "xTickLabelSpacing": 0},
            **_LEGEND,
            **_TOOLTIP,
        },
        {
            **_PALETTE,
            **_STANDARD,
            "custom": {**_AXIS, "fillOpacity": 80, "gradientMode": "none", "lineWidth": 1, "thresholdsStyle": _OFF},
        },
    ),
    "bargauge": _panel(
        {
            **{"displayMode": "gradient", "maxVizHeight": 300, "minVizHeight": 16, "minVizWidth": 8},
            **{"namePlacement": "auto", "orientation": "auto", "showUnfilled": True, "sizing": "auto"},
            "legend": {"calcs": [], **_PLACED, "showLegend": False},
            "valueMode": "color",
            **_LAST,
        },
        _STANDARD,
    ),
    "candlestick": _panel(
        {
            **{"candleStyle": "candles", "colorStrategy": "open-close", "colors": {"down": "red", "up": "green"}},
            **{"includeAllFields": False, "mode": "candles+volume"},
            **_LEGEND,
            **_TOOLTIP,
        },
        {**_PALETTE, **_STANDARD, "custom": _GRAPH},
    ),
    "canvas": _panel(
        {
            **{"inlineEditing": True, "panZoom": False, "showAdvancedTypes": True, "zoomToContent": False},
            "tooltip": {"disableForOneClick": False, "mode": "single"},
        },
        _STANDARD,
    ),
    "dashlist": _panel(
        {
            **{"includeVars": False, "keepTime": False, "maxItems": 10, "query": "", "showFolderNames": True},
            **{"showHeadings": True, "showRecentlyViewed": False, "showSearch": False, "showStarred": True, "tags": []},
        }
    ),
    "datagrid": _panel({"selectedSeries": 0}),
    "gauge": _panel(
        {
            **{"minVizHeight": 75, "minVizWidth": 75, "orientation": "auto", "sizing": "auto"},
            **{"showThresholdLabels": False, "showThresholdMarkers": True},
            **_LAST,
        },
        _STANDARD,
    ),
    "heatmap": _panel(
        {
            **{"calculate": False, "cellGap": 1},
            "color": {
                **{"exponent": 0.5, "fill": "dark-orange", "mode": "scheme", "reverse": False},
                **{"scale": "exponential", "scheme": "Oranges", "steps": 64},
            },
            "exemplars": {"color": "rgba(255,0,255,0.7)"},
            "filterValues": {"le": 1e-09},
            "legend": {"show": True},
            "rowsFrame": {"layout": "auto"},
            "tooltip": {"mode": "single", "showColorScale": False, "yHistogram": False},
            "yAxis": {"axisPlacement": "left", "reverse": False},
        },
        {"custom": {"hideFrom": _HIDE_FROM, "scaleDistribution": _LINEAR}},
    ),
    "histogram": _panel(
        {**_LEGEND, **_TOOLTIP},
        {
            **_PALETTE,
            **_STANDARD,
            "custom": {
                **{"fillOpacity": 80, "gradientMode": "none", "lineWidth": 1},
                **{"hideFrom": _HIDE_FROM, "stacking": _STACKING},
            },
        },
    ),
    "logs": _panel(
        {
            **{"dedupStrategy": "none", "enableInfiniteScrolling": False, "enableLogDetails": True},
            **{"prettifyLogMessage": False, "showCommonLabels": False, "showTime": False, "sortOrder": "Descending"},
            **{"unwrappedColumns": False, "wrapLogMessage": False},
        }
    ),
    "news": _panel({"showImage": True}),
    "nodeGraph": _panel({"edges": {}, "layoutAlgorithm": "layered", "nodes": {}, "zoomMode": "cooperative"}),
    "piechart": _panel(
        {"legend": _PLACED, "pieType": "pie", "sort": "desc", **_LAST, **_TOOLTIP},
        {**_PALETTE, "custom": {"hideFrom": _HIDE_FROM}, "mappings": []},
    ),
    "stat": _panel(
        {
            **{"colorMode": "value", "graphMode": "area", "justifyMode": "auto", "orientation": "auto"},
            **{"percentChangeColorMode": "standard", "showPercentChange": False, "textMode": "auto"},
            "wideLayout": True,
            **_LAST,
        },
        _STANDARD,
    ),
    "state-timeline": _panel(
        {
            **{"alignValue": "left", "mergeValues": True, "rowHeight": 0.9, "showValue": "auto"},
            "legend": _PLACED,
            **_TOOLTIP,
        },
        {
            **_STANDARD,
            "color": {"mode": "continuous-GrYlRd"},
            "custom": {
                **{"axisPlacement": "auto", "fillOpacity": 70, "hideFrom": _HIDE_FROM},
                **{"insertNulls": False, "lineWidth": 0, "spanNulls": False},
            },
        },
    ),
    "status-history": _panel(
        {"colWidth": 0.9, "legend": _PLACED, "rowHeight": 0.9, "showValue": "auto", **_TOOLTIP},
        {
            **_STANDARD,
            "color": {"mode": "thresholds"},
            "custom": {"axisPlacement": "auto", "fillOpacity": 70, "hideFrom": _HIDE_FROM, "lineWidth": 1},
        },
    ),
    "table": _panel(
        {"cellHeight": "sm", "showHeader": True},
        {
            **_STANDARD,
            "custom": {"align": "auto", "cellOptions": {"type": "auto"}, "footer": {"reducers": []}, "inspect": False},
        },
    ),
    "text": _panel(
        {
            "code": {"language": "plaintext", "showLineNumbers": False, "showMiniMap": False},
            "content": "# Title\n\nFor markdown syntax help: [commonmark.org/help](https://commonmark.org/help/)",
            "mode": "markdown",
        }
    ),
    "timeseries": _panel({**_LEGEND, **_TOOLTIP}, {**_PALETTE, **_STANDARD, "custom": _GRAPH}),
    "traces": _panel({"spanFilters": {"criticalPathOnly": False, "matchesOnly": False}}),
    "trend": _panel({**_LEGEND, **_TOOLTIP}, {**_PALETTE, **_STANDARD, "custom": _GRAPH}),
    "xychart": _panel(
        {**_LEGEND, **_TOOLTIP, "mapping": "auto", "series": [{}]},
        {
            **_PALETTE,
            **_STANDARD,
            "custom": {
                **_AXIS,
                **{"fillOpacity": 50, "pointShape": "circle", "pointSize": {"fixed": 5}, "pointStrokeWidth": 1},
                "show": "points",
            },
        },
    ),
}
"""By the type of the panel."""


def options_of(type_: str) -> Known:
    """Returns the fill-ins of the options of a panel of this type."""
    return Known(PANELS.get(type_, PANEL.added)["options"], OPTIONS.get(type_, {}))


def fields_of(comparison: Comparison, type_: str) -> Compare:
    """Compares the defaults of the fields of a panel of this type."""
    known = Known(PANELS.get(type_, PANEL.added)["fieldConfig"]["defaults"], FIELD)
    steps = comparison.within(steps=partial(comparison.each, partial(comparison.fits, STEP)))
    return partial(comparison.fits, known, thresholds=steps)
