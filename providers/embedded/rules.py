"""Alert rules and their groups under /api/v1/provisioning, as 12.4.0 answers: kept and checked, not evaluated."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from starlette.responses import Response

from providers.embedded import alerting, ids, wire
from providers.embedded.alerting import ROOT
from providers.embedded.collection import Access, Collection
from providers.embedded.durations import duration_text, read_duration
from providers.embedded.items import Draft, Item
from providers.embedded.routing import Call, Route
from providers.embedded.rule_checks import check_rule, refuse_rule, uid_complaint

_INTERVAL: Final = 60
_TICK: Final = 10  # seconds: how often 12.4.0 looks which rules are due
_QUERY_DEFAULTS: Final = {"intervalMs": 1000, "maxDataPoints": 43200}
_IDLE: Final = {"condition": "", "noDataState": "", "execErrState": "", "for": "0s", "keep_firing_for": "0s"}
_NOTHING: Final = {**_IDLE, "notification_settings": None}
READ: Final[Access] = (
    "Viewer",
    "any of alert.provisioning:read, alert.rules.provisioning:read, alert.provisioning.secrets:read, alert.rules:read",
)
_WRITE: Final[Access] = ("Editor", "any of alert.provisioning:write, alert.rules.provisioning:write")


def get_group(call: Call) -> Response:
    """GET /api/v1/provisioning/folder/:uid/rule-groups/:group (12.4.0): rules in their order, without provenance."""
    rules = _in_group(call, *_path(call))
    if not rules:
        raise _missing_group()
    return wire.answer(_group(call, rules[0].body["interval"], [_shown(rule) for rule in rules]))


def put_group(call: Call) -> Response:
    """PUT /api/v1/provisioning/folder/:uid/rule-groups/:group (12.4.0): rules that are not named are deleted, but where
    none is; those that are as they were keep their provenance. The answer has what was sent, with ids of 0."""
    command, (folder, group) = call.json(), _path(call)
    sent, interval = command.get("rules") or [], wire.read_field(command, "interval", int)
    if not isinstance(sent, list) or not all(isinstance(one, dict) for one in sent):
        raise wire.refuse(400, "bad request data")
    if interval <= 0 or interval % _TICK:
        why = f"interval ({interval}s) should be non-zero and divided exactly by scheduler interval: {_TICK}"
        raise refuse_rule(why)
    _check_folder(call, folder)
    place = {"folderUID": folder, "ruleGroup": group, "interval": interval}
    drafts = [_drafted(call, one, {**place, "order": order}) for order, one in enumerate(sent)]
    if not drafts:
        drafts = [Draft({**rule.body, **place}, rule.uid, group) for rule in _in_group(call, folder, group)]
    known = [_put(call, draft).id for draft in drafts]
    for rule in _in_group(call, folder, group):
        if rule.id not in known:
            _check_given_up(call, rule)
            RULES.items(call).remove(rule)
    return wire.answer(_group(call, interval, [_echo(call, one, place) for one in sent]))


def _drafted(call: Call, sent: dict[str, Any], place: Mapping[str, Any]) -> Draft:
    uid = wire.read_field(sent, "uid", str)
    if complaint := uid_complaint(uid):
        raise refuse_rule(f'cannot create rule with UID "{uid}": {complaint}')
    rule = {**_rule(sent), **place}
    check_rule(call, rule, "update" if uid and RULES.items(call).get(uid) else "insert")
    return Draft(rule, uid or ids.new_short_uid(call.store.now()), place["ruleGroup"])


def _put(call: Call, draft: Draft) -> Item:
    """Stores a rule of a group, or leaves it alone where it is as it was."""
    items, author, old = RULES.items(call), call.identity.account.id, RULES.items(call).get(draft.uid)
    mark = {"provenance": alerting.provenance(call)}
    if old is None:
        return items.add(Draft({**draft.body, **mark}, draft.uid, draft.name), author)
    if draft.body.keys() - old.body.keys() or any(draft.body.get(k) != v for k, v in old.body.items() if k not in mark):
        _check_given_up(call, old)
        return items.replace(old, Draft({**draft.body, **mark}, draft.uid, draft.name), author)
    return old


def _check_given_up(call: Call, rule: Item) -> None:
    """Refuse (400) to change the rule of a file. What is the API's may become everybody's by its group."""
    was, new = rule.body["provenance"], alerting.provenance(call)
    if was not in ("", alerting.API, new):
        message = f"cannot change provenance from '{was}' to '{new}'"
        raise alerting.refuse(409, "alert-rule.provenanceMismatch", message)


def delete_group(call: Call) -> Response:
    """DELETE /api/v1/provisioning/folder/:uid/rule-groups/:group (12.4.0)."""
    rules = _in_group(call, *_path(call))
    if not rules:
        raise _missing_group()
    for rule in rules:
        RULES.items(call).remove(rule)
    return alerting.deleted()


def _rule(command: Mapping[str, Any]) -> dict[str, Any]:
    """Returns the stored form of a rule, with what 12.4.0 adds to its queries. A recording rule has no state of its
    own."""
    record = command.get("record")
    kept = {
        "title": wire.read_field(dict(command), "title", str),
        "condition": command.get("condition") or "",
        "data": [_query(one, _QUERY_DEFAULTS) for one in command.get("data") or []],
        "noDataState": command.get("noDataState") or "NoData",
        "execErrState": command.get("execErrState") or "Alerting",
        "for": _duration(command.get("for")),
        "keep_firing_for": _duration(command.get("keep_firing_for")),
        "isPaused": bool(command.get("isPaused")),
        "notification_settings": command.get("notification_settings"),
        "record": record,
    }
    optional = ("annotations", "labels", "missingSeriesEvalsToResolve")
    kept |= {key: command[key] for key in optional if command.get(key) not in (None, {})}
    ignored = ("missingSeriesEvalsToResolve",) if record else ()
    return {k: v for k, v in kept.items() if k not in ignored} | (_NOTHING if record else {})


def _query(query: Any, defaults: Mapping[str, Any]) -> dict[str, Any]:
    if not isinstance(query, dict) or not isinstance(query.get("model") or {}, dict):
        raise wire.refuse(400, "bad request data")
    kept = (
        {"refId": query.get("refId") or ""} if defaults else {}
    )  # by the source of 12.4.0, GetModel, when it is saved
    return {
        "refId": query.get("refId") or "",
        "queryType": query.get("queryType") or "",
        "relativeTimeRange": {"from": 0, "to": 0, **(query.get("relativeTimeRange") or {})},
        "datasourceUid": query.get("datasourceUid") or "",
        "model": {**defaults, **(query.get("model") or {}), **kept},
    }


def _duration(text: Any) -> str:
    try:
        return duration_text(read_duration(text)) if text else "0s"
    except (ValueError, TypeError):
        raise wire.refuse(400, "bad request data") from None


def _parse(call: Call) -> Draft:
    command = call.json()
    place = {key: wire.read_field(command, key, str) for key in ("folderUID", "ruleGroup")}
    body = {**_rule(command), **place, "provenance": alerting.provenance(call)}
    return Draft(body, wire.read_field(command, "uid", str), place["ruleGroup"])


def admit(call: Call, draft: Draft, old: Item | None, needs_folder: bool = True) -> Draft:
    """A rule goes to the end of its group, and takes its interval; an update stays where it is."""
    body, org = draft.body, call.identity.org
    if needs_folder:
        _check_folder(call, body["folderUID"])
    check_rule(call, body, "")
    others = _in_group(call, body["folderUID"], body["ruleGroup"])
    place = {"interval": others[0].body["interval"] if others else _INTERVAL, "order": len(others)}
    if old is not None:
        alerting.check_provenance(call, old.body["provenance"])
        return Draft({**body, **place, "order": old.body["order"]}, old.uid, draft.name)
    if draft.uid and RULES.items(call).get(draft.uid) is not None:
        error = "UNIQUE constraint failed: alert_rule.org_id, alert_rule.uid"
        message = f"Failed to save alert rule '{draft.uid}' in organization {org} due to conflict: {error}"
        raise alerting.refuse(409, "alert-rule.conflict", message, Error=error, OrgID=org, RuleUID=draft.uid)
    return Draft({**body, **place}, draft.uid, draft.name)


def _check_folder(call: Call, uid: str) -> None:
    if call.objects.get("folders", uid) is None:
        raise refuse_rule("folder does not exist")


def _missing_group() -> wire.Refused:
    return alerting.refuse(404, "alert-rule.notFound", "NotFound")


def _path(call: Call) -> tuple[str, str]:
    return call.params["folder"], call.params["group"]


def _in_group(call: Call, folder: str, group: str) -> list[Item]:
    return [rule for rule in all_rules(call) if (rule.body["folderUID"], rule.body["ruleGroup"]) == (folder, group)]


def all_rules(call: Call) -> list[Item]:
    """Returns all rules by folder, group and place in it."""
    places = ("folderUID", "ruleGroup", "order")
    return sorted(RULES.items(call).all(), key=lambda rule: [*(rule.body[key] for key in places), rule.id])


def _group(call: Call, interval: int, rules: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    folder, group = _path(call)
    return {"title": group, "folderUid": folder, "interval": interval, "rules": rules}


def _shown(rule: Item) -> dict[str, Any]:
    body = {key: value for key, value in rule.body.items() if key not in ("interval", "order", "provenance")}
    return {"id": rule.id, "uid": rule.uid, "orgID": rule.org, "updated": wire.timestamp(rule.updated), **body}


def _echo(call: Call, sent: dict[str, Any], place: Mapping[str, Any]) -> dict[str, Any]:
    """A rule as a write of its group answers it: not yet stored."""
    where = {key: place[key] for key in ("folderUID", "ruleGroup")}
    queries = [_query(one, {}) for one in sent.get("data") or []]
    new = {"id": 0, "uid": sent.get("uid") or "", "orgID": call.identity.org, "updated": wire.ZERO_TIME}
    return {**new, **_rule(sent), **where, "data": queries}


def _whole(rule: Item) -> dict[str, Any]:
    return _shown(rule) | alerting.shown(rule)


RULES: Final = Collection(
    kind=alerting.RULES,
    path=f"{ROOT}/alert-rules",
    access={"list": READ, "get": READ, "create": _WRITE, "update": _WRITE, "delete": _WRITE},
    parse=_parse,
    admit=admit,
    show=lambda _, rule: _whole(rule),
    listed=lambda _, call, __: [_whole(rule) for rule in all_rules(call)],
    missing=lambda _: wire.Refused(Response(status_code=404)),
    gone=alerting.deleted,
    answers={"create": lambda rule: wire.answer(_whole(rule), 201)},
)

_GROUP: Final = f"{ROOT}/folder/{{folder}}/rule-groups/{{group:path}}"
ROUTES: Final = (
    *RULES.routes,
    Route("GET", _GROUP, get_group, *READ),
    Route("PUT", _GROUP, put_group, *_WRITE, writes=True),
    Route("DELETE", _GROUP, delete_group, *_WRITE, writes=True),
)
