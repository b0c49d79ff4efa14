"""The calls of app resources: /apis/{group}/{version}/namespaces/{namespace}/{plural}/{name}, for every kind that the
server lists (12.4)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

from hcl_lite.core.schema import Live, Version
from providers.grafana.app_resource_values import DROPPED, PARTS, Manifest
from providers.grafana.client import GrafanaClient
from providers.grafana.discovery import ServedKind, all_kinds, find_kind
from providers.grafana.fixed import fixed_by_annotations
from providers.grafana.platform_kinds import DASHBOARD, KEPT, is_named_by_title, sent, told
from providers.grafana.revisions import revision_of_metadata
from providers.kit.api import Api, Json, Values
from providers.kit.app_platform import METADATA_LIST, AppPlatform
from providers.kit.paging import platform_pages
from providers.kit.version import digest_of
from providers.transport.errors import Denied, NotFound
from providers.transport.misread import read_all

_IDENTITY: Final = Manifest()
_PAGE: Final = {"limit": "500"}
_GIVEN_ANEW: Final = ("managedFields", "creationTimestamp", "generation")


def version_of(wire: Mapping[str, Any]) -> Version:
    """The resourceVersion, with which an older write is refused; a digest of the spec of what has none (12.4.0: the
    template group that Grafana comes with)."""
    metadata = wire["metadata"]
    if metadata.get("resourceVersion"):
        return {"resourceVersion": metadata["resourceVersion"]}
    return {"digest": digest_of(wire.get("spec") or {})}


def fixed(wire: Mapping[str, Any]) -> str:
    """Returns the reason why no account can change an object."""
    return str(wire.get("unwritable") or "") or fixed_of(wire["metadata"])


def fixed_of(metadata: Mapping[str, Any]) -> str:
    """The same by the metadata: also of what is a part of Grafana itself."""
    if (metadata.get("annotations") or {}).get("grafana.com/provenance") == "system":
        return "it is a part of Grafana itself (grafana.com/provenance: system)"
    return fixed_by_annotations(metadata)


@dataclass(frozen=True, slots=True)
class AppResources(Api[GrafanaClient]):
    """An object of the wire is the resource, with KEPT for each secret that its server keeps, and beside it in
    `declared` its name with those labels and annotations that a block declares."""

    @property
    def tells_made(self) -> bool:
        return True

    @property
    def keeps_unsent(self) -> bool:
        return True

    @property
    def is_converted(self) -> bool:
        return True

    async def find(
        self, client: GrafanaClient, uid: str, desired: Values | None = None, expected_version: Version | None = None
    ) -> Json | None:
        """In the version of the API that is desired, or in the server's own choice."""
        group, kind, name = _IDENTITY.parts(uid)
        _, _, version = str((desired or {}).get("api_version") or "").partition("/")
        served = await find_kind(client, group, kind, version)
        found = await _platform(served).get(client, name) if served is not None else None
        if served is None or found is None:
            return None
        return _flat(served, found, {"metadata": (desired or {}).get("metadata"), DROPPED: (desired or {}).get(DROPPED)})

    async def find_stored(self, client: GrafanaClient, uid: str, expected_version: Version | None) -> Json | None:
        return await self.find(client, uid, expected_version=expected_version)

    async def list(self, client: GrafanaClient) -> Sequence[Json]:
        """All objects of all kinds that can be managed, but for those that the account may not see."""
        listed = await read_all(_list(client, served) for served in await all_kinds(client))
        return [one for objects in listed for one in objects]

    async def survey(self, client: GrafanaClient, known: Mapping[str, Version]) -> Mapping[str, Live | None]:
        """One list of metadata for each kind."""
        kinds: dict[tuple[str, str], dict[str, str]] = {}
        for uid in known:
            group, kind, name = _IDENTITY.parts(uid)
            kinds.setdefault((group, kind), {})[name] = uid
        surveyed = await read_all(
            _survey(client, kind, {name: known[uid] for name, uid in names.items()}) for kind, names in kinds.items()
        )
        return {
            uid: live and replace(live, uid=uid)
            for names, found in zip(kinds.values(), surveyed, strict=True)
            for name, uid in names.items()
            for live in (found[name],)
        }

    async def create(self, client: GrafanaClient, body: Json) -> Json:
        served = await _served(client, body)
        given = body["declared"]
        metadata = {part: given[part] for part in PARTS if given.get(part)}
        if not is_named_by_title((served.group, served.kind)):
            metadata["name"] = given["name"]
        made = await _platform(served).post(client, _resource(served, metadata, body, None))
        return _flat(served, made, {"metadata": given})

    async def update(self, client: GrafanaClient, uid: str, body: Json, there: Json | None) -> Json:
        """Labels and annotations that others have put on the object stay."""
        assert there is not None
        served = await _served(client, body)
        metadata = {key: value for key, value in there["metadata"].items() if key not in _GIVEN_ANEW}
        for part in PARTS:
            gone = {key for where, key in body[DROPPED] if where == part}
            left = {key: text for key, text in (metadata.get(part) or {}).items() if key not in gone}
            metadata[part] = {**left, **(body["declared"].get(part) or {})}
        name = str(metadata["name"])
        put = await _platform(served).put(client, name, _resource(served, metadata, body, there))
        return _flat(served, put, {"metadata": body["declared"], DROPPED: body[DROPPED]})

    async def delete(self, client: GrafanaClient, uid: str, attributes: Mapping[str, Any]) -> None:
        group, kind, name = _IDENTITY.parts(uid)
        served = await find_kind(client, group, kind)
        if served is None:
            raise NotFound("DELETE", f"/apis/{group}", 404, f"there is no kind {kind}")
        await client.call("DELETE", await _platform(served).path_of(client, name))


async def _served(client: GrafanaClient, body: Json) -> ServedKind:
    group, _, version = body["apiVersion"].partition("/")
    served = await find_kind(client, group, body["kind"], version)
    if served is None:
        raise NotFound("GET", f"/apis/{body['apiVersion']}", 404, f"there is no kind {body['kind']}")
    return served


def _platform(served: ServedKind) -> AppPlatform:
    return AppPlatform(served.group, served.version, served.plural, served.kind)


def _resource(served: ServedKind, metadata: Json, body: Json, there: Json | None) -> Json:
    """The resource to send: secrets of its `secure` section as such that are to be kept, or to go."""
    spec = sent((served.group, served.kind), body["spec"], there and there["spec"])
    resource = {"apiVersion": served.api_version, "kind": served.kind, "metadata": metadata, "spec": spec}
    secure = {key: {"create": text} if text else {"remove": True} for key, text in (body.get("secure") or {}).items()}
    return {**resource, "secure": secure} if secure else resource


def _flat(served: ServedKind, resource: Mapping[str, Any], desired: Mapping[str, Any]) -> Json:
    """An object of the wire, with what `desired` declares of its labels and annotations, or declared before."""
    metadata, wanted, gone = resource["metadata"], desired.get("metadata") or {}, desired.get(DROPPED) or ()
    declared: Json = {"name": metadata["name"]}
    for part in PARTS:
        dropped = {key for where, key in gone if where == part}
        keys = {*(wanted.get(part) or ()), *dropped}
        found = {key: text for key, text in (metadata.get(part) or {}).items() if key in keys}
        if found or wanted.get(part) is not None:
            declared[part] = found
    return {
        "apiVersion": served.api_version,
        "kind": served.kind,
        "metadata": metadata,
        "spec": told((served.group, served.kind), dict(resource.get("spec") or {})),
        "secure": dict.fromkeys(resource.get("secure") or (), KEPT),
        "declared": declared,
        "unwritable": served.unwritable,
        "name": metadata["name"],
        "title": (resource.get("spec") or {}).get("title") or metadata["name"],
        "folder": (metadata.get("annotations") or {}).get("grafana.app/folder") or "",
    }


async def _list(client: GrafanaClient, served: ServedKind) -> Sequence[Json]:
    """The objects of a kind; of dashboards, which may be many and large, without their specs."""
    accept = METADATA_LIST if (served.group, served.kind) == DASHBOARD else ""
    path = await _platform(served).path_of(client)
    try:
        return [
            _flat(served, item, {}) async for items in platform_pages(client, path, _PAGE, accept) for item in items
        ]
    except (Denied, NotFound):
        return ()


async def _survey(
    client: GrafanaClient, kind: tuple[str, str], known: Mapping[str, Version]
) -> Mapping[str, Live | None]:
    served = await find_kind(client, *kind)
    if served is None:
        return dict.fromkeys(known)
    seen = {name for name, version in known.items() if version}
    found = await _platform(served).metadata_of(client, known, seen)
    return {name: None if one is None else _surveyed(served, one) for name, one in found.items()}


def _surveyed(served: ServedKind, metadata: Json) -> Live:
    reason, revision = served.unwritable or fixed_of(metadata), revision_of_metadata(metadata)
    return Live(metadata["name"], version_of({"metadata": metadata}), fixed=reason, revision=revision)
