"""Policies and rules of a server that name contact points or mute timings, whoever manages them."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Any, Final

from hcl_lite.core.schema import Dependent
from providers.grafana.client import GrafanaClient
from providers.grafana.provenance import ROOT
from providers.kit.api import Json
from providers.transport.errors import Denied, NotFound

POINTS: Final = ("receiver",)
TIMINGS: Final = ("mute_time_intervals", "active_time_intervals")
_TREE: Final = Dependent("the notification policies", (("grafana_notification_policy", "policy"),))


async def find_dependents(
    client: GrafanaClient, names: Collection[str], keys: Sequence[str]
) -> Mapping[str, Sequence[Dependent]]:
    """Returns what has one of `names` in one of `keys`, which policies and rules have alike.

    GET /api/v1/provisioning/policies and alert-rules (9.1 to 12.4). None of what the account may not see.
    """
    tree, rules = await _get(client, "policies"), await _get(client, "alert-rules")
    return {name: [*_naming(name, keys, tree or {}, rules or ())] for name in names}


async def find_points(client: GrafanaClient) -> Sequence[Json]:
    """Returns the contact points of a server; none where the account may not see them.

    GET /api/v1/provisioning/contact-points (9.1 to 12.4).
    """
    return await _get(client, "contact-points") or ()


async def _get(client: GrafanaClient, what: str) -> Any:
    try:
        return await client.get(f"{ROOT}/{what}")
    except (Denied, NotFound):
        return None


def _naming(name: str, keys: Sequence[str], tree: Json, rules: Sequence[Json]) -> Iterator[Dependent]:
    if any(name in _texts(policy, keys) for policy in _policies(tree)):
        yield _TREE
    for rule in rules:
        if name in _texts(rule.get("notification_settings") or {}, keys):
            group = f"{rule['folderUID']}:{rule['ruleGroup']}"
            managed_as = (("grafana_alert_rule", rule["uid"]), ("grafana_rule_group", group))
            yield Dependent(f'rule "{rule["title"]}" ({rule["uid"]})', managed_as)


def _policies(tree: Json) -> Iterator[Json]:
    yield tree
    for below in tree.get("routes") or ():
        yield from _policies(below)


def _texts(settings: Json, keys: Sequence[str]) -> Collection[str]:
    found = [settings.get(key) or () for key in keys]
    return {text for one in found for text in ((one,) if isinstance(one, str) else one)}
