"""The calls of the Data Source API: those of the resource type, by whatever routes the generation of the server has;
and those by whichever name a person has for one: uid, name or number.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import quote

from hcl_lite.core.schema import Conflict, Version
from hcl_lite.core.values import JsonValue, known_text
from providers.grafana.client import FRESH, GrafanaClient
from providers.grafana.generations.table import generation_of
from providers.kit import api as kit
from providers.kit.observe import read_changed
from providers.transport.errors import Invalid, NotFound

Json = Mapping[str, Any]

_PATH = "/api/datasources"
_PREFIXES: Mapping[str, str] = {"uid": "uid/", "name": "name/", "id": ""}
_DESCRIBED: Mapping[str, str] = {
    "uid": "uid",
    "name": "name",
    "id": "id",
    "type": "type",
    "url": "url",
    "access_mode": "access",
    "database_name": "database",
    "username": "user",
    "basic_auth_enabled": "basicAuth",
    "is_default": "isDefault",
    "read_only": "readOnly",
}


# A PUT keeps what it does not mention (12.4): what is not wanted is sent empty.
_BLANK: Final[Json] = {
    "url": "",
    "user": "",
    "database": "",
    "basicAuthUser": "",
    "basicAuth": False,
    "withCredentials": False,
}

KEPT_IN: Final = "data sources"  # written side by side, 12.4 on SQLite fails with "database is locked"


@dataclass(frozen=True, slots=True)
class Sources(kit.Api[GrafanaClient]):
    """Data sources as the adapter to the generation has them, each read by itself: the list lacks version, secrets'
    names and two settings. 3 and 5 list no uids either: there one for each data source of the server is read, too,
    while any uid has not been seen yet."""

    @property
    def tells_made(self) -> bool:
        return True

    @property
    def keeps_unsent(self) -> bool:
        return True

    async def find(
        self,
        client: GrafanaClient,
        uid: str,
        desired: kit.Values | None = None,
        expected_version: Version | None = None,
    ) -> kit.Json | None:
        sources = (await generation_of(client)).data_sources
        return await sources.find(client, uid, known_text((desired or {}).get("name")), expected_version)

    async def list(self, client: GrafanaClient) -> Sequence[kit.Json]:
        return [dict(wire) for wire in await list_data_sources(client)]

    async def create(self, client: GrafanaClient, body: kit.Json) -> kit.Json:
        secure = {name: text for name, text in body.get("secureJsonData", {}).items() if text}  # nothing to remove yet
        rest = {key: value for key, value in body.items() if key != "secureJsonData"}
        sources = (await generation_of(client)).data_sources
        return await sources.create(client, rest | ({"secureJsonData": secure} if secure else {}))

    async def update(self, client: GrafanaClient, uid: str, body: kit.Json, there: kit.Json | None) -> kit.Json:
        """12.4 makes the version one more than the one sent, whatever it was. Its answer has the version before it, and
        that of 5.4 what was sent in place of what is stored."""
        sources, current = (await generation_of(client)).data_sources, there or {}
        wire = {"isDefault": current.get("isDefault", False), **_BLANK, **body, "version": current["version"]}
        await sources.update(client, current, wire)

        async def read() -> kit.Json:
            found = await sources.find(client, uid)
            if found is None:
                raise Conflict("The data source was deleted by someone else while it was changed.")
            return found

        def is_as_before(found: kit.Json) -> bool:  # 3.2 counts no versions
            return sources.secrets is None and bool(found["version"] == current["version"])

        return await read_changed(client, read, is_as_before)

    async def delete(self, client: GrafanaClient, uid: str, attributes: Mapping[str, Any]) -> None:
        await (await generation_of(client)).data_sources.delete(client, uid, attributes)

    async def check_health(self, client: GrafanaClient, uid: str) -> str:
        """GET /api/datasources/uid/:uid/health (12.4): OK is a 200, ERROR a 400 with a message, a plugin that is not
        installed a 404 with a messageId. Where there is no such route (7.5), the 404 has none."""
        path = f"{Name('uid', uid).path}/health"
        try:
            answer = await client.call("GET", path, headers=FRESH)
        except NotFound as error:
            if error.reason:
                raise
            return "This Grafana cannot check a data source: it has no route for that."
        if answer["status"] != "OK":
            raise Invalid("GET", client.connection.url + path, 200, str(answer["message"]))
        return ""


@dataclass(frozen=True, slots=True)
class Name:
    """The name of a data source: `key` is "uid", "name" or "id"."""

    key: str
    value: str

    @classmethod
    def parse(cls, text: str) -> Name:
        """name:Prometheus, id:3 or uid:prometheus; anything else is a uid."""
        key, colon, value = text.partition(":")
        return cls(key, value) if colon and key in _PREFIXES else cls("uid", text)

    def __str__(self) -> str:
        return f'{self.key} "{self.value}"'

    @property
    def path(self) -> str:
        return f"{_PATH}/{_PREFIXES[self.key]}{quote(self.value, safe='')}"

    @property
    def fits_a_path(self) -> bool:
        """Whether it comes through a path as it is: . and .. are steps there, and two slashes are one."""
        return not {"", ".", ".."} & set(self.value.split("/"))


async def list_data_sources(client: GrafanaClient) -> Sequence[Json]:
    """Those that the account may see, as the generation lists them."""
    return await (await generation_of(client)).data_sources.read_all(client)


async def find_data_source(client: GrafanaClient, name: Name) -> Json | None:
    """Finds a data source by uid as the generation does it, or by GET /api/datasources/name/:name or /:id (3.2 to
    12.4).

    None where there is none.
    """
    sources = (await generation_of(client)).data_sources
    if name.key == "uid":
        return await sources.find(client, name.value)
    named = await _by_number(client, name)
    found = None if named is None else await client.find(named.path)
    return None if found is None else sources.shown(found)


async def find_id(client: GrafanaClient, name: str) -> int | None:
    """GET /api/datasources/id/:name (3.2 to 12.4); None where there is none."""
    named = Name("name", name)
    if not named.fits_a_path:
        number = await _by_number(client, named)
        return None if number is None else int(number.value)
    found = await client.find(f"{_PATH}/id/{quote(name, safe='')}")
    return None if found is None else int(found["id"])


async def _by_number(client: GrafanaClient, name: Name) -> Name | None:
    """A name that no path can carry as the number that GET /api/datasources has for it; None where nothing has it."""
    if name.key != "name" or name.fits_a_path:
        return name
    listed = await list_data_sources(client)
    return next((Name("id", str(one["id"])) for one in listed if one["name"] == name.value), None)


async def delete_data_source(client: GrafanaClient, name: Name) -> bool:
    """Deletes a data source by uid as the generation does it, or by DELETE /api/datasources/name/:name (5.4 to 12.4) or
    /:id (3.2 to 12.4).

    Returns whether there was one. 3.2 deletes by number only.
    """
    generation = await generation_of(client)
    if name.key == "uid":
        there = await generation.data_sources.find(client, name.value)
        if there is not None:
            await generation.data_sources.delete(client, name.value, {})
        return there is not None
    if name.key == "name" and not (generation.sources_deleted_by_name and name.fits_a_path):
        number = await find_id(client, name.value)
        if number is None:
            return False
        name = Name("id", str(number))
    try:
        await client.call("DELETE", name.path)
    except NotFound:
        return False
    return True


def describe(wire: Json) -> dict[str, JsonValue]:
    """Returns the part that list and single answers have in common, by the names of the resource's arguments, without
    secrets.

    3.2 knows nothing of readOnly.
    """
    known = {ours: wire.get(theirs) for ours, theirs in _DESCRIBED.items()}
    return {**known, "json_data": wire.get("jsonData") or {}}


def describe_whole(wire: Json) -> dict[str, JsonValue]:
    """A single answer: with what lists leave out, its version, and the names of its secrets."""
    return {
        **describe(wire),
        "basic_auth_username": wire.get("basicAuthUser"),
        "with_credentials": wire.get("withCredentials"),
        "version": wire.get("version"),
        "secure_json_fields": sorted(wire.get("secureJsonFields") or ()),
    }
