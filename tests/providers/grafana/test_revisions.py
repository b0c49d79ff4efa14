"""Who has made an object what it is, when and with which message, as far as each Grafana tells."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
import respx

from hcl_lite.core.schema import Live, Revision
from providers.grafana.client import GrafanaClient
from providers.grafana.dashboard import DASHBOARD
from providers.grafana.revisions import revision_of_meta, revision_of_metadata
from providers.transport.connection import Connection

_URL = "http://g.test"
_AT = "2026-11-26T10:12:05Z"
_VERSION = {"id": 7, "version": 5}


@pytest.mark.parametrize(
    ("meta", "revision"),
    [
        ({"updatedBy": "anna", "updated": _AT, "createdBy": "admin"}, Revision("anna", _AT)),
        ({"updatedBy": "Anonymous", "updated": _AT, "createdBy": "ben"}, Revision("ben", _AT)),
        ({"updatedBy": "Anonymous", "updated": "0001-01-01T00:00:00Z"}, Revision()),
        ({"updatedBy": "anna", "updated": "2026-11-26T11:12:05.123+01:00"}, Revision("anna", _AT)),
        ({"updatedBy": 3, "updated": 4, "createdBy": None}, Revision()),
        ({"updated": "yesterday", "created": _AT}, Revision()),
        ({"created": _AT}, Revision(at=_AT)),
        ({}, Revision()),
    ],
)
def test_the_classic_api_tells_who_and_when(meta: Any, revision: Revision) -> None:
    """Of what was never changed, who has made it; times in UTC, and none where there is none."""
    assert revision_of_meta(meta) == revision


@pytest.mark.parametrize(
    ("annotations", "revision"),
    [
        (
            {"updatedBy": "user:u", "updatedTimestamp": _AT, "message": "more room"},
            Revision("user:u", _AT, "more room"),
        ),
        ({"createdBy": "user:c"}, Revision("user:c", "2026-01-01T00:00:00Z")),
        ({"message": ["?"]}, Revision(at="2026-01-01T00:00:00Z")),
    ],
)
def test_the_app_platform_tells_the_message_too(annotations: Any, revision: Revision) -> None:
    """In annotations of Grafana's own."""
    told = {f"grafana.app/{key}": value for key, value in annotations.items()}
    assert revision_of_metadata({"creationTimestamp": "2026-01-01T00:00:00Z", "annotations": told}) == revision


_OLD = {"version": 5, "created": _AT, "createdBy": "anna", "message": "more room"}


@pytest.mark.parametrize(
    ("version", "route", "answer", "known", "revision"),
    [
        ("7.5.5", "/api/dashboards/id/7/versions?limit=1", [_OLD], Revision("anna", _AT), ("anna", "more room")),
        ("7.5.5", "/api/dashboards/id/7/versions?limit=1", [], Revision("anna", _AT), ("anna", "")),
        ("11.6.0", "/api/dashboards/uid/d/versions?limit=1", {"versions": [_OLD]}, Revision(), ("anna", "more room")),
        (
            "11.6.0",
            "/api/dashboards/uid/d/versions?limit=1",
            {"versions": [{**_OLD, "version": 6}]},
            Revision(),
            ("", ""),
        ),
        ("3.2.0", "/nothing", {}, Revision("anna"), ("anna", "")),
        ("12.4.0", "/nothing", {}, Revision("anna", _AT, "more room"), ("anna", "more room")),
        (
            "12.4.0",
            "/api/dashboards/uid/d",
            {"meta": {"version": 5, "updatedBy": "anna", "updated": _AT}, "dashboard": {}},
            Revision("user:u", _AT, "more room"),
            ("anna", "more room"),
        ),
        (
            "12.4.0",
            "/api/dashboards/uid/d",
            {"meta": {"version": 6, "updatedBy": "ben", "updated": _AT}, "dashboard": {}},
            Revision("user:u", _AT, "more room"),
            ("user:u", "more room"),
        ),
    ],
)
def test_what_came_without_login_or_message_is_asked_for_by_one_call(
    version: str, route: str, answer: Any, known: Revision, revision: tuple[str, str]
) -> None:
    """Of the very version that was seen; what cannot be had is left out."""
    with respx.mock(base_url=_URL, assert_all_called=False) as routes:
        settings = {"buildInfo": {"version": version}, "namespace": "default", "featureToggles": {}}
        asked = routes.get("/api/frontend/settings").respond(json=settings)
        routes.get(route).respond(json=answer)
        rest = routes.route()
        rest.respond(404, json={"message": "Not found"})

        async def main() -> Revision:
            client = GrafanaClient(Connection(_URL, "t", read_only=True, retries=0))
            try:
                return await DASHBOARD.read_revision(client, Live("d", _VERSION, revision=known))
            finally:
                await client.close()

        found = asyncio.run(main())
        assert len(routes.calls) - asked.call_count <= 1
    assert (found.by, found.message) == revision
