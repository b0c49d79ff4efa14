"""The calls of the Data Source API by whichever name a person has for a data source: uid, name or number.

For the lookups, for import and for the command; what manages data sources is in data_source.py.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from hcl_lite.core.values import JsonValue
from providers.grafana.client import GrafanaClient
from providers.grafana.generations.table import generation_of
from providers.transport.errors import NotFound

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


@dataclass(frozen=True, slots=True)
class Name:
    """What a data source is called: `key` is "uid", "name" or "id"."""

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
    """By uid as the generation does it, GET /api/datasources/name/:name or /:id (3.2 to 12.4).

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
    """By uid as the generation does it, DELETE /api/datasources/name/:name (5.4 to 12.4) or /:id (3.2 to 12.4).

    Whether there was one. 3.2 deletes by number only.
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
    """What list and single answers have in common, by the names of the resource's arguments; no secrets among it.

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
