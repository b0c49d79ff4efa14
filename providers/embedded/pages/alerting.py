"""The alert rules by folder and group, each with what in it names something that is not here."""

from collections.abc import Iterator, Mapping
from itertools import groupby
from typing import Any, Final

from hcl_lite.sketch.values import mapping
from providers.embedded import alerting
from providers.embedded.items import Item, Items
from providers.embedded.pages.dashboard import names_of_sources
from providers.embedded.pages.queries import Query, queries_of
from providers.embedded.pages.rendering import Missing, Page
from providers.embedded.routing import Call
from providers.embedded.rules import RULES, all_rules

_EXPRESSIONS: Final = ("__expr__", "-100")


def list_rules(call: Call) -> Page:
    """GET /alerting/list."""
    return _page(call, all_rules(call), "Alert rules")


def show_rule(call: Call) -> Page:
    """GET /alerting/grafana/:uid/view."""
    rule = RULES.items(call).get(call.params["uid"])
    if rule is None:
        raise Missing(f"There is no alert rule with the uid {call.params['uid']}.")
    return _page(call, [rule], str(rule.body.get("title")))


def _page(call: Call, rules: list[Item], title: str) -> Page:
    folders = {folder.name: folder.title for folder in call.objects.all("folders")}
    names = names_of_sources(call)
    receivers = {item.name for item in Items(call.store, call.identity.org, alerting.CONTACT_POINTS).all()}
    shown = [
        {
            "rule": rule,
            "body": rule.body,
            "labels": mapping(rule.body.get("labels")),
            "record": mapping(rule.body.get("record")),
            "queries": _queries(rule.body, names),
            "faults": [*_faults(rule.body, names, folders, receivers)],
        }
        for rule in rules
    ]
    groups = [
        {"folder": folders.get(folder, folder), "name": name, "rules": list(members)}
        for (folder, name), members in groupby(shown, key=_group)
    ]
    return Page("alerting.html", title, "rules", {"groups": groups, "count": len(rules)})


def _group(one: Mapping[str, Any]) -> tuple[str, str]:
    return one["body"]["folderUID"], one["body"]["ruleGroup"]


def _queries(body: Mapping[str, Any], names: Mapping[str, str]) -> list[Query]:
    targets = [
        {
            **one["model"],
            "refId": one["refId"],
            "datasource": "expression" if one["datasourceUid"] in _EXPRESSIONS else one["datasourceUid"],
        }
        for one in body["data"]
    ]
    return queries_of({"targets": targets}, names)


def _faults(
    body: Mapping[str, Any], names: Mapping[str, str], folders: Mapping[str, str], receivers: set[str]
) -> Iterator[str]:
    """Sentences on what would keep the rule from working: here it is kept, and not evaluated."""
    if body["folderUID"] not in folders:
        yield f"Its folder {body['folderUID']} is not here."
    for one in body["data"]:
        if one["datasourceUid"] not in names and one["datasourceUid"] not in _EXPRESSIONS:
            yield f"Query {one['refId']} names the data source {one['datasourceUid']}, which is not here."
    condition = body["condition"] or mapping(body.get("record")).get("from")
    if condition not in {one["refId"] for one in body["data"]}:
        yield f"Its condition {condition} is none of its queries."
    receiver = mapping(body.get("notification_settings")).get("receiver")
    if receiver and receiver not in receivers:
        yield f"Its contact point {receiver} is not here."
