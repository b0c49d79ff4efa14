"""Provenance of alerting objects (/api/v1/provisioning): who may change what was made there.

What an API has made (`api`) nobody edits in the UI. A write with the header X-Disable-Provenance makes an object that
people can edit too (no provenance), and that stays free until a write without the header; what has become `api` is not
taken back (403, 12.4.0). What comes from a file (`file`) is nobody's to change.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from hcl_lite.core.schema import Attr, Live, Stays, Version
from providers.grafana.client import GrafanaClient
from providers.grafana.fixed import FROM_FILE
from providers.grafana.since import is_since, require_version
from providers.kit.api import Json, Occupied, Rest, Values

ROOT: Final = "/api/v1/provisioning"
NAME: Final = "disable_provenance"
_FREE: Final = "disableProvenance"

# A write of one that comes in between that of another fails with 500 (12.4).
KEPT_IN: Final = "Alertmanager configuration"

DISABLE_PROVENANCE: Final = Attr(
    "bool",
    default=False,
    wire=_FREE,
    doc="Let people change it in Grafana's UI too. What the API alone changes is not given back to them but by "
    "--replace.",
)


def told(wire: Json, *, tells: bool = True) -> Json:
    """An answer, with whether people may change the object too; that they may not, where no answer `tells`."""
    return {**wire, _FREE: tells and not wire.get("provenance")}


def split(body: Json) -> tuple[Json, Mapping[str, str]]:
    """The body of a write, and the headers that go with it."""
    sent = {key: value for key, value in body.items() if key != _FREE}
    return sent, {"X-Disable-Provenance": "true"} if body.get(_FREE) else {}


def is_free(wire: Json) -> bool:
    """Whether people may change an object that was found, or are to."""
    return wire.get(_FREE) is True


def fixed(wire: Json) -> str:
    """Returns the reason why nobody can change an object."""
    return FROM_FILE if wire.get("provenance") == "file" else ""


async def changeable(client: GrafanaClient, given: Values, values: Values, live: Live | None) -> None:
    """Raises Stays where an object that is the API's is to be everybody's again."""
    if values.get(NAME) is not True or live is None or live.attributes.get(NAME, True):
        return
    what = "Grafana does not take back that an object is changed by its API alone (its provenance)"
    raise Stays([NAME], what, f"Leave {NAME} out, or make the object anew with --replace.")


@dataclass(frozen=True, slots=True)
class Provisioned(Rest[GrafanaClient]):
    """Rest whose objects have a provenance. `puts`: a PUT makes and changes them. `tells_since` is from which Grafana
    on answers tell the provenance."""

    puts: bool = False
    tells_since: tuple[int, ...] = (9,)

    async def find(
        self, client: GrafanaClient, uid: str, desired: Values | None = None, expected_version: Version | None = None
    ) -> Json | None:
        wire = await Rest.find(self, client, uid)
        return wire if wire is None or self.is_listed else await self._told(client, wire)

    async def list(self, client: GrafanaClient) -> Sequence[Json]:
        return [await self._told(client, wire) for wire in await Rest.list(self, client) or ()]

    async def create(self, client: GrafanaClient, body: Json) -> Json | None:
        sent, headers = split(body)
        if not self.puts:
            made: Json = await client.call("POST", self.path, body=sent, headers=headers)
            return made
        uid = str(body["name"])
        if await Rest.find(self, client, uid) is not None:
            raise Occupied
        await client.call("PUT", self.path_of(uid), body=sent, headers=headers)
        return None

    async def update(self, client: GrafanaClient, uid: str, body: Json, there: Json | None) -> None:
        sent, headers = split(body)
        if there is not None and there["name"] != body["name"]:
            client.renamed[body["name"]] = there["name"]
        kept = {key: there[key] for key in self.along if there is not None and key in there}
        await client.call("PUT", self.path_of(uid), body={**kept, **sent}, headers=headers)

    async def check_told(self, client: GrafanaClient, values: Values, *, what: str) -> None:
        """Raises ValueProblem for `what` on a server before 9.1, which has none of these routes, and for
        `disable_provenance` on one that does not tell the provenance."""
        await require_version(client, what, "", 9, 1)
        if values.get(NAME) is True:
            await require_version(client, f"{NAME} here", NAME, *self.tells_since)

    async def _told(self, client: GrafanaClient, wire: Json) -> Json:
        return told(wire, tells="provenance" in wire or await is_since(client, *self.tells_since))
