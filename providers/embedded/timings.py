"""Mute timings under /api/v1/provisioning, as 12.4.0 answers: days and months come back in one form."""

import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final

from starlette.responses import Response

from providers.embedded import alerting, wire
from providers.embedded.alerting import READ, ROOT, WRITE
from providers.embedded.collection import Collection, Verb
from providers.embedded.items import Draft, Item
from providers.embedded.preferences import has_zone
from providers.embedded.routing import Call

_DAYS: Final = ("sunday", "monday", "tuesday", "wednesday", "thursday", "friday", "saturday")
_MONTHS: Final = (
    *("january", "february", "march", "april", "may", "june"),
    *("july", "august", "september", "october", "november", "december"),
)
_TIME: Final = re.compile(r"([01][0-9]|2[0-3]):[0-5][0-9]|24:00")
_NUMBER: Final = re.compile(r"-?[0-9]{1,9}")


def normal_interval(interval: Mapping[str, Any]) -> dict[str, Any]:
    """A time interval as it is told: without what is empty, months as numbers. Raises ValueError for what is none."""
    if not isinstance(interval, dict):
        raise ValueError(interval)
    given = {key: interval[key] for key in _READERS if interval.get(key)}
    return {key: _READERS[key](value) for key, value in given.items()}


def _times(value: Any) -> list[dict[str, str]]:
    times = [{key: str(one[key]) for key in ("start_time", "end_time")} for one in value]
    if not all(_TIME.fullmatch(text) for one in times for text in one.values()):
        raise ValueError(value)
    if any(one["start_time"] >= one["end_time"] for one in times):
        raise ValueError(value)
    return times


def _ranges(value: Any, number: Callable[[str], int], text: Callable[[int], str]) -> list[str]:
    """Ranges `a` or `a:b`, where b is not before a; what is negative counts from the end, which no range begins with
    unless it ends there."""
    if not isinstance(value, list):
        raise ValueError(value)
    ranges = []
    for one in value:
        first, _, last = one.partition(":")
        begin, end = number(first), number(last or first)
        if begin < 0 < end or (begin > end and not begin > 0 > end):
            raise ValueError(one)
        ranges.append(text(begin) if begin == end else f"{text(begin)}:{text(end)}")
    return ranges


def _weekdays(value: Any) -> list[str]:
    return _ranges(value, lambda text: _DAYS.index(text.lower()), lambda number: _DAYS[number])


def _months(value: Any) -> list[str]:
    def number(text: str) -> int:
        return _bounded(text, 1, 12) if _NUMBER.fullmatch(text) else _MONTHS.index(text.lower()) + 1

    return _ranges(value, number, str)


def _days_of_month(value: Any) -> list[str]:
    def number(text: str) -> int:
        day = _bounded(text, -31, 31)
        if day == 0:
            raise ValueError(text)
        return day

    return _ranges(value, number, str)


def _bounded(text: str, least: int, most: int) -> int:
    if not _NUMBER.fullmatch(text) or not least <= int(text) <= most:
        raise ValueError(text)
    return int(text)


def _location(value: Any) -> str:
    if not isinstance(value, str) or not (value == "Local" or has_zone(value)):
        raise ValueError(value)
    return value


_READERS: Final[Mapping[str, Callable[[Any], Any]]] = {
    "times": _times,
    "weekdays": _weekdays,
    "days_of_month": _days_of_month,
    "months": _months,
    "years": lambda value: _ranges(value, lambda text: _bounded(text, 0, 9999), str),
    "location": _location,
}


def _parse(call: Call) -> Draft:
    command = call.json()
    name, version = (wire.read_field(command, key, str) for key in ("name", "version"))
    try:
        intervals = [normal_interval(one) for one in command.get("time_intervals") or []]
    except (ValueError, TypeError, KeyError, AttributeError):
        raise wire.refuse(400, "bad request data") from None
    if not name:
        raise wire.refuse(400, "bad request data")
    body = {
        "time_intervals": intervals,
        "provenance": alerting.provenance(call),
        "version": alerting.digest(name, intervals),
        "asked": version,
    }
    return Draft(body, name, name)


def _admit(call: Call, draft: Draft, old: Item | None) -> Draft:
    """A name is taken once, and stays; the version that is sent has to be that of now."""
    body = {key: value for key, value in draft.body.items() if key != "asked"}
    if old is None and TIMINGS.items(call).get(draft.uid) is not None:
        message = "Time interval with this name already exists. Use a different name or update existing one."
        raise alerting.refuse(400, "notifications.time-intervals.nameExists", message)
    if old is not None:
        if draft.name != old.name:
            raise _missing(draft.name)
        alerting.check_version(draft.body["asked"], old)
        alerting.check_provenance(call, old.body["provenance"])
    return Draft(body, draft.uid, draft.name)


def _show(_: Call, item: Item) -> dict[str, Any]:
    what = {"name": item.name, "time_intervals": item.body["time_intervals"], "version": item.body["version"]}
    return what | alerting.shown(item)


def _listed(_: Collection, call: Call, items: Sequence[Item]) -> list[dict[str, Any]]:
    return [_show(call, item) for item in sorted(items, key=lambda item: item.name)]


def _check(call: Call, verb: Verb, name: str) -> None:
    """Refuses the deletion of a mute timing that a policy or a rule uses."""
    item = TIMINGS.items(call).get(name) if verb == "delete" else None
    if item is None:
        return
    alerting.check_provenance(call, item.body["provenance"])
    used = alerting.uses_of_timing(call, name)
    if used:
        raise alerting.refuse(409, "notifications.time-intervals.used", "Conflict", **used)
    alerting.check_version(call.query("version"), item)


def _missing(_: str) -> wire.Refused:
    return alerting.refuse(404, "notifications.time-intervals.notFound", "NotFound")


def _made(item: Item, status: int) -> Response:
    what = {"name": item.name, "time_intervals": item.body["time_intervals"], "version": item.body["version"]}
    return alerting.accepted(what | alerting.shown(item), status)


TIMINGS: Final = Collection(
    kind=alerting.TIMINGS,
    path=f"{ROOT}/mute-timings",
    key="{key:path}",
    access={"list": READ, "get": READ, "create": WRITE, "update": WRITE, "delete": WRITE},
    parse=_parse,
    admit=_admit,
    show=_show,
    listed=_listed,
    missing=_missing,
    check=_check,
    gone=alerting.deleted,
    answers={
        "create": lambda item: _made(item, 201),
        "update": lambda item: _made(item, 202),
    },
)

ROUTES: Final = TIMINGS.routes
