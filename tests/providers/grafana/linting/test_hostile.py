"""Lint of what is no dashboard of Grafana's: findings or nothing, and never a traceback."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hcl_lite.core.schema import LintedBlock
from hcl_lite.core.values import UNKNOWN, Secret
from providers.grafana.linting.rules import LINT
from providers.grafana.model import CLASSIC, Model

pytest.importorskip("promql_parser")
_KEYS = (
    *("panels", "rows", "targets", "gridPos", "id", "type", "title", "datasource", "uid", "name", "refId", "expr", "x"),
    *("y", "w", "h", "templating", "list", "query", "repeat", "links", "url", "refresh", "time", "from", "annotations"),
    *("builtIn", "__inputs", "pluginId", "scopedVars", "repeatPanelId", "elements", "spec", "data", "queries", "group"),
    *("kind", "vizConfig", "layout", "items", "element", "variables", "timeSettings", "autoRefresh", "width", "height"),
    *("rawSql", "description", "value"),
)
_TEXTS = (
    "prometheus",
    "graph",
    "$a",
    "${a:b}",
    "[[a]]",
    "now-7d",
    "5s",
    "1s",
    "rate(x[$i]",
    "-- Mixed --",
    "default",
    "",
)
_LEAVES = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.sampled_from(_TEXTS)
    | st.text(max_size=5)
    | st.just(10**400)
    | st.just(UNKNOWN)
    | st.just(Secret("s"))
)
_VALUES = st.recursive(
    _LEAVES,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.sampled_from(_KEYS), inner, max_size=6),
    max_leaves=40,
)
_RULES = [rule.name for rule in LINT.rules]


@given(st.dictionaries(st.sampled_from(_KEYS), _VALUES, max_size=8), st.sampled_from([CLASSIC, "v2beta1"]))
def test_a_dashboard_may_hold_anything(spec: dict[str, Any], form: str) -> None:
    """Of any type at any key, secret or not known yet."""
    block = LintedBlock("grafana_dashboard", {"config": spec}, {"model": Model(form, "u", spec)})
    source = LintedBlock("grafana_data_source", {}, spec)
    for finding in LINT.find(block, [source], _RULES):
        assert finding.rule in _RULES
        assert finding.message


@given(_VALUES)
def test_an_alert_rule_may_hold_anything(data: Any) -> None:
    """As far as its type does not say what it has to be."""
    blocks = (
        LintedBlock("grafana_alert_rule", {}, {"data": data}),
        LintedBlock("grafana_rule_group", {}, {"rule": [{"data": data}, data]}),
        LintedBlock("grafana_rule_group", {}, {"rule": data}),
    )
    for block in blocks:
        assert all(finding.message for finding in LINT.find(block, (), _RULES))
