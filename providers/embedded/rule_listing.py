"""All alert rules at once, as 12.4.0 answers: for files of provisioning, and as Grafana's own pages read them."""

from collections.abc import Iterable, Iterator, Mapping
from itertools import groupby
from typing import Any, Final
from uuid import NAMESPACE_OID, uuid5

from starlette.responses import Response

from providers.embedded import wire
from providers.embedded.alerting import ROOT, shown
from providers.embedded.durations import duration_text
from providers.embedded.items import Item
from providers.embedded.objects import parents
from providers.embedded.routing import Call, Route
from providers.embedded.rules import READ, all_rules

_EDITORS: Final = {
    "editor_settings": {"simplified_query_and_expressions_section": False, "simplified_notifications_section": False}
}
_PLACES: Final = ("folderUID", "ruleGroup")


def export(call: Call) -> Response:
    """GET /api/v1/provisioning/alert-rules/export?folderUid=&group=&ruleUid=&format= (12.4.0): JSON, which is YAML too;
    the form `hcl` is not served."""
    groups = [
        {
            "orgId": call.identity.org,
            "name": group,
            "folder": _way(call, folder),
            "interval": _interval(rules),
            "rules": [_exported(rule.uid, rule.body) for rule in rules],
        }
        for (folder, group), rules in _groups(_asked(call))
    ]
    if not groups:
        raise wire.Refused(Response(status_code=404))
    body = {"apiVersion": 1, "groups": groups}
    return wire.answer(body, content_type=wire.PLAIN if call.query("format") == "json" else "text/yaml")


def list_ruler(call: Call) -> Response:
    """GET /api/ruler/grafana/api/v1/rules (12.4.0): groups by the titles of their folders."""
    told: dict[str, list[dict[str, Any]]] = {}
    for (folder, group), rules in _groups(all_rules(call)):
        shown_rules = [_of_ruler(call, rule) for rule in rules]
        one = {"name": group, "interval": _interval(rules), "rules": shown_rules}
        told.setdefault(_way(call, folder), []).append(one)
    return wire.answer(told)


def _asked(call: Call) -> Iterator[Item]:
    asked = {key: call.query(key) for key in ("folderUid", "group", "ruleUid")}
    for rule in all_rules(call):
        own = {"folderUid": rule.body["folderUID"], "group": rule.body["ruleGroup"], "ruleUid": rule.uid}
        if all(asked[key] in ("", own[key]) for key in asked):
            yield rule


def _groups(rules: Iterable[Item]) -> Iterator[tuple[tuple[str, str], list[Item]]]:
    for (folder, group), found in groupby(rules, lambda rule: tuple(rule.body[key] for key in _PLACES)):
        yield (folder, group), [*found]


def _way(call: Call, uid: str) -> str:
    """The titles of the way to a folder."""
    folder = call.objects.get("folders", uid)
    if folder is None:
        return uid
    return "/".join(one.title.replace("/", "\\/") for one in (*parents(call.objects, folder), folder))


def _interval(rules: list[Item]) -> str:
    return duration_text(rules[0].body["interval"] * 1000)


def _exported(uid: str, body: Mapping[str, Any]) -> dict[str, Any]:
    """A rule as a file of provisioning has it; a recording rule is without what fires."""
    record = body.get("record")
    query_keys = ("refId", "queryType", "relativeTimeRange", "datasourceUid", "model")
    data = [{key: one[key] for key in query_keys if one.get(key) != ""} for one in body["data"]]
    fires = ("condition", "noDataState", "execErrState", "for", "notification_settings", "missingSeriesEvalsToResolve")
    kept = {key: body[key] for key in ("labels", "annotations", *(() if record else fires)) if body.get(key)}
    held = {} if record or body["keep_firing_for"] == "0s" else {"keepFiringFor": body["keep_firing_for"]}
    written = {"targetDatasourceUid" if k == "target_datasource_uid" else k: v for k, v in (record or {}).items()}
    told = {"uid": uid, "title": body["title"], "data": data, "isPaused": body["isPaused"], **kept, **held}
    return told | ({"record": written} if record else {})


def _of_ruler(call: Call, rule: Item) -> dict[str, Any]:
    body, maker = rule.body, call.accounts.by_id(rule.updated_by)
    alert = {
        "title": body["title"],
        "condition": body["condition"],
        "data": body["data"],
        "updated": wire.timestamp(rule.updated),
        "updated_by": {"uid": maker.uid, "name": maker.login} if maker is not None else None,
        "intervalSeconds": body["interval"],
        "version": rule.version,
        "uid": rule.uid,
        "namespace_uid": body["folderUID"],
        "rule_group": body["ruleGroup"],
        "no_data_state": body["noDataState"],
        "exec_err_state": body["execErrState"],
        "is_paused": body["isPaused"],
        "metadata": _EDITORS,
        "guid": str(uuid5(NAMESPACE_OID, f"{rule.org}:{rule.uid}")),
        **shown(rule),
        **{key: body[key] for key in ("notification_settings", "record") if body.get(key)},
    }
    if body.get("missingSeriesEvalsToResolve"):
        alert["missing_series_evals_to_resolve"] = body["missingSeriesEvalsToResolve"]
    texts = {key: body[key] for key in ("labels", "annotations") if body.get(key)}
    times = {"for": body["for"], "keep_firing_for": body["keep_firing_for"]}
    return {"expr": "", **times, **texts, "grafana_alert": alert}


ROUTES: Final = (
    Route("GET", f"{ROOT}/alert-rules/export", export, *READ),
    Route("GET", "/api/ruler/grafana/api/v1/rules", list_ruler, *READ),
)
