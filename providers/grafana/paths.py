"""The routes of one object, by its uid."""

from __future__ import annotations

from urllib.parse import quote


def dashboard_path(uid: str) -> str:
    """The route of a dashboard (5 and later)."""
    return f"/api/dashboards/uid/{quote(uid, safe='')}"


def folder_path(uid: str) -> str:
    """The route of a folder (5 and later)."""
    return f"/api/folders/{quote(uid, safe='')}"
