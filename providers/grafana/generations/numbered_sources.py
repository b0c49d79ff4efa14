"""Data sources of Grafana 3 and 5: known by number and name; our uid is kept among the settings."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, ClassVar
from urllib.parse import quote

from hcl_lite.core.fingerprint import fingerprint, matches
from hcl_lite.core.schema import Taken, Version
from providers.grafana.client import GrafanaClient
from providers.grafana.generations.generation import Json
from providers.grafana.generations.kept_uids import KeptUids
from providers.kit.version import digest_of
from providers.transport.errors import NotFound
from providers.transport.misread import read_all

_KEPT_UID = "hclLiteUid"  # in jsonData, which the UI keeps whole
_LIST = "/api/datasources"


@dataclass(frozen=True, slots=True)
class NumberedSources(KeptUids):
    """/api/datasources, /api/datasources/:id and /name/:name (3.2.1, 5.4.3).

    `secrets` are those of 3.2, which has them beside the settings and answers them in plain: they go no further than
    here. It has no versions either: what takes their place is a fingerprint of everything but the secrets, since a
    setting or a URL may have come of some, too.
    """

    secrets: frozenset[str] | None = None

    _kind: ClassVar[str] = "data source"

    @property
    def never_emptied(self) -> frozenset[str]:
        return frozenset({"url", "user", "database", "basicAuthUser"})

    async def read_all(self, client: GrafanaClient) -> list[Json]:
        """Read one by one: what 3.2.1 lists has no settings."""
        return [self.shown(wire) for wire in await self._read_all(client)]

    def shown(self, wire: Json) -> Json:
        """One without a uid of ours goes by its name."""
        return self._with_uid(wire, self._kept(wire) or wire["name"])

    async def find(
        self, client: GrafanaClient, uid: str, hint: str = "", expected_version: Version | None = None
    ) -> Json | None:
        wire = await KeptUids.find(
            self, client, uid, hint, expected_version
        )  # super() is not to be had in a class with slots
        return None if wire is None else await self._stamped(client, wire, expected_version or {})

    async def _stamped(self, client: GrafanaClient, wire: Json, expected_version: Version) -> Json:
        """With what stands for its version: that of `expected_version`, where it is as it was then."""
        if self.secrets is None:
            return wire
        plain, known = digest_of(wire), str(expected_version.get("version", ""))
        environment = client.connection.context.environment
        is_known = known == plain or await asyncio.to_thread(matches, plain, known, environment)
        return {**wire, "version": known if is_known else await asyncio.to_thread(fingerprint, plain, environment)}

    async def create(self, client: GrafanaClient, wire: Json) -> Json:
        await self._check_name(client, wire["name"], None)
        number = (await client.call("POST", _LIST, body=self._sent(wire)))["id"]
        client.places.put(self._kind, wire["uid"], {"id": number})
        return await self._stamped(client, self._with_uid(await client.get(_path(number)), wire["uid"]), {})

    async def update(self, client: GrafanaClient, current: Json, wire: Json) -> None:
        await self._check_name(client, wire["name"], current["id"])
        await client.call("PUT", _path(current["id"]), body=self._sent(wire))

    async def delete(self, client: GrafanaClient, uid: str, attributes: Mapping[str, Any]) -> None:
        wire = await self.find(client, uid, expected_version={"id": attributes["id"]} if attributes.get("id") else None)
        if wire is None:
            return
        try:
            await client.call("DELETE", _path(wire["id"]))
        except NotFound:
            return

    async def _check_name(self, client: GrafanaClient, name: str, number: int | None) -> None:
        """Raises Taken for one that is taken: 3.2 answers a 500 that does not say so, and 5.4 does to a change."""
        named = await self._read_named(client, name)
        if named is not None and named["id"] != number:
            raise Taken(f'There is a data source "{name}" already, with number {named["id"]}.')

    def _sent(self, wire: Json) -> Json:
        """The body of a write, with our uid."""
        settings = {**(wire.get("jsonData") or {}), _KEPT_UID: wire["uid"]}
        if self.secrets is None:
            return {**wire, "jsonData": settings}
        plain = {key: value for key, value in wire.items() if key not in ("secureJsonData", "version")}
        return {**plain, **wire.get("secureJsonData", {}), "jsonData": settings}

    # --- where it is --------------------------------------------------------------------------------------------------

    def _kept(self, wire: Json) -> str:
        return str((wire.get("jsonData") or {}).get(_KEPT_UID) or "")

    def _with_uid(self, wire: Json, uid: str) -> Json:
        settings = {key: value for key, value in (wire.get("jsonData") or {}).items() if key != _KEPT_UID}
        whole = {**wire, "uid": uid, "jsonData": settings}
        return whole if self.secrets is None else _without_secrets(whole, self.secrets)

    def _place(self, wire: Json) -> Version:
        return {"id": wire["id"]}

    async def _read(self, client: GrafanaClient, place: Version) -> Json | None:
        found: Json | None = await client.find(_path(place["id"]))
        return found

    async def _read_named(self, client: GrafanaClient, name: str) -> Json | None:
        found: Json | None = await client.find(f"{_LIST}/name/{quote(name, safe='')}")
        return found

    async def _read_called(self, client: GrafanaClient, name: str) -> Json | None:
        """Reads a data source by its number in the end: 5.4.3 calls all of them read-only where it is asked by name."""
        named = await self._read_named(client, name)
        return None if named is None else await self._read(client, self._place(named))

    async def _read_all(self, client: GrafanaClient) -> list[Json]:
        listed = await client.get(_LIST)
        found = await read_all(self._read(client, {"id": wire["id"]}) for wire in listed)
        return [wire for wire in found if wire is not None]


def _without_secrets(wire: Json, names: Iterable[str]) -> Json:
    """With the secrets' names alone, and nothing yet that stands for a version."""
    shown = {key: value for key, value in wire.items() if key not in names}
    secret = {name: True for name in names if wire.get(name)}
    return {**shown, "secureJsonFields": secret, "version": ""}


def _path(number: object) -> str:
    return f"{_LIST}/{number}"
