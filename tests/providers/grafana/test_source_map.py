"""The data sources of a dashboard's JSON, and what a block says they are."""

from __future__ import annotations

from typing import Any

import pytest

from providers.grafana.source_map import bind_sources, sources_in

_MAP = {"p": "here", "Old": "named", "q": "other"}


def _classic(source: str, link: str, old: str) -> dict[str, Any]:
    """A classic model with data sources wherever it may have them."""
    return {
        "panels": [
            {"datasource": {"type": "loki", "uid": source}, "targets": [{"datasource": {"uid": link}}]},
            {"datasource": {"uid": "-- Mixed --"}, "targets": [{"datasource": old}, {"datasource": {"uid": "${ds}"}}]},
            {"fieldConfig": {"links": [{"internal": {"datasourceUid": link, "datasourceName": "Old"}}]}},
            {"datasource": None, "title": "p", "targets": [{"expr": "p", "datasource": {"uid": 3}}]},
        ],
        "annotations": {"list": [{"datasource": {"uid": source}}, {"datasource": "-- Grafana --"}]},
        "templating": {
            "list": [
                {"name": "ds", "type": "datasource", "query": "loki", "current": {"text": "p", "value": source},
                 "options": [{"text": "p", "value": source}]},
                {"name": "many", "type": "datasource", "multi": True, "current": {"value": [source, link, "$ds"]}},
                {"name": "p", "type": "custom", "current": {"text": "p", "value": "p"}},
            ]
        },
    }  # fmt: skip


def _modern(source: str) -> dict[str, Any]:
    """The spec of a v2 dashboard."""
    query = {"kind": "DataQuery", "group": "loki", "datasource": {"name": source}, "spec": {"expr": "p"}}
    current = {"text": "p", "value": source}
    return {
        "elements": {"a": {"spec": {"data": {"spec": {"queries": [{"spec": {"query": query}}]}}}}},
        "variables": [{"kind": "DatasourceVariable", "spec": {"name": "d", "pluginId": "loki", "current": current}}],
    }


@pytest.mark.parametrize(
    ("before", "after", "named"),
    [
        (_classic("p", "q", "Old"), _classic("here", "other", "named"), ["p", "q", "Old"]),
        (_modern("p"), _modern("here"), ["p"]),
        ({"panels": "p", "datasource": ["p"]}, {"panels": "p", "datasource": ["here"]}, []),
        ({}, {}, []),
    ],
)
def test_each_is_found_and_bound(before: dict[str, Any], after: dict[str, Any], named: list[str]) -> None:
    """In panels, targets, annotations, links and variables, of each form; not what is built in or a variable, and no
    other text."""
    assert list(sources_in(before)) == named
    assert bind_sources(before, _MAP) == after
