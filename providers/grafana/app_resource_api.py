"""The calls of app resources: /apis/{group}/{version}/namespaces/{namespace}/{plural}/{name}, for every kind that the
server lists (12.4)."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

from hcl_lite.core.schema import Live, OnFound, Version
from hcl_lite.core.values import Value, is_secret
from providers.grafana.app_resource_values import DROPPED, FOLDER, PARTS, content_of, given_in, metadata_of, version_for
from providers.grafana.client import GrafanaClient
from providers.grafana.discovery import ServedKind, all_kinds, find_kind, unwritable_reason
from providers.grafana.fixed import fixed_by_annotations
from providers.grafana.platform_kinds import (
    DASHBOARD,
    KEPT,
    counts_coarsely,
    has_dry_run,
    is_rewritten,
    lists_in_vain,
    says_something,
    sent,
    title_key,
    told,
)
from providers.grafana.platform_names import Kind, parts_of
from providers.grafana.revisions import revision_of_metadata
from providers.kit.api import Api, Json, Values
from providers.kit.app_platform import METADATA_LIST, AppPlatform
from providers.kit.paging import platform_pages
from providers.kit.version import digest_of
from providers.transport.connection import DRY_RUN
from providers.transport.errors import Denied, Invalid, NotFound
from providers.transport.misread import read_all

_PAGE: Final = {"limit": "500"}
# Grafana refuses to change by one API what another has made with this provenance (12.4.0).
_OWNED: Final[Mapping[str, str]] = {
    "system": "it is a part of Grafana itself (grafana.com/provenance: system)",
    "api": "it was made by the provisioning API without X-Disable-Provenance (grafana.com/provenance: api)",
    "file": "it comes from a file of the server's own (grafana.com/provenance: file)",
}
_GIVEN_ANEW: Final = ("managedFields", "creationTimestamp", "generation")


def version_of(wire: Mapping[str, Any]) -> Version:
    """The generation, which counts changes of the spec and of secrets, with what people have put on the object: its
    resourceVersion counts too what a server says of its status. Of what an older API keeps the resourceVersion; a
    digest of what has none (12.4.0: the template group that Grafana comes with), or has it by the second."""
    metadata = wire["metadata"]
    if metadata.get("generation"):
        given = {part: given_in(metadata, part) for part in PARTS}
        return {"uid": metadata["uid"], "version": metadata["generation"], "metadata": digest_of(given)}
    version = metadata.get("resourceVersion")
    if version and not counts_coarsely(_kind_of(wire)):
        return {"resourceVersion": version}
    return {"digest": digest_of(wire["spec"])}


def _kind_of(wire: Mapping[str, Any]) -> Kind:
    return wire["apiVersion"].partition("/")[0], wire["kind"]


def fixed(wire: Mapping[str, Any]) -> str:
    """Returns the reason why no account can change an object."""
    return str(wire.get("unwritable") or "") or fixed_of(wire["metadata"])


def fixed_of(metadata: Mapping[str, Any]) -> str:
    """The same by the metadata: also of what is a part of Grafana, and what its older APIs keep to themselves."""
    provenance = (metadata.get("annotations") or {}).get("grafana.com/provenance")
    return _OWNED.get(str(provenance)) or fixed_by_annotations(metadata)


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
        group, kind, name = parts_of(uid)
        given = desired or {}
        served = await find_kind(client, group, kind, version_for(given, group))
        found = await _find(client, served, name) if served is not None else None
        if served is None or found is None:
            return None
        reason = await unwritable_reason(client, served)
        declared = {"metadata": metadata_of(given), DROPPED: given.get(DROPPED)}
        return {**_flat(served, found, declared), "unwritable": reason}

    async def find_stored(self, client: GrafanaClient, uid: str, expected_version: Version | None) -> Json | None:
        """A dashboard tells in which version of the API it is stored (12.4)."""
        found = await self.find(client, uid, expected_version=expected_version)
        stored = found and (found["status"].get("conversion") or {}).get("storedVersion")
        if not found or not stored or found["apiVersion"].endswith(f"/{stored}"):
            return found
        return await self.find(client, uid, {"api_version": f"{parts_of(uid)[0]}/{stored}"}, expected_version)

    async def list(self, client: GrafanaClient) -> Sequence[Json]:
        """All objects of all kinds that can be managed, but for those that the account may not see, and those that say
        nothing."""
        listed = await read_all(_list(client, served) for served in await all_kinds(client))
        return [one for objects in listed for one in objects if says_something(_kind_of(one), one["spec"])]

    async def survey(
        self, client: GrafanaClient, known: Mapping[str, Version], on_found: OnFound
    ) -> Mapping[str, Live | None]:
        """One list of metadata for each kind."""
        kinds: dict[tuple[str, str], dict[str, str]] = {}
        for uid in known:
            group, kind, name = parts_of(uid)
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
        if not title_key(served.key):
            metadata["name"] = given["name"]
        resource = _resource(served, metadata, body, None)
        made = await _platform(served).post(client, resource)
        return _flat(served, made, {"metadata": given}) | {"warnings": _passed_over(served, resource, made)}

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
        resource = _resource(served, metadata, body, there)
        put = await _platform(served).put(client, name, resource)
        if is_rewritten(served.key):
            put = await _platform(served).get(client, name) or put
        declared = {"metadata": body["declared"], DROPPED: body[DROPPED]}
        return _flat(served, put, declared) | {"warnings": _passed_over(served, resource, put)}

    async def read_sent(self, client: GrafanaClient, uid: str, values: Values) -> Value:
        """By a dry run, of kinds that have one: 12.4.0 answers with what it would store, and stores nothing."""
        group, kind, name = parts_of(uid)
        served = await find_kind(client, group, kind, version_for(values, group))
        if served is None or not has_dry_run(served.key) or is_secret(values):
            return None
        resource = _resource(served, {"name": name}, {"spec": values["spec"]}, None)
        try:
            answer = await _platform(served).put(client, name, resource, DRY_RUN)
        except (Denied, Invalid, NotFound):
            return None
        return content_of(served.key, told(served.key, answer["spec"]), values.get("metadata"))

    async def delete(self, client: GrafanaClient, uid: str, attributes: Mapping[str, Any]) -> None:
        group, kind, name = parts_of(uid)
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
    spec = sent(served.key, body["spec"], there and there["spec"])
    resource = {"apiVersion": served.api_version, "kind": served.kind, "metadata": metadata, "spec": spec}
    secure = {key: {"create": text} if text else {"remove": True} for key, text in (body.get("secure") or {}).items()}
    return {**resource, "secure": secure} if secure else resource


def _flat(served: ServedKind, resource: Mapping[str, Any], desired: Mapping[str, Any]) -> Json:
    """An object of the wire, with what `desired` declares of its labels and annotations, or declared before."""
    metadata, wanted, gone = resource["metadata"], desired.get("metadata"), desired.get(DROPPED) or ()
    declared: Json = {"name": metadata["name"]}
    for part in PARTS:
        given = wanted.get(part) if isinstance(wanted, Mapping) else None
        keys = {*(given if isinstance(given, Mapping) else ()), *(key for where, key in gone if where == part)}
        found = {key: text for key, text in (metadata.get(part) or {}).items() if key in keys}
        if found or isinstance(given, Mapping):
            declared[part] = found
    return {
        "apiVersion": served.api_version,
        "kind": served.kind,
        "metadata": metadata,
        "spec": told(served.key, dict(resource.get("spec") or {})),
        "secure": dict.fromkeys(resource.get("secure") or (), KEPT),
        "declared": declared,
        "status": resource.get("status") or {},
        "name": metadata["name"],
        "title": _title(served, resource.get("spec") or {}) or metadata["name"],
        "folder": (metadata.get("annotations") or {}).get(FOLDER) or "",
    }


def _title(served: ServedKind, spec: Mapping[str, Any]) -> str:
    return str(spec.get(title_key(served.key) or "title") or "")


def _passed_over(served: ServedKind, sent_resource: Json, answer: Mapping[str, Any]) -> Sequence[str]:
    """Returns a warning where secrets were sent that the server does not have then: a kind without the section."""
    given = {key for key, one in (sent_resource.get("secure") or {}).items() if "create" in one}
    lost = sorted(given - (answer.get("secure") or {}).keys())
    return [f"Grafana keeps no secrets of a {served.kind}: {', '.join(lost)} came to nothing."] if lost else []


async def _find(client: GrafanaClient, served: ServedKind, name: str) -> Json | None:
    """An object by its name; another one is none."""
    found = await _platform(served).get(client, name)
    return found if found is not None and found["metadata"]["name"] == name else None


async def _found(client: GrafanaClient, served: ServedKind, names: Iterable[str]) -> AsyncIterator[Json]:
    """Yields the objects that the account finds by their names."""
    for name in sorted(names):
        try:
            found = await _find(client, served, name)
        except Denied:
            continue
        if found is not None:
            yield found


async def _list(client: GrafanaClient, served: ServedKind) -> Sequence[Json]:
    """The objects of a kind; of dashboards, which may be many and large, without their specs."""
    accept = METADATA_LIST if served.key == DASHBOARD else ""
    path = await _platform(served).path_of(client)
    try:
        listed = [item async for page in platform_pages(client, path, _PAGE, accept) for item in page.items]
        if lists_in_vain(served.key):
            listed = [one async for one in _found(client, served, {item["metadata"]["name"] for item in listed})]
        return [_flat(served, item, {}) for item in listed]
    except (Denied, NotFound):
        return ()


async def _survey(
    client: GrafanaClient, kind: tuple[str, str], known: Mapping[str, Version]
) -> Mapping[str, Live | None]:
    served = await find_kind(client, *kind)
    if served is None:
        return dict.fromkeys(known)
    reason = await unwritable_reason(client, served)
    if not counts_coarsely(kind):
        seen = {name for name, version in known.items() if version}
        return await _platform(served).survey_metadata(
            client, known, seen, lambda metadata: _surveyed(served, {"metadata": metadata}, reason)
        )
    found = {one["metadata"]["name"]: one for one in await _list(client, served)}
    return {name: _surveyed(served, found[name], reason) if name in found else None for name in known}


def _surveyed(served: ServedKind, wire: Json, reason: str) -> Live:
    metadata, whole = wire["metadata"], {"spec": {}, "apiVersion": served.api_version, "kind": served.kind, **wire}
    revision = revision_of_metadata(metadata)
    return Live(metadata["name"], version_of(whole), fixed=reason or fixed_of(metadata), revision=revision)
