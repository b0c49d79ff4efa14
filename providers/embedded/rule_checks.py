"""Refusals of alert rules as 12.4.0 has them: by their form, and by what they name that is not there."""

import re
from collections.abc import Iterator, Mapping
from typing import Any, Final

from providers.embedded import alerting, wire
from providers.embedded.durations import read_duration
from providers.embedded.items import Items
from providers.embedded.routing import Call

_UID: Final = re.compile(r"[a-zA-Z0-9\-_]*")
_UID_MAX: Final = 40
_NO_DATA: Final = ("Alerting", "NoData", "OK", "KeepLast")
_ERRORS: Final = ("Alerting", "Error", "OK", "KeepLast")
_EXPRESSIONS: Final = ("__expr__", "-100")
_EMPTY: Final = "empty"
_PATHS: Final = {"insert": "failed to insert alert rules: ", "update": "failed to update alert rules: ", "": ""}


def refuse_rule(why: str, sign: str = ": ", doing: str = "") -> wire.Refused:
    """The refusal of a rule, with what was being done."""
    return wire.refuse(400, f"{_PATHS[doing]}invalid alert rule{sign}{why}")


def uid_complaint(uid: str) -> str:
    """Returns what is wrong with the uid of a rule; empty for nothing."""
    if len(uid) > _UID_MAX:
        return f"UID is longer than {_UID_MAX} symbols"
    if not _UID.fullmatch(uid):
        return "invalid format of UID. Only letters, numbers, '-' and '_' are allowed"
    return ""


def check_rule(call: Call, rule: Mapping[str, Any], doing: str) -> None:
    """Refuse (400) a rule in its stored form that 12.4.0 does not take."""
    for why in _named_complaints(call, rule.get("notification_settings") or {}):
        raise refuse_rule(why, "\n")
    for why in _complaints(rule):
        raise refuse_rule(why, doing=doing)
    for query in rule["data"]:
        span = query["relativeTimeRange"]
        if query["datasourceUid"] not in _EXPRESSIONS and span["from"] <= span["to"]:
            ref, told = query["refId"], f"[From: {_seconds(span['from'])}, To: {_seconds(span['to'])}]"
            why = f"Invalid alert rule query {ref}: invalid relative time range {told}"
            raise refuse_rule(
                f"invalid alert query {ref}: [alerting.alert-rule.invalidRelativeTime] {why}", "\n", doing
            )


def _seconds(number: int) -> str:
    minutes, seconds = divmod(number, 60)
    hours, minutes = divmod(minutes, 60)
    return (f"{hours}h" if hours else "") + (f"{minutes}m" if hours or minutes else "") + f"{seconds}s"


def _complaints(rule: Mapping[str, Any]) -> Iterator[str]:
    if not rule["data"]:
        yield "no queries or expressions are found"
    if not rule["title"]:
        yield "title is empty"
    if rule.get("record"):
        return
    if rule["execErrState"] not in _ERRORS:
        yield f"unknown Error state option {rule['execErrState']}"
    if rule["noDataState"] not in _NO_DATA:
        yield f"unknown NoData state option {rule['noDataState']}"
    missing = rule.get("missingSeriesEvalsToResolve")
    if missing is not None and missing <= 0:
        yield "field `missing_series_evals_to_resolve` must be greater than 0"


def _named_complaints(call: Call, settings: Mapping[str, Any]) -> Iterator[str]:
    """Contact points and timings that are not there, and intervals of nothing."""
    if not settings:
        return
    org = call.identity.org
    for key in ("group_interval", "repeat_interval"):
        if settings.get(key) and read_duration(settings[key]) == 0:
            yield f"{key.replace('_', ' ')} must be greater than zero"
    points = {item.name for item in Items(call.store, org, alerting.CONTACT_POINTS).all()} | {_EMPTY}
    if settings.get("receiver") not in points:
        yield f"receiver {settings.get('receiver')} does not exist"
    timings = {item.name for item in Items(call.store, org, alerting.TIMINGS).all()}
    for key in ("mute_time_intervals", "active_time_intervals"):
        yield from (f"time interval {name} does not exist" for name in settings.get(key) or () if name not in timings)
