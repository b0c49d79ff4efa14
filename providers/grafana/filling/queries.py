"""Which requests a panel makes: POST /api/ds/query (8.0 to 12.4), one for each data source, as the frontend. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, tzinfo
from typing import Any

from providers.grafana.filling import sources, variables
from providers.grafana.filling.sources import PROMETHEUS, SQL, Source, Sources
from providers.grafana.filling.times import TimeRange, calculate_interval, read_range
from providers.grafana.filling.variables import Format, Unfillable, Variable, Variables, built_in, put_in

Json = Mapping[str, Any]

# Plugins that the frontend runs no queries for (skipDataQuery, 12.4).
_WITHOUT_DATA = frozenset(
    ("row", "text", "dashlist", "news", "welcome", "gettingstarted", "alertlist", "annolist", "alertGroups")
)
_LOKI = ("loki",)
# What of a query is its text: without one the frontend does not send it, and variables in it are written by format.
_TEXTS: Mapping[str, tuple[str, Format]] = {
    **dict.fromkeys(PROMETHEUS, ("expr", variables.prometheus)),
    **dict.fromkeys(_LOKI, ("expr", variables.prometheus)),
    **dict.fromkeys(SQL, ("rawSql", variables.sql)),
    "influxdb": ("query", variables.regex),
    "elasticsearch": ("query", variables.lucene),
}
_MAY_HAVE_NO_TEXT = ("influxdb", "elasticsearch")
# Their backends put in $__interval and its kin themselves, since only they know the step: the frontend leaves these.
_LEFT_TO_SERVER = frozenset((*PROMETHEUS, *_LOKI))
_SNAPSHOT = "snapshot"
_PIXELS_OF_COLUMN = 80  # of a screen that is 1920 wide


@dataclass(frozen=True, slots=True)
class Context:
    """The common context of the panels of a dashboard. `filtered` are the data sources that have ad hoc filters."""

    times: TimeRange
    now: datetime
    zone: tzinfo
    variables: Variables
    sources: Sources
    filtered: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Query:
    """One target of a panel that is shown."""

    ref: str
    source: Source
    target: Json


@dataclass(frozen=True, slots=True)
class PanelQueries:
    """The queries of a panel: the bodies of requests, and the queries in the order in which their frames are shown.

    `shared` is the id of the panel whose data it shows.
    """

    requests: tuple[Json, ...] = ()
    queries: tuple[Query, ...] = ()
    shared: int | None = None

    def __bool__(self) -> bool:
        return bool(self.requests) or self.shared is not None


def panel_queries(panel: Json, context: Context) -> PanelQueries:
    """Returns the queries that the frontend would make for this panel; none where it has no data of its own. Raises
    Unfillable."""
    targets: list[Json] = [{"refId": chr(ord("A") + n % 26), **target} for n, target in enumerate(_targets(panel))]
    if panel.get("type") in _WITHOUT_DATA or not targets or _has_data(targets):
        return PanelQueries()
    known = {**context.variables, **_scoped(panel)}
    queries = [Query(t["refId"], _source(panel, t, targets, context.sources, known), t) for t in targets]
    shown = [query for query in queries if not query.target.get("hide") and _is_asked(query)]
    if any(query.source.uid == sources.DASHBOARD for query in shown):
        return PanelQueries(shared=_shared(shown))
    needed = [q for q in queries if _is_asked(q)] if any(q.source.is_expression for q in shown) else shown
    for query in needed:
        if query.source.uid in context.filtered:
            raise Unfillable(f"the ad hoc filters of {query.source.name} can only be applied by Grafana's frontend")
    times = _times_of(panel, context, known)
    groups = _grouped(needed)
    return PanelQueries(tuple(_request(panel, group, times, known) for group in groups), tuple(shown))


def _targets(panel: Json) -> list[Json]:
    targets = panel.get("targets")
    return [target for target in targets if isinstance(target, dict)] if isinstance(targets, list) else []


def _has_data(targets: list[Json]) -> bool:
    return any(target.get("queryType") == _SNAPSHOT and "snapshot" in target for target in targets)


def _scoped(panel: Json) -> Variables:
    """The one value that a copy of a repeated panel is of."""
    scoped = panel.get("scopedVars")
    found = scoped.items() if isinstance(scoped, dict) else ()
    return {name: Variable(name, (str(v["value"]),), (str(v["text"]),), many=True) for name, v in found}


def _source(panel: Json, target: Json, targets: list[Json], known: Sources, values: Variables) -> Source:
    """The panel's own, but for expressions and mixed panels; a panel without one takes that of its first query."""
    own = target.get("datasource")
    of_panel = panel.get("datasource") or next((t["datasource"] for t in targets if t.get("datasource")), None)
    chosen = known.find(of_panel, values)
    if own and (chosen.uid == sources.MIXED or chosen.is_expression):
        return known.find(own, values)
    if own and known.find(own, values).is_expression:
        return known.find(own, values)
    return known.find(None, values) if chosen.uid == sources.MIXED else chosen


def _is_asked(query: Query) -> bool:
    text = _TEXTS.get(query.source.type)
    return text is None or query.source.type in _MAY_HAVE_NO_TEXT or bool(query.target.get(text[0]))


def _shared(queries: list[Query]) -> int:
    """The panel that "-- Dashboard --" names."""
    target = queries[0].target
    if not isinstance(target.get("panelId"), int):
        raise Unfillable("it shows another panel's data, and does not say whose")
    return int(target["panelId"])


def _times_of(panel: Json, context: Context, known: Variables) -> TimeRange:
    """The panel's own times: timeFrom counts only where the dashboard's are relative, as in the frontend."""
    times = context.times
    try:
        if panel.get("timeFrom") and times.relative:
            start = "now-" + put_in(str(panel["timeFrom"]), known).removeprefix("now-")
            times = read_range(start, "now", context.now, context.zone)
        if panel.get("timeShift"):
            times = times.earlier(put_in(str(panel["timeShift"]), known))
    except ValueError as error:
        raise Unfillable(f"its own time range is not understood: {error}") from error
    return times


def _grouped(queries: list[Query]) -> list[list[Query]]:
    """Groups queries by data source; all are together where one computes with others."""
    if any(query.source.is_expression for query in queries):
        return [queries]
    uids = dict.fromkeys(query.source.uid for query in queries)
    return [[query for query in queries if query.source.uid == uid] for uid in uids]


def _request(panel: Json, queries: list[Query], times: TimeRange, known: Variables) -> Json:
    return {
        "from": str(times.from_ms),
        "to": str(times.to_ms),
        "queries": [_filled(panel, query, times, known) for query in queries],
    }


def _filled(panel: Json, query: Query, times: TimeRange, known: Variables) -> Json:
    source, points = query.source, _max_data_points(panel)
    try:
        interval = calculate_interval(
            times.length_ms, points, put_in(str(panel.get("interval") or ""), known) or source.interval
        )
    except ValueError as error:
        raise Unfillable(str(error)) from error
    values = {**built_in(times, interval), **known}
    if source.type in _LEFT_TO_SERVER:
        values = {name: value for name, value in values.items() if not name.startswith(("__interval", "__range"))}
    key, format_ = _TEXTS.get(source.type, ("", variables.glob))
    rest = {name: value for name, value in query.target.items() if name not in (key, "datasource")}
    text = {key: put_in(query.target[key], values, format_)} if key in query.target else {}
    numbered = {"datasourceId": source.id} if source.id else {}
    sent = {"datasource": source.ref, **numbered, "intervalMs": interval, "maxDataPoints": points}
    return {**put_in(rest, values), **text, **sent}


def _max_data_points(panel: Json) -> int:
    """The panel's own, else its width in pixels on a usual screen."""
    own, grid = panel.get("maxDataPoints"), panel.get("gridPos")
    width = grid.get("w") if isinstance(grid, dict) else None
    if isinstance(own, int | str) and str(own).isdigit() and int(own) > 0:
        return int(own)
    return int(width or panel.get("span", 6) * 2) * _PIXELS_OF_COLUMN
