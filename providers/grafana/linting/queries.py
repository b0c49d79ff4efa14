"""Lint rules about queries: their ids, their data sources, their PromQL. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from typing import Final

from hcl_lite.core.places import Place
from hcl_lite.core.schema import Finding, Mention
from providers.grafana.linting.contents import Contents, Query
from providers.grafana.linting.context import PROMETHEUS, Sources
from providers.grafana.linting.finding import found
from providers.grafana.linting.promql import problem_in
from providers.grafana.uses import is_built_in

_ASK_NOTHING: Final = frozenset(
    {"row", "text", "dashlist", "news", "alertlist", "annolist", "pluginlist", "welcome", "gettingstarted"}
)
_SAY_NOTHING: Final = frozenset({"refId", "datasource", "hide", "key", "queryType", "format", "intervalFactor"})


def duplicate_ref_ids(contents: Contents, sources: Sources) -> Iterator[Finding]:
    """Queries of one panel with the same refId: POST /api/ds/query refuses them with 400 (12.4)."""
    for panel in contents.panels:
        seen: Counter[str] = Counter()
        for query in panel.queries:
            seen[query.ref_id] += bool(query.ref_id)
            if seen[query.ref_id] > 1:
                message = f'{panel.title} has more than one query with the refId "{query.ref_id}"'
                detail = "Answers are told apart by it: Grafana 12 refuses such queries, older ones lose answers."
                yield found(message, query.ref_place, detail, "Give each query a refId of its own.")


def queries_without_data_source(contents: Contents, sources: Sources) -> Iterator[Finding]:
    """Queries that name no data source: they go to the default one of whatever server the dashboard is on."""
    detail = "It goes to the server's default data source, which may be another one tomorrow, or elsewhere."
    hint = 'Name it: "datasource": {"type": "prometheus", "uid": "…"}, or a variable of data sources.'
    for panel in contents.panels:
        lacking = [query for query in panel.queries if query.source is None and _asks(query)]
        if lacking and panel.type not in _ASK_NOTHING:
            ids = ", ".join(query.ref_id for query in lacking if query.ref_id)
            noun = f"{'query' if len(lacking) == 1 else 'queries'} {ids}" if ids else "a query without a refId"
            yield found(f"{panel.title} has no data source for {noun}", lacking[0].place, detail, hint)
    for variable in contents.variables:
        if variable.query is not None and variable.query.source is None and any(variable.query.body.values()):
            yield found(f'The variable "{variable.name}" asks no data source', variable.query.place, detail, hint)
    for query in contents.annotations:
        if query.source is None:
            yield found("A query of annotations has no data source", query.place, detail, hint)


def undeclared_data_sources(contents: Contents, sources: Sources) -> Iterator[Finding]:
    """Data sources that no block declares."""
    hint = "Declare it: [resource.grafana_data_source.…], or [data.grafana_data_source.…] for one that is there."
    for uid, place in _undeclared(contents, sources):
        yield found(f'No block declares the data source "{uid}"', place, "", hint)


def missing_data_sources(contents: Contents, sources: Sources) -> Iterator[Finding]:
    """Data sources that no block declares, and that have to be on the server then, by uid or by name."""
    for uid, place in _undeclared(contents, sources):
        finding = found(f'There is no data source "{uid}"', place, "No block declares it, nor is it on the server.")
        yield replace(finding, unless=Mention("data source", uid))


def _undeclared(contents: Contents, sources: Sources) -> Iterator[tuple[str, Place]]:
    """Each undeclared data source once, with its first place."""
    told: set[str] = set()
    for query in contents.all_queries() if sources.is_complete else ():
        uid = "" if query.source is None else query.source.uid
        if uid and uid not in sources.types and uid not in told and not is_built_in(uid):
            told.add(uid)
            yield uid, query.source_place


def promql_syntax(contents: Contents, sources: Sources) -> Iterator[Finding]:
    """Queries for Prometheus that no Prometheus can read, whatever their variables stand for."""
    for query in contents.all_queries():
        text = query.body.get("expr")
        if not isinstance(text, str) or not text.strip() or sources.type_of(query.source, contents) not in PROMETHEUS:
            continue
        problem = problem_in(text)
        if problem:
            yield found("This is not PromQL", (*query.place, "expr"), f"{problem}:\n{_shortened(text)}")


def _asks(query: Query) -> bool:
    return any(value not in (None, "", False) for key, value in query.body.items() if key not in _SAY_NOTHING)


def _shortened(text: str) -> str:
    return text if len(text) <= 300 else f"{text[:299]}…"
