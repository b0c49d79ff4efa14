"""Writes side by side: as many as the server bears."""

from __future__ import annotations

import asyncio

import httpx
import pytest

from providers.grafana.client import GrafanaClient
from providers.grafana.provider import Grafana
from providers.transport.connection import Connection

_ROOT = "/api/v1/provisioning"
_TIMING = ("grafana_mute_timing", {"name": "t", "disable_provenance": False})
_TEMPLATE = ("grafana_message_template", {"name": "m", "template": "x", "disable_provenance": False})
_FOLDER = ("grafana_folder", {"uid": "f", "title": "F"})


@pytest.mark.parametrize(
    ("objects", "at_once"),
    [((_TIMING, _TEMPLATE), 1), ((_TIMING, _FOLDER), 2)],
    ids=["kept in one configuration", "apart"],
)
def test_what_is_kept_in_one_is_written_one_after_the_other(
    objects: tuple[tuple[str, dict[str, object]], ...], at_once: int
) -> None:
    """Also where the types are others; what is not is written at the same time."""
    open_, most = 0, 0

    async def answer(request: httpx.Request) -> httpx.Response:
        nonlocal open_, most
        if request.method == "GET":
            return httpx.Response(200, json={"buildInfo": {"version": "12.4.0"}, "namespace": "default"})
        open_ += 1
        most = max(most, open_)
        await asyncio.sleep(0)
        await asyncio.sleep(0)
        open_ -= 1
        return httpx.Response(400, json={"message": "no"})

    async def main() -> None:
        connection = Connection("http://g.test", "t", read_only=False, retries=1)
        provider = Grafana(GrafanaClient(connection, httpx.MockTransport(answer)))
        await asyncio.gather(*(provider.create(*one) for one in objects), return_exceptions=True)
        await provider.close()

    asyncio.run(main())
    assert most == at_once
