"""The calls of folders: /api/folders (5 to 12.4), the move of nested ones (11+), their metadata on the app platform
(12+), and what lies in one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

from hcl_lite.core.schema import Held, Live, OnFound, Refused, Version, summarize
from providers.grafana.client import GrafanaClient
from providers.grafana.fixed import FROM_FILE
from providers.grafana.generations.table import generation_of
from providers.grafana.library_panel_api import list_panels
from providers.grafana.limits import ROOT
from providers.grafana.listing import list_found
from providers.grafana.paths import folder_path
from providers.grafana.provenance import ROOT as PROVISIONING
from providers.grafana.stored import stripped
from providers.kit.api import Api, Json, Values
from providers.kit.observe import send_settled
from providers.transport.errors import Denied

GROUP_VERSION: Final = "folder.grafana.app/v1beta1"
FORCE_DESTROY: Final = "force_destroy"
_PATH: Final = "/api/folders"
# The types of /api/search: what they are called in /api/folders/:uid/counts, and here.
# And what says there where they lie.
_SEARCHED: Final = {
    "dash-db": ("dashboard", "grafana_dashboard", "folder"),
    "dash-folder": ("folder", "grafana_folder", "parent_folder_uid"),
}
_COUNTED_RULES: Final = "alertrule"
_COUNTED_PANELS: Final = "librarypanel"
_FOLDERS: Final = _SEARCHED["dash-folder"][1]
_MOST_FOUND: Final = 5000  # what /api/search gives at the most (12.4)


@dataclass(frozen=True, slots=True)
class Folders(Api[GrafanaClient]):
    """Folders move by a call of their own, and take what they hold with them when they go."""

    @property
    def has_parts(self) -> bool:
        return True

    @property
    def tells_made(self) -> bool:
        return True

    async def find(
        self, client: GrafanaClient, uid: str, desired: Values | None = None, expected_version: Version | None = None
    ) -> Json | None:
        """None for the root too, of which there is an answer without a version (12.4)."""
        found: Json | None = None if uid == ROOT else await client.find(folder_path(uid))
        return found

    async def list(self, client: GrafanaClient) -> Sequence[Json]:
        listed = await list_found(client, "dash-folder")
        return [
            {"uid": one.uid, "title": one.title, "parentUid": one.folder, "id": next(iter(one.keys), "")}
            for one in listed
        ]

    async def survey(
        self, client: GrafanaClient, known: Mapping[str, Version], on_found: OnFound
    ) -> Mapping[str, Live | None] | None:
        if not (await generation_of(client)).app_platform:
            return None
        found = await client.survey_metadata(GROUP_VERSION, "folders", known, lambda live: on_found(_folder(live)))
        return {uid: live and _folder(live) for uid, live in found.items()}

    async def create(self, client: GrafanaClient, body: Json) -> Json:
        made: Json = await client.call("POST", _PATH, body=body)
        return made

    async def update(self, client: GrafanaClient, uid: str, body: Json, there: Json | None) -> Json:
        """The title, or where that is right the place: each is a call."""
        there = there or {}
        title, parent = stripped(body["title"]), body.get("parentUid") or ""
        if there["title"] != title:
            sent = {"title": title, "version": there["version"]}
            return await self._settled(client, uid, "PUT", "", sent, {"title": title})
        if (there.get("parentUid") or "") == parent:
            return there
        return await self._settled(client, uid, "POST", "/move", {"parentUid": parent}, {"parentUid": parent})

    async def _settled(self, client: GrafanaClient, uid: str, method: str, below: str, body: Json, done: Json) -> Json:
        """The answer to one call, which is not sent again where the folder is found to be as `done` says."""

        async def send() -> Json:
            changed: Json = await client.call(method, folder_path(uid) + below, body=body)
            return changed

        async def read() -> Json:
            found: Json = await client.get(folder_path(uid))
            return found

        return await send_settled(send, read, lambda found: all((found.get(k) or "") == v for k, v in done.items()))

    async def delete(self, client: GrafanaClient, uid: str, attributes: Mapping[str, Any]) -> None:
        force = attributes.get(FORCE_DESTROY) is True
        held = () if force else await self.contents(client, uid)
        if held:
            raise Refused(
                f"The folder holds {summarize(held)}, which would go with it. Move what is to stay, manage it here, or "
                f"set {FORCE_DESTROY} = true and apply that first."
            )
        await client.call("DELETE", folder_path(uid), params={"forceDeleteRules": "true"} if force else None)

    async def contents(self, client: GrafanaClient, uid: str) -> Sequence[Held]:
        """GET /api/folders/:uid/counts tells how much there is, at all depths; /api/search what is right in it, so that
        the folders in it are asked too (12.4).

        Before 10 /api/search by the folder's number alone (5.4 and 7.5, by their source).
        """
        if not (await generation_of(client)).counts_folders:
            folder = await client.find(folder_path(uid))
            found = await client.get("/api/search", {"folderIds": str(folder["id"])}) if folder else ()
            return [_held(item) for item in found]
        counts = await client.find(f"{folder_path(uid)}/counts") or {}
        if not any(counts.values()):
            return ()
        found = await _search_below(client, uid)
        named = {word for word, _, _ in _SEARCHED.values()} if found else set()
        groups = await _rule_groups_in(client, uid, found) if counts.get(_COUNTED_RULES) else ()
        panels = await _library_panels_in(client, uid, found) if counts.get(_COUNTED_PANELS) else ()
        named |= ({_COUNTED_RULES} if groups else set()) | ({_COUNTED_PANELS} if panels else set())
        counted = [
            Held(kind)
            for kind, number in sorted(counts.items())
            if kind not in named
            for _ in range(min(number, _MOST_FOUND))
        ]
        return (*found, *groups, *panels, *counted)


async def is_folder_missing(client: GrafanaClient, uid: str) -> bool:
    """Whether a folder is missing. An editor is told that by the app platform alone; /api/folders answers 403
    (12.4.0)."""
    if not (await generation_of(client)).app_platform:
        return False
    return await client.find_metadata(GROUP_VERSION, "folders", uid) is None


def fixed_folder(reason: str) -> str:
    """Returns the reason why a folder cannot be changed; one that was made for dashboards from files can be (12.4)."""
    return "" if reason == FROM_FILE else reason


def _folder(live: Live) -> Live:
    """A folder, as its metadata tell of it."""
    return replace(live, fixed=fixed_folder(live.fixed))


async def _rule_groups_in(client: GrafanaClient, uid: str, below: Sequence[Held]) -> Sequence[Held]:
    """Returns the groups of alert rules in a folder, and in the folders that were found in it; none where the account
    may not see them.

    GET /api/v1/provisioning/alert-rules (9.1 to 12.4).
    """
    try:
        rules = await client.find(f"{PROVISIONING}/alert-rules")
    except Denied:
        return ()
    folders = {uid, *(one.uid for one in below if one.type == _FOLDERS)}
    groups: dict[tuple[str, str], list[Held]] = {}
    for rule in rules or ():
        folder = rule["folderUID"]
        if folder in folders:
            parent = "" if folder == uid else folder
            held = Held(f'rule "{rule["title"]}"', "grafana_alert_rule", rule["uid"], "folder_uid", parent)
            groups.setdefault((folder, rule["ruleGroup"]), []).append(held)
    return [
        Held(
            f'rule group "{name}"',
            "grafana_rule_group",
            f"{folder}:{name}",
            "folder_uid",
            "" if folder == uid else folder,
            tuple(rules_in),
        )
        for (folder, name), rules_in in groups.items()
    ]


async def _library_panels_in(client: GrafanaClient, uid: str, below: Sequence[Held]) -> Sequence[Held]:
    """Returns the library panels in a folder, and in the folders that were found in it; none where the account may not
    see them."""
    folders = (uid, *(one.uid for one in below if one.type == _FOLDERS))
    try:
        found = await list_panels(client, ",".join(folders))
    except Denied:
        return ()
    placed = [(one, "" if one["folderUid"] == uid else one["folderUid"]) for one in found]
    return [
        Held(f'library panel "{one["name"]}"', "grafana_library_panel", one["uid"], "folder_uid", parent)
        for one, parent in placed
    ]


async def _search_below(client: GrafanaClient, uid: str) -> list[Held]:
    """Returns the objects that /api/search finds in a folder and in the folders in it, the innermost last."""
    found: list[Held] = []
    seen: set[str] = set()
    open_ = [uid]
    while open_:
        parent = open_.pop(0)
        if parent in seen or len(seen) == _MOST_FOUND:
            raise ValueError(f"what is in folder {uid} goes on after {len(seen)} folders, with {parent!r}")
        seen.add(parent)
        there = await client.get("/api/search", {"folderUIDs": parent, "limit": str(_MOST_FOUND)})
        held = [_held(item, "" if parent == uid else parent) for item in there]
        found += held
        open_ += [one.uid for one in held if one.type == _FOLDERS]
    return found


def _held(item: Mapping[str, Any], parent: str = "") -> Held:
    word, type_, placed_by = _SEARCHED[item["type"]]
    uid = item["uid"]
    if not isinstance(uid, str):
        raise ValueError(f"uid is {uid!r}"[:200])
    return Held(f'{word} "{item["title"]}"', type_, uid, placed_by, parent)
