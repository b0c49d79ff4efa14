"""A dashboard with its panels' data, by the calls that the frontend makes. Nothing is written on the server."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, tzinfo
from typing import Any
from urllib.parse import quote

from hcl_lite.core.schema import ProviderError
from providers.grafana.client import GrafanaClient
from providers.grafana.filling.frames import Frame, failures, filled_panel, panel_frames, trimmed
from providers.grafana.filling.panels import expand, list_panels, with_panels
from providers.grafana.filling.queries import Context, PanelQueries, panel_queries
from providers.grafana.filling.sources import Sources, read_sources
from providers.grafana.filling.times import TimeRange, iso, read_range, read_zone
from providers.grafana.filling.variables import Unfillable, Variable, Variables, list_variables, read_variables
from providers.transport.errors import ApiError
from providers.transport.misread import read_all

Json = Mapping[str, Any]

_DEFAULT_TIME = {"from": "now-6h", "to": "now"}
# What is the server's or the account's trouble, not a query's: no panel could be filled.
_ALL_FAIL = (0, 401, 429)


class NotFilled(ProviderError):
    """Panels whose queries fail, with what the server said of each."""

    @property
    def hint(self) -> str:
        return 'No snapshot was made. on_fill_error = "warn" makes one in which these panels are empty.'


@dataclass(frozen=True, slots=True)
class Filled:
    """The dashboard of a snapshot; `problems` says of each panel that is empty why it is."""

    dashboard: Json
    problems: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class _Asked:
    """A panel and what its queries gave: None where it has no queries, or where there is a problem."""

    panel: Json
    queries: PanelQueries = field(default_factory=PanelQueries)
    frames: Sequence[Frame] | None = None
    problem: str = ""


async def fill_dashboard(client: GrafanaClient, dashboard: Json, span: Mapping[str, str], now: datetime) -> Filled:
    """`dashboard` as a snapshot with data, over `span` ("from" and "to") or its own times. Raises ProviderError."""
    server = await client.server()
    zone = read_zone(dashboard)
    times = _read_times(dashboard, span, now, zone)
    sources = read_sources(await client.get("/api/frontend/settings"))
    variables = {**read_variables(dashboard, times, sources.first_of), **_of_dashboard(dashboard)}
    context = Context(times, now, zone, variables, sources, _filtered(dashboard, variables, sources))
    whole = expand(dashboard, variables)
    asked = await read_all(_ask_panel(client, panel, context) for panel in list_panels(whole))
    asked = [_shared(one, asked) for one in asked]
    panels = [_written(one, server.version) for one in asked]
    fixed = {**trimmed(whole), "time": {"from": iso(times.start), "to": iso(times.end)}}
    problems = tuple(f"{_called(one.panel)}: {one.problem}" for one in asked if one.problem)
    return Filled(with_panels(fixed, iter(panels)), problems)


def _read_times(dashboard: Json, span: Mapping[str, str], now: datetime, zone: tzinfo) -> TimeRange:
    time = dashboard.get("time")
    ends = {**_DEFAULT_TIME, **(time if isinstance(time, dict) else {}), **span}
    try:
        return read_range(str(ends["from"]), str(ends["to"]), now, zone)
    except ValueError as error:
        raise NotFilled(f"The dashboard's time range is not understood: {error}.") from error


def _of_dashboard(dashboard: Json) -> Variables:
    title = str(dashboard.get("title", ""))
    return {"__dashboard": Variable("__dashboard", (title,), (title,))}


def _filtered(dashboard: Json, variables: Variables, sources: Sources) -> frozenset[str]:
    """The uids of data sources whose queries an ad hoc filter changes."""
    found = set()
    for variable in list_variables(dashboard, "adhoc"):
        if variable.get("filters") or variable.get("baseFilters"):
            try:
                found.add(sources.find(variable.get("datasource"), variables).uid)
            except Unfillable:
                continue
    return frozenset(found)


async def _ask_panel(client: GrafanaClient, panel: Json, context: Context) -> _Asked:
    try:
        whole = await _library_panel(client, panel) if isinstance(panel.get("libraryPanel"), dict) else panel
        queries = panel_queries(whole, context)
        answers: dict[str, Any] = {}
        for request in queries.requests:
            answers.update((await client.call("POST", "/api/ds/query", body=request))["results"])
    except Unfillable as problem:
        return _Asked(panel, problem=str(problem))
    except ApiError as error:
        if error.status in _ALL_FAIL:
            raise
        return _Asked(panel, problem=error.message)
    if failed := failures({query.ref: answers.get(query.ref, {}) for query in queries.queries}):
        return _Asked(whole, queries, problem="; ".join(failed))
    return _Asked(whole, queries, panel_frames(queries.queries, answers) if queries.requests else None)


async def _library_panel(client: GrafanaClient, panel: Json) -> Json:
    """GET /api/library-elements/:uid (8.0 to 12.4): the panel that is kept there, where and as this one lies.

    The frontend leaves library panels out of snapshots; here they are filled like the others.
    """
    uid = str(panel["libraryPanel"].get("uid", ""))
    found = await client.find(f"/api/library-elements/{quote(uid, safe='')}")
    if found is None:
        raise Unfillable(f'there is no library panel "{uid}"')
    own = {key: panel[key] for key in ("id", "gridPos", "scopedVars") if key in panel}
    return {**found["result"]["model"], **own}


def _shared(one: _Asked, asked: Sequence[_Asked]) -> _Asked:
    """A panel that shows another's data, with that data."""
    wanted = one.queries.shared
    if wanted is None:
        return one
    other = next((o for o in asked if o.panel.get("id") == wanted), None)
    if other is None or other.frames is None:
        return replace(one, problem=f"it shows the data of panel {wanted}, which has none")
    if other.panel.get("transformations") and one.panel["targets"][0].get("withTransforms"):
        return replace(one, problem=f"it shows what panel {wanted} makes of its data, which only the frontend can do")
    return replace(one, frames=other.frames)


def _written(one: _Asked, version: tuple[int, ...]) -> Json:
    panel = {**one.panel, **({"links": []} if "links" in one.panel else {})}
    if one.frames is None and not one.problem:
        return panel
    return filled_panel(panel, one.frames or (), version)


def _called(panel: Json) -> str:
    return f'panel {panel.get("id", "without id")} "{panel.get("title", "")}"'


def utc_now() -> datetime:
    """The time of filling: what "now" is in the dashboard's range."""
    return datetime.now(UTC)
