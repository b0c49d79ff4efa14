"""What lies in a new group of rules, in a few words each."""

from __future__ import annotations

from typing import Any

from hcl_lite.core.values import UNKNOWN, Secret
from providers.grafana.rule_outline import outline_of_rules

_CPU: dict[str, Any] = {"ref_id": "A", "datasource_uid": "prom", "model": {"expr": "up", "intervalMs": 1000}}
_LAST = {"ref_id": "B", "datasource_uid": "__expr__", "model": {"type": "reduce", "reducer": "last", "expression": "A"}}
_OVER = {
    "ref_id": "C",
    "datasource_uid": "__expr__",
    "model": {"type": "threshold", "expression": "B", "conditions": [{"evaluator": {"type": "gt", "params": [80]}}]},
}


def test_a_rule_is_told_by_when_it_fires_and_its_queries() -> None:
    """By its name; nothing that is secret; whatever is not known is left out."""
    rules = [
        {"name": "CPU high", "condition": "C", "for": "5m", "keep_firing_for": "2m", "data": [_CPU, _LAST, _OVER]},
        {"name": "Kept", "record": {"metric": "m", "from": "A"}, "data": [{**_CPU, "model": Secret("planted")}]},
        {"name": "Later", "condition": "A", "for": "0s", "is_paused": True, "data": UNKNOWN},
        UNKNOWN,
    ]
    told = dict(outline_of_rules(rules))
    assert "planted" not in str(told)
    assert told == {
        'rule["CPU high"]': {
            "type": "alert rule",
            "text": "C, for 5m, firing on for 2m",
            "queries": [
                {"refId": "A", "datasource": "prom", "query": "up"},
                {"refId": "B", "datasource": "", "query": "reduce last A"},
                {"refId": "C", "datasource": "", "query": "threshold B gt 80"},
            ],
        },
        'rule["Kept"]': {
            "type": "recording rule",
            "text": "m from A",
            "queries": [{"refId": "A", "datasource": "prom", "query": ""}],
        },
        'rule["Later"]': {"type": "alert rule", "text": "A, paused", "queries": []},
    }
    assert dict(outline_of_rules(UNKNOWN)) == {}
