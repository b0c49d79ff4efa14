"""The tree of notification policies under /api/v1/provisioning, as 12.4.0 answers: replaced as a whole."""

import re
from collections.abc import Mapping, Sequence
from typing import Any, Final

from starlette.responses import Response

from providers.embedded import alerting, wire
from providers.embedded.alerting import READ, ROOT, WRITE
from providers.embedded.durations import duration_text, read_duration
from providers.embedded.items import Items
from providers.embedded.routing import Call, Route

_DURATIONS: Final = ("group_wait", "group_interval", "repeat_interval")
_TIMINGS: Final = {"mute_time_intervals": "mute", "active_time_intervals": "active"}
_MATCHERS: Final = ("match", "match_re", "matchers", "object_matchers")
_OPERATORS: Final = ("=", "!=", "=~", "!~")
_MATCHER: Final = re.compile(r'\s*(\w+)\s*(=~|!~|!=|=)\s*"?(.*?)"?\s*')
_UNKNOWN: Final = "Invalid format of the submitted route: {}. Correct the payload and try again."


def get(call: Call) -> Response:
    """GET /api/v1/provisioning/policies (12.4.0)."""
    return wire.answer(_shown(call))


def export(call: Call) -> Response:
    """GET /api/v1/provisioning/policies/export?format= (12.4.0): JSON, which is YAML too."""
    tree = {key: value for key, value in _shown(call).items() if key != "provenance"}
    body = {"apiVersion": 1, "policies": [{"orgId": call.identity.org, **tree}]}
    return wire.answer(body, content_type=wire.PLAIN if call.query("format") == "json" else "text/yaml")


def put(call: Call) -> Response:
    """PUT /api/v1/provisioning/policies (12.4.0). A root with `continue` is refused: 12.4.0 takes it, and can read none
    of its alerting configuration from then on."""
    try:
        tree = normal_policy(call.json())
    except (ValueError, TypeError, AttributeError):
        raise wire.refuse(400, "bad request data") from None
    if not tree.get("receiver") or any(tree.get(key) for key in ("continue", *_TIMINGS, *_MATCHERS)):
        raise wire.refuse(400, "bad request data")
    check_names(call, tree)
    alerting.check_provenance(call, str(alerting.policy(call).get("provenance", "")))
    mark = alerting.provenance(call)
    alerting.store_policy(call, tree | ({"provenance": mark} if mark else {}))
    return alerting.accepted({"message": "policies updated"})


def reset(call: Call) -> Response:
    """DELETE /api/v1/provisioning/policies (12.4.0): the tree that there was in the beginning."""
    alerting.check_provenance(call, str(alerting.policy(call).get("provenance", "")))
    alerting.store_policy(call, alerting.DEFAULT_POLICY)
    return alerting.accepted(alerting.DEFAULT_POLICY)


def normal_policy(policy: Mapping[str, Any]) -> dict[str, Any]:
    """A policy as it is told: without what is empty or unknown, matchers sorted, durations in their one form. Raises
    ValueError, TypeError or AttributeError for what is none."""
    new = {key: policy[key] for key in ("receiver", "match", "match_re") if policy.get(key)}
    for key in ("group_by", *_TIMINGS):
        if policy.get(key):
            new[key] = _texts(policy[key])
    labels = new.get("group_by", ())
    if len(set(labels)) < len(labels) or ("..." in labels and len(labels) > 1):
        raise ValueError(labels)
    if policy.get("object_matchers"):
        new["object_matchers"] = sorted(_matcher(one) for one in policy["object_matchers"])
    if policy.get("matchers"):
        new["matchers"] = sorted(_quoted(one) for one in policy["matchers"])
    if policy.get("continue"):
        new["continue"] = True
    for key in _DURATIONS:
        if policy.get(key):
            new[key] = _duration(key, policy[key])
    if policy.get("routes"):
        new["routes"] = [normal_policy(route) for route in policy["routes"]]
    return new


def _duration(key: str, text: str) -> str:
    milliseconds = read_duration(text)
    if milliseconds == 0 and key != "group_wait":
        raise ValueError(text)
    return duration_text(milliseconds)


def _texts(value: Any) -> Sequence[str]:
    if not isinstance(value, list) or not all(isinstance(one, str) for one in value):
        raise ValueError(value)
    return value


def _matcher(value: Any) -> list[str]:
    name, operator, pattern, *_ = _texts(value)
    if operator not in _OPERATORS:
        raise ValueError(operator)
    if operator.endswith("~"):
        _check_pattern(pattern)
    return [name, operator, pattern]


def _check_pattern(pattern: str) -> None:
    try:
        re.compile(pattern)
    except re.error as exc:
        raise ValueError(pattern) from exc


def _quoted(text: str) -> str:
    found = _MATCHER.fullmatch(text)
    if found is None:
        raise ValueError(text)
    return f'{found[1]}{found[2]}"{found[3]}"'


def check_names(call: Call, tree: Mapping[str, Any]) -> None:
    """Every contact point and every timing that a policy names is there."""
    org = call.identity.org
    points = {item.name for item in Items(call.store, org, alerting.CONTACT_POINTS).all()} | {"empty"}
    timings = {item.name for item in Items(call.store, org, alerting.TIMINGS).all()}
    for node in alerting.nodes(tree):
        receiver = node.get("receiver")
        if receiver and receiver not in points:
            raise _refuse_name(f"receiver '{receiver}' does not exist")
        for key, what in _TIMINGS.items():
            for name in node.get(key, ()):
                if name not in timings:
                    raise _refuse_name(f"{what} time interval '{name}' does not exist")


def _refuse_name(why: str) -> wire.Refused:
    return alerting.refuse(400, "notifications.routes.invalidFormat", _UNKNOWN.format(why), Error=why)


def _shown(call: Call) -> Mapping[str, Any]:
    return alerting.policy(call)


_PATH: Final = f"{ROOT}/policies"
ROUTES: Final = (
    Route("GET", _PATH, get, *READ),
    Route("GET", f"{_PATH}/export", export, *READ),
    Route("PUT", _PATH, put, *WRITE, writes=True),
    Route("DELETE", _PATH, reset, *WRITE, writes=True),
)
