"""One Grafana, and what four other tools have of it in their files: each in its own documented shape."""

from __future__ import annotations

import base64
import gzip
import json
from collections.abc import Mapping
from typing import Any

import yaml

from tests.conftest import Server

Json = dict[str, Any]
SECRET = "hunter2-of-the-warehouse"

API: Json = {
    "uid": "hl-api",
    "title": "API",
    "schemaVersion": 41,
    "panels": [],
    "tags": ["team"],
    "time": {"from": "now-6h"},
}
TOP: Json = {"uid": "hl-top", "title": "Top", "schemaVersion": 41, "panels": []}
SOURCE: Json = {
    "uid": "hl-pg",
    "name": "Warehouse",
    "type": "grafana-postgresql-datasource",
    "access": "proxy",
    "url": "warehouse:5432",
    "user": "reader",
    "jsonData": {"database": "wh", "sslmode": "require"},
}
MAIL: Json = {"uid": "hl-mail", "name": "Ops", "type": "email", "settings": {"addresses": "ops@example.org"}}
TIMING: Json = {"name": "hl-nights", "time_intervals": [{"times": [{"start_time": "00:00", "end_time": "06:00"}]}]}
TEMPLATE: Json = {"name": "hl-title", "template": '{{ define "hl-title" }}{{ .CommonLabels.alertname }}{{ end }}'}
QUERY: Json = {
    "refId": "A",
    "datasourceUid": "__expr__",
    "relativeTimeRange": {"from": 600, "to": 0},
    "model": {
        "refId": "A",
        "type": "math",
        "expression": "1 == 1",
        "datasource": {"type": "__expr__", "uid": "__expr__"},
    },
}
RULE: Json = {
    "uid": "hl-rule",
    "title": "Always",
    "condition": "A",
    "data": [QUERY],
    "noDataState": "NoData",
    "execErrState": "Error",
    "for": "5m",
    "labels": {"team": "ops"},
    "annotations": {"summary": "costs $5"},
}
POLICY: Json = {
    "receiver": "Ops",
    "group_by": ["grafana_folder"],
    "routes": [
        {"receiver": "Ops", "object_matchers": [["team", "=", "ops"]], "mute_time_intervals": ["hl-nights"]},
    ],
}
FOLDERS = (("hl-team", "HL team", ""), ("hl-services", "Services", "hl-team"))


def fill(server: Server) -> None:
    """What people have made by hand."""
    call = server.call
    for uid, title, parent in FOLDERS:
        call("POST", "/api/folders", {"uid": uid, "title": title, "parentUid": parent})
    call("POST", "/api/datasources", {**SOURCE, "secureJsonData": {"password": SECRET}})
    call("POST", "/api/dashboards/db", {"dashboard": API, "folderUid": "hl-services"})
    call("POST", "/api/dashboards/db", {"dashboard": TOP})
    call("POST", "/api/teams", {"name": "HL on call", "email": "on@example.org"})
    for path, body in (("contact-points", MAIL), ("mute-timings", TIMING)):
        call("POST", f"/api/v1/provisioning/{path}", body)
    call("PUT", f"/api/v1/provisioning/templates/{TEMPLATE['name']}", {"template": TEMPLATE["template"]})
    call("PUT", "/api/v1/provisioning/policies", POLICY)
    group = {"title": "hl-group", "folderUid": "hl-team", "interval": 60, "rules": [{**RULE, **_PLACE}]}
    call("PUT", "/api/v1/provisioning/folder/hl-team/rule-groups/hl-group", group)


_PLACE: Json = {"folderUID": "hl-team", "ruleGroup": "hl-group", "orgID": 1}


def empty(server: Server) -> None:
    """All of it is deleted, as far as it is there."""
    teams = server.call("GET", "/api/teams/search?query=HL")["teams"]
    dashboards = {one["uid"] for one in server.call("GET", "/api/search?type=dash-db")} & {"hl-api", "hl-top"}
    folders = {one["uid"] for one in server.call("GET", "/api/folders")} & {"hl-team"}
    sources = {one["uid"] for one in server.call("GET", "/api/datasources")} & {"hl-pg"}
    groups = [one for one in server.call("GET", "/api/v1/provisioning/alert-rules") if one["uid"] == "hl-rule"]
    points = [one for one in server.call("GET", "/api/v1/provisioning/contact-points") if one.get("uid") == "hl-mail"]
    paths = [
        "/api/v1/provisioning/policies",
        *("/api/v1/provisioning/folder/hl-team/rule-groups/hl-group" for _ in groups),
        *(f"/api/dashboards/uid/{uid}" for uid in dashboards),
        *(f"/api/folders/{uid}" for uid in folders),
        *(f"/api/datasources/uid/{uid}" for uid in sources),
        *(f"/api/teams/{team['id']}" for team in teams),
        *(f"/api/v1/provisioning/contact-points/{one['uid']}" for one in points),
        f"/api/v1/provisioning/mute-timings/{TIMING['name']}",
        f"/api/v1/provisioning/templates/{TEMPLATE['name']}",
    ]
    for path in paths:
        server.call("DELETE", path)


def told(server: Server) -> Mapping[str, Any]:
    """What the server says of each: for seeing that nothing has changed."""
    paths = [
        *("/api/dashboards/uid/hl-api", "/api/dashboards/uid/hl-top", "/api/datasources/uid/hl-pg"),
        *("/api/folders/hl-team", "/api/folders/hl-services", "/api/teams/search?query=HL"),
        *("/api/v1/provisioning/contact-points", "/api/v1/provisioning/mute-timings", "/api/v1/provisioning/templates"),
        *("/api/v1/provisioning/folder/hl-team/rule-groups/hl-group", "/api/v1/provisioning/policies"),
    ]
    return {path: server.call("GET", path) for path in paths}


def _yaml(*documents: Any) -> str:
    return yaml.safe_dump_all(documents, sort_keys=False, allow_unicode=True)


def _grizzly(kind: str, name: str, spec: Any, **metadata: str) -> Json:
    return {
        "apiVersion": "grizzly.grafana.com/v1alpha1",
        "kind": kind,
        "metadata": {"name": name, **metadata},
        "spec": spec,
    }


def grizzly() -> Mapping[str, str]:
    """YAML with several documents, and JSON."""
    folders = [
        _grizzly("DashboardFolder", uid, {"title": title, **({"parentUid": parent} if parent else {})})
        for uid, title, parent in FOLDERS
    ]
    rules = {"title": "hl-group", "folderUid": "hl-team", "interval": 60, "rules": [{**RULE, **_PLACE}]}
    return {
        "resources/folders.yaml": _yaml(*folders),
        "resources/api.json": json.dumps(_grizzly("Dashboard", "hl-api", API, folder="hl-services")),
        "resources/top.yaml": _yaml(_grizzly("Dashboard", "hl-top", TOP, folder="general")),
        "resources/rest.yaml": _yaml(
            _grizzly("Datasource", "hl-pg", {**SOURCE, "secureJsonFields": {"password": True}}),
            _grizzly("AlertContactPoint", "hl-mail", MAIL),
            _grizzly("AlertNotificationTemplate", "hl-title", TEMPLATE),
            _grizzly("AlertNotificationPolicy", "global", POLICY),
            _grizzly("AlertRuleGroup", "hl-team.hl-group", rules),
        ),
        "resources/other.yaml": _yaml(_grizzly("SyntheticMonitoringCheck", "x", {})),
    }


def gdg() -> Mapping[str, str]:
    """A backup of one organisation."""
    files: Mapping[str, Any] = {
        "folders/HL+team.json": {"id": 1, "title": "HL team", "uid": "hl-team", "NestedPath": "HL+team"},
        "folders/HL+team/Services.json": {"title": "Services", "uid": "hl-services", "NestedPath": "HL+team/Services"},
        "dashboards/HL+team/Services/api.json": {**API, "id": 12, "version": 3},
        "dashboards/General/top.json": {**TOP, "id": 13, "version": 1},
        "connections/warehouse.json": {**SOURCE, "id": 4, "orgId": 1, "typeName": "PostgreSQL"},
        "connections-permissions/warehouse.json": {"Connection": {}, "Permissions": []},
        "teams/hl-on-call/team.json": {"id": 5, "name": "HL on call", "email": "on@example.org", "orgId": 1},
        "teams/hl-on-call/members.json": [],
        "alerting/contacts.json": [{"name": "Ops", "orgId": 1, "receivers": [MAIL]}],
        "alerting/policies.json": {**POLICY, "provenance": "api", "mute_time_intervals": None},
        "alerting/timings.json": [TIMING],
        "alerting/templates.json": [{**TEMPLATE, "version": "ea62014659bb56f7"}],
        "alerting-rules/HL+team/always.json": {**RULE, **_PLACE, "id": 4, "provenance": "api"},
    }
    return {f"backup/org_main-org/{name}": json.dumps(value, indent="\t") for name, value in files.items()}


def provisioning() -> Mapping[str, str]:
    """provisioning/ beside the files that a provider of dashboards reads."""
    source = {
        **SOURCE,
        "user": "$PG_USER",
        "secureJsonData": {"password": "$__file{/run/secrets/pg}"},
        "editable": True,
    }
    provider = {
        "name": "team",
        "type": "file",
        "folder": "HL team",
        "folderUid": "hl-team",
        "options": {"path": "/var/lib/grafana/boards/team"},
    }
    top = {"name": "top", "options": {"path": "/var/lib/grafana/boards/top"}}
    group = {"orgId": 1, "name": "hl-group", "folder": "HL team", "interval": "1m", "rules": [RULE]}
    point = {"name": "Ops", "receivers": [{key: MAIL[key] for key in ("uid", "type", "settings")}]}
    return {
        "provisioning/datasources/all.yaml": _yaml(
            {"apiVersion": 1, "deleteDatasources": [{"name": "Old"}], "datasources": [source]}
        ),
        "provisioning/dashboards/all.yml": _yaml({"apiVersion": 1, "providers": [provider, top]}),
        "provisioning/alerting/all.yaml": _yaml(
            {"apiVersion": 1, "groups": [group], "contactPoints": [point]},
            {"apiVersion": 1, "policies": [{"orgId": 1, **POLICY}]},
            {"apiVersion": 1, "muteTimes": [TIMING], "templates": [{"orgId": 1, **TEMPLATE}]},
        ),
        "boards/team/api.json": json.dumps(API),
        "boards/top/top.json": json.dumps({key: value for key, value in TOP.items() if key != "uid"}, indent=4),
    }


def _resource(kind: str, name: str, spec: Json) -> Json:
    metadata = {"name": name, "namespace": "observability"}
    return {"apiVersion": "grafana.integreatly.org/v1beta1", "kind": kind, "metadata": metadata, "spec": spec}


def operator() -> Mapping[str, str]:
    """What people apply to a cluster: a model in JSON, one in gzip, and what is elsewhere."""
    zipped = base64.b64encode(gzip.compress(json.dumps(TOP).encode(), mtime=0)).decode()
    secret = {
        "targetPath": "secureJsonData.password",
        "valueFrom": {"secretKeyRef": {"name": "pg", "key": "pg-password"}},
    }
    rule = {**RULE, "keepFiringFor": "0s"}
    return {
        "cluster/folders.yaml": _yaml(
            _resource("GrafanaFolder", "team", {"uid": "hl-team", "title": "HL team"}),
            _resource(
                "GrafanaFolder", "services", {"uid": "hl-services", "title": "Services", "parentFolderRef": "team"}
            ),
        ),
        "cluster/dashboards.yaml": _yaml(
            _resource("GrafanaDashboard", "api", {"folderRef": "services", "json": json.dumps(API)}),
            _resource("GrafanaDashboard", "top", {"folder": "General", "gzipJson": zipped}),
            _resource("GrafanaDashboard", "node-exporter", {"grafanaCom": {"id": 1860}}),
        ),
        "cluster/rest.yaml": _yaml(
            {
                "apiVersion": "v1",
                "kind": "List",
                "items": [
                    _resource("GrafanaDatasource", "warehouse", {"datasource": SOURCE, "valuesFrom": [secret]}),
                    _resource("GrafanaContactPoint", "ops", {"name": "Ops", "receivers": [MAIL]}),
                    _resource("GrafanaNotificationPolicy", "policy", {"route": POLICY}),
                    _resource("GrafanaMuteTiming", "nights", {**TIMING, "editable": True}),
                    _resource("GrafanaNotificationTemplate", "title", TEMPLATE),
                    _resource(
                        "GrafanaAlertRuleGroup",
                        "hl-group",
                        {"folderRef": "team", "interval": "1m", "rules": [rule], "editable": True},
                    ),
                ],
            }
        ),
    }
