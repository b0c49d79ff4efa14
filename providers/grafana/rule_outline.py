"""Outline of rules that are to be made: of each when it fires, and its queries in a line each. Pure."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any, Final

from hcl_lite.core.labels import PathWriter
from hcl_lite.core.values import Value, conceal
from providers.grafana.outline import query_text
from providers.grafana.rules import EXPRESSIONS

_IDLE: Final = ("", "0s", None)


def outline_of_rules(rules: Value) -> Iterator[tuple[str, Mapping[str, Value]]]:
    """Each rule by its path, fit to be shown."""
    told = {"rule": conceal(rules)}
    writer = PathWriter(told)
    for index, rule in enumerate(told["rule"] if isinstance(told["rule"], list | tuple) else ()):
        if isinstance(rule, Mapping):
            kind = "alert rule" if rule.get("record") is None else "recording rule"
            yield writer.path(("rule", index)), {"type": kind, "text": _when(rule), "queries": [*_queries(rule)]}


def _when(rule: Mapping[str, Any]) -> str:
    record, held = rule.get("record"), rule.get("keep_firing_for")
    if isinstance(record, Mapping):
        return f"{record.get('metric')} from {record.get('from')}"
    parts = [
        str(rule.get("condition") or ""),
        f"for {rule.get('for')}" if rule.get("for") not in _IDLE else "",
        f"firing on for {held}" if held not in _IDLE else "",
        "paused" if rule.get("is_paused") is True else "",
    ]
    return ", ".join(part for part in parts if part)


def _queries(rule: Mapping[str, Any]) -> Iterator[Mapping[str, Value]]:
    for query in _objects(rule.get("data")):
        source, model = query.get("datasource_uid"), query.get("model")
        is_expression = source in EXPRESSIONS
        yield {
            "refId": query.get("ref_id"),
            "datasource": "" if is_expression else source,
            "query": _expression(model) if is_expression else query_text(model),
        }


def _expression(model: Any) -> str:
    """An expression in a few words, such as: threshold B gt 80."""
    if not isinstance(model, Mapping):
        return ""
    words = [model.get(key) for key in ("type", "reducer", "expression")]
    for one in _objects(model.get("conditions")):
        evaluator = one.get("evaluator")
        if isinstance(evaluator, Mapping):
            words += [evaluator.get("type"), *(evaluator.get("params") or ())]
    return " ".join(word if isinstance(word, str) else json.dumps(word) for word in words if word not in (None, ""))


def _objects(items: Any) -> Iterator[Mapping[str, Any]]:
    yield from (one for one in items if isinstance(one, Mapping)) if isinstance(items, list | tuple) else ()
