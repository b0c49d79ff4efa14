"""A Grafana as Terraform has left it: filled with what a state tells of, and with states in the format's own shape."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from providers.registry import PROVIDER_TYPES
from tests.conftest import Server

Json = dict[str, Any]


def resource(type_: str, name: str, *instances: Json, module: str = "", alias: str = "") -> Json:
    """A resource of a state of format 4: each instance has its attributes, with its key under "key"."""
    provider = 'provider["registry.terraform.io/grafana/grafana"]' + (f".{alias}" if alias else "")
    made = []
    for instance in instances:
        attributes = {key: value for key, value in instance.items() if key != "key"}
        made.append({"schema_version": 0, "attributes": attributes, "sensitive_attributes": []})
        if "key" in instance:
            made[-1]["index_key"] = instance["key"]
    found = {"mode": "managed", "type": type_, "name": name, "provider": provider, "instances": made}
    return found | ({"module": module} if module else {})


def state(*resources: Json, version: int = 4) -> str:
    """A state with these resources."""
    return json.dumps(
        {"version": version, "terraform_version": "1.11.4", "serial": 3, "lineage": "a", "outputs": {}}
        | {"resources": resources, "check_results": None}
    )


PLAYLIST = "bg5foaivrgwlcb"


def fill(server: Server, data: Path) -> str:
    """Makes on an empty server what server.json and the state in `data` tell of; the uid of what is PLAYLIST there."""
    answers = json.loads((data / "server.json").read_text())
    folders = [
        one["attributes"]
        for resource_ in json.loads((data / "terraform.tfstate").read_text())["resources"]
        for one in resource_["instances"]
        if resource_["type"] == "grafana_folder"
    ]
    for folder in sorted(folders, key=lambda one: one["parent_folder_uid"]):
        body = {"uid": folder["uid"], "title": folder["title"], "parentUid": folder["parent_folder_uid"]}
        server.call("POST", "/api/folders", body)
    for path, answer in answers.items():
        if path.startswith("/api/datasources/uid/"):
            secrets = {"basicAuthPassword": "x", "httpHeaderValue1": "y", "password": "z"}
            source = {key: value for key, value in answer.items() if key not in ("id", "version")}
            server.call("POST", "/api/datasources", source | {"secureJsonData": secrets})
    for path, answer in answers.items():
        if path.startswith("/api/dashboards/uid/"):
            model = {key: value for key, value in answer["dashboard"].items() if key not in ("id", "version")}
            server.call("POST", "/api/dashboards/db", {"dashboard": model, "folderUid": answer["meta"]["folderUid"]})
    _fill_alerting(server, answers)
    has_panels = "grafana_library_panel" in PROVIDER_TYPES["grafana"].resources
    for element in answers["/api/library-elements?perPage=100"]["result"]["elements"] if has_panels else ():
        kept = ("uid", "folderUid", "name", "kind", "model")
        server.call("POST", "/api/library-elements", {key: element[key] for key in kept})
    return _fill_people(server, answers)


def _fill_people(server: Server, answers: Mapping[str, Any]) -> str:
    [team] = answers["/api/teams/search?perpage=100"]["teams"]
    number = server.call("POST", "/api/teams", {"name": team["name"], "email": team["email"]})["teamId"]
    server.call("PUT", f"/api/teams/{number}/preferences", answers["/api/teams/1/preferences"])
    server.call("PUT", "/api/org/preferences", answers["/api/org/preferences"])
    items = [{"role": "Editor", "permission": 2}, {"teamId": number, "permission": 4}]
    server.call("POST", "/api/folders/tf-platform/permissions", {"items": items})
    wall = answers[f"/api/playlists/{PLAYLIST}"]
    body = {key: wall[key] for key in ("name", "interval", "items")}
    return str(server.call("POST", "/api/playlists", body)["uid"])


def _fill_alerting(server: Server, answers: Mapping[str, Any]) -> None:
    alerting = "/api/v1/provisioning"
    for point in answers[f"{alerting}/contact-points"]:
        settings = {key: "z" if value == "[REDACTED]" else value for key, value in point["settings"].items()}
        body = {key: value for key, value in point.items() if key != "provenance"}
        server.call("POST", f"{alerting}/contact-points", body | {"settings": settings})
    for one in answers[f"{alerting}/templates"]:
        server.call("PUT", f"{alerting}/templates/{one['name']}", {"template": one["template"]})
    for one in answers[f"{alerting}/mute-timings"]:
        body = {key: one[key] for key in ("name", "time_intervals")}
        server.call("POST", f"{alerting}/mute-timings", body)
    tree = {key: value for key, value in answers[f"{alerting}/policies"].items() if key != "provenance"}
    server.call("PUT", f"{alerting}/policies", tree)
    for rule in answers[f"{alerting}/alert-rules"]:
        body = {key: value for key, value in rule.items() if key not in ("id", "updated", "provenance")}
        server.call("POST", f"{alerting}/alert-rules", body)
