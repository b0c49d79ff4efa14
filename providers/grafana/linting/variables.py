"""Lint rule about variables: those that a dashboard uses and does not define. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any, Final

from hcl_lite.core.places import Place, leaves
from hcl_lite.core.schema import Finding
from providers.grafana.linting.contents import Contents, Query, objects_at, text_at
from providers.grafana.linting.context import PROMETHEUS, Sources, is_expression
from providers.grafana.linting.finding import found

_USED: Final = re.compile(r"\$(\w+)|\[\[(\w+?)(?::\w+)?\]\]|\$\{(\w+)(?:\.[^:}]+)?(?::[^}]+)?\}")
"""As in Grafana (`variableRegex` of 12.4)."""
_BRACED: Final = re.compile(r"()\[\[(\w+?)(?::\w+)?\]\]|\$\{(\w+)(?:\.[^:}]+)?(?::[^}]+)?\}")

_SQL: Final = frozenset({"mysql", "mssql", "postgres", "grafana-postgresql-datasource"})
_PLAIN: Final = PROMETHEUS | _SQL | frozenset({"loki", "influxdb", "elasticsearch", "graphite", "cloudwatch", "tempo"})
"""Types of data sources in whose queries $word is a variable, and nothing of their own language."""
_OWN: Final[Mapping[str, re.Pattern[str]]] = {
    "influxdb": re.compile(r"timeFilter|interval|m|measurement|col|tag_\w+|time"),
    "elasticsearch": re.compile(r"interval|timeFrom|timeTo"),
    "graphite": re.compile(r"[A-Z]"),
}
"""Words that these data sources replace themselves, beside Grafana's, which begin with two underscores."""


def undefined_variables(contents: Contents, sources: Sources) -> Iterator[Finding]:
    """Variables that a query, a title, a link or a repetition uses, and the dashboard does not define."""
    if not contents.spec:
        return
    defined = {one.name for one in contents.variables} | contents.inputs.keys() | {*_of_copies(contents)}
    told: set[str] = set()
    for place, name in _used(contents, sources):
        if name in defined or name in told or name.startswith("__") or name[:1].isdigit():
            continue
        told.add(name)
        detail = "Grafana leaves the text as it is."
        yield found(f'The dashboard uses the variable "{name}", and does not define it', place, detail)


def _of_copies(contents: Contents) -> Iterator[str]:
    """The variables that copies of repeated panels have of their own."""
    for panel in contents.panels:
        own = panel.body.get("scopedVars")
        yield from own if isinstance(own, Mapping) else ()


def _used(contents: Contents, sources: Sources) -> Iterator[tuple[Place, str]]:
    """The names that are used, each with its place."""
    yield from contents.repeats
    for panel in contents.panels:
        for key in ("title", "description"):
            yield from _in_text(panel.body.get(key), (*panel.place, key), _USED if key == "title" else _BRACED)
        for place, link in objects_at(panel.body, "links"):
            yield from _in_text(text_at(link, "url"), (*panel.place, *place, "url"), _BRACED)
    for query in contents.all_queries():
        if query.source is not None:
            yield from _in_text(query.source.uid, query.source_place, _USED)
        if not is_expression(query.source):
            yield from _in_query(query, sources.type_of(query.source, contents))


def _in_query(query: Query, type_: str) -> Iterator[tuple[Place, str]]:
    """The names in what a data source is sent; of SQL alone, where it is written beside what another type has left."""
    pattern, own = _USED if type_ in _PLAIN else _BRACED, _OWN.get(type_)
    body = {"rawSql": query.body["rawSql"]} if type_ in _SQL and "rawSql" in query.body else query.body
    for place, text in leaves(body):
        if place[:1] == ("datasource",):
            continue
        for at, name in _in_text(text, (*query.place, *place), pattern):
            if own is None or not own.fullmatch(name):
                yield at, name


def _in_text(text: Any, place: Place, pattern: re.Pattern[str]) -> Iterator[tuple[Place, str]]:
    for match in pattern.finditer(text) if isinstance(text, str) else ():
        yield place, next(name for name in match.groups() if name)
