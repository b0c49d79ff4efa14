"""grafana_alert_rule: one rule of a group, whatever else is in it: /api/v1/provisioning/alert-rules (9.1 to 12.4).

A new rule goes to the end of its group, and takes its interval, or one minute where there is no such group yet; a PUT
with another group or folder moves it. From 11 on the list has all of every rule.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

from hcl_lite.core.schema import Attr, Capabilities, ValueProblem, Version, Whole
from hcl_lite.core.values import JsonValue, is_unknown
from providers.grafana import provenance
from providers.grafana.client import GrafanaClient
from providers.grafana.provenance import DISABLE_PROVENANCE, ROOT, Provisioned
from providers.grafana.rules import (
    MENTIONED,
    RULE,
    needs_of,
    problems_of,
    rule_as_stored,
    rule_as_told,
    with_models,
    with_point,
)
from providers.grafana.since import is_since, require_version
from providers.kit.api import Json, Rest, Values
from providers.kit.hooks import Needed
from providers.kit.identity import Composite
from providers.kit.ids import Ids
from providers.kit.resource import resource
from providers.kit.version import Digest
from providers.transport.misread import read_all

_GROUP: Final = Composite(("folder_uid", "rule_group"))
_QUERIES: Final[list[JsonValue]] = [
    {"ref_id": "A", "datasource_uid": "__expr__", "model": {"type": "math", "expression": "1"}}
]
_KEPT: Final = ("folderUID", "ruleGroup", "provenance", DISABLE_PROVENANCE.wire)


@dataclass(frozen=True, slots=True)
class AlertRules(Provisioned):
    """The routes of single rules."""

    @property
    def is_listed(self) -> bool:
        return True

    async def find(
        self, client: GrafanaClient, uid: str, desired: Values | None = None, expected_version: Version | None = None
    ) -> Json | None:
        wire = await Rest.find(self, client, uid)
        return None if wire is None else _told(await self._told(client, wire))

    async def list(self, client: GrafanaClient) -> Sequence[Json]:
        """Before 11 the list does not tell the provenance (10.1): each rule is read."""
        if await is_since(client, 11):
            return [_told(wire) for wire in await Provisioned.list(self, client)]
        each = await read_all(self.find(client, rule["uid"]) for rule in await Rest.list(self, client) or ())
        return [wire for wire in each if wire is not None]

    def before(self, client: GrafanaClient, there: Json) -> Json:
        return with_point(there, client.renamed) if client.renamed else there

    async def update(self, client: GrafanaClient, uid: str, body: Json, there: Json | None) -> None:
        sent, headers = provenance.split(body)
        await client.call("PUT", self.path_of(uid), body=sent, headers=headers)


def _told(wire: Json) -> Json:
    """A rule of an answer, with where it is."""
    return {**rule_as_told(wire), **{key: wire[key] for key in _KEPT if key in wire}}


def _group_of(values: Values) -> Whole | None:
    uid = _GROUP.uid(values)
    return ("grafana_rule_group", uid) if isinstance(uid, str) and not is_unknown(uid) else None


def _check(values: Values) -> None:
    for key, problem in problems_of(values):
        raise ValueProblem(key, f"The rule {problem}")


async def _check_told(client: GrafanaClient, values: Values) -> None:
    """Raises ValueProblem for rules on a server before 9.1, and for what an older one passes over in them."""
    await require_version(client, "An alert rule", "", 9, 1)
    for key, version in needs_of(values):
        attribute = key if key in RULE else "notification_settings"
        await require_version(client, f"{key} of a rule", attribute, *version)


ALERT_RULE = resource(
    "grafana_alert_rule",
    "One rule of a group, whatever else is in that. A group that is managed as a whole is a grafana_rule_group.",
    api=AlertRules(f"{ROOT}/alert-rules"),
    ids=Ids((), pages=("/alerting/grafana/{id}/view", "/alerting/{id}/edit")),
    versioned=Digest(beside=("provenance",)),
    title="title",
    folder="folderUID",
    capabilities=Capabilities(piece=True),
    whole=_group_of,
    mentioned={"folder_uid": Needed("folder"), **MENTIONED},
    check=_check,
    made_of=with_models,
    normal=rule_as_stored,
    supported=_check_told,
    changeable=provenance.changeable,
    fixed=provenance.fixed,
    writes_at_once=1,  # each goes to the end of its group
    attrs={
        **RULE,
        "condition": replace(RULE["condition"], example="A"),
        "data": replace(RULE["data"], example=_QUERIES),
        "uid": Attr(computed=True, optional=True, replaces=True, stable=True, doc="Identity."),
        "folder_uid": Attr(required=True, wire="folderUID", doc="uid of its folder."),
        "rule_group": Attr(required=True, wire="ruleGroup", doc="Name of the group that it is evaluated with."),
        "disable_provenance": DISABLE_PROVENANCE,
    },
)
