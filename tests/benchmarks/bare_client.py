"""A program of a few calls by plain httpx, the least that does the same job: what the others are held against.

    python -m tests.benchmarks.bare_client JOB DIRECTORY SIZE URL AUTH

It plans nothing, checks nothing and remembers nothing. Its last line is how many seconds the calls took, without the
start of Python.
"""

from __future__ import annotations

import asyncio
import json
import sys
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Mapping
from pathlib import Path
from typing import Any, Final

import httpx

from tests.benchmarks.projects import Project

_SIDE_BY_SIDE = 10
_ATTEMPTS = 6
_METADATA = "application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1"
_FOLDERS = "/apis/folder.grafana.app/v1beta1/namespaces/default/folders"
_DASHBOARDS = "/apis/dashboard.grafana.app/v1beta1/namespaces/default/dashboards"


async def _start(client: httpx.AsyncClient, project: Project) -> None:
    """No call."""


async def _list(client: httpx.AsyncClient, project: Project) -> None:
    """List what there is, without bodies."""
    await asyncio.gather(
        _read(client, _DASHBOARDS, _METADATA),
        _read(client, _FOLDERS, _METADATA),
        _call(client, "GET", "/api/datasources"),
    )


async def _create(client: httpx.AsyncClient, project: Project) -> None:
    """Write all: dashboards when their folders are there."""
    sources = [
        {"name": f"bench-{n}", "uid": f"bench-{n}", "type": "prometheus", "url": "http://localhost:9090"}
        for n in range(project.sources)
    ]
    folders = [{"uid": f"bench-f{n}", "title": f"Bench {n}"} for n in range(project.folders)]
    for source in sources:  # side by side 12.4.0 on SQLite fails
        await _call(client, "POST", "/api/datasources", json={"access": "proxy", **source})
    for folder in folders:
        await _call(client, "POST", "/api/folders", json=folder)
    await _save(client, project, range(project.size))


async def _change_one(client: httpx.AsyncClient, project: Project) -> None:
    """List what there is, and write the one that has been edited."""
    await _list(client, project)
    await _save(client, project, range(project.changed, project.changed + 1))


async def _change_all(client: httpx.AsyncClient, project: Project) -> None:
    """List what there is, and write all dashboards."""
    await _list(client, project)
    await _save(client, project, range(project.size))


async def _change_edited(client: httpx.AsyncClient, project: Project) -> None:
    """Write the dashboards that somebody edits in Grafana."""
    await _save(client, project, project.edited)


async def _import(client: httpx.AsyncClient, project: Project) -> None:
    """List what there is, with the dashboards' bodies, and write each into a file."""
    await asyncio.gather(_read(client, _FOLDERS, _METADATA), _call(client, "GET", "/api/datasources"))
    async for page in _pages(client, _DASHBOARDS, "application/json"):
        for item in page:
            (project.others / f"{item['metadata']['name']}.json").write_text(json.dumps(item["spec"]))


async def _delete(client: httpx.AsyncClient, project: Project) -> None:
    """Delete all: folders when they are empty. One by one: side by side 12.4.0 on SQLite says `database is locked`."""
    paths = [f"/api/dashboards/uid/bench-{n}" for n in range(project.size)]
    paths += [f"/api/folders/bench-f{n}" for n in range(project.folders)]
    paths += [f"/api/datasources/uid/bench-{n}" for n in range(project.sources)]
    for path in paths:
        await _call(client, "DELETE", path)


JOBS: Final[Mapping[str, Callable[[httpx.AsyncClient, Project], Awaitable[None]]]] = {
    "start": _start,
    "list": _list,
    "create": _create,
    "change-one": _change_one,
    "change-all": _change_all,
    "change-edited": _change_edited,
    "import": _import,
    "delete": _delete,
}


async def _save(client: httpx.AsyncClient, project: Project, dashboards: range) -> None:
    """Write dashboards, whose JSON goes out as it stands in its file."""

    async def save(number: int) -> None:
        folder, dashboard = project.folder_uid(number), project.file(number).read_bytes()
        body = b'{"overwrite":true,"folderUid":"%b","dashboard":%b}' % (folder.encode(), dashboard)
        await _call(client, "POST", "/api/dashboards/db", content=body, headers={"Content-Type": "application/json"})

    await _at_once(map(save, dashboards))


async def _read(client: httpx.AsyncClient, path: str, form: str) -> None:
    """Read a list to its end."""
    async for _ in _pages(client, path, form):
        pass


async def _pages(client: httpx.AsyncClient, path: str, form: str) -> AsyncIterator[list[Any]]:
    """Items of each page of a list."""
    following: str | None = ""
    while following is not None:
        asked = {"limit": "1000", "continue": following}
        page = await _call(client, "GET", path, params=asked, headers={"Accept": form})
        yield page["items"] or []
        following = page["metadata"].get("continue")


async def _at_once(calls: Iterable[Awaitable[object]]) -> None:
    """Make calls, some at a time."""
    waiting = iter(calls)

    async def work() -> None:
        for call in waiting:
            await call

    await asyncio.gather(*(work() for _ in range(_SIDE_BY_SIDE)))


async def _call(client: httpx.AsyncClient, method: str, path: str, **more: Any) -> Any:
    """Make a call, again where the server fails: 12.4.0 does where SQLite is busy. Raises SystemExit."""
    for attempt in range(_ATTEMPTS):
        response = await client.request(method, path, **more)
        if not response.is_server_error:
            break
        await asyncio.sleep(0.1 * 2**attempt)
    if response.is_error and not (method == "DELETE" and response.status_code == httpx.codes.NOT_FOUND):
        raise SystemExit(f"{method} {response.url} answered {response.status_code}: {response.text}")
    return response.json()


async def main(job: str, directory: str, size: str, url: str, auth: str) -> None:
    """Do a job, and print its seconds."""
    project = Project(Path(directory), int(size))
    login, _, password = auth.partition(":")
    account = httpx.BasicAuth(login, password)
    verify = url.startswith("https:")  # without TLS no certificates are loaded
    async with httpx.AsyncClient(base_url=url, auth=account, timeout=60, verify=verify) as client:
        begun = time.perf_counter()
        await JOBS[job](client, project)
        print(time.perf_counter() - begun)


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:]))
