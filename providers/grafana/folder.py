"""grafana_folder: /api/folders, /api/folders/:uid (5+), and POST /api/folders/:uid/move for nested ones (11+)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from hcl_lite.core.schema import (
    Attr,
    Capabilities,
    Distinct,
    Held,
    Listed,
    Live,
    Mention,
    Refused,
    ValueProblem,
    Version,
    summarize,
)
from hcl_lite.core.values import Value, is_given, is_unknown, reveal
from providers.grafana.client import GrafanaClient
from providers.grafana.fixed import FROM_FILE, fixed_by
from providers.grafana.generations.table import generation_of, require
from providers.grafana.limits import ROOT, check_folder_uid, check_parent, check_title
from providers.grafana.listing import list_found
from providers.grafana.paths import folder_path
from providers.grafana.revisions import revision_of_meta
from providers.grafana.stored import stripped
from providers.grafana.titles import SHOWN_AS, known_by_title, titles_on
from providers.grafana.uses import argument_of
from providers.kit.resource_type import Call, Json, RestType, name_aside, send_settled
from providers.transport.errors import NotFound
from providers.transport.http import HttpClient

Values = Mapping[str, Value]

GROUP_VERSION = "folder.grafana.app/v1beta1"
_MOVE = Call("POST", "/api/folders/{uid}/move")
# The types of /api/search: what they are called in /api/folders/:uid/counts, and here.
# And what says there where they lie.
_SEARCHED = {
    "dash-db": ("dashboard", "grafana_dashboard", "folder"),
    "dash-folder": ("folder", "grafana_folder", "parent_folder_uid"),
}
_MOST_TITLE = 189  # characters of a title in Grafana's tables
_MOST_FOUND = 5000  # what /api/search gives at the most (12.4)


class FolderType(RestType[GrafanaClient]):
    """Folders move by a call of their own, and take what they hold with them when they go."""

    def complete(self, address: str, name: str, values: Values, uid: str) -> Values:
        filled = super().complete(address, name, values, uid)
        if not is_unknown(filled["uid"]):
            check_folder_uid(filled["uid"])
        check_title("title", filled["title"], "folder")
        parent = filled.get("parent_folder_uid")
        check_parent("parent_folder_uid", parent)
        if not is_unknown(parent) and not is_unknown(filled["uid"]) and parent == filled["uid"]:
            raise ValueProblem("parent_folder_uid", "A folder cannot be in itself", "It names its own uid.")
        return filled

    def live(self, wire: Json) -> Live:
        live = super().live(wire)
        document = {key: value for key, value in wire.items() if key not in ("url", "parents")}  # made of titles
        revision, fixed = revision_of_meta(wire), fixed_by(wire.get("managedBy"))
        return _free(replace(live, document=document, revision=revision, fixed=fixed))

    def aside(self, values: Mapping[str, Value]) -> Mapping[str, Value]:
        return {**values, "title": name_aside(values["title"], values["uid"], _MOST_TITLE)}

    async def named(self, client: GrafanaClient) -> Distinct | None:
        return await titles_on(client, "dash-folder")

    def known_as(self, content: Value) -> Iterable[str]:
        title, parent = stripped(content.get("title")), content.get("parent_folder_uid")
        if isinstance(title, str) and (parent is None or isinstance(parent, str)):
            yield known_by_title(title, parent or "")

    def mentions(self, values: Values) -> Iterable[Mention]:
        if isinstance(values.get("parent_folder_uid"), str):
            yield Mention("folder", str(values["parent_folder_uid"]))

    def uses(self, values: Values) -> Iterable[Mention]:
        return argument_of("folder", "parent_folder_uid", values)

    async def check_supported(self, client: GrafanaClient, given: Values, values: Values, live: Live | None) -> None:
        await require(client, lambda generation: generation.folders, "A folder")
        if is_given(values.get("parent_folder_uid")):
            what = "A folder in a folder"
            await require(client, lambda generation: generation.nested_folders, what, "parent_folder_uid")
        await _check_root_title(client, values["title"], live)

    async def read(
        self, client: GrafanaClient, uid: str, desired: Values | None = None, expected_version: Version | None = None
    ) -> Live | None:
        """None for the root too, of which there is an answer without a version (12.4)."""
        return None if uid == ROOT else await super().read(client, uid, desired, expected_version)

    async def read_sent(self, client: HttpClient, uid: str, values: Values) -> Value:
        title = stripped(values["title"])
        return None if title is values["title"] else self.content({**values, "title": title})

    async def list(self, client: GrafanaClient) -> Sequence[Listed]:
        return await list_found(client, "dash-folder")

    async def survey(self, client: GrafanaClient, known: Mapping[str, Version]) -> Mapping[str, Live | None]:
        if not (await generation_of(client)).app_platform:
            return await super().survey(client, known)
        found = await client.survey_metadata(GROUP_VERSION, "folders", known)
        return {uid: live and _free(live) for uid, live in found.items()}

    async def update(self, client: GrafanaClient, uid: str, values: Values, expected_version: Version) -> Live:
        async def read() -> Json:
            found: Json = await self.read_call.send(client, uid)
            return found

        wire = await read()
        title, parent = stripped(values["title"]), values.get("parent_folder_uid") or ""
        if (wire["title"], self.live(wire).version) != (title, expected_version):
            body = {"title": title, "version": expected_version["version"]}
            wire = await send_settled(
                lambda: self.update_call.send(client, uid, body),
                read,
                lambda found: found["title"] == title and self.live(found).version != expected_version,
            )
            return replace(self.live(wire), unfinished=(wire.get("parentUid") or "") != parent)
        if (wire.get("parentUid") or "") != parent:
            wire = await send_settled(
                lambda: _MOVE.send(client, uid, {"parentUid": parent}),
                read,
                lambda found: (found.get("parentUid") or "") == parent,
            )
        return self.live(wire)

    async def delete(self, client: GrafanaClient, uid: str, attributes: Mapping[str, Any]) -> None:
        force = attributes.get("force_destroy") is True
        held = () if force else await self.contents(client, uid)
        if held:
            raise Refused(
                f"The folder holds {summarize(held)}, which would go with it. Move what is to stay, manage it here, or "
                "set force_destroy = true and apply that first."
            )
        try:
            await client.call("DELETE", folder_path(uid), params={"forceDeleteRules": "true"} if force else None)
        except NotFound:
            return

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
        counted = [
            Held(kind)
            for kind, number in sorted(counts.items())
            if kind not in named
            for _ in range(min(number, _MOST_FOUND))
        ]
        return (*found, *counted)


def _free(live: Live) -> Live:
    """A folder that was made for dashboards from files can be changed all the same (12.4)."""
    return replace(live, fixed="") if live.fixed == FROM_FILE else live


async def _check_root_title(client: GrafanaClient, title: Value, live: Live | None) -> None:
    """Raises ValueProblem for the title of the root, which 12.4 takes for a new folder alone; 5.4 to 11 for none."""
    text = "" if is_unknown(title) else str(reveal(title))
    if text.strip().lower() != ROOT:
        return
    is_new = live is None and (await generation_of(client)).app_platform
    is_old = live is not None and live.attributes.get("title", text) == text
    if not is_new and not is_old:
        raise ValueProblem("title", f'No folder can be given the title "{text}"', "It is that of the root.")


async def _search_below(client: GrafanaClient, uid: str) -> list[Held]:
    """What /api/search finds in a folder, and in the folders in it, the innermost last."""
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
        open_ += [one.uid for one in held if one.type == FOLDER.name]
    return found


def _held(item: Mapping[str, Any], parent: str = "") -> Held:
    word, type_, placed_by = _SEARCHED[item["type"]]
    uid = item["uid"]
    if not isinstance(uid, str):
        raise ValueError(f"uid is {uid!r}"[:200])
    return Held(f'{word} "{item["title"]}"', type_, uid, placed_by, parent)


FOLDER = FolderType(
    name="grafana_folder",
    doc="A folder that holds dashboards, and other folders.",
    attrs={
        "uid": Attr(computed=True, optional=True, replaces=True, stable=True, wire="uid", doc="Identity; in URLs."),
        "title": Attr(required=True, wire="title", doc="What people see."),
        "parent_folder_uid": Attr(
            wire="parentUid", doc="The folder that this one is in (Grafana 11 or later). Default: none, the root."
        ),
        "force_destroy": Attr(
            "bool", client_only=True, doc="Delete it with whatever it holds that is not managed here."
        ),
        "id": Attr("number", computed=True, stable=True, wire="id", doc="Number of the folder on its server."),
        "url": Attr(computed=True, wire="url", slug_of=("title",), doc="Path of the folder's page."),
        "version": Attr("number", computed=True, wire="version", doc="Goes up by one with every change."),
    },
    capabilities=Capabilities(force_destroy="force_destroy", content=True, shown_as=SHOWN_AS),
    create_call=Call("POST", "/api/folders"),
    read_call=Call("GET", "/api/folders/{uid}"),
    update_call=Call("PUT", "/api/folders/{uid}"),
    delete_call=Call("DELETE", "/api/folders/{uid}"),
    create_first=True,
    mention_kind="folder",
)
