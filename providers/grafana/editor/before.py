"""A classic model, as the editors of Grafana 7.5 to 9 save it: by DashboardModel and PanelModel. Pure.

Read in their sources, not run: DashboardModel.ts of 7.5.21 (credativ/plutono e3cad88, a fork), of 8 (empolis/grafana
096269b) and of 9 (stolostron/grafana 02f8e8b), PanelModel.ts of 7.5.21 (plutono 2c78023). The three agree on each value
here; where one writes a key that another one does not, it is known of all.

What the plugins of panels fill in was not looked up, nor what is done to variables: a save that adds options to a panel
is told as a change. So is what migrations do beside raising schemaVersion; 3 to 7.4, 10 and 11 were not read.
"""

from __future__ import annotations

from functools import partial
from typing import Any, Final

from hcl_lite.core.equality import same
from providers.grafana.editor.comparing import Comparison, Json, Known, becomes, without_first
from providers.grafana.editor.defaults import BUILT_IN

FIRST, END = (7, 5), (10,)
"""The versions of Grafana that this is known of: from the first, before the end."""

WRITTEN: Final = frozenset(
    {
        *("annotations", "editable", "graphTooltip", "links", "panels", "schemaVersion", "style", "tags"),
        *("templating", "time", "timepicker", "timezone", "title"),
    }
)
"""The keys of a dashboard that all three always write."""

_NEXT_SCHEMA_VERSION: Final = 42
"""Of 12; earlier editors raise a dashboard to what they have, 27 in 7.5."""
_SOURCES: Final = ("-- Grafana --", {"type": "grafana", "uid": "-- Grafana --"})
"""How the built-in annotation names its data source, in 7.5 and 8, and in 9."""
_DASHBOARD: Final = Known(
    {
        **{
            "annotations": {"list": []},
            "editable": True,
            "graphTooltip": 0,
            "links": [],
            "panels": [],
            "style": "dark",
        },
        **{"tags": [], "templating": {"list": []}, "time": {"from": "now-6h", "to": "now"}, "timepicker": {}},
        **{"timezone": "", "gnetId": None},
        **{"fiscalYearStartMonth": 0, "liveNow": False, "refresh": "", "revision": 1, "weekStart": ""},  # 9
    },
    {"gnetId": ("", 0)},
)
_PANEL: Final = Known(
    {"datasource": None, "fieldConfig": {"defaults": {}, "overrides": []}},
    {
        "gridPos": ({"h": 3, "w": 6, "x": 0, "y": 0},),
        "options": ({},),
        "targets": ([], [{"refId": "A"}]),
        "title": ("",),
        "transparent": (False,),
    },
)


class Before(Comparison):
    """Each method tells whether the second of two is the first one as the editor saves it."""

    __slots__ = ()

    def dashboard(self, past: Json, there: Json) -> bool:
        """`iteration` is the time at which repeated panels were laid out last."""
        past, there = (_but_iteration(one) for one in (past, there))
        past = past if past.get("annotations") else {**past, "annotations": {"list": []}}
        return self.fits(
            _DASHBOARD,
            past,
            there,
            annotations=self.within(list=self._annotations),
            panels=partial(self.each, self._panel),
            schemaVersion=_is_raised,
        )

    def _annotations(self, past: Any, there: Any) -> bool:
        known = [{**BUILT_IN, "datasource": source} for source in _SOURCES]
        return self.each(same, past, without_first(past, there, known))

    def _panel(self, past: Any, there: Any) -> bool:
        known = Known({**_PANEL.added, "pluginVersion": self.version}, _PANEL.left_out)
        return self.fits(known, past, there, pluginVersion=becomes(self.version))


def _but_iteration(spec: Json) -> Json:
    is_time = type(spec.get("iteration")) is int
    return {key: value for key, value in spec.items() if key != "iteration"} if is_time else spec


def _is_raised(past: Any, there: Any) -> bool:
    return same(past, there) or (type(past) is int and type(there) is int and past < there < _NEXT_SCHEMA_VERSION)
