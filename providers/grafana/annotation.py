"""grafana_annotation: /api/annotations (10.1 to 12.4; 9 by documentation). What alerting notes there is not listed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from hcl_lite.core.schema import Attr, ValueProblem, Version
from hcl_lite.core.schema.blocks import Set, Time
from hcl_lite.core.schema.times import milliseconds
from hcl_lite.core.values import Value, reveal
from providers.grafana.client import GrafanaClient
from providers.grafana.since import is_since, since
from providers.kit.access import Access
from providers.kit.api import Json, Rest
from providers.kit.declaration import Values
from providers.kit.hooks import Needed
from providers.kit.identity import ServerId
from providers.kit.resource import resource
from providers.kit.version import Digest

_BY_ALERTING = "alerting has made it, of a change of an alert's state"


def _check(values: Values) -> None:
    """Refuses what 12.4 would make something else of: it puts times in order, takes 0 for now, and trims tags."""
    start, end, tags = (reveal(values.get(key)) for key in ("time", "time_end", "tags"))
    if end is not None and start is None:
        raise ValueProblem("time_end", "There is an end without a time", "Give time too.")
    if isinstance(start, str) and milliseconds(start) == 0:
        raise ValueProblem("time", "The server takes this time for now", "Leave it out, or give another.")
    if isinstance(start, str) and isinstance(end, str) and milliseconds(end) < milliseconds(start):
        raise ValueProblem("time_end", "It ends before it begins", "Expected an end that is not before time.")
    for tag in tags if isinstance(tags, list) else ():
        if isinstance(tag, str) and tag != _kept(tag):
            raise ValueProblem("tags", f'The server keeps no tag "{tag}"', f'Expected one such as "{_kept(tag)}".')


def _kept(tag: str) -> str:
    return ":".join(part.strip() for part in tag.split(":", 1)) or "maintenance"


@dataclass(frozen=True, slots=True)
class _Annotations(Rest[GrafanaClient]):
    """Rest that reads one annotation from the list before 12: the route of one does not tell its dashboard's uid (10.1,
    11.0), and answers 500 for one that is not there (11.0)."""

    async def find(
        self, client: GrafanaClient, uid: str, desired: Values | None = None, expected_version: Version | None = None
    ) -> Json | None:
        if await is_since(client, 12):
            return await Rest.find(self, client, uid)
        return next((wire for wire in await self.list(client) if str(wire["id"]) == uid), None)

    async def list(self, client: GrafanaClient) -> Sequence[Json]:
        return [_placed(wire) for wire in await Rest.list(self, client)]


def _placed(wire: Json) -> Json:
    """Before 12 panel 0 is none."""
    return wire if wire.get("panelId") else {key: value for key, value in wire.items() if key != "panelId"}


def _with_end(values: Values) -> Values:
    """Without an end it is of one moment."""
    start: Value = values.get("time")
    return values if start is None or values.get("time_end") is not None else {**values, "time_end": start}


ANNOTATION = resource(
    "grafana_annotation",
    "A note at a moment, or over a span of time: on a dashboard, on a panel, or on all that show it.",
    api=_Annotations("/api/annotations", page={"type": "annotation", "limit": "1000000"}),
    identity=ServerId("annotation_id", natural_key="text"),
    versioned=Digest(beside=("login", "email", "avatarUrl", "dashboardId")),
    title="text",
    supported=since("An annotation", 9),
    access=Access("Editor", "annotations:create", "annotations:write", "annotations:delete"),
    mentioned={"dashboard_uid": Needed("dashboard")},
    check=_check,
    made_of=_with_end,
    fixed=lambda wire: _BY_ALERTING if wire.get("alertId") else "",
    attrs={
        "text": Attr(required=True, doc="What it says."),
        "time": Attr(Time(), computed=True, optional=True, doc="When it is, or begins (RFC 3339). Default: now."),
        "time_end": Attr(Time(), computed=True, optional=True, wire="timeEnd", doc="When it ends. Default: time."),
        "dashboard_uid": Attr(replaces=True, wire="dashboardUID", example="home", doc="uid of the dashboard it is on."),
        "panel_id": Attr("number", replaces=True, wire="panelId", doc="Number of the panel that it is on."),
        "tags": Attr(Set("string"), default=[], doc="What it is found by."),
        "annotation_id": Attr("number", computed=True, stable=True, wire="id", doc="Its number on its server."),
    },
)
