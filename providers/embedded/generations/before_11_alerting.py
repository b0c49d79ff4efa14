"""The differences of 10.1.2 from 11.0.0 about alerting. Contact points are told from 12.4.0's."""

from collections.abc import Mapping
from dataclasses import replace
from functools import partial
from typing import Any, Final

from providers.embedded import alerting
from providers.embedded.alerting import ROOT
from providers.embedded.contact_points import POINTS as STORED
from providers.embedded.generations.adapting import Adaptation, Answer, both, lacking, refusing, shaped, with_body
from providers.embedded.generations.before_12_alerting import (
    DEFAULT_POINT,
    all_secret,
    new_point_refused,
    with_default,
)
from providers.embedded.generations.traits import Refusal
from providers.embedded.routing import Call
from providers.embedded.rules import RULES, admit

_TEXT: Final = "text/plain; charset=utf-8"


def _null(_: Call, answer: Answer) -> Answer:
    """A refusal of what does not exist: null, in plain text."""
    return Answer(404, None, _TEXT) if answer.status == 404 else answer


# --- contact points and policies --------------------------------------------------------------------------------------

_POINTS: Final = f"{ROOT}/contact-points"


def _marked(call: Call, answer: Answer) -> Answer:
    """A new contact point is told with its provenance."""
    item = STORED.items(call).get(answer.body["uid"]) if answer.succeeds else None
    return answer if item is None else replace(answer, body=answer.body | alerting.shown(item))


def _unused(call: Call, answer: Answer) -> Answer:
    if answer.status != 409:
        return answer
    item = STORED.items(call).get(call.params["key"])
    name = item.name if item else ""
    message = f"contact point '{name}' is currently used by a notification policy"
    return replace(answer, status=500, body={"message": message})


def _exported(body: dict[str, Any]) -> dict[str, Any]:
    """The export has what the server comes with."""
    known = {key: value for key, value in DEFAULT_POINT.items() if key != "name"}
    new = {"orgId": 1, "name": DEFAULT_POINT["name"], "receivers": [known]}
    return body | {"contactPoints": sorted([*body.get("contactPoints", ()), new], key=lambda point: str(point["name"]))}


POINTS: Final[Mapping[str, Adaptation]] = {
    f"GET {_POINTS}": Adaptation(with_default),
    f"GET {_POINTS}/export": Adaptation(shaped(_exported)),
    f"POST {_POINTS}": Adaptation(both(_marked, shaped(all_secret), new_point_refused)),
    f"DELETE {_POINTS}/{{key}}": Adaptation(_unused),
}


def _below(body: dict[str, Any]) -> dict[str, Any]:
    """The export has each tree below a key of its own."""
    trees = [{"orgId": one["orgId"], "Policy": _without(one, "orgId")} for one in body["policies"]]
    return body | {"policies": trees}


def _without(body: Mapping[str, Any], *keys: str) -> dict[str, Any]:
    return {key: value for key, value in body.items() if key not in keys}


# --- templates, mute timings, rules -----------------------------------------------------------------------------------


def _timing_used(call: Call, answer: Answer) -> Answer:
    if answer.status != 409:
        return answer
    message = f"mute time '{call.params['key']}' is currently used by a notification policy"
    return replace(answer, status=500, body={"message": message})


def _taken(call: Call, answer: Answer) -> Answer:
    if not answer.message.startswith("[alerting.alert-rule.conflict]"):
        return answer
    why = "rule title under the same organisation and folder should be unique"
    return replace(answer, status=500, body={"message": f"a conflicting alert rule is found: {why}"})


def _unknown_rule(call: Call, answer: Answer) -> Answer:
    """The refusal of a group tells the uid that no rule has."""
    if answer.status != 500:
        return answer
    known = {rule.uid for rule in RULES.items(call).all()}
    uid = next((uid for rule in call.json().get("rules") or () if (uid := rule.get("uid")) and uid not in known), "")
    message = f"failed to update rule with UID {uid} because could not find alert rule"
    return replace(answer, body={"message": f"failed to calculate diff for alert rules: {message}"})


def _unsettled(call: Call) -> Call:
    """Rules notify by policies alone."""
    return with_body(call, _without(call.json(), "notification_settings"))


def _unsettled_all(call: Call) -> Call:
    command = call.json()
    rules = command.get("rules")
    if not isinstance(rules, list) or not all(isinstance(one, dict) for one in rules):
        return call
    kept = [_without(one, "notification_settings") for one in rules]
    return with_body(call, {**command, "rules": kept})


UNPLACED: Final = replace(RULES, admit=partial(admit, needs_folder=False))
"""Single rules, which may name a folder that is not there (rule-bad-folder)."""
_TAKEN_NAME: Final = "Time interval with this name already exists. Use a different name or update existing one."
_TAKEN: Final = Refusal(400, "invalid object specification: a mute timing with this name already exists")
_TEMPLATES, _TIMINGS = f"{ROOT}/templates", f"{ROOT}/mute-timings"
_RULES, _GROUP = f"{ROOT}/alert-rules", f"{ROOT}/folder/{{folder}}/rule-groups/{{group:path}}"
_RULE: Final = lacking("notification_settings")
_RULES_OF_GROUP: Final = lacking("notification_settings", within="rules")

ADAPTATIONS: Final[Mapping[str, Adaptation]] = {
    f"GET {ROOT}/policies/export": Adaptation(shaped(_below)),
    f"GET {_TEMPLATES}": Adaptation(shaped(lambda listed: listed or [])),
    f"GET {_TEMPLATES}/{{key:path}}": Adaptation(both(lacking("provenance"), _null)),
    f"GET {_TIMINGS}/{{key:path}}": Adaptation(both(lacking("provenance"), _null)),
    f"POST {_TIMINGS}": Adaptation(refusing({_TAKEN_NAME: _TAKEN})),
    f"PUT {_TIMINGS}/{{key:path}}": Adaptation(_null),
    f"DELETE {_TIMINGS}/{{key:path}}": Adaptation(_timing_used),
    f"GET {_RULES}": Adaptation(lacking("notification_settings", "provenance")),
    f"GET {_RULES}/{{key}}": Adaptation(both(_RULE, _null)),
    f"POST {_RULES}": Adaptation(before=_unsettled, after=both(_RULE, _taken)),
    f"PUT {_RULES}/{{key}}": Adaptation(before=_unsettled, after=both(_RULE, _taken)),
    f"GET {_GROUP}": Adaptation(both(_RULES_OF_GROUP, refusing({"Not found": Refusal(404, "rulegroup not found")}))),
    f"PUT {_GROUP}": Adaptation(before=_unsettled_all, after=both(_RULES_OF_GROUP, _unknown_rule)),
}
