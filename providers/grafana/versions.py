"""The versions of a dashboard: listed, and restored."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from providers.grafana.client import MOST_PAGES, GrafanaClient
from providers.grafana.generations.table import generation_of, require


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
    path = f"{await _dashboard_path(client, uid)}/versions"
    page = await client.get(path)
    if isinstance(page, list):
        return [_version(item) for item in page]
    found = list(page["versions"])
    for _ in range(MOST_PAGES):
        if not page.get("continueToken") or not page["versions"]:
            break
        page = await client.get(path, {"continueToken": page["continueToken"]})
        found += page["versions"]
    return [_version(item) for item in found]


async def restore_version(client: GrafanaClient, uid: str, version: int) -> int:
    """POST …/restore: `version` becomes the newest, whose number this gives. Raises ApiError."""
    answer = await client.call("POST", f"{await _dashboard_path(client, uid)}/restore", body={"version": version})
    return int(answer["version"])


async def _dashboard_path(client: GrafanaClient, uid: str) -> str:
    """By uid; by number where the server is too old to know its routes of versions by uid (seen on 7.5)."""
    await require(client, lambda generation: generation.versions_by != "", "The history of a dashboard")
    by_uid = f"/api/dashboards/uid/{quote(uid, safe='')}"
    if (await generation_of(client)).versions_by == "uid":
        return by_uid
    return f"/api/dashboards/id/{(await client.get(by_uid))['dashboard']['id']}"


def _version(item: Mapping[str, Any]) -> DashboardVersion:
    return DashboardVersion(
        version=item["version"],
        created=item["created"],
        created_by=item.get("createdBy") or "",
        message=item.get("message") or "",
        restored_from=item.get("restoredFrom") or 0,
    )
