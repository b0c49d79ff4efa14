"""What a run has written, by object, as the wire has noted it."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from typing import Any

from tests.reliability.machine.grafana import Key
from tests.reliability.machine.wire import Written

_ROUTES: tuple[tuple[str, str, str], ...] = (
    # method, path, kind; the uid is the group of the path, or at these keys of the body
    ("POST", r"/api/dashboards/db", "dashboard:dashboard.uid"),
    ("POST", r"/apis/dashboard\.grafana\.app/\w+/namespaces/[\w-]+/dashboards", "dashboard:metadata.name"),
    ("PUT|PATCH|DELETE", r"/apis/dashboard\.grafana\.app/\w+/namespaces/[\w-]+/dashboards/([^/]+)", "dashboard"),
    ("DELETE", r"/api/dashboards/uid/([^/]+)", "dashboard"),
    ("POST", r"/api/dashboards/uid/([^/]+)/permissions", "dashboard_permission"),
    ("POST", r"/api/folders", "folder:uid"),
    ("PUT|DELETE", r"/api/folders/([^/]+)", "folder"),
    ("POST", r"/api/folders/([^/]+)/move", "folder"),
    ("POST", r"/api/folders/([^/]+)/permissions", "folder_permission"),
    ("POST", r"/api/datasources", "source:uid"),
    ("PUT|DELETE", r"/api/datasources/uid/([^/]+)", "source"),
    ("POST", r"/api/snapshots", "snapshot:key"),
    ("DELETE", r"/api/snapshots/([^/]+)", "snapshot"),
)


def objects_written(written: Iterable[Written]) -> list[tuple[str, Key]]:
    """Method and object of each write that may have been done: one that a server ends with a 5xx may have been.

    Raises AssertionError at a route that is not known here.
    """
    return [(one.method, _object(one)) for one in written if not 400 <= one.status < 500]


def _object(one: Written) -> Key:
    path = one.path.partition("?")[0]
    for methods, pattern, kind in _ROUTES:
        match = re.fullmatch(pattern, path)
        if match and one.method in methods.split("|"):
            kind, _, keys = kind.partition(":")
            return kind, _at(json.loads(one.body), keys) if keys else match[1]
    raise AssertionError(f"a write that is not known: {one.method} {one.path} {one.body[:300]!r}")


def _at(document: Any, keys: str) -> str:
    for key in keys.split("."):
        document = document[key]
    return str(document)


_LATER = "(known after apply)"
_KINDS = {
    "grafana_folder": "folder",
    "grafana_dashboard": "dashboard",
    "grafana_data_source": "source",
    "grafana_folder_permission": "folder_permission",
    "grafana_dashboard_permission": "dashboard_permission",
    "grafana_snapshot": "snapshot",
}


def objects_planned(plan: Mapping[str, Any]) -> dict[Key, str]:
    """What a plan says that it will write: the action for each object; of a replaced one the old and the new."""
    found: dict[Key, str] = {}
    for change in plan["changes"]:
        kind = _KINDS[re.sub(r"module\.\w+\.", "", change["address"]).partition(".")[0]]
        if change["action"] not in ("create", "update", "replace", "delete"):
            continue
        for uid in {change["uid"], change["uid_before"], _uid_after(change)} - {""}:
            found[kind, uid] = change["action"]
        if not change["uid"] or (kind == "snapshot" and change["action"] != "delete"):
            found[kind, ""] = change["action"]  # by chance, at apply
    return found


def _uid_after(change: Mapping[str, Any]) -> str:
    for difference in change["differences"]:
        if difference["path"] in ("uid", "key", "folder_uid", "dashboard_uid") and isinstance(
            difference.get("after"), str
        ):
            return str(difference["after"]).replace(_LATER, "")
    return ""
