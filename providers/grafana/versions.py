"""The versions of a dashboard: listed, and restored."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from hcl_lite.core.schema import Live, Revision, ValueProblem
from providers.grafana.client import GrafanaClient
from providers.grafana.details import details_path
from providers.kit.paging import Pages
from providers.transport.errors import Denied, Invalid, NotFound

_HISTORY = "The history of a dashboard"


@dataclass(frozen=True, slots=True)
class DashboardVersion:
    """One line of a dashboard's history, as Grafana has it; `restored_from` is 0 where it is no restored version."""

    version: int
    created: str
    created_by: str
    message: str
    restored_from: int = 0


async def list_versions(client: GrafanaClient, uid: str) -> list[DashboardVersion]:
    """GET /api/dashboards/uid/:uid/versions (9 and later), /api/dashboards/id/:id/versions (before), newest first.

    12.4.0 answers with pages, 7.5 with one list. Raises NotFound for a dashboard that is not there.
    """
    path = f"{await details_path(client, uid, _HISTORY)}/versions"
    page = await client.get(path)
    if isinstance(page, list):
        return [_version(item) for item in page]
    found = list(page["versions"])
    pages = Pages(f"the versions of {uid}", client.connection.timeout)
    while page.get("continueToken") and page["versions"]:
        pages.go_on((item["version"] for item in page["versions"]), str(page["continueToken"]))
        page = await client.get(path, {"continueToken": page["continueToken"]})
        found += page["versions"]
    return [_version(item) for item in found]


async def read_past_version(client: GrafanaClient, uid: str, version: object) -> Mapping[str, Any] | None:
    """GET …/versions/:version: the dashboard as it was; None where there is no such version, or the account may not see
    it (12.4.0: that takes dashboards:write)."""
    try:
        found = await client.find(f"{await details_path(client, uid, _HISTORY)}/versions/{version}")
    except (Denied, NotFound, Invalid, ValueProblem):
        return None
    data = found and found.get("data")
    return data if isinstance(data, Mapping) else None


async def read_newest(client: GrafanaClient, live: Live) -> Revision:
    """Returns the revision of the newest version of a dashboard, with the message, which only the history has (before
    12).

    GET …/versions?limit=1. What `live` tells where the account may not see it, and where it has moved on.
    """
    try:
        number = live.version.get("id")
        page = await client.get(f"{await details_path(client, live.uid, _HISTORY, number)}/versions", {"limit": "1"})
    except (Denied, NotFound, Invalid, ValueProblem):
        return live.revision
    newest: Mapping[str, Any] = next(iter(page if isinstance(page, list) else page["versions"]), {})
    if newest.get("version") != live.version.get("version"):
        return live.revision
    return live.revision.or_else(Revision(newest.get("createdBy") or "", message=newest.get("message") or ""))


async def restore_version(client: GrafanaClient, uid: str, version: int) -> int:
    """POST …/restore: `version` becomes the newest, whose number this gives. Raises ApiError."""
    answer = await client.call(
        "POST", f"{await details_path(client, uid, _HISTORY)}/restore", body={"version": version}
    )
    return int(answer["version"])


def _version(item: Mapping[str, Any]) -> DashboardVersion:
    return DashboardVersion(
        version=item["version"],
        created=item["created"],
        created_by=item.get("createdBy") or "",
        message=item.get("message") or "",
        restored_from=item.get("restoredFrom") or 0,
    )
