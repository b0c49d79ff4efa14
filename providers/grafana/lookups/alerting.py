"""Data blocks of contact points and rule groups."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from hcl_lite.core.schema import Attr
from hcl_lite.core.values import JsonValue
from providers.grafana.client import GrafanaClient
from providers.grafana.lookups.finding import Row, Values, rows
from providers.grafana.provenance import ROOT
from providers.grafana.since import require_version
from providers.kit.lookup import Lookup

_POINT: Final = {"uid": "uid", "name": "name", "type": "type", "provenance": "provenance"}
_RULE: Final = {"uid": "uid", "name": "title", "is_paused": "isPaused"}


async def _find_points(client: GrafanaClient, values: Values) -> Mapping[str, JsonValue]:
    """GET /api/v1/provisioning/contact-points (9.1 to 12.4): without their settings, which have secrets."""
    await require_version(client, "A contact point", "", 9, 1)
    name = values.get("name")
    points = rows(await client.get(f"{ROOT}/contact-points") or (), _POINT, "name", "uid")
    told = [{**one, "provenance": one["provenance"] or ""} for one in points if name is None or one["name"] == name]
    return {"names": sorted({str(one["name"]) for one in told}), "contact_points": told}


async def _find_groups(client: GrafanaClient, values: Values) -> Mapping[str, JsonValue]:
    """GET /api/v1/provisioning/alert-rules, a list of all rules (9.4 to 12.4)."""
    await require_version(client, "A list of rule groups", "", 9, 4)
    folder = values.get("folder_uid")
    groups: dict[tuple[str, str], list[Any]] = {}
    for rule in await client.get(f"{ROOT}/alert-rules") or ():
        if folder is None or rule["folderUID"] == folder:
            groups.setdefault((rule["folderUID"], rule["ruleGroup"]), []).append(rule)
    told: list[Row] = [
        {"folder_uid": place, "name": name, "rules": rows(groups[place, name], _RULE, "name")}
        for place, name in sorted(groups)
    ]
    return {"rule_groups": told}


CONTACT_POINTS = Lookup(
    "grafana_contact_points",
    "The contact points that there are, or those of a name.",
    {
        "name": Attr(doc="Only those that are called so: one for each way."),
        "names": Attr("list(string)", computed=True, doc="What they are called, each once."),
        "contact_points": Attr(
            "list(any)",
            computed=True,
            doc="By name; each with uid, name, type, and provenance: what manages it, empty for people.",
        ),
    },
    _find_points,
)
RULE_GROUPS = Lookup(
    "grafana_rule_groups",
    "The rule groups that there are, or those in a folder.",
    {
        "folder_uid": Attr(doc="Only those in this folder."),
        "rule_groups": Attr(
            "list(any)",
            computed=True,
            doc="By folder; each with folder_uid, name, and rules: a list of uid, name, is_paused.",
        ),
    },
    _find_groups,
)
