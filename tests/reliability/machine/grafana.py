"""What a colleague and the oracle see of a Grafana, and do there, over plain HTTP."""

from __future__ import annotations

import base64
from collections.abc import Mapping
from typing import Any

import httpx

from tests.reliability.machine.wire import COLLEAGUE

DASHBOARDS = "/apis/dashboard.grafana.app/{version}/namespaces/default/dashboards"
_FOLDERS = "/apis/folder.grafana.app/v1beta1/namespaces/default/folders?limit=1000"
_FOLDER = "grafana.app/folder"
# What a document says of others than itself, or only of this moment.
_OF_OTHERS = ("folderTitle", "folderUrl", "parents", "fullpath", "fullpathUIDs", "isDefault", "annotationsPermissions")

Key = tuple[str, str]  # kind and uid


class Grafana:
    """One organisation, as its administrator."""

    def __init__(self, url: str, auth: str) -> None:
        token = base64.b64encode(auth.encode()).decode()
        headers = {"Authorization": f"Basic {token}", COLLEAGUE: "yes"}
        self.client = httpx.Client(base_url=url, headers=headers, timeout=60, trust_env=False)

    def call(self, method: str, path: str, body: Any = None) -> Any:
        """The JSON of an answer that has to be good."""
        answer = self.client.request(method, path, json=body)
        assert answer.status_code < 300, f"colleague: {method} {path}: {answer.status_code} {answer.text}\n{body}"
        return answer.json() if answer.content else None

    def get(self, path: str) -> Any:
        """The same, or None where there is no such thing."""
        answer = self.client.get(path)
        if answer.status_code == 404:
            return None
        assert answer.status_code == 200, f"oracle: {path}: {answer.status_code} {answer.text}"
        return answer.json()

    # --- what is there ------------------------------------------------------------------------------------------------

    def listed(self, path: str) -> list[Any]:
        """All items of a list of the app platform."""
        items: list[Any] = []
        go_on = ""
        while True:
            page = self.call("GET", path + (f"&continue={go_on}" if go_on else ""))
            items += page["items"] or ()
            go_on = page["metadata"].get("continue", "")
            if not go_on:
                return items

    def keys(self) -> set[Key]:
        """Every object there is."""
        dashboards = self.listed(DASHBOARDS.format(version="v1beta1") + "?limit=1000")
        return {
            *(("folder", item["metadata"]["name"]) for item in self.listed(_FOLDERS)),
            *(("dashboard", item["metadata"]["name"]) for item in dashboards),
            *(("source", item["uid"]) for item in self.call("GET", "/api/datasources")),
            *(("snapshot", item["key"]) for item in self.call("GET", "/api/dashboard/snapshots")),
        }

    def document(self, key: Key) -> Any:
        """All that is said of one object, without what is said of others; None where it is not there."""
        kind, uid = key
        found = self.get(f"{_PATHS[kind]}/{uid}")
        if found is None:
            return None
        found = _own(found)
        if kind == "snapshot":
            names = {item["key"]: item["name"] for item in self.call("GET", "/api/dashboard/snapshots")}
            return {**found, "name": names.get(uid)}
        return {**found, "permissions": self.permissions(key)} if kind != "source" else found

    def everything(self) -> dict[Key, Any]:
        return {key: self.document(key) for key in sorted(self.keys())}

    def permissions(self, key: Key) -> dict[str, str]:
        """What is given to a folder or dashboard itself, by holder."""
        names = {1: "View", 2: "Edit", 4: "Admin"}
        items = self.call("GET", f"{_PATHS[key[0]]}/{key[1]}/permissions")
        own = [item for item in items if not item.get("inherited")]
        return {item.get("role") or f"user:{item['userId']}": names[item["permission"]] for item in own}

    # --- what a colleague does ----------------------------------------------------------------------------------------

    def save_dashboard(self, model: Mapping[str, Any], folder: str = "") -> None:
        self.call("POST", "/api/dashboards/db", {"dashboard": model, "folderUid": folder, "overwrite": True})

    def save_folder(self, uid: str, title: str, parent: str = "") -> None:
        self.call("POST", "/api/folders", {"uid": uid, "title": title, **({"parentUid": parent} if parent else {})})

    def delete(self, key: Key) -> None:
        self.client.delete(f"{_PATHS[key[0]]}/{key[1]}")

    def permit(self, key: Key, rules: Mapping[str, str]) -> None:
        levels = {"View": 1, "Edit": 2, "Admin": 4}
        items = [{"role": role, "permission": levels[level]} for role, level in rules.items()]
        self.call("POST", f"{_PATHS[key[0]]}/{key[1]}/permissions", {"items": items})

    def clear(self) -> None:
        """Take away all there is."""
        for kind in ("snapshot", "dashboard", "folder", "source"):
            for key in self.keys():
                if key[0] == kind:
                    self.delete(key)


_PATHS = {
    "folder": "/api/folders",
    "dashboard": "/api/dashboards/uid",
    "source": "/api/datasources/uid",
    "snapshot": "/api/snapshots",
}


def _own(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _own(item) for key, item in value.items() if key not in _OF_OTHERS}
    return value
