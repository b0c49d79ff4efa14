"""grafana_mute_timing: /api/v1/provisioning/mute-timings (9.1 to 12.4), times at which nobody is notified.

The server writes days in small letters and months as numbers; a PUT with an older `version` is refused (12.4).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Final

from hcl_lite.core.schema import Attr, Capabilities, Dependent
from hcl_lite.core.schema.attributes import Type
from hcl_lite.core.schema.blocks import Blocks
from hcl_lite.core.values import Value
from providers.grafana.client import GrafanaClient
from providers.grafana.notifying import TIMINGS, find_dependents
from providers.grafana.provenance import DISABLE_PROVENANCE, KEPT_IN, ROOT, Provisioned, changeable, fixed
from providers.kit.identity import Name
from providers.kit.ids import Ids
from providers.kit.resource import resource
from providers.kit.version import Digest

_DAYS: Final = ("sunday", "monday", "tuesday", "wednesday", "thursday", "friday", "saturday")
_MONTHS: Final = (
    *("january", "february", "march", "april", "may", "june"),
    *("july", "august", "september", "october", "november", "december"),
)
_TIME: Final = re.compile(r"([01]\d|2[0-3]):[0-5]\d|24:00")


def _ranges(normal: Callable[[str], str], example: str) -> Type:
    """The type of a list of values or ranges of them, first:last."""

    def one(value: Value) -> Value:
        first, _, last = str(value).partition(":")
        try:
            begin, end = normal(first.strip().lower()), normal((last or first).strip().lower())
        except ValueError:
            raise ValueError(f'Expected such as {example}, found "{value}".') from None
        return begin if begin == end else f"{begin}:{end}"

    return Type("list", (Type("string", normal=one),))


def _day(text: str) -> str:
    return _DAYS[_DAYS.index(text)]


def _month(text: str) -> str:
    return str(_bounded(text, 1, 12) if text.isdecimal() else _MONTHS.index(text) + 1)


def _day_of_month(text: str) -> str:
    return str(_bounded(text, -31, -1) if text.startswith("-") else _bounded(text, 1, 31))


def _year(text: str) -> str:
    return str(_bounded(text, 0, 9999))


def _bounded(text: str, least: int, most: int) -> int:
    number = int(text)
    if not least <= number <= most:
        raise ValueError(text)
    return number


def _time(value: Value) -> Value:
    if not _TIME.fullmatch(str(value)):
        raise ValueError(f'Expected a time of day such as "08:30", up to "24:00", found "{value}".')
    return value


_CLOCK: Final = Type("string", normal=_time)
_TIMES: Final[Mapping[str, Attr]] = {
    "start": Attr(_CLOCK, required=True, wire="start_time", doc="When it begins, such as 08:30."),
    "end": Attr(_CLOCK, required=True, wire="end_time", doc="When it ends, up to 24:00."),
}
INTERVAL: Final[Mapping[str, Attr]] = {
    "times": Attr(Blocks(_TIMES), doc="Times of the day. Default: all day."),
    "weekdays": Attr(_ranges(_day, '"monday" or "monday:friday"'), doc="Such as saturday, or monday:friday."),
    "days_of_month": Attr(_ranges(_day_of_month, '"1", "1:7" or "-1"'), doc="Such as 1:7; -1 is the last one."),
    "months": Attr(_ranges(_month, '"1", "december" or "1:3"'), doc="By name or number, such as december or 1:3."),
    "years": Attr(_ranges(_year, '"2030" or "2030:2032"'), doc="Such as 2030:2032."),
    "location": Attr(doc="Time zone, such as Europe/Berlin. Default: UTC."),
}


@dataclass(frozen=True, slots=True)
class MuteTimings(Provisioned):
    """Named by policies and rules."""

    async def dependents(self, client: GrafanaClient, uids: Collection[str]) -> Mapping[str, Sequence[Dependent]]:
        return await find_dependents(client, uids, TIMINGS)


_API: Final = MuteTimings(f"{ROOT}/mute-timings", along=("version",), tells_since=(11,))


MUTE_TIMING = resource(
    "grafana_mute_timing",
    "Times at which policies and rules notify nobody, or at which alone they do.",
    api=_API,
    identity=Name(),
    ids=Ids(()),
    versioned=Digest(beside=("version",)),
    capabilities=Capabilities(kept_if_named=True),
    mention_kind="mute timing",
    create_first=True,
    supported=partial(_API.check_told, what="A mute timing"),
    changeable=changeable,
    fixed=fixed,
    derived=("version",),
    kept_in=KEPT_IN,
    attrs={
        "name": Attr(required=True, replaces=True, stable=True, doc="What policies and rules call it; its identity."),
        "intervals": Attr(Blocks(INTERVAL), wire="time_intervals", doc="When it is: at any of these."),
        "disable_provenance": DISABLE_PROVENANCE,
    },
)
