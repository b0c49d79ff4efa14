"""grafana_notification_policy: GET, PUT and DELETE /api/v1/provisioning/policies (9.1 to 12.4): whom alerts notify.

An organisation always has the tree; here it is there while it is another one than a Grafana starts with, and a deletion
resets it. A root with `continue` makes all of alerting unreadable on 12.4.0: it has no such argument.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from hcl_lite.core.schema import ValueProblem, Version
from providers.grafana import provenance
from providers.grafana.client import GrafanaClient
from providers.grafana.policy_tree import MENTIONED, ROOT_ATTRS, from_tree, policies_below, to_tree, with_points
from providers.grafana.provenance import DISABLE_PROVENANCE, KEPT_IN, ROOT
from providers.grafana.references import ALWAYS_THERE
from providers.grafana.since import require_version
from providers.kit.api import Api, Json, Occupied, Values
from providers.kit.identity import Singleton
from providers.kit.ids import Ids
from providers.kit.resource import resource
from providers.kit.version import Digest

_PATH: Final = f"{ROOT}/policies"
_GROUPED: Final = ["grafana_folder", "alertname"]


@dataclass(frozen=True, slots=True)
class Policies(Api[GrafanaClient]):
    """The tree of an organisation, by attribute names."""

    async def find(
        self, client: GrafanaClient, uid: str, desired: Values | None = None, expected_version: Version | None = None
    ) -> Json | None:
        tree = await client.get(_PATH)
        policy = from_tree(tree)
        if _is_the_first(policy) and not tree.get("provenance"):
            return None
        return provenance.told({**policy, "provenance": tree.get("provenance") or ""})

    def before(self, client: GrafanaClient, there: Json) -> Json:
        return with_points(there, client.renamed) if client.renamed else there

    async def list(self, client: GrafanaClient) -> Sequence[Json]:
        found = await self.find(client, "")
        return () if found is None else (found,)

    async def create(self, client: GrafanaClient, body: Json) -> Json | None:
        if await self.find(client, "") is not None:
            raise Occupied
        await self.update(client, "", body, None)
        return None

    async def update(self, client: GrafanaClient, uid: str, body: Json, there: Json | None) -> None:
        policy, headers = provenance.split(body)
        await client.call("PUT", _PATH, body=to_tree(policy), headers=headers)

    async def delete(self, client: GrafanaClient, uid: str, attributes: Mapping[str, Any]) -> None:
        await client.call("DELETE", _PATH)


def _is_the_first(policy: Mapping[str, Any]) -> bool:
    """Whether a tree is the one that a Grafana starts with (9 to 12.4)."""
    given = {key: value for key, value in policy.items() if key in ROOT_ATTRS and value not in (None, [], "")}
    point = given.pop("contact_point", None)
    return point in ALWAYS_THERE and given == {"group_by": _GROUPED}


def _check(values: Values) -> None:
    if values.get(provenance.NAME) is True and _is_the_first(values):
        detail = "Nothing tells it from having none: leave the block out."
        raise ValueProblem("contact_point", "This is the policy that a Grafana starts with", detail)


async def _check_told(client: GrafanaClient, values: Values) -> None:
    """Raises ValueProblem for policies on a server before 9.1, and for what an older one passes over in them."""
    await require_version(client, "A notification policy", "", 9, 1)
    if any(policy.get("active_timings") for policy in policies_below(values)):
        await require_version(client, "A policy with active_timings", "policy", 12, 1)


NOTIFICATION_POLICY = resource(
    "grafana_notification_policy",
    "Whom alerts notify: the tree of policies of an organisation, which has one. Destroyed, it is as a Grafana starts.",
    api=Policies(),
    identity=Singleton("policy"),
    ids=Ids((), pages=("/alerting/routes",)),
    versioned=Digest(beside=("provenance",)),
    delete_note="Grafana goes back to its default policy: its default contact point is told of all alerts.",
    mentioned=MENTIONED,
    check=_check,
    supported=_check_told,
    changeable=provenance.changeable,
    fixed=provenance.fixed,
    kept_in=KEPT_IN,
    conflict="The notification policies have been changed by someone else since the plan.",
    attrs={**ROOT_ATTRS, "disable_provenance": DISABLE_PROVENANCE},
)
