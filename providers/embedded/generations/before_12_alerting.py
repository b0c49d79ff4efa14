"""The differences of 11.0.0 from 12.4.0 about alerting."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from typing import Any, Final

from providers.embedded import alerting, wire
from providers.embedded.alerting import ROOT
from providers.embedded.generations.adapting import Adaptation, Answer, both, lacking, refusing, shaped, with_body
from providers.embedded.generations.traits import Refusal
from providers.embedded.integrations import INTEGRATIONS
from providers.embedded.routing import Call
from providers.embedded.rules import RULES

_REDACTED: Final = "[REDACTED]"


def _sent(change: Callable[[dict[str, Any]], dict[str, Any]]) -> Callable[[Call], Call]:
    """The body of a request, changed; one of another shape is left to the handler to refuse."""

    def before(call: Call) -> Call:
        try:
            return with_body(call, change(call.json()))
        except (AttributeError, TypeError, ValueError):
            return call

    return before


def _dropping(*keys: str) -> Callable[[dict[str, Any]], dict[str, Any]]:
    return lambda body: {key: value for key, value in body.items() if key not in keys}


def _worded(_: Call, answer: Answer) -> Answer:
    """A refusal of what does not exist, in two words."""
    is_missing = not answer.succeeds and answer.message == "NotFound"
    return replace(answer, body={**answer.body, "message": "Not found"}) if is_missing else answer


def specification(_: Call, answer: Answer) -> Answer:
    """A refusal of what is written wrongly, in the older words."""
    error = answer.body.get("extra", {}).get("Error") if answer.status == 400 and answer.has_body else None
    return answer if error is None else replace(answer, body={"message": f"invalid object specification: {error}"})


# --- contact points and policies --------------------------------------------------------------------------------------

_POINTS: Final = f"{ROOT}/contact-points"
_USED: Final = Refusal(500, "failed to delete contact point")
_DEFAULT_RECEIVER: Final = "grafana-default-email"
DEFAULT_POINT: Final[Mapping[str, Any]] = {
    "uid": "",
    "name": "email receiver",
    "type": "email",
    "settings": {"addresses": "<example@email.com>"},
    "disableResolveMessage": False,
}


def all_secret(point: dict[str, Any]) -> dict[str, Any]:
    """A contact point whose secrets all seem to be set (cp-create-second, cp-webhook)."""
    secrets = [path for path in INTEGRATIONS[point["type"]].secrets if "." not in path]
    return point | {"settings": {**point["settings"], **dict.fromkeys(secrets, _REDACTED)}}


def with_default(call: Call, answer: Answer) -> Answer:
    """The list has what the server comes with (cp-list)."""
    if not answer.succeeds or call.query("name") not in ("", DEFAULT_POINT["name"]):
        return answer
    listed = [*answer.body, dict(DEFAULT_POINT)]
    return replace(answer, body=sorted(listed, key=lambda point: (point["name"], point["uid"])))


def new_point_refused(call: Call, answer: Answer) -> Answer:
    """Refusals of a new contact point in the older words (cp-same-uid, cp-bad-type)."""
    extra = answer.body.get("extra", {}) if answer.status == 409 else {}
    if "UID" in extra:
        message = (
            f"receiver configuration with UID '{extra['UID']}' already exist in contact point '{extra['Name']}'. "
            "Please use unique identifiers for receivers across all contact points"
        )
        return replace(answer, status=500, body={"message": message})
    begins, _, kind = answer.message.partition("unknown integration type: ")
    if answer.status != 400 or not kind:
        return answer
    command = call.json()
    what = f'"{command.get("name", "")}" (UID {command.get("uid") or ""}) of type "{kind}"'
    message = f"{begins}failed to validate integration {what}: notifier {kind} is not supported"
    return replace(answer, body={"message": message})


def _renamed(old: str, new: str) -> Callable[[dict[str, Any]], dict[str, Any]]:
    """A tree whose policies notify another receiver."""

    def change(node: Mapping[str, Any]) -> Mapping[str, Any]:
        return {**node, "receiver": new} if node.get("receiver") == old else node

    return lambda tree: alerting.changed(tree, change)


def _sent_tree(tree: dict[str, Any]) -> dict[str, Any]:
    """A tree as it is kept: without the timings at which alone somebody is told (documentation)."""
    always = alerting.changed(tree, lambda node: _dropping("active_time_intervals")(dict(node)))
    return _renamed(_DEFAULT_RECEIVER, "empty")(always)


_TREE: Final = shaped(_renamed("empty", _DEFAULT_RECEIVER))
_POINTS_AND_POLICIES: Final[Mapping[str, Adaptation]] = {
    f"GET {_POINTS}": Adaptation(both(shaped(lambda points: [all_secret(one) for one in points]), with_default)),
    f"POST {_POINTS}": Adaptation(both(shaped(all_secret), new_point_refused)),
    f"DELETE {_POINTS}/{{key}}": Adaptation(
        refusing(
            {
                "Contact point is currently referenced by a notification policy.": _USED,
                "Contact point is currently used in the notification settings of one or many alert rules.": _USED,
            }
        )
    ),
    f"GET {ROOT}/policies": Adaptation(_TREE),
    f"PUT {ROOT}/policies": Adaptation(before=_sent(_sent_tree), after=specification),
    f"DELETE {ROOT}/policies": Adaptation(_TREE),
}

# --- templates and mute timings ---------------------------------------------------------------------------------------


def nothing_there(_: Call, answer: Answer) -> Answer:
    """A refusal of what does not exist, with neither body nor type."""
    return Answer(404, None, "", has_body=False) if answer.status == 404 else answer


def _named(call: Call, answer: Answer) -> Answer:
    """Complaints of templates name them (tpl-bad)."""
    if answer.status != 400 or not answer.has_body:
        return answer
    message = answer.message.replace("template: :", f"template: {call.params['key']}:")
    return replace(answer, body={**answer.body, "message": message})


_USED_TIMING: Final = "Time interval is used by one or many notification policies"
_UNVERSIONED: Final = lacking("version")
_SENT_UNVERSIONED: Final = _sent(_dropping("version"))


def _used_timing(_: Call, answer: Answer) -> Answer:
    if answer.status != 409:
        return answer
    body = {key: value for key, value in answer.body.items() if key != "extra"}
    return replace(answer, body=body | {"message": _USED_TIMING})


_TEMPLATES, _TIMINGS = f"{ROOT}/templates", f"{ROOT}/mute-timings"
_TEXTS_AND_TIMINGS: Final[Mapping[str, Adaptation]] = {
    f"GET {_TEMPLATES}": Adaptation(_UNVERSIONED),
    f"GET {_TEMPLATES}/{{key:path}}": Adaptation(both(_UNVERSIONED, nothing_there)),
    f"PUT {_TEMPLATES}/{{key:path}}": Adaptation(
        before=_SENT_UNVERSIONED, after=both(_UNVERSIONED, specification, _named)
    ),
    f"GET {_TIMINGS}": Adaptation(_UNVERSIONED),
    f"GET {_TIMINGS}/{{key:path}}": Adaptation(both(_UNVERSIONED, _worded)),
    f"POST {_TIMINGS}": Adaptation(_UNVERSIONED),
    f"PUT {_TIMINGS}/{{key:path}}": Adaptation(before=_SENT_UNVERSIONED, after=both(_UNVERSIONED, _worded)),
    f"DELETE {_TIMINGS}/{{key:path}}": Adaptation(_used_timing),
}

# --- rules ------------------------------------------------------------------------------------------------------------

_SINCE_11: Final = ("keep_firing_for", "record", "missingSeriesEvalsToResolve")
_CONFLICT: Final = (
    "[alerting.alert-rule.conflict] conflicting alert rule found [rule_uid: '{uid}', title: '{title}', namespace_uid: "
    "'{folderUID}']: rule title under the same organisation and folder should be unique"
)


def _rule_once(call: Call) -> Call:
    """Refuses a rule whose uid is in use, or whose title another of its folder has (rule-same-uid, rule-same-title)."""
    command = _dropping(*_SINCE_11)(call.json())
    own = call.params.get("key")
    for rule in RULES.items(call).all():
        is_it = rule.uid in (own, command.get("uid")) if own is None else rule.uid == own
        beside = rule.body["folderUID"] == command.get("folderUID") and rule.body["title"] == command.get("title")
        if (is_it and own is None) or (beside and not is_it):
            named = {key: command.get(key) or "" for key in ("uid", "title", "folderUID")}
            raise wire.refuse(400, _CONFLICT.format(**named))
    return with_body(call, command)


def _known_rules(call: Call) -> Call:
    """Refuses a group with a rule of a uid that no rule has (group-put); new rules come without uid."""
    command = call.json()
    rules = command.get("rules") or []
    if not isinstance(rules, list) or not all(isinstance(one, dict) for one in rules):
        return call
    for uid in _uids(rules):
        if RULES.items(call).get(uid) is None:
            raise wire.refuse(500, "Internal Server Error")
    drop = _dropping(*_SINCE_11)
    return with_body(call, {**command, "rules": [drop(one) for one in rules]})


def _uids(rules: Iterable[Mapping[str, Any]]) -> list[str]:
    return [uid for rule in rules if isinstance(uid := rule.get("uid"), str) and uid]


_RULES, _GROUP = f"{ROOT}/alert-rules", f"{ROOT}/folder/{{folder}}/rule-groups/{{group:path}}"
_RULE: Final = lacking(*_SINCE_11)
_RULES_OF_GROUP: Final = lacking(*_SINCE_11, within="rules")
_ALERT_RULES: Final[Mapping[str, Adaptation]] = {
    f"GET {_RULES}": Adaptation(_RULE),
    f"GET {_RULES}/{{key}}": Adaptation(_RULE),
    f"POST {_RULES}": Adaptation(before=_rule_once, after=_RULE),
    f"PUT {_RULES}/{{key}}": Adaptation(before=_rule_once, after=_RULE),
    f"GET {_GROUP}": Adaptation(both(_RULES_OF_GROUP, _worded)),
    f"PUT {_GROUP}": Adaptation(before=_known_rules, after=_RULES_OF_GROUP),
    f"DELETE {_GROUP}": Adaptation(_worded),
}

ADAPTATIONS: Final[Mapping[str, Adaptation]] = {**_POINTS_AND_POLICIES, **_TEXTS_AND_TIMINGS, **_ALERT_RULES}
