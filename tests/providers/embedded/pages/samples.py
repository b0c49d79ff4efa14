"""Something of everything, with texts that would be markup and a secret wherever one could stand."""

from __future__ import annotations

from typing import Any

HOSTILE = "</title></style><script>alert('ran')</script><img src=http://elsewhere.example/x onerror=alert(1)>\"'"
SECRET = "s3cr3t-test-only"
START = 1_767_225_600_000  # 2026-01-01T00:00:00Z


def frame(name: str, values: list[Any], kind: str = "number", **labels: str) -> dict[str, Any]:
    """A frame of values a minute apart."""
    fields = [{"name": "Time", "type": "time"}, {"name": "Value", "type": kind, "labels": labels, "config": {}}]
    return {
        "schema": {"name": name, "fields": fields},
        "data": {"values": [[START + 60_000 * n for n in range(len(values))], values]},
    }


def data_panel(type_: str, *frames: dict[str, Any], **more: Any) -> dict[str, Any]:
    """A panel of a snapshot with its data (10 to 12.4)."""
    target = {"refId": "A", "queryType": "snapshot", "snapshot": list(frames)}
    return {"id": 1, "type": type_, "title": f"A {type_}", "targets": [target], **more}


def rule(title: str, **more: Any) -> dict[str, Any]:
    """An alert rule that asks the data source `prom`."""
    query = {
        "refId": "A",
        "datasourceUid": "prom",
        "relativeTimeRange": {"from": 600, "to": 0},
        "model": {"expr": "up"},
    }
    return {"title": title, "ruleGroup": "g", "folderUID": "team", "condition": "A", "data": [query], **more}


def fill(server: Any) -> None:
    """A folder in a folder, a data source with a secret, a dashboard in two versions, rules, a snapshot."""
    server.ok("POST", "/api/folders", {"uid": "team", "title": "Team"})
    server.ok("POST", "/api/folders", {"uid": "inner", "title": HOSTILE, "parentUid": "team"})
    source = {"name": "Prometheus", "uid": "prom", "type": "prometheus", "access": "proxy"}
    source |= {"url": f"http://user:{SECRET}@prom.example:9090/x?token={SECRET}", "jsonData": {"apiKey": SECRET}}
    server.ok("POST", "/api/datasources", source | {"secureJsonData": {"httpHeaderValue1": SECRET}})
    target = {"refId": "A", "expr": f"up{{job='{HOSTILE}'}}", "datasource": {"type": "prometheus", "uid": "prom"}}
    panel = {
        "id": 1,
        "type": "timeseries",
        "title": HOSTILE,
        "targets": [target],
        "gridPos": {"x": 0, "y": 0, "w": 8, "h": 6},
    }
    variable = {"name": "job", "type": "query", "query": "label_values(up, job)"}
    link = {"title": HOSTILE, "type": "link", "url": "javascript:alert('link')"}
    parts = {"tags": [HOSTILE], "links": [link], "templating": {"list": [variable]}}
    server.save("board", HOSTILE, "inner", panels=[panel], **parts)
    server.save("board", HOSTILE, "inner", panels=[{**panel, "type": "stat"}, {"id": 2, "title": "Second"}], **parts)
    server.ok("POST", "/api/v1/provisioning/alert-rules", rule(HOSTILE, isPaused=True))
    broken = rule("Broken", condition="Z")
    broken["data"][0]["datasourceUid"] = "gone"
    server.ok("POST", "/api/v1/provisioning/alert-rules", broken)
    panels = [
        data_panel("timeseries", frame(HOSTILE, [1, 2.5, None, 4]), title="A timeseries of $job"),
        data_panel("stat", title="One of [[job]], ${other}", scopedVars={"job": {"text": "c", "value": "c"}}),
        {"id": 2, "type": "text", "options": {"content": HOSTILE}},
    ]
    templating = {"list": [{"name": "job", "current": {"text": ["a.b", "c"]}}]}
    dashboard = {"uid": "board", "panels": panels, "templating": templating}
    server.ok("POST", "/api/snapshots", {"name": HOSTILE, "key": "key", "dashboard": dashboard})
