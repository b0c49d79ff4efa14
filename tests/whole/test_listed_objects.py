"""Lists in place of each object's own route: what is made of them is what that route would have told."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from hcl_lite.core.schema import Live
from providers.grafana.client import GrafanaClient, make_client
from providers.grafana.origins import Origin, find_dashboard_origin, survey_dashboard_origins
from providers.grafana.provider import Grafana
from providers.transport.kept_answers import keeping_answers
from providers.transport.tally import counting_requests
from tests.conftest import BARE, Server

_TITLES = (
    *("  Spaces around  ", "Öffentlich / größer & <besser> @home", "日本語", "---", "a" * 60, "C++ (2)", "É"),
    *(f"Plain {number}" for number in range(20)),
)
_COLLEAGUE = {"login": "hl-colleague", "name": "Colleague", "password": "hl-secret-1"}


@contextmanager
def _filled(server: Server) -> Iterator[list[str]]:
    """Dashboards of two makers, in a folder and not, of which some have been changed: their uids."""
    made = [f"hl-{number}" for number in range(len(_TITLES))]
    account = server.call("POST", "/api/admin/users", _COLLEAGUE)["id"]
    server.call("PATCH", f"/api/org/users/{account}", {"role": "Admin"})
    colleague = Server(server.url, f"{_COLLEAGUE['login']}:{_COLLEAGUE['password']}")
    server.call("POST", "/api/folders", {"uid": "hl-f", "title": "Folder"})
    for number, (uid, title) in enumerate(zip(made, _TITLES, strict=True)):
        maker, changer = (server, colleague) if number % 2 else (colleague, server)
        model = {"uid": uid, "title": title, "panels": [{"id": 1, "value": 2**53 + 1, "ratio": 1.0}], "tags": ["a"]}
        body = {"dashboard": model, "folderUid": "hl-f" if number % 3 else "", "overwrite": True}
        maker.call("POST", "/api/dashboards/db", body)
        if number % 4 == 0:
            changer.call("POST", "/api/dashboards/db", body | {"dashboard": {**model, "description": "Changed"}})
    try:
        yield made
    finally:
        for uid in made:
            server.call("DELETE", f"/api/dashboards/uid/{uid}")
        server.call("DELETE", "/api/folders/hl-f")
        server.call("DELETE", f"/api/admin/users/{account}")


async def _open(server: Server) -> tuple[Grafana, GrafanaClient]:
    client = make_client({"url": server.url, "auth": server.auth}, True, BARE)
    return Grafana(client), client


def test_dashboards_of_a_list_are_as_the_classic_api_tells_them(server: Server) -> None:
    """Uid, version, attributes with the path of the page, and content of each, by no more requests."""

    async def read() -> tuple[dict[str, Live | None], dict[str, Live | None], int]:
        grafana, client = await _open(server)
        each = {uid: await grafana.read("grafana_dashboard", uid) for uid in uids}
        with keeping_answers():
            async for _ in grafana.originals("grafana_dashboard", uids):
                pass
            with counting_requests() as tally:
                kept = {uid: await grafana.read("grafana_dashboard", uid) for uid in uids}
        await client.close()
        return each, kept, tally.requests

    with _filled(server) as uids:
        each, kept, requests = asyncio.run(read())
    assert kept == each
    assert None not in each.values()
    odd = {uid for uid, title in zip(uids, _TITLES, strict=True) if title != title.strip()}
    assert requests <= len(odd)  # the search may know such a title otherwise


def test_the_makers_of_many_dashboards_are_those_of_each(server: Server) -> None:
    """By the list of metadata, and one dashboard for each pair of who has made and who has changed it."""

    async def read() -> tuple[dict[str, Origin], Any, int]:
        _, client = await _open(server)
        each = {uid: await find_dashboard_origin(client, uid) for uid in uids}
        with counting_requests() as tally:
            surveyed = await survey_dashboard_origins(client, uids)
        await client.close()
        return each, surveyed, tally.requests

    with _filled(server) as uids:
        each, surveyed, requests = asyncio.run(read())
    assert surveyed == each
    assert len({origin.maker for origin in each.values()}) > 1
    assert requests < 10
