"""Template variables: what is current, and how it is written for each kind of data source."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from providers.grafana.filling.times import TimeRange
from providers.grafana.filling.variables import (
    Format,
    Unfillable,
    built_in,
    glob,
    lucene,
    prometheus,
    put_in,
    read_variables,
    regex,
    sql,
)

_TIMES = TimeRange(datetime(2026, 1, 1, tzinfo=UTC), datetime(2026, 1, 1, 6, tzinfo=UTC))
_MULTI = {"multi": True, "includeAll": True}


def _filled(text: Any, *variables: dict[str, Any], default: Format = glob) -> Any:
    dashboard = {"templating": {"list": [{"name": "v", **variable} for variable in variables]}}
    known = read_variables(dashboard, _TIMES, lambda type_: {"prometheus": "prom-uid"}.get(type_, ""))
    return put_in(text, {**known, **built_in(_TIMES, 60_000)}, default)


def _current(value: Any, **more: Any) -> dict[str, Any]:
    return {"type": "query", "current": {"value": value, "text": value}, **more}


@pytest.mark.parametrize(
    ("variable", "written"),
    [
        (_current("a"), "a"),
        (_current(["a", "b"], **_MULTI), "{a,b}"),
        (_current("$__all", **_MULTI, options=[{"value": "$__all"}, {"value": "a"}, {"value": "b"}]), "{a,b}"),
        (_current(["$__all"], **_MULTI, allValue=".+", options=[{"value": "a"}]), ".+"),
        ({"type": "custom", "query": "one, two : 2,a\\,b"}, "one"),
        ({"type": "custom", "query": "one : 1, two : 2"}, "1"),
        ({"type": "custom", "query": "x,y", **_MULTI, "current": {"value": "$__all"}}, "{x,y}"),
        ({"type": "constant", "query": "c", "current": {"value": "old"}}, "c"),
        ({"type": "textbox", "query": "t"}, "t"),
        ({"type": "interval", "query": "1m,5m"}, "1m"),
        ({"type": "interval", "query": "1m", "current": {"value": "$__auto_interval_v"}, "auto_count": 60}, "5m"),
        ({"type": "datasource", "query": "prometheus", "current": {}}, "prom-uid"),
    ],
)
def test_what_is_current(variable: dict[str, Any], written: str) -> None:
    """As it was saved; where nothing was, what the frontend begins with."""
    assert _filled("$v", variable) == written


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("$v ${v} [[v]]", "{a.b,c} {a.b,c} {a.b,c}"),
        ("$vx ${other} $1 ${v.field}", "$vx ${other} $1 ${v.field}"),
        ("${v:csv} ${v:raw} ${v:pipe}", "a.b,c a.b,c a.b|c"),
        ("${v:regex} [[v:regex]]", r"(a\.b|c) (a\.b|c)"),
        ("${v:json}", '["a.b", "c"]'),
        ("${v:singlequote} ${v:doublequote} ${v:sqlstring}", "'a.b','c' \"a.b\",\"c\" 'a.b','c'"),
        ("${v:text}", "a.b + c"),
        ("${v:queryparam}", "var-v=a.b&var-v=c"),
        ("${v:percentencode}", "%7Ba.b%2Cc%7D"),
        ("${v:nosuch}", "{a.b,c}"),
    ],
)
def test_the_formats(text: str, written: str) -> None:
    """By Grafana's names; what is no variable stays."""
    assert _filled(text, _current(["a.b", "c"], **_MULTI)) == written


@pytest.mark.parametrize(
    ("default", "value", "more", "written"),
    [
        (prometheus, "a.b", {}, "a.b"),
        (prometheus, "it's", {}, "it\\\\'s"),
        (prometheus, "a.b", _MULTI, r"a\\.b"),
        (prometheus, ["a.b", "c"], _MULTI, r"(a\\.b|c)"),
        (prometheus, "$__all", _MULTI, ".*"),
        (regex, "$__all", _MULTI, ".*"),
        (regex, ["a.b", "c/d"], _MULTI, r"(a\.b|c\/d)"),
        (sql, "it's", {}, "it's"),
        (sql, ["it's", "b"], _MULTI, "'it''s','b'"),
        (lucene, ["a b", "c"], _MULTI, r'("a\ b" OR "c")'),
    ],
)
def test_each_data_source_has_its_own_format(default: Format, value: Any, more: dict[str, Any], written: str) -> None:
    """Where the query does not say one."""
    assert _filled("$v", _current(value, **more), default=default) == written


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("$__from ${__to}", "1767225600000 1767247200000"),
        ("${__from:date} ${__to:date:seconds}", "2026-01-01T00:00:00.000Z 1767247200"),
        ("${__from:date:YYYY-MM-DD HH:mm}", "2026-01-01 00:00"),
        ("$__interval $__interval_ms $__range $__range_s ${__range_ms}", "1m 60000 21600s 21600 21600000"),
        (["$__interval", {"a": "$__range_s", "b": 1}], ["1m", {"a": "21600", "b": 1}]),
    ],
)
def test_the_built_in_ones(text: Any, written: Any) -> None:
    """In whatever JSON the query is."""
    assert _filled(text) == written


@pytest.mark.parametrize(
    ("variable", "why"),
    [
        (_current("$__all", **_MULTI), "the values of $v, of which all are chosen, are not in the dashboard"),
        ({"type": "query"}, "$v has no current value in the dashboard"),
    ],
)
def test_what_only_the_frontend_could_know(variable: dict[str, Any], why: str) -> None:
    """Rather than a query that means something else."""
    with pytest.raises(Unfillable) as caught:
        _filled("$v", variable)
    assert str(caught.value) == why
