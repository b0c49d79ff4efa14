"""Which data source a panel or a query means: by uid, by name, by type, or by saying nothing. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from providers.grafana.filling.variables import Unfillable, Variables, put_in

Json = Mapping[str, Any]

PROMETHEUS = ("prometheus", "grafana-amazonprometheus-datasource", "grafana-azureprometheus-datasource")
SQL = ("mysql", "mssql", "postgres", "grafana-postgresql-datasource")

MIXED = "-- Mixed --"
DASHBOARD = "-- Dashboard --"
_GRAFANA = ("grafana", "-- Grafana --")
_EXPRESSION = ("__expr__", "-100")
# What the frontends of data sources take for jsonData.timeInterval where it is not set (12.4).
_INTERVALS: Mapping[str, str] = {**dict.fromkeys(PROMETHEUS, "15s"), **dict.fromkeys(SQL, "1m")}


@dataclass(frozen=True, slots=True)
class Source:
    """A data source as GET /api/frontend/settings lists it; `interval` is its least between points, "" for none."""

    uid: str
    type: str
    name: str = ""
    id: int = 0
    interval: str = ""

    @property
    def ref(self) -> Json:
        return {"type": self.type, "uid": self.uid}

    @property
    def is_expression(self) -> bool:
        """Whether queries of it compute with those of others."""
        return self.uid == _EXPRESSION[0]


@dataclass(frozen=True, slots=True)
class Sources:
    """Those of the organisation, by name as the frontend lists them."""

    listed: tuple[Source, ...] = ()
    default: str = ""

    def find(self, ref: Any, variables: Variables) -> Source:
        """Returns the data source that a `datasource` of a panel or query means. Raises Unfillable."""
        given = put_in(ref, variables)
        named = given.get("uid") if isinstance(given, dict) else given
        type_ = given.get("type") if isinstance(given, dict) else None
        if named in (*_EXPRESSION, MIXED, DASHBOARD) or type_ == _EXPRESSION[0]:
            special = _EXPRESSION[0] if named not in (MIXED, DASHBOARD) else named
            return Source(special, special)
        if named in _GRAFANA:
            return Source("grafana", "grafana")
        found = [s for s in self.listed if named in (s.uid, s.name)] if named and named != "default" else []
        if not found and (not named or named == "default"):
            found = [s for s in self.listed if s.name == self.default or s.type == type_]
            found.sort(key=lambda s: (type_ is not None and s.type != type_, s.name != self.default))
        if not found:
            raise Unfillable(f'there is no data source "{named}"' if named else "there is no default data source")
        return found[0]

    def first_of(self, type_: str) -> str:
        """The uid that a variable of data sources begins with: the default one's, else the first by name."""
        fitting = sorted((s for s in self.listed if s.type == type_), key=lambda s: (s.name != self.default, s.name))
        return fitting[0].uid if fitting else ""


def read_sources(settings: Json) -> Sources:
    """Out of GET /api/frontend/settings (8.0 to 12.4), which everybody who may query may read."""
    listed = settings.get("datasources")
    items = listed.items() if isinstance(listed, dict) else ()
    return Sources(
        tuple(_read(name, wire) for name, wire in items if wire.get("uid")), str(settings.get("defaultDatasource", ""))
    )


def _read(name: str, wire: Json) -> Source:
    data = wire.get("jsonData")
    interval = data.get("timeInterval") if isinstance(data, dict) else None
    type_ = str(wire["type"])
    return Source(wire["uid"], type_, name, int(wire.get("id") or 0), str(interval or _INTERVALS.get(type_, "")))
