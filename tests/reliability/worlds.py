"""A process that serves many embedded HeadSpins, each with its Grafana, on one port: a world for each broken run.

    python -m tests.reliability.worlds

prints the port, and serves http://127.0.0.1:PORT/WORLD/…; what is below /_/ makes worlds, breaks them, looks at them.
"""

from __future__ import annotations

import asyncio
import json
import sys
from collections.abc import Callable
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.types import Receive, Scope, Send

from providers.embedded import Fault
from providers.embedded.serve import Listen, serve_app
from providers.embedded_headspin.app import EmbeddedHeadspin, HeadspinOptions

_V2 = "/apis/dashboard.grafana.app/v2beta1/namespaces/default/dashboards"
_FOLDERS = "/apis/folder.grafana.app/v1beta1/namespaces/default/folders"


class Worlds:
    """An ASGI app: the first part of the path is the world, the rest is for its server. It has no pages."""

    is_there = False

    def __init__(self) -> None:
        self.port = 0
        self.apps: dict[str, EmbeddedHeadspin] = {}
        self.writes: dict[str, list[str]] = {}
        self.faults: dict[str, dict[int, list[dict[str, Any]]]] = {}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return
        _, world, path = scope["path"].split("/", 2)
        if world == "_":
            response = await self._control(path, Request(scope, receive))
            await response(scope, receive, send)
            return
        below = f"/{path}"
        if scope["method"] != "GET":
            self._meet_faults(world, scope["method"], below)
        await self.apps[world]({**scope, "path": below, "raw_path": below.encode()}, receive, send)

    def _meet_faults(self, world: str, method: str, path: str) -> None:
        """What this write, by its number in this world, is to meet: only it, or all that comes from then on."""
        self.writes[world].append(f"{method} {path}")
        for fault in self.faults[world].get(len(self.writes[world]), ()):
            self.apps[world].faults.add(Fault(**fault))

    async def _control(self, what: str, request: Request) -> Response:
        given = json.loads(await request.body() or b"{}")
        world = given["world"]
        if what == "open":
            url = f"http://127.0.0.1:{self.port}/{world}"
            self.writes[world], self.faults[world] = [], {}
            options = HeadspinOptions(grafana_url=url, make_password=lambda: "pw")
            app = self.apps[world] = EmbeddedHeadspin(given["file"], options)
            if given["allocated"] and app.organisation.account("Admin") is None:
                app.organisation.set_accounts()
            return JSONResponse({"url": url})
        app = self.apps[world]
        match what:
            case "close":
                self.apps.pop(world).close()
            case "break":
                self.faults[world][given["write"]] = given["faults"]
            case "mend":
                self.faults[world].clear()
                app.faults.clear()
            case "writes":
                return JSONResponse(self.writes[world])
            case "call":
                status, answer = await app._ask_grafana(given["method"], given["path"], given.get("body"))
                return JSONResponse({"status": status, "answer": answer})
            case "look":
                return JSONResponse(await _look(app))
        return JSONResponse({})


async def _look(app: EmbeddedHeadspin) -> dict[str, Any]:
    """Every object with its content, as far as it is the same in every world: what has a key by chance is counted."""
    if app.organisation.account("Admin") is None:
        return {}

    async def get(path: str) -> Any:
        status, answer = await app._ask_grafana("GET", path, None)
        assert status == 200, (path, answer)
        return answer

    found: dict[str, Any] = {}
    for item in (await get(_FOLDERS))["items"] or ():
        folder = await get(f"/api/folders/{item['metadata']['name']}")
        found[f"folder {folder['uid']}"] = [folder["title"], folder.get("parentUid") or "", folder["version"]]
    for item in (await get(_V2))["items"] or ():
        uid = item["metadata"]["name"]
        wire = await get(f"/api/dashboards/uid/{uid}")
        spec = {key: value for key, value in wire["dashboard"].items() if key not in ("id", "version")}
        found[f"dashboard {uid}"] = [spec, wire["meta"]["folderUid"], wire["meta"]["version"]]
    for source in await get("/api/datasources"):
        whole = await get(f"/api/datasources/uid/{source['uid']}")
        keys = sorted(whole.get("secureJsonFields") or ())
        found[f"data source {source['uid']}"] = [
            whole["name"],
            whole["url"],
            whole["isDefault"],
            keys,
            whole["version"],
        ]
    for number, name in enumerate(sorted(item["name"] for item in await get("/api/dashboard/snapshots"))):
        found[f"snapshot {number}"] = name
    found["HeadSpin"] = [dict(item) for item in app.organisation.dashboards() if item["allocated"]]
    return found


async def _serve(app: Worlds, ready: Callable[[str], None]) -> None:
    def on_ready(url: str) -> None:
        app.port = int(url.rpartition(":")[2])
        ready(str(app.port))

    await serve_app(app, Listen(port=0), on_ready)  # type: ignore[arg-type]


if __name__ == "__main__":

    def tell(port: str) -> None:
        sys.stdout.write(f"{port}\n")
        sys.stdout.flush()

    asyncio.run(_serve(Worlds(), tell))
