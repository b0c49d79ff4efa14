"""Alert rules and recording rules as /api/v1/provisioning has them (9.1 to 12.4): their arguments, and what of a rule
the server fills in or ignores. Pure."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from hcl_lite.core.pairing import pair
from hcl_lite.core.schema import Attr, ValueProblem
from hcl_lite.core.schema.attributes import Type
from hcl_lite.core.schema.blocks import Block, Blocks, Duration, Map, Set
from hcl_lite.core.values import UNKNOWN, Secret, Value, derive_uid, is_unknown
from providers.kit.api import Json
from providers.kit.hooks import Needed

Values = Mapping[str, Value]

DERIVED: Final = "derived uid"
"""Among the keys of a rule that is to be written: the uid that it gets where there is none for it yet."""
_SERVERS_OWN: Final = ("id", "orgID", "folderUID", "ruleGroup", "updated", "provenance")
_IGNORED: Final = (
    *("condition", "noDataState", "execErrState", "for", "keep_firing_for", "notification_settings"),
    "missingSeriesEvalsToResolve",
)
"""Of a recording rule."""
_MODEL_DEFAULTS: Final[Mapping[str, Any]] = {"intervalMs": 1000, "maxDataPoints": 43200}
EXPRESSIONS: Final = ("__expr__", "-100")
_EVERYWHERE: Final = (*EXPRESSIONS, "grafana")


def _model(value: Value) -> Value:
    """A query without what the server fills in: as JSON text, or as a table. Raises ValueError."""
    model = parse_model(value)
    if not isinstance(model, Mapping) or is_unknown(model):
        return model
    return {k: v for k, v in model.items() if k != "refId" and not (k in _MODEL_DEFAULTS and _is_idle(k, v))}


def _is_idle(key: str, value: Value) -> bool:
    """Whether the server has the same where nothing is said: also for what is no number but 0 (12.4.0)."""
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    return not is_number or value in (0, _MODEL_DEFAULTS[key])


def parse_model(value: Value) -> Value:
    """A query as a table, where it is JSON text. Raises ValueError."""
    if isinstance(value, Secret):
        return Secret(parse_model(value.value), value.made_of)
    if not isinstance(value, str):
        return value
    try:
        model = json.loads(value)
    except ValueError:
        model = None
    if not isinstance(model, dict):
        raise ValueError("Expected the query as a table, or as the text of a JSON object.")
    return model


_RANGE: Final[Mapping[str, Attr]] = {
    "from": Attr("number", required=True, doc="Seconds before now at which it begins."),
    "to": Attr("number", default=0, doc="Seconds before now at which it ends."),
}
_QUERY: Final[Mapping[str, Attr]] = {
    "ref_id": Attr(required=True, wire="refId", doc="What expressions and the condition call it, such as A."),
    "datasource_uid": Attr(required=True, wire="datasourceUid", doc='Which is asked; "__expr__" for an expression.'),
    "model": Attr(
        Type("any", normal=_model), required=True, doc="The query: a table of the data source's own keys, or JSON text."
    ),
    "query_type": Attr(wire="queryType", doc="For data sources with several kinds of queries."),
    "relative_time_range": Attr(
        Block(_RANGE), default={"from": 0, "to": 0}, wire="relativeTimeRange", doc="Of which time; not for expressions."
    ),
}
_SETTINGS: Final[Mapping[str, Attr]] = {
    "contact_point": Attr(required=True, wire="receiver", doc="Name of the contact point, past all policies."),
    "group_by": Attr("list(string)", doc='Labels by which alerts are grouped; "..." alone for all.'),
    "group_wait": Attr(Duration(), doc="How long a new group waits for more alerts."),
    "group_interval": Attr(Duration(), doc="How long a group waits before it tells of new alerts."),
    "repeat_interval": Attr(Duration(), doc="After which time it is told again."),
    "mute_timings": Attr(Set("string"), wire="mute_time_intervals", doc="Names of timings at which nobody is told."),
    "active_timings": Attr(
        Set("string"), wire="active_time_intervals", doc="Names of timings at which alone somebody is told (12.1)."
    ),
}
_RECORD: Final[Mapping[str, Attr]] = {
    "metric": Attr(required=True, doc="Name of the metric that is written."),
    "from": Attr(required=True, doc="ref_id of the query or expression that is recorded."),
    "target_datasource_uid": Attr(doc="Where to. Default: as Grafana's configuration says."),
}
RULE: Final[Mapping[str, Attr]] = {
    "name": Attr(required=True, wire="title", doc="What people see."),
    "uid": Attr(
        computed=True, optional=True, doc="Identity of the rule. Default: that of the rule of this name, or a new one."
    ),
    "condition": Attr(doc="ref_id of the query or expression that fires; for alert rules."),
    "for": Attr(Duration(), default="0s", doc="For how long before it fires."),
    "keep_firing_for": Attr(Duration(), default="0s", doc="How long it fires on afterwards (Grafana 12)."),
    "no_data_state": Attr(
        default="NoData",
        choices=("NoData", "OK", "Alerting", "KeepLast"),
        wire="noDataState",
        doc="What it is without data.",
    ),
    "exec_err_state": Attr(
        default="Alerting",
        choices=("Alerting", "Error", "OK", "KeepLast"),
        wire="execErrState",
        doc="What it is when its query fails.",
    ),
    "missing_series_evals_to_resolve": Attr(
        "number", wire="missingSeriesEvalsToResolve", doc="After how many evaluations a series that is gone is over."
    ),
    "is_paused": Attr("bool", default=False, wire="isPaused", doc="Whether it is not evaluated."),
    "labels": Attr(Map("string"), doc="What policies go by."),
    "annotations": Attr(Map("string"), doc="What notifications tell, such as summary."),
    "notification_settings": Attr(Block(_SETTINGS), doc="Whom it notifies, instead of what policies say."),
    "record": Attr(Block(_RECORD), doc="Makes it a recording rule, which fires never."),
    "data": Attr(Blocks(_QUERY), required=True, doc="Its queries and expressions."),
}

_SINCE: Final[Mapping[str, tuple[int, ...]]] = {
    "notification_settings": (11,),
    "keep_firing_for": (11, 6),
    "record": (11, 6),
    "missing_series_evals_to_resolve": (11, 6),
}
"""Arguments that older ones pass over: 10.1 and 11.0 do not have them (recorded); 11.6 has (documentation)."""
_IGNORED_ARGUMENTS: Final = frozenset(key for key, attr in RULE.items() if (attr.wire or key) in _IGNORED)

MENTIONED: Final[Mapping[str, str | Needed]] = {
    "data.datasource_uid": Needed("data source", built_in=_EVERYWHERE, refused=False),
    "data.model.datasource.uid": "data source",
    "record.target_datasource_uid": Needed("data source", refused=False),
    "notification_settings.contact_point": Needed("contact point"),
    "notification_settings.mute_timings": Needed("mute timing"),
    "notification_settings.active_timings": Needed("mute timing"),
}
"""What a rule names."""


def rule_as_stored(rule: Values) -> Values:
    """A completed rule by attribute names, without what a recording rule ignores, or another key says."""
    data = rule.get("data")
    if isinstance(data, list | tuple):
        rule = {**rule, "data": [_query_as_stored(one) if isinstance(one, Mapping) else one for one in data]}
    if rule.get("record") is None:
        return rule
    return {key: value for key, value in rule.items() if key not in _IGNORED_ARGUMENTS}


def _query_as_stored(query: Values) -> Values:
    """A query whose kind is told once: its model has the last word on that."""
    model = query.get("model")
    told = isinstance(model, Mapping) and "queryType" in model
    return {key: value for key, value in query.items() if not (told and key == "query_type")}


def rule_as_told(wire: Json) -> Json:
    """A rule of an answer, without what is the server's alone or says nothing."""
    left_out = {*_SERVERS_OWN, *(_IGNORED if wire.get("record") else ())}
    told = {key: value for key, value in wire.items() if key not in left_out and value is not None}
    return {**told, "data": [_query_as_told(one) for one in told.get("data") or ()]}


def _query_as_told(query: Json) -> Json:
    model, span = query.get("model") or {}, query.get("relativeTimeRange") or {}
    left_out = {
        *(("queryType",) if "queryType" in model else ()),
        *(() if any(span.values()) else ("relativeTimeRange",)),
    }
    return {**{key: value for key, value in query.items() if key not in left_out}, "model": _model(model)}


def with_point(rule: Json, names: Mapping[str, str]) -> Json:
    """A rule of the wire, with other `names` of contact points."""
    settings = rule.get("notification_settings")
    if settings is None or settings.get("receiver") not in names:
        return rule
    return {**rule, "notification_settings": {**settings, "receiver": names[settings["receiver"]]}}


def with_models(rule: Values) -> Values:
    """A completed rule whose queries are tables."""
    data = rule.get("data")
    if not isinstance(data, list | tuple):
        return rule
    queries = [{**one, "model": parse_model(one["model"])} if isinstance(one, Mapping) else one for one in data]
    return {**rule, "data": queries}


# --- what cannot be meant ---------------------------------------------------------------------------------------------


def check_rules(rules: Value) -> None:
    """Raises ValueProblem for what no Grafana takes, or takes for something else, as far as it is known."""
    if not isinstance(rules, list | tuple):
        return
    if not rules:
        raise ValueProblem("rule", "A group has a rule", "Without one there is no group: leave the block out.")
    known = [rule for rule in rules if isinstance(rule, Mapping)]
    for rule in known:
        for _, problem in problems_of(rule):
            raise ValueProblem("rule", f'The rule "{_text(rule, "name")}" {problem}')
    _check_apart([_text(rule, "uid") for rule in known], "uid", "")
    without = [rule for rule in known if rule.get("uid") is None]
    _check_apart([_text(rule, "name") for rule in without], "name", " Give each a uid.")


def _check_apart(texts: Sequence[str], key: str, more: str) -> None:
    twice = _twice(texts)
    if twice:
        raise ValueProblem("rule", f'Two rules have the {key} "{twice}"', f"The server would mix them up.{more}")


def problems_of(rule: Values) -> Iterator[tuple[str, str]]:
    """Whatever is wrong with a completed rule, as far as it is known, each with the argument that it is about."""
    data, record, condition = rule.get("data"), rule.get("record"), rule.get("condition")
    if record is None and condition in (None, "") and condition is not UNKNOWN:
        yield "condition", "has no condition: the ref_id of the query or expression that fires"
    if not isinstance(data, list | tuple):
        return
    if not data:
        yield "data", "has no data: no queries or expressions"
    queries = [one for one in data if isinstance(one, Mapping)]
    refs = [_text(one, "ref_id") for one in queries]
    if twice := _twice(refs):
        yield "data", f'has two queries with the ref_id "{twice}"'
    asked, what = (_text(record, "from"), "record.from") if record is not None else (condition, "condition")
    if isinstance(asked, str) and asked and asked not in refs and all(refs) and len(refs) == len(data):
        problem = f'has the {what} "{asked}", which is the ref_id of no query of it: there are {", ".join(refs)}'
        yield what.partition(".")[0], problem
    yield from (("data", problem) for problem in _range_problems(queries))


def _range_problems(queries: Sequence[Values]) -> Iterator[str]:
    for one in queries:
        span, source = one.get("relative_time_range"), _text(one, "datasource_uid")
        if source and source not in EXPRESSIONS and isinstance(span, Mapping):
            begin, end = span.get("from"), span.get("to")
            if isinstance(begin, int | float) and isinstance(end, int | float) and begin <= end:
                yield f'asks "{_text(one, "ref_id")}" for no time: relative_time_range.from has to be more than to'


def _text(value: Value, key: str) -> str:
    """A text in a table; empty where it is not there, or not known."""
    found = value.get(key) if isinstance(value, Mapping) else None
    return found if isinstance(found, str) else ""


def _twice(texts: Sequence[str]) -> str:
    return next((text for text in texts if text and texts.count(text) > 1), "")


def needs_of(rule: Values) -> Iterator[tuple[str, tuple[int, ...]]]:
    """Each argument of a rule that an older Grafana passes over, with the version that does not."""
    yield from ((key, version) for key, version in _SINCE.items() if rule.get(key) not in (None, RULE[key].default))
    settings = rule.get("notification_settings")
    if isinstance(settings, Mapping) and settings.get("active_timings"):
        yield "active_timings", (12, 1)


# --- uids -------------------------------------------------------------------------------------------------------------


def derived_uid(address: str, name: Value) -> str:
    """The uid of a new rule: the same for one name in one block."""
    return derive_uid(str(name), address) if isinstance(name, str) else ""


def with_uids(rules: Sequence[Json], there: Sequence[Json]) -> list[Json]:
    """`rules` to be written, each with a uid: the one that it gives; or that of the rule `there` which has its title,
    or else is it under another title; or a new one. So a rule keeps its history wherever it stands."""
    taken = {rule["uid"] for rule in rules if rule.get("uid")}
    free = [rule for rule in there if rule["uid"] not in taken]
    chosen = {n: rule["uid"] for n, rule in enumerate(rules) if rule.get("uid")}
    for n, rule in enumerate(rules):
        same = next((one for one in free if n not in chosen and one["title"] == rule["title"]), None)
        if same is not None:
            chosen[n] = same["uid"]
            free.remove(same)
    open_ = [n for n in range(len(rules)) if n not in chosen]
    asked = [{key: value for key, value in rules[n].items() if key not in ("uid", DERIVED)} for n in open_]
    others = [{key: value for key, value in one.items() if key != "uid"} for one in free]
    chosen |= {open_[new]: free[old]["uid"] for old, new in pair(others, asked)}
    for n in open_:
        chosen.setdefault(n, _new_uid(str(rules[n].get(DERIVED, "")), {*chosen.values()}))
    return [{**{k: v for k, v in rule.items() if k != DERIVED}, "uid": chosen[n]} for n, rule in enumerate(rules)]


def _new_uid(derived: str, taken: set[str]) -> str:
    """The derived uid, or another one where a renamed rule has kept that."""
    uid, number = derived, 2
    while uid in taken:
        uid, number = derive_uid(derived, str(number)), number + 1
    return uid
