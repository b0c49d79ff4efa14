"""A project whose Grafana a liar stands before: what its runs come to, and whether they end in the right place."""

from __future__ import annotations

import asyncio
import base64
import json
import re
import shutil
import sqlite3
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from providers.embedded import create_app
from providers.embedded.app import EmbeddedApp
from tests.certificates import served_certificate
from tests.reliability.conftest import Runner
from tests.reliability.liar import Asked, Liar, Lie, listening

AUTH = "admin:admin"
HIDDEN = ("s3cret-of-a-proxy", "s3cret-of-a-source", base64.b64encode(AUTH.encode()).decode())
STATE = "hcl-lite.state.json"
_URL = re.compile(r"https?://127\.0\.0\.1:\d+")
_LONGEST = 60  # seconds of a run
_MOST_MEMORY = 700 * 1024 * 1024
_FORM = {"apiVersion": "dashboard.grafana.app/v2beta1", "kind": "Dashboard", "metadata": {"name": "form"}}
_LAYOUT = {"elements": {}, "layout": {"kind": "GridLayout", "spec": {"items": []}}}


def _folder(name: str, title: str, more: str = "") -> str:
    return f'[resource.grafana_folder.{name}]\nuid = "{name}"\ntitle = "{title}"\n{more}'


def _board(name: str, title: str) -> str:
    return (
        f'[resource.grafana_dashboard.{name}]\nfolder = "${{grafana_folder.team.uid}}"\n'
        f"config_json = '{json.dumps({'uid': name, 'title': title})}'\n"
    )


def _form(title: str) -> str:
    form = json.dumps({**_FORM, "spec": {**_LAYOUT, "title": title}})
    return f"[resource.grafana_dashboard.form]\nconfig_json = '{form}'\n"


def _source(name: str, url: str) -> str:
    return (
        f'[resource.grafana_data_source.{name}]\nuid = "{name}"\nname = "{name}"\ntype = "prometheus"\nurl = "{url}"\n'
        f'is_default = false\nsecure_json_data = {{ password = "{HIDDEN[1]}" }}\n'
    )


def _permission(role: str) -> str:
    return (
        '[resource.grafana_folder_permission.team]\nfolder_uid = "${grafana_folder.team.uid}"\n'
        f'permissions = {{ Viewer = "{role}" }}\n'
    )


def _snapshot(name: str) -> str:
    dashboard = 'dashboard = "${grafana_dashboard.same.config_json}"'
    return f'[resource.grafana_snapshot.{name}]\nkey = "{name}"\nname = "{name}"\n{dashboard}\n'


BEFORE = "".join((
    _folder("team", "Team"), _folder("under", "Under"), _folder("goes", "Goes"),
    _board("same", "Same"), _board("changes", "Old"), _board("ends", "Ends"), _form("Old form"),
    _source("db", "http://old:1"), _source("leaves", "http://leaves:1"), _permission("View"), _snapshot("shot"),
))  # fmt: skip
AFTER = "".join((
    _folder("team", "Team"), _folder("under", "Lower", 'parent_folder_uid = "${grafana_folder.team.uid}"\n'),
    _folder("new", "New"), _board("same", "Same"), _board("changes", "New"), _board("comes", "Comes"),
    _form("New form"), _source("db", "http://new:1"), _source("more", "http://more:1"), _permission("Edit"),
    _snapshot("another"),
))  # fmt: skip


@dataclass(frozen=True)
class Ran:
    """What became of a run: exit codes of its commands (fewer where it was ended), and all that it said."""

    codes: tuple[int, ...]
    said: str
    seconds: float
    memory: int
    calls: int


@dataclass
class LiedTo:
    """One project with its own server. Everything is applied as BEFORE says, and main.toml is AFTER.

    `thief` is another server, which is to be asked for nothing.
    """

    directory: Path
    runner: Runner
    app: EmbeddedApp
    liar: Liar
    thief: Liar
    url: str
    settings: str = ""

    def write(self, text: str) -> None:
        headers = f'http_headers = {{ X-Proxy-Key = "{HIDDEN[0]}" }}\n'
        provider = f'[provider.grafana]\nurl = "{self.url}"\nauth = "{AUTH}"\n{headers}{self.settings}'
        (self.directory / "main.toml").write_text(provider + text)

    def run(self, *commands: Sequence[str], lies: tuple[Lie, ...] = (), here: bool = False) -> Ran:
        """Command lines, one after the other, while these lies are told."""
        self.liar.begin(*lies)
        begun = time.monotonic()
        answer = self.runner.run(
            directory=str(self.directory),
            environment={"HCL_LITE_FINGERPRINT_KEY": "quick", "NO_COLOR": "1"},
            commands=[list(command) for command in commands],
            seconds=_LONGEST,
            tls=self.url.startswith("https"),
            **({"here": True} if here else {}),
        )
        seconds = time.monotonic() - begun
        return Ran(tuple(answer["codes"]), answer["said"], seconds, answer.get("memory", 0), len(self.liar.asked))

    def twin(self) -> EmbeddedApp:
        """A server that is as this one is now."""
        copy = self.directory.parent / f"{self.directory.name}-twin.db"
        copy.unlink(missing_ok=True)
        with sqlite3.connect(self.directory / "server.db") as here, sqlite3.connect(copy) as there:
            here.backup(there)
        return create_app(copy)

    def wrong(self, ran: Ran, ends: int, says: str = "") -> str:
        """What a run of one command does that none may, whatever it meets; empty where it does not. It is to end with
        `ends`, and to say `says` where that is 1."""
        call = rf"(GET|POST|PUT|DELETE) {re.escape(self.url)}/\S"
        shown = [secret for secret in HIDDEN if secret in ran.said]
        problems = {
            f"it ended with {ran.codes}, not {ends}": ran.codes != (ends,),
            "a traceback": "Traceback" in ran.said,
            f"it shows {shown}": bool(shown),
            "it does not say which server and call": ends == 1 and not re.search(call, ran.said),
            f"it does not say {says}": ends == 1 and not re.search(says, ran.said),
            f"another server was asked: {self.thief.asked}": bool(self.thief.asked),
            f"it took {ran.memory >> 20} MiB": ran.memory > _MOST_MEMORY,
        }
        return "; ".join(problem for problem, is_one in problems.items() if is_one)

    def look(self) -> dict[str, Any]:
        """What is there."""

        def get(path: str) -> Any:
            told = base64.b64encode(AUTH.encode()).decode()
            asked = Asked(0, "GET", path, {"authorization": f"Basic {told}"}, b"")
            return asyncio.run(self.liar.pass_on(asked)).document

        found: dict[str, Any] = {}
        for item in get("/apis/folder.grafana.app/v1beta1/namespaces/default/folders")["items"] or ():
            folder = get(f"/api/folders/{item['metadata']['name']}")
            rules = [(r.get("role"), r["permission"]) for r in get(f"/api/folders/{folder['uid']}/permissions")]
            found[f"folder {folder['uid']}"] = [folder["title"], folder.get("parentUid") or "", sorted(map(str, rules))]
        for item in get("/apis/dashboard.grafana.app/v2beta1/namespaces/default/dashboards")["items"] or ():
            wire = get(f"/api/dashboards/uid/{item['metadata']['name']}")
            spec = {key: value for key, value in wire["dashboard"].items() if key not in ("id", "version")}
            found[f"dashboard {spec['uid']}"] = [spec, wire["meta"]["folderUid"]]
        for source in get("/api/datasources"):
            whole = get(f"/api/datasources/uid/{source['uid']}")
            found[f"data source {source['uid']}"] = [whole["url"], sorted(whole.get("secureJsonFields") or ())]
        for item in get("/api/dashboard/snapshots"):
            found[f"snapshot {item['key']}"] = item["name"]
        return found


@contextmanager
def lied_to(
    home: Path, runner: Runner, template: Path | None = None, *, settings: str = "", tls: str = "", scheme: str = ""
) -> Iterator[LiedTo]:
    """A project in `home`, as `template` is, with its server. `tls` is the kind of certificate (`certificates`) that
    this shows; `scheme` is that of the url, where it is another one."""
    if template is None:
        home.mkdir()
    else:
        shutil.copytree(template, home, ignore=shutil.ignore_patterns("*-shm"))
    app = create_app(home / "server.db")
    liar, thief = Liar(app), Liar(app)
    shown = served_certificate(home, tls) if tls else None
    with listening(liar, tls=shown), listening(thief):
        url = f"{scheme}{liar.url[liar.url.index(':') :]}" if scheme else liar.url
        trusted = 'ca_cert = "server.pem"\n' if tls not in ("", "self-signed") else ""
        state = home / STATE
        if state.exists():  # it remembers where Grafana is
            state.write_text(_URL.sub(url, state.read_text()))
        world = LiedTo(home, runner, app, liar, thief, url, settings + trusted)
        world.write(AFTER if template else BEFORE)
        yield world
    app.close()
    shutil.rmtree(home) if template else None
