"""Kinds of objects that the app platform of a server has: GET /apis, /apis/{group}, /apis/{group}/{version} (12.4)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from hcl_lite.core.schema import ValueProblem
from providers.grafana.client import GrafanaClient
from providers.grafana.platform_kinds import unwritable
from providers.grafana.platform_names import Kind
from providers.transport.errors import NotFound
from providers.transport.misread import read_all

_WRITES = ("create", "update", "delete")


@dataclass(frozen=True, slots=True)
class ServedKind:
    """A kind in one version of its group; `plural` is its name in routes, `verbs` what the server does with it."""

    group: str
    version: str
    kind: str
    plural: str
    verbs: frozenset[str]

    @property
    def api_version(self) -> str:
        return f"{self.group}/{self.version}"

    @property
    def key(self) -> Kind:
        return self.group, self.kind

    @property
    def is_manageable(self) -> bool:
        return self.verbs >= {*_WRITES, "get", "list"}


async def versions_of(client: GrafanaClient, group: str) -> Sequence[str]:
    """Returns the versions of a group, the preferred one first; none where the server has no such group."""
    try:
        found = await client.discover(group)
    except NotFound:
        return ()
    versions = [str(one["version"]) for one in found["versions"]]
    preferred = str((found.get("preferredVersion") or {}).get("version") or "")
    return sorted(versions, key=lambda version: version != preferred)


async def kinds_of(client: GrafanaClient, group: str, version: str) -> Sequence[ServedKind]:
    """Returns the kinds of one version of a group; none where the server has no such version."""
    try:
        found = await client.discover(f"{group}/{version}")
    except NotFound:
        return ()
    return [
        ServedKind(group, version, one["kind"], one["name"], frozenset(one["verbs"]))
        for one in found["resources"]
        if "/" not in one["name"] and one.get("namespaced") is not False
    ]


async def unwritable_reason(client: GrafanaClient, served: ServedKind) -> str:
    """Returns the reason why no account changes objects of a kind; empty where there is none."""
    if "update" not in served.verbs:
        return f"Grafana has no call that changes a {served.kind}"
    return unwritable(served.key, (await client.server()).toggles)


async def find_kind(client: GrafanaClient, group: str, kind: str, version: str = "") -> ServedKind | None:
    """Returns a kind in `version`, or without one in the first that has it; None where the server has it in none."""
    for one in (version,) if version else await versions_of(client, group):
        found = next((served for served in await kinds_of(client, group, one) if served.kind == kind), None)
        if found is not None:
            return found
    return None


async def all_kinds(client: GrafanaClient) -> Sequence[ServedKind]:
    """Returns every kind that can be managed, once, in the first version of its group that has it."""
    groups = [str(one["name"]) for one in (await client.discover(""))["groups"]]
    found: list[ServedKind] = []
    for group in groups:
        versions = await versions_of(client, group)
        listed = await read_all(kinds_of(client, group, version) for version in versions)
        by_kind: dict[str, ServedKind] = {}
        for served in (one for kinds in listed for one in kinds):
            by_kind.setdefault(served.kind, served)
        found += [served for served in by_kind.values() if served.is_manageable]
    toggles = (await client.server()).toggles
    return [served for served in found if not unwritable(served.key, toggles)]


async def require_kind(client: GrafanaClient, group: str, version: str, kind: str) -> ServedKind:
    """Returns a kind. Raises ValueProblem where the server does not have it, with what it has."""
    served = await find_kind(client, group, kind, version)
    if served is not None:
        return served
    server = f"Grafana {await client.server()}"
    versions = await versions_of(client, group)
    if not versions:
        groups = [str(one["name"]) for one in (await client.discover(""))["groups"]]
        raise ValueProblem("api_version", f"{server} has no group {group}", f"It has {_listed(groups)}.")
    kinds = await kinds_of(client, group, version)
    if not kinds:
        there = _listed(f"{group}/{one}" for one in versions)
        raise ValueProblem("api_version", f"{server} has no {group}/{version}", f"It has {there}.")
    there = _listed(one.kind for one in kinds)
    raise ValueProblem("kind", f"{server} has no kind {kind} in {group}/{version}", f"It has {there}.")


def _listed(names: Iterable[str]) -> str:
    return ", ".join(sorted(set(names))) or "none"
