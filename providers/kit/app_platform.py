"""Objects of an app platform, which keeps them as Kubernetes does (Grafana 12+): metadata, which is the platform's, and
a spec, which is the type's.

GET, POST, PUT and DELETE /apis/{group}/{version}/namespaces/{namespace}/{plural}/{name}. A PUT is the whole object, and
the platform refuses one of an older `resourceVersion`: 409 (12.4.0). A list may be of metadata alone: versions of all
objects without their contents, by pages.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final, TypeVar
from urllib.parse import quote

from hcl_lite.core.schema import Live, OnFound, Version, ignore_found
from providers.kit.answer_check import check_uid
from providers.kit.api import Api, Json, Values
from providers.kit.paging import platform_pages
from providers.kit.version import ResourceVersion, VersionOf
from providers.transport.errors import NotFound
from providers.transport.http import HttpClient
from providers.transport.misread import read_all

T = TypeVar("T")

METADATA_ONLY: Final = "application/json;as=PartialObjectMetadata;g=meta.k8s.io;v=v1"
METADATA_LIST: Final = "application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1"
_PAGE: Final = {"limit": "1000"}
_LISTED_AS_ONE: Final = 8
"""Objects whose metadata a server lists in the time in which it gives one by name: 0.8 ms to 7 ms each, for dashboards
of 26 kB (12.4.0 on SQLite)."""


class PlatformClient(HttpClient):
    """A client that knows where its organisation's objects are."""

    async def platform_path(self, group_version: str, plural: str) -> str:
        """/apis/{group}/{version}/namespaces/{namespace}/{plural} of the organisation."""
        raise NotImplementedError


@dataclass(frozen=True, slots=True)
class AppPlatform(Api[PlatformClient]):
    """The objects of one resource: to a declared type the keys of the spec, and its name as `uid`; `metadata` beside
    them."""

    group: str
    version: str
    plural: str
    kind: str
    versioned: VersionOf = field(default_factory=ResourceVersion)

    @property
    def tells_made(self) -> bool:
        return True

    async def find(
        self, client: PlatformClient, uid: str, desired: Values | None = None, expected_version: Version | None = None
    ) -> Json | None:
        found = await self.get(client, uid)
        return None if found is None else flat(found)

    async def list(self, client: PlatformClient) -> Sequence[Json]:
        path = await self.path_of(client)
        return [flat(item) async for page in platform_pages(client, path, _PAGE) for item in page.items]

    async def survey(
        self, client: PlatformClient, known: Mapping[str, Version], on_found: OnFound
    ) -> Mapping[str, Live | None]:
        seen = {uid for uid, version in known.items() if version}
        return await self.survey_metadata(
            client, known, seen, lambda told: Live(told["name"], self.versioned({"metadata": told})), on_found
        )

    async def create(self, client: PlatformClient, body: Json) -> Json:
        return flat(await self.post(client, self._resource({"name": body["uid"]}, body)))

    async def update(self, client: PlatformClient, uid: str, body: Json, there: Json | None) -> Json:
        """Labels and annotations stay as they were found, and so does the resourceVersion that they were found at."""
        metadata = (there or {}).get("metadata", {"name": uid})
        return flat(await self.put(client, uid, self._resource(metadata, body)))

    async def delete(self, client: PlatformClient, uid: str, attributes: Mapping[str, Any]) -> None:
        await client.call("DELETE", await self.path_of(client, uid))

    def _resource(self, metadata: Json, body: Json) -> Json:
        spec = {key: value for key, value in body.items() if key != "uid"}
        return {"apiVersion": f"{self.group}/{self.version}", "kind": self.kind, "metadata": metadata, "spec": spec}

    # --- resources as they are ----------------------------------------------------------------------------------------

    async def path_of(self, client: PlatformClient, name: str = "") -> str:
        """The route of the resource, or of one object."""
        path = await client.platform_path(f"{self.group}/{self.version}", self.plural)
        return f"{path}/{quote(name, safe='')}" if name else path

    async def get(self, client: PlatformClient, name: str) -> Json | None:
        """One object; None where there is none."""
        found: Json | None = await client.find(await self.path_of(client, name))
        return found

    async def post(self, client: PlatformClient, resource: Json | bytes) -> Json:
        """The object that was made. Raises Precondition where there is one of its name."""
        made: Json = await client.call("POST", await self.path_of(client), body=resource)
        return made

    async def put(
        self, client: PlatformClient, name: str, resource: Json | bytes, params: Mapping[str, str] | None = None
    ) -> Json:
        """The object as it is then. Raises Precondition where it is at another resourceVersion than `resource` has."""
        put: Json = await client.call("PUT", await self.path_of(client, name), body=resource, params=params)
        return put

    async def survey_metadata(
        self,
        client: PlatformClient,
        names: Collection[str],
        seen: Collection[str],
        read: Callable[[Json], T],
        on_found: Callable[[T], None] = ignore_found,
    ) -> dict[str, T | None]:
        """Returns what `read` makes of the metadata of each of `names`, by one list, and calls `on_found` with it as it
        comes. Nothing is kept of the others, of which there may be many: where asking for what is still missing by name
        costs less than they do, the list is left. What was `seen` and is not in it is asked for by itself, too: for
        half a minute 12.4 lists nothing new to an account that is no administrator."""
        found: dict[str, T | None] = dict.fromkeys(names)
        left, others, is_whole = len(found), 0, False
        async for page in platform_pages(client, await self.path_of(client), _PAGE, METADATA_LIST):
            for item in page.items:
                name = item["metadata"]["name"]
                if name in found:
                    found[name] = one = read(item["metadata"])
                    on_found(one)
                    left -= 1
                else:
                    others += 1
            is_whole = page.is_last
            if others >= left * _LISTED_AS_ONE:
                break
        missing = [name for name in names if found[name] is None and (name in seen or not is_whole)]
        asked = await read_all(self.find_metadata(client, name) for name in missing)
        late = {name: None if told is None else read(told) for name, told in zip(missing, asked, strict=True)}
        return {**found, **late}

    async def find_metadata(self, client: PlatformClient, name: str) -> Json | None:
        """The metadata of one object; None where there is none."""
        try:
            metadata: Json = (await client.get(await self.path_of(client, name), accept=METADATA_ONLY))["metadata"]
        except NotFound:
            return None
        check_uid(metadata["name"], name)
        return metadata


def flat(resource: Mapping[str, Any]) -> Json:
    """An object with the keys of its spec at one level with its name, which is `uid`, and its metadata."""
    return {**resource["spec"], "uid": resource["metadata"]["name"], "metadata": resource["metadata"]}
