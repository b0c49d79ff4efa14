"""Keys with their values that Grafana's editor adds to a dashboard that it saves, and those that it leaves out.

Seen in the frontend of 12.4.0, run on what that server gave it of 60 dashboards (transformSaveModelToScene, then what
getDashboardChanges would save), of the form v1beta1: schemaVersion 42, to which the server has migrated the model.
Earlier editors were not run: what those add is told as somebody's change.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from providers.grafana.editor.comparing import Json, Known

EDITED: Final = "v1beta1"
"""The form that the editor of 12 reads and writes."""

SCHEMA_VERSION: Final = 42
"""The one that it raises every dashboard to."""

WRITTEN: Final = frozenset(
    {
        *("annotations", "editable", "fiscalYearStartMonth", "graphTooltip", "links", "panels", "preload"),
        *("schemaVersion", "tags", "templating", "time", "timepicker", "timezone", "title", "weekStart"),
    }
)
"""The keys of a dashboard that it always writes: what lacks one it has not saved."""


BUILT_IN: Final[Json] = {
    "builtIn": 1,
    "datasource": {"type": "grafana", "uid": "-- Grafana --"},
    "enable": True,
    "hide": True,
    "iconColor": "rgba(0, 211, 255, 1)",
    "name": "Annotations & Alerts",
    "type": "dashboard",
}
_INTERVALS: Final = ["5s", "10s", "30s", "1m", "5m", "15m", "30m", "1h", "2h", "1d"]

DASHBOARD: Final = Known(
    {
        "annotations": {"list": [BUILT_IN]},
        "editable": True,
        "fiscalYearStartMonth": 0,
        "graphTooltip": 0,
        "links": [],
        "panels": [],
        "preload": False,
        "refresh": "",
        "schemaVersion": SCHEMA_VERSION,
        "tags": [],
        "templating": {"list": []},
        "time": {"from": "now-6h", "to": "now"},
        "timepicker": {},
        "timezone": "browser",
        "weekStart": "",
    },
    {"liveNow": (False,), "gnetId": None},
)
TIMEPICKER: Final = Known({}, {"hidden": (False,), "refresh_intervals": (_INTERVALS,)})
ANNOTATION: Final = Known({"enable": False, "hide": False})
VARIABLE: Final = Known(
    {"baseFilters": [], "query": {}, "refresh": 1, "regexApplyTo": "value", "valuesFormat": "csv"},
    {
        **{"hide": (0,), "label": ("",), "multi": (False,), "skipUrlSync": (False,), "sort": (0,)},
        **{"queryValue": ("",), "tagValuesQuery": ("",), "tagsQuery": ("",), "useTags": (False,)},
    },
)
CURRENT: Final = Known({}, {"selected": (True, False)})
ROW: Final = Known(
    {"collapsed": False, "gridPos": {"h": 1, "w": 24, "x": 0, "y": 0}, "panels": [], "title": ""},
    {"datasource": None, "repeatDirection": None, "targets": None},  # a row has no queries
)
PANEL: Final = Known(
    {
        "fieldConfig": {"defaults": {}, "overrides": []},
        "gridPos": {"h": 3, "w": 6, "x": 0, "y": 0},
        "options": {},
        "targets": [{"refId": "A"}],
        "title": "",
    },
    {"description": ("",), "hideTimeOverride": (False,), "interval": ("",), "repeatDirection": ("h",)},
)
NO_QUERIES: Final[Mapping[str, None]] = {"datasource": None, "targets": None}
"""What panels lose besides that ask no data source."""
WITHOUT_QUERIES: Final = frozenset({"alertlist", "annolist", "dashlist", "news", "text"})
FIELD: Final[Mapping[str, tuple[Any, ...]]] = {"custom": ({},), "unitScale": (True,)}
"""What the defaults of fields lose."""
OPTIONS: Final[Mapping[str, Mapping[str, tuple[Any, ...]]]] = {
    "table": {
        "footer": (
            {"show": False},
            {"fields": "", "reducer": ["sum"], "show": False},
            {"countRows": False, "fields": "", "reducer": ["sum"], "show": False},
        )
    }
}
"""What options lose, by the type of the panel: a table's footer is one of its fields since 12."""
LIBRARY_PANEL: Final = Known({"type": "library-panel-ref"})
TARGET: Final = Known({}, {"hide": (False,)})
STEP: Final = Known({"value": 0})
"""Of thresholds: the first one has no number, or null."""
