"""A Grafana as people have filled it by hand: folders in folders, dashboards, data sources, teams, permissions; each is
told key by key, but for what the server numbers by itself."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from tests.conftest import Server

Json = dict[str, Any]

_NUMBERED = frozenset(
    {
        *("id", "orgId", "folderId", "version", "created", "updated", "createdBy", "updatedBy", "url", "parents"),
        *("slug", "expires", "accessControl", "teamId", "avatarUrl", "hasAcl", "publicDashboardEnabled"),
    }
)
_ALERTING = "/api/v1/provisioning"
_PLATFORM = "/apis/dashboard.grafana.app/{form}/namespaces/default/dashboards"


@dataclass(frozen=True)
class Populated:
    """What is on `server` by hand: `boards` and `sources` are bodies of POSTs, each dashboard in one of the folders;
    one that `is_whole` also has rules, what they lead to, and a library panel."""

    server: Server
    boards: Sequence[Json]
    sources: Sequence[Json]
    tops: int = 2
    is_whole: bool = False

    @property
    def folders(self) -> list[tuple[str, str, str]]:
        """uid, title and parent of folders of three levels."""
        found: list[tuple[str, str, str]] = []
        for number in range(self.tops):
            top = f"hl-{number}"
            found.append((top, f"Team {number}", ""))
            found.append((f"{top}-a", "Services", top))
            found.append((f"{top}-a-x", f"Öffentlich / {number}", f"{top}-a"))
        return found

    def fill(self) -> None:
        """Everything there is, in an order that a server takes."""
        for source in self.sources:
            self.server.call("POST", "/api/datasources", source)
        for uid, title, parent in self.folders:
            self.server.call("POST", "/api/folders", {"uid": uid, "title": title, "parentUid": parent})
        for index, board in enumerate(self.boards):
            self._make_dashboard(board, self.folders[index % len(self.folders)][0])
        team = self.server.call("POST", "/api/teams", {"name": "On call", "email": "on@example.org"})["teamId"]
        self.server.call("PUT", f"/api/teams/{team}/preferences", {"theme": "dark", "timezone": "utc"})
        rules = [{"role": "Viewer", "permission": 1}, {"teamId": team, "permission": 2}]
        self.server.call("POST", "/api/folders/hl-0/permissions", {"items": rules})
        self.server.call("POST", f"/api/dashboards/uid/{self.uids[0]}/permissions", {"items": rules[1:]})
        items = [{"type": "dashboard_by_uid", "value": self.uids[0]}, {"type": "dashboard_by_tag", "value": "tv"}]
        self.server.call("POST", "/api/playlists", {"name": "Lobby", "interval": "5m", "items": items})
        self._make_contact_points()
        if self.is_whole:
            self._make_alerting()
            model = {"type": "text", "title": "Shared", "options": {"content": "${x}"}}
            panel = {"uid": "hl-panel", "name": "Shared", "kind": 1, "folderUid": "hl-0-a", "model": model}
            self.server.call("POST", "/api/library-elements", panel)

    @property
    def uids(self) -> list[str]:
        """Of the dashboards."""
        return [board["metadata"]["name"] if "spec" in board else board["uid"] for board in self.boards]

    def empty(self) -> None:
        """Somebody deletes all of it."""
        if self.is_whole:
            self._delete_alerting()
            self.server.call("DELETE", "/api/library-elements/hl-panel")
        for uid in self.uids:
            self.server.call("DELETE", f"/api/dashboards/uid/{uid}")
        for uid, _, _ in reversed(self.folders):
            self.server.call("DELETE", f"/api/folders/{uid}")
        for source in self._sources():
            self.server.call("DELETE", f"/api/datasources/uid/{source['uid']}")
        for team in self._teams():
            self.server.call("DELETE", f"/api/teams/{team['id']}")
        for playlist in self.server.call("GET", "/api/playlists"):
            self.server.call("DELETE", f"/api/playlists/{playlist['uid']}")
        for point in self._points():
            self.server.call("DELETE", f"/api/v1/provisioning/contact-points/{point['uid']}")

    def told(self) -> Mapping[str, Any]:
        """Each object, key by key."""
        found = {}
        names = {f"team:{team['id']}": team["name"] for team in self._teams()}
        for uid in self.uids:
            platform = self.server.call("GET", f"{_PLATFORM.format(form=self._form(uid))}/{uid}")
            found[f"dashboard {uid}"] = {
                "spec": {key: item for key, item in platform["spec"].items() if key not in ("id", "version")},
                "folder": platform["metadata"]["annotations"].get("grafana.app/folder"),
            }
        for uid, _, _ in self.folders:
            found[f"folder {uid}"] = _plain(self.server.call("GET", f"/api/folders/{uid}"))
        for source in self._sources():
            found[f"data source {source['uid']}"] = _plain(
                self.server.call("GET", f"/api/datasources/uid/{source['uid']}")
            )
        for team in self._teams():
            below = {part: self.server.call("GET", f"/api/teams/{team['id']}/{part}") for part in ("preferences",)}
            found[f"team {team['name']}"] = {"email": team["email"], **below}
        for path in ("/api/folders/hl-0", f"/api/dashboards/uid/{self.uids[0]}"):
            found[f"permissions {path}"] = sorted(self._permissions(path, names))
        for playlist in self.server.call("GET", "/api/playlists"):
            whole = self.server.call("GET", f"/api/playlists/{playlist['uid']}")
            items = [{key: item[key] for key in ("type", "value")} for item in whole["items"]]
            found[f"playlist {playlist['name']}"] = {"interval": whole["interval"], "items": items}
        for point in self._points():
            found[f"contact point {point['uid']}"] = {**point, "provenance": None}
        return {**found, **dict(self._told_of_the_rest())}

    def _form(self, uid: str) -> str:
        """The form in which a dashboard is told: as it was made."""
        board = next(board for board, known in zip(self.boards, self.uids, strict=True) if known == uid)
        return board["apiVersion"].rpartition("/")[2] if "spec" in board else "v0alpha1"

    def _permissions(self, path: str, names: Mapping[str, str]) -> Iterator[tuple[str, int]]:
        for item in self.server.call("GET", f"{path}/permissions"):
            if not item.get("inherited") and not item.get("userId"):
                yield item.get("role") or names[f"team:{item['teamId']}"], item["permission"]

    def _make_dashboard(self, board: Json, folder: str) -> None:
        if "spec" not in board:
            self.server.call("POST", "/api/dashboards/db", {"dashboard": board, "folderUid": folder})
            return
        metadata = {**board["metadata"], "annotations": {"grafana.app/folder": folder}}
        form = board["apiVersion"].rpartition("/")[2]
        self.server.call("POST", _PLATFORM.format(form=form), {**board, "metadata": metadata})

    def _make_contact_points(self) -> None:
        settings = {"addresses": "a@example.org", "singleEmail": True}
        body = {"uid": "hl-mail", "name": "Ops mail", "type": "email", "settings": settings}
        self.server.call("POST", "/api/v1/provisioning/contact-points", body)

    def _make_alerting(self) -> None:
        for number, folder in enumerate(("hl-0-a", "hl-0-a", "hl-0")):
            self.server.call(
                "POST", f"{_ALERTING}/alert-rules", _rule(f"hl-rule-{number}", folder, self.sources[0]["uid"])
            )
        nights = [{"times": [{"start_time": "22:00", "end_time": "23:59"}], "weekdays": ["monday:friday"]}]
        self.server.call("POST", f"{_ALERTING}/mute-timings", {"name": "hl-nights", "time_intervals": nights})
        text = {"template": '{{ define "hl-words" }}Hello ${x} {{ .Status }}\n{{ end }}'}
        self.server.call("PUT", f"{_ALERTING}/templates/hl-words", text)
        at_night = {"object_matchers": [["team", "=", "a"]], "mute_time_intervals": ["hl-nights"], "continue": True}
        routes = [{"receiver": "Ops mail", **at_night}]
        policy = {"receiver": "Ops mail", "group_by": ["grafana_folder", "alertname"], "routes": routes}
        self.server.call("PUT", f"{_ALERTING}/policies", policy)

    def _delete_alerting(self) -> None:
        self.server.call("DELETE", f"{_ALERTING}/policies")
        for rule in self._rules():
            self.server.call("DELETE", f"{_ALERTING}/alert-rules/{rule['uid']}")
        self.server.call("DELETE", f"{_ALERTING}/mute-timings/hl-nights")
        self.server.call("DELETE", f"{_ALERTING}/templates/hl-words")

    def _told_of_the_rest(self) -> Iterator[tuple[str, Any]]:
        if not self.is_whole:
            return
        for rule in self._rules():
            yield f"rule {rule['uid']}", {key: item for key, item in rule.items() if key not in ("id", "updated")}
        panel = self.server.call("GET", "/api/library-elements/hl-panel")["result"]
        yield "library panel", {key: panel[key] for key in ("name", "model", "folderUid", "type", "description")}
        yield "policy", self.server.call("GET", f"{_ALERTING}/policies")
        for kind in ("mute-timings", "templates"):
            for one in self.server.call("GET", f"{_ALERTING}/{kind}") or ():
                yield f"{kind} {one['name']}", {key: item for key, item in one.items() if key != "version"}

    def _rules(self) -> list[Json]:
        found = self.server.call("GET", f"{_ALERTING}/alert-rules")
        return [rule for rule in found if rule["uid"].startswith("hl-")]

    def _sources(self) -> list[Json]:
        names = {source["name"] for source in self.sources}
        return [one for one in self.server.call("GET", "/api/datasources") if one["name"] in names]

    def _teams(self) -> list[Json]:
        found: list[Json] = self.server.call("GET", "/api/teams/search?perpage=1000")["teams"]
        return found

    def _points(self) -> list[Json]:
        found = self.server.call("GET", "/api/v1/provisioning/contact-points")
        return [one for one in found if one["uid"].startswith("hl-")]


def _rule(uid: str, folder: str, source: str) -> Json:
    """An alert rule: a query and what it may not exceed."""
    query = {"refId": "A", "expr": 'up{job="x"} == 0', "intervalMs": 2000, "maxDataPoints": 43200}
    limit = {"evaluator": {"type": "gt", "params": [0]}}
    threshold = {"refId": "C", "type": "threshold", "expression": "A", "conditions": [limit]}
    data = [
        {"refId": "A", "datasourceUid": source, "relativeTimeRange": {"from": 600, "to": 0}, "model": query},
        {"refId": "C", "datasourceUid": "__expr__", "relativeTimeRange": {"from": 0, "to": 0}, "model": threshold},
    ]
    return {
        **{"uid": uid, "title": f"Rule {uid}", "folderUID": folder, "ruleGroup": "Evaluation", "condition": "C"},
        **{"for": "5m", "noDataState": "OK", "execErrState": "Error", "orgID": 1, "data": data},
        **{"labels": {"team": "a"}, "annotations": {"summary": "{{ $labels.instance }} ${x}"}},
    }


def _plain(value: Json) -> Json:
    return {key: item for key, item in value.items() if key not in _NUMBERED}


BOARDS: Sequence[Json] = (
    {
        "uid": "hl-nodes",
        "title": "Nodes",
        "tags": ["tv", "nodes"],
        "schemaVersion": 42,
        "panels": [
            {
                "id": 1,
                "type": "timeseries",
                "title": "CPU ${node}",
                "gridPos": {"h": 8, "w": 12, "x": 0, "y": 0},
                "datasource": {"type": "prometheus", "uid": "hl-prom"},
                "targets": [{"refId": "A", "expr": 'sum(rate(cpu{node="$node"}[5m]))'}],
            }
        ],
        "templating": {"list": []},
    },
    {"uid": "hl-1", "title": "Overview", "panels": [], "description": "line\nline"},
    {"uid": "hl-2", "title": "Overview", "panels": [{"id": 3, "type": "text", "options": {"content": "ä ☃"}}]},
    {"uid": "hl-3", "title": "4 golden signals", "panels": [], "refresh": "30s", "annotations": {"list": []}},
    {
        "apiVersion": "dashboard.grafana.app/v2beta1",
        "kind": "Dashboard",
        "metadata": {"name": "hl-v2"},
        "spec": {
            "title": "New form",
            "elements": {},
            "layout": {"kind": "GridLayout", "spec": {"items": []}},
            "tags": ["v2"],
            "annotations": [],
            "cursorSync": "Off",
            "links": [],
            "preload": False,
            "timeSettings": {
                "timezone": "browser",
                "from": "now-6h",
                "to": "now",
                "autoRefresh": "",
                "autoRefreshIntervals": [],
                "hideTimepicker": False,
                "fiscalYearStartMonth": 0,
            },
            "variables": [],
        },
    },
)
SOURCES: Sequence[Json] = (
    {
        "uid": "hl-prom",
        "name": "Prometheus",
        "type": "prometheus",
        "access": "proxy",
        "url": "http://prometheus:9090",
        "isDefault": True,
        "basicAuth": True,
        "basicAuthUser": "reader",
        "jsonData": {
            "httpMethod": "POST",
            "exemplarTraceIdDestinations": [{"name": "id", "datasourceUid": "hl-tempo"}],
        },
    },
    {
        "uid": "hl-tempo",
        "name": "Tempo",
        "type": "tempo",
        "access": "proxy",
        "url": "http://tempo:3200",
        "jsonData": {"serviceMap": {"datasourceUid": "hl-prom"}, "nodeGraph": {"enabled": True}},
    },
    {"uid": "hl-odd", "name": "Odd ${name}", "type": "loki", "access": "proxy", "url": "", "jsonData": {"a": None}},
)
SECRET_SOURCE: Json = {
    "uid": "hl-secret",
    "name": "Secretive",
    "type": "influxdb",
    "access": "proxy",
    "url": "http://influx:8086",
    "jsonData": {"httpHeaderName1": "X-Scope"},
    "secureJsonData": {"password": "hl-geheim-1", "httpHeaderValue1": "hl-geheim-2"},
}
