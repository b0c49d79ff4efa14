"""The table of lint rules, and which blocks they are held against: a rule is a function and a line here. Pure."""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

from hcl_lite.core.places import Place, changed, leaves
from hcl_lite.core.schema import Finding, Lint, LintedBlock, LintRule
from hcl_lite.core.values import UNKNOWN, is_unknown, read_json, reveal
from providers.grafana.linting import layout, promql, queries, refresh, variables
from providers.grafana.linting.contents import Contents, Query, Source, read_contents, read_panel, text_at
from providers.grafana.linting.context import Sources, read_sources
from providers.grafana.model import CLASSIC, Model
from providers.grafana.rules import parse_model

_NOT_KNOWN: Final = "$__known_after_apply"
"""A variable that is always defined, in place of what only the apply can tell."""

Check = Callable[[Contents, Sources], Iterator[Finding]]


@dataclass(frozen=True, slots=True)
class _Rule:
    check: Check
    level: str
    doc: str
    online: bool = False


_RULES: Final[Mapping[str, _Rule]] = {
    "undefined-variable": _Rule(
        variables.undefined_variables, "warning", "A variable is used that the dashboard does not define."
    ),
    "undeclared-data-source": _Rule(
        queries.undeclared_data_sources, "off", "A data source is used that no block of the configuration declares."
    ),
    "missing-data-source": _Rule(
        queries.missing_data_sources,
        "error",
        "With --online: a data source is neither declared nor on the server.",
        online=True,
    ),
    "query-without-data-source": _Rule(
        queries.queries_without_data_source, "warning", "A query goes to the server's default data source."
    ),
    "duplicate-panel-id": _Rule(layout.duplicate_panel_ids, "warning", "Two panels have the same id."),
    "duplicate-ref-id": _Rule(queries.duplicate_ref_ids, "error", "Two queries of a panel have the same refId."),
    "overlapping-panels": _Rule(layout.overlapping_panels, "warning", "A panel covers a part of another one."),
    "panel-outside-grid": _Rule(
        layout.panels_outside_grid, "warning", "A panel lies outside of the grid of 24 columns, or has no size."
    ),
    "deprecated-panel": _Rule(layout.deprecated_panels, "warning", "A panel is of a type that Grafana has removed."),
    "promql-syntax": _Rule(queries.promql_syntax, "error", "A query for Prometheus is no PromQL."),
    "frequent-refresh": _Rule(
        refresh.frequent_refresh,
        "warning",
        "The dashboard refreshes more often than a pixel of its time range lasts, or than Grafana allows.",
    ),
}


def find(block: LintedBlock, context: Sequence[LintedBlock], rules: Collection[str]) -> Iterator[Finding]:
    """The findings of `rules` in a dashboard, a rule group or an alert rule; `context` are data sources."""
    reader = _READERS.get(block.type)
    if reader is None or block.is_lookup:
        return
    sources = read_sources(context)
    for attribute, above, contents in reader(block):
        for name in rules:
            for finding in _RULES[name].check(contents, sources):
                yield replace(finding, rule=name, attribute=attribute, place=(*above, *finding.place))


Read = tuple[str, Place, Contents]


def _read_dashboard(block: LintedBlock) -> Iterator[Read]:
    """The contents of a dashboard, with the argument that has it and the place of its spec in that."""
    model = block.values.get("model")
    body = "config" if block.given.get("config") is not None else "config_json"
    if isinstance(model, Model):
        unknown = [place for place, leaf in leaves(model.spec) if leaf is UNKNOWN] if is_unknown(model.spec) else ()
        spec = changed(model.spec, unknown, lambda _, leaf: _NOT_KNOWN)
        above = ("spec",) if model.form != CLASSIC and _is_resource(reveal(block.given.get(body))) else ()
        yield body, above, read_contents(spec)


def _is_resource(document: Any) -> bool:
    document = json.loads(document) if isinstance(document, str) else document
    return isinstance(document, Mapping) and "apiVersion" in document


def _read_library_panel(block: LintedBlock) -> Iterator[Read]:
    try:
        text = reveal(block.given.get("model_json"))
        model = read_json(text) if isinstance(text, str) else None
    except (ValueError, RecursionError):
        return
    if isinstance(model, Mapping):
        yield "model_json", (), read_panel(model)


def _read_group(block: LintedBlock) -> Iterator[Read]:
    rules = block.values.get("rule")
    for index, rule in enumerate(rules if isinstance(rules, list | tuple) else ()):
        yield "rule", (index, "data"), Contents(queries=[*_asked(rule)])


def _read_rule(block: LintedBlock) -> Iterator[Read]:
    yield "data", (), Contents(queries=[*_asked(block.values)])


def _asked(rule: Any) -> Iterator[Query]:
    """The queries of an alert rule: its model is JSON text or a table."""
    data = rule.get("data") if isinstance(rule, Mapping) else None
    for index, one in enumerate(data if isinstance(data, list | tuple) else ()):
        model = _model_of(one)
        if isinstance(model, Mapping) and not is_unknown(model):
            uid, own = text_at(one, "datasource_uid"), model.get("datasource")
            source = Source(text_at(own, "type"), uid or text_at(own, "uid"))
            yield Query((index, "model"), model, source, (index, "datasource_uid"), text_at(one, "ref_id"))


def _model_of(query: Any) -> Any:
    try:
        return parse_model(reveal(query.get("model"))) if isinstance(query, Mapping) else None
    except ValueError:
        return None


_READERS: Final[Mapping[str, Callable[[LintedBlock], Iterable[Read]]]] = {
    "grafana_dashboard": _read_dashboard,
    "grafana_library_panel": _read_library_panel,
    "grafana_rule_group": _read_group,
    "grafana_alert_rule": _read_rule,
}


def _obstacle(rule: str) -> str:
    """Returns the command that installs what a rule needs and is not there."""
    is_missing = rule == "promql-syntax" and not promql.is_installed()
    return f"pip install 'hcl-lite[{promql.EXTRA}]'" if is_missing else ""


LINT: Final = Lint(
    tuple(LintRule(name, rule.doc, rule.level, rule.online) for name, rule in _RULES.items()),
    find,
    frozenset({"grafana_data_source"}),
    _obstacle,
)
