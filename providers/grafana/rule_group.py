"""grafana_rule_group: alert and recording rules that are evaluated together, in their order.

GET, PUT and DELETE /api/v1/provisioning/folder/:uid/rule-groups/:group; GET …/alert-rules lists all rules, and tells
the provenance, which the group does not (12.4.0). A PUT makes a group, deletes what it does not name, leaves alone what
has not changed, and moves here what has the same uid elsewhere. Before 11.6 it knows no rule of a new uid (10.1, 11.0:
500): those are made by themselves first.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import quote

from hcl_lite.core.schema import Attr, ValueProblem, Version
from hcl_lite.core.schema.blocks import Blocks
from hcl_lite.core.values import JsonValue, Value
from providers.grafana import provenance
from providers.grafana.client import GrafanaClient
from providers.grafana.folder_api import is_folder_missing
from providers.grafana.provenance import DISABLE_PROVENANCE, ROOT
from providers.grafana.rule_outline import outline_of_rules
from providers.grafana.rules import (
    DERIVED,
    MENTIONED,
    RULE,
    check_rules,
    derived_uid,
    needs_of,
    rule_as_stored,
    rule_as_told,
    with_models,
    with_point,
    with_uids,
)
from providers.grafana.since import is_since, require_version
from providers.kit.api import Api, Json, Occupied, Values
from providers.kit.hooks import Needed
from providers.kit.identity import Composite
from providers.kit.ids import Ids
from providers.kit.resource import Resource, odd_resource
from providers.kit.version import Digest
from providers.transport.errors import Denied

_RULES: Final = f"{ROOT}/alert-rules"
_UIDS_IN_GROUPS: Final = (11, 6)
_TICK: Final = 10  # seconds: how often Grafana looks which rules are due, unless its configuration says otherwise

_ALWAYS: Final[Mapping[str, JsonValue]] = {
    "name": "Always",
    "condition": "A",
    "data": [{"ref_id": "A", "datasource_uid": "__expr__", "model": {"type": "math", "expression": "1"}}],
}


def _group_path(uid: str) -> str:
    folder, _, name = uid.partition(":")
    return f"{ROOT}/folder/{quote(folder, safe='')}/rule-groups/{quote(name, safe='')}"


def _rule_path(rule: Json) -> str:
    return f"{_RULES}/{quote(rule['uid'], safe='')}"


def _place(group: Json) -> Json:
    return {"folderUID": group["folderUid"], "ruleGroup": group["title"]}


@dataclass(frozen=True, slots=True)
class RuleGroups(Api[GrafanaClient]):
    """The routes of groups, which are called FOLDER:NAME."""

    async def find(
        self, client: GrafanaClient, uid: str, desired: Values | None = None, expected_version: Version | None = None
    ) -> Json | None:
        """The group, with the provenance of its first rule: those of a group have one."""
        try:
            group = await client.find(_group_path(uid))
        except Denied:  # also an editor for whom the folder is still to be made (12.4)
            if not await is_folder_missing(client, uid.partition(":")[0]):
                raise
            return None
        if group is None or not group["rules"]:
            return None
        first = await client.find(_rule_path(group["rules"][0])) or {}
        told = {**group, "rules": [rule_as_told(rule) for rule in group["rules"]]}
        return provenance.told({**told, "provenance": first.get("provenance") or ""})

    def before(self, client: GrafanaClient, there: Json) -> Json:
        if not client.renamed:
            return there
        return {**there, "rules": [with_point(rule, client.renamed) for rule in there["rules"]]}

    async def list(self, client: GrafanaClient) -> Sequence[Json]:
        groups: dict[tuple[str, str], Json] = {}
        for rule in await client.get(_RULES) or ():
            place = {"folderUid": rule["folderUID"], "title": rule["ruleGroup"]}
            groups.setdefault((rule["folderUID"], rule["ruleGroup"]), place)
        return [*groups.values()]

    async def create(self, client: GrafanaClient, body: Json) -> Json | None:
        uid = f"{body['folderUid']}:{body['title']}"
        if await client.find(_group_path(uid)) is not None:
            raise Occupied
        await self._put(client, uid, body, ())
        return None

    async def update(self, client: GrafanaClient, uid: str, body: Json, there: Json | None) -> None:
        there = there or {"rules": ()}
        rules = await self._put(client, uid, body, there["rules"])
        if provenance.is_free(there) and not provenance.is_free(body):
            await self._take(client, body, rules)

    async def delete(self, client: GrafanaClient, uid: str, attributes: Mapping[str, Any]) -> None:
        """Before 11 a group has no route for it (10.1): its rules are deleted one by one."""
        if await is_since(client, 11):
            await client.call("DELETE", _group_path(uid))
            return
        group = await client.call("GET", _group_path(uid))
        for rule in group["rules"]:
            await client.call("DELETE", _rule_path(rule))

    async def _put(self, client: GrafanaClient, uid: str, body: Json, there: Sequence[Json]) -> Sequence[Json]:
        sent, headers = provenance.split(body)
        rules = with_uids(sent["rules"], there)
        if not await is_since(client, *_UIDS_IN_GROUPS):
            await self._make(client, body, (rules, there), headers)
        await client.call("PUT", _group_path(uid), body={**sent, "rules": rules}, headers=headers)
        return rules

    async def _make(
        self,
        client: GrafanaClient,
        body: Json,
        change: tuple[Sequence[Json], Sequence[Json]],
        headers: Mapping[str, str],
    ) -> None:
        """Makes the rules that are nowhere yet, at the end of the group. One that is to go, and has the title of one of
        them, goes first: a folder has each title once (10.1, 11.0)."""
        rules, there = change
        kept, known = {rule["uid"] for rule in rules}, {rule["uid"] for rule in there}
        new = [rule for rule in rules if rule["uid"] not in known]
        titles = {rule["title"] for rule in new}
        for rule in there:
            if rule["uid"] not in kept and rule["title"] in titles:
                await client.call("DELETE", _rule_path(rule))
        for rule in new:
            if await client.find(_rule_path(rule)) is None:
                await client.call("POST", _RULES, body={**rule, **_place(body)}, headers=headers)

    async def _take(self, client: GrafanaClient, body: Json, rules: Sequence[Json]) -> None:
        """Makes each rule the API's: a PUT of the group does that to those alone that it changes. The first one, which
        tells of the group, is the last."""
        for rule in reversed(rules):
            await client.call("PUT", _rule_path(rule), body={**rule, **_place(body)})


@dataclass(frozen=True, kw_only=True)
class RuleGroupType(Resource):
    """A rule gets its uid from its block's address and its own name."""

    def complete(self, address: str, name: str, values: Values, uid: str) -> Values:
        complete = super().complete(address, name, values, uid)
        rules = complete.get("rule")
        if not isinstance(rules, list | tuple):
            return complete
        own = [
            {**rule, DERIVED: derived_uid(address, rule.get("name"))} if isinstance(rule, Mapping) else rule
            for rule in rules
        ]
        return {**complete, "rule": own}

    def outline(self, values: Values) -> Values:
        return dict(outline_of_rules(values.get("rule")))

    def to_wire(self, values: Values) -> Json:
        wire = super().to_wire(values)
        rules = zip(wire["rules"], values["rule"], strict=True)
        return {**wire, "rules": [{**sent, DERIVED: own.get(DERIVED, "")} for sent, own in rules]}


def _check(values: Values) -> None:
    interval = values.get("interval_seconds")
    if isinstance(interval, int | float) and (interval <= 0 or interval % _TICK):
        what = f"Expected a number of seconds that {_TICK} divides, such as 60, found {interval}."
        raise ValueProblem("interval_seconds", "Grafana evaluates no rules so often", what)
    check_rules(values.get("rule"))


async def _check_told(client: GrafanaClient, values: Values) -> None:
    """Raises ValueProblem for rules on a server before 9.1, and for what an older one passes over in them."""
    await require_version(client, "A rule group", "", 9, 1)
    rules = values.get("rule")
    for rule in rules if isinstance(rules, list | tuple) else ():
        for key, version in needs_of(rule) if isinstance(rule, Mapping) else ():
            await require_version(client, f'{key} of the rule "{rule.get("name")}"', "rule", *version)


def _made_of(values: Values) -> Values:
    return _each_rule(values, with_models)


def _stored(values: Values) -> Values:
    return _each_rule(values, rule_as_stored)


def _each_rule(values: Values, change: Any) -> Values:
    rules = values.get("rule")
    if not isinstance(rules, list | tuple):
        return values
    made: list[Value] = [change(rule) if isinstance(rule, Mapping) else rule for rule in rules]
    return {**values, "rule": made}


RULE_GROUP = odd_resource(
    RuleGroupType,
    "grafana_rule_group",
    "Alert rules and recording rules of a folder that are evaluated together, in their order.",
    api=RuleGroups(),
    identity=Composite(("folder_uid", "name")),
    ids=Ids((), pages=("/alerting/*/namespaces/{id}/groups/{id}",)),
    versioned=Digest(beside=("provenance",)),
    title="title",
    folder="folderUid",
    shown=("folder_uid", "name", "interval_seconds", "disable_provenance"),
    mentioned={
        "folder_uid": Needed("folder"),
        **{f"rule.{key}": kind for key, kind in MENTIONED.items()},
    },
    check=_check,
    made_of=_made_of,
    normal=_stored,
    supported=_check_told,
    changeable=provenance.changeable,
    fixed=provenance.fixed,
    attrs={
        "folder_uid": Attr(required=True, replaces=True, stable=True, wire="folderUid", doc="uid of its folder."),
        "name": Attr(
            required=True, replaces=True, stable=True, wire="title", doc="What people see; in its folder its identity."
        ),
        "interval_seconds": Attr("number", required=True, wire="interval", example=60, doc="How often, in seconds."),
        "rule": Attr(Blocks(RULE), required=True, wire="rules", example=[_ALWAYS], doc="Its rules."),
        "disable_provenance": DISABLE_PROVENANCE,
    },
)
