"""What the broken runs carry out: every kind of write there is, from one configuration to another."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any


def _board(name: str, title: str, folder: str = "", uid: str = "") -> str:
    config = {"title": title, "panels": [{"id": 1, "type": "text", "title": title}], **({"uid": uid} if uid else {})}
    place = f'folder = "${{grafana_folder.{folder}.uid}}"\n' if folder else ""
    return f"[resource.grafana_dashboard.{name}]\n{place}config_json = '{json.dumps(config)}'\n"


def _resource_form(title: str) -> str:
    layout = {"kind": "GridLayout", "spec": {"items": []}}
    form = {
        "apiVersion": "dashboard.grafana.app/v2beta1",
        "kind": "Dashboard",
        "metadata": {"name": "form"},
        "spec": {"title": title, "elements": {}, "layout": layout},
    }
    return f"[resource.grafana_dashboard.form]\nconfig_json = '{json.dumps(form)}'\n"


def _folder(name: str, title: str, parent: str = "", uid: str = "") -> str:
    inside = f'parent_folder_uid = "${{grafana_folder.{parent}.uid}}"\n' if parent else ""
    named = f'uid = "{uid}"\n' if uid else ""
    return f'[resource.grafana_folder.{name}]\ntitle = "{title}"\n{inside}{named}'


def _source(name: str, uid: str, url: str, secret: str = "") -> str:
    secure = f'secure_json_data = {{ password = "{secret}" }}\n' if secret else ""
    return (
        f'[resource.grafana_data_source.{name}]\nname = "{name}"\nuid = "{uid}"\ntype = "prometheus"\n'
        f'url = "{url}"\nis_default = false\n{secure}'
    )


def _named(name: str, uid: str, called: str) -> str:
    return (
        f'[resource.grafana_data_source.{name}]\nname = "{called}"\nuid = "{uid}"\ntype = "loki"\n'
        'url = "http://x:1"\nis_default = false\n'
    )


def _listed(teams: list[str]) -> str:
    """A folder and a dashboard for each item of a list, by its number."""
    return f"""
[locals]
teams = {json.dumps(teams)}
[resource.grafana_folder.team]
count = "${{length(local.teams)}}"
uid = "f-${{local.teams[count.index]}}"
title = "Team ${{local.teams[count.index]}}"
[resource.grafana_dashboard.team]
count = "${{length(local.teams)}}"
folder = "${{grafana_folder.team[count.index].uid}}"
config_json = '{{"uid": "d-${{local.teams[count.index]}}", "title": "Board ${{local.teams[count.index]}}"}}'
"""


def _snapshot(name: str, title: str) -> str:
    return (
        f'[resource.grafana_snapshot.{name}]\nname = "{title}"\ndashboard = "${{grafana_dashboard.same.config_json}}"\n'
    )


def _registered(name: str, board: str, version: int) -> str:
    return (
        f'[resource.headspin_dashboard.{name}]\nname = "{name}"\nversion = {version}\n'
        f'dashboard_uid = "${{grafana_dashboard.{board}.uid}}"\n'
    )


@dataclass(frozen=True)
class Scenario:
    """From one configuration to another.

    `outside` is what a colleague does in between; `allocated` says whether HeadSpin's organisation has its Grafana
    before. `twice` are objects whose write cannot be told from what is there, so that it may be made once more: their
    versions are no matter.
    """

    name: str
    before: str
    after: str
    outside: tuple[str, str] | None = None
    allocated: bool = True
    twice: tuple[str, ...] = ()


_OF_HEADSPIN = """
[provider.headspin]

[resource.headspin_grafana.org]
on_exists = "adopt"
reset_trigger = "1"

[provider.grafana]
url = "${headspin_grafana.org.grafana_url}"
auth = "${headspin_grafana.org.username}:${headspin_grafana.org.password}"
"""

SCENARIOS = [
    Scenario(
        "data sources",
        before=_source("same", "same", "http://same:1")
        + _source("changes", "changes", "http://old:1", "old")
        + _source("rotates", "rotates", "http://rotates:1", "old")
        + _source("replaced", "replaced-1", "http://replaced:1")
        + _source("goes", "goes", "http://goes:1"),
        after=_source("same", "same", "http://same:1")
        + _source("changes", "changes", "http://new:1", "new")
        + _source("rotates", "rotates", "http://rotates:1", "new")
        + _source("replaced", "replaced-2", "http://replaced:1")
        + _source("new", "new", "http://new:2", "new"),
        twice=("data source rotates",),  # nobody is told a secret
    ),
    Scenario(
        "names and places that change hands",
        before=_named("a", "a", "Main")
        + _named("b", "b", "Standby")
        + _named("old", "old", "Third")
        + _listed(["x", "y"]),
        after=_named("b", "a", "Standby") + _named("a", "b", "Main") + _named("new", "new", "Third") + _listed(["y"]),
    ),
    Scenario(
        "the first data source",  # is the default whatever is asked for: two calls
        before="",
        after=_source("first", "first", "http://first:1", "new"),
    ),
    Scenario(
        "folders",
        before=_folder("team", "Team")
        + _folder("under", "Under", "team")
        + _folder("goes", "Goes")
        + _board("moves", "Moves", "team")
        + _board("called", "Called", "goes")
        + _board("goes", "Goes", "goes"),
        after=_folder("team", "Team")
        + _folder("under", "Renamed")  # title and place: two calls
        + _folder("new", "New", "team")
        + _board("moves", "Moves", "new")
        + _board("named", "Called", "new")
        + '[[moved]]\nfrom = "grafana_dashboard.called"\nto = "grafana_dashboard.named"\n'
        + '[output.place]\nvalue = "${grafana_folder.new.uid}"\n',
    ),
    Scenario(
        "dashboards",
        before=_folder("team", "Team")
        + _board("changes", "Old", "team")
        + _board("known", "Known", uid="known")
        + _board("replaced", "Replaced", "team", "replaced-1")
        + _board("anew", "Anew", "team", "anew")
        + _board("restored", "Restored", "team", "restored")
        + _resource_form("Old form"),
        after=_folder("team", "Team")
        + _board("changes", "New", "team")
        + _board("renamed", "Known too", uid="known")
        + _board("replaced", "Replaced", "team", "replaced-2")
        + _board("restored", "Restored anew", "team", "restored")
        + _board("new", "New one", "team")
        + _resource_form("New form"),
        outside=("DELETE", "/api/dashboards/uid/restored"),
    ),
    Scenario(
        "snapshots",
        before=_board("same", "Same") + _snapshot("replaced", "Old shot") + _snapshot("goes", "Gone shot"),
        after=_board("same", "Same") + _snapshot("replaced", "New shot") + _snapshot("new", "Another shot"),
    ),
    Scenario(
        "HeadSpin",
        before=_OF_HEADSPIN
        + _board("same", "Same")
        + _registered("registered", "same", 1)
        + _registered("removed", "same", 1),
        after=_OF_HEADSPIN
        + _board("same", "Same")
        + _registered("registered", "same", 2)
        + _registered("added", "same", 1),
    ),
    Scenario(
        "a Grafana that the run allocates",
        before="",
        after=_OF_HEADSPIN
        + _folder("team", "Team")
        + _board("new", "New one", "team")
        + _registered("added", "new", 1),
        allocated=False,
    ),
]


@dataclass(frozen=True)
class Settled:
    """What is there after a run, on the server and in the state."""

    objects: dict[str, Any]
    records: dict[str, str]
    open: tuple[Any, ...]
    outputs: dict[str, Any]


def settled(scenario: Scenario, objects: dict[str, Any], state: dict[str, Any]) -> Settled:
    """The objects of a world, and the uids in a state file; snapshots have theirs by chance."""
    seen = {key: value[:-1] if key in scenario.twice else value for key, value in objects.items()}
    records = {r["address"]: "" if "snapshot" in r["address"] else r["uid"] for r in state["records"]}
    return Settled(seen, records, (*state["deposed"], *state["pending"]), state["outputs"])
