"""Inputs of exported dashboards: which there are, and what becomes of them."""

from __future__ import annotations

from typing import Any

import pytest

from hcl_lite.core.schema import ValueProblem
from providers.grafana.inputs import bind_inputs, unbound_inputs

_PROM = {"name": "DS_PROM", "label": "Prometheus", "type": "datasource", "pluginId": "prometheus"}
_EXPR = {"name": "DS_EXPRESSION", "type": "datasource", "pluginId": "__expr__"}
_CONSTANT = {"name": "VAR_METRIC", "type": "constant", "value": "up"}


def _panel(uid: str, **more: Any) -> dict[str, Any]:
    return {"datasource": {"type": "prometheus", "uid": uid}, "n": 1, "off": False, "none": None, **more}


@pytest.mark.parametrize(
    ("spec", "names"),
    [
        ({"title": "None"}, ()),
        ({"__inputs": [_PROM, _CONSTANT]}, ("DS_PROM", "VAR_METRIC")),
        ({"panels": [_panel("${DS_LOKI}")]}, ("DS_LOKI",)),
        ({"__inputs": [_PROM], "panels": [_panel("${DS_PROM}")]}, ("DS_PROM",)),
        ({"panels": [_panel("${DS_PROM}")], "templating": {"list": [{"name": "DS_PROM"}]}}, ()),
        ({"elements": {"a": _panel("${DS_PROM}")}, "variables": [{"spec": {"name": "DS_PROM"}}]}, ()),
        ({"panels": [_panel("${datasource}", expr="$job ${job} ${DS}")]}, ()),
        ({"__inputs": "odd", "templating": [], "variables": {}}, ()),
    ],
)
def test_what_nothing_binds(spec: dict[str, Any], names: tuple[str, ...]) -> None:
    """Inputs that are declared, and names of an export that are no variable of the dashboard."""
    assert unbound_inputs(spec) == names


def test_inputs_are_bound_everywhere_and_go() -> None:
    """In every text, also inside of one; what is no text stays as it is, and so do variables."""
    spec = {
        "__inputs": [_PROM, _EXPR, _CONSTANT],
        "title": "On ${DS_PROM}: ${VAR_METRIC}",
        "panels": [_panel("${DS_PROM}", targets=[_panel("${DS_EXPRESSION}"), '${VAR_METRIC}{job=~"${job}"}'])],
    }
    assert bind_inputs(spec, {"DS_PROM": "prom-1"}) == {
        "title": "On prom-1: up",
        "panels": [_panel("prom-1", targets=[_panel("__expr__"), 'up{job=~"${job}"}'])],
    }


def test_a_value_that_is_given_wins_over_the_input_s_own() -> None:
    """Of a constant."""
    assert bind_inputs({"__inputs": [_CONSTANT], "x": "${VAR_METRIC}"}, {"VAR_METRIC": "down"}) == {"x": "down"}


def test_a_name_that_is_only_used_can_be_bound() -> None:
    """Files lose their __inputs on the way."""
    assert bind_inputs({"x": "${DS_LOKI}"}, {"DS_LOKI": "loki"}) == {"x": "loki"}


@pytest.mark.parametrize(
    ("given", "summary", "detail"),
    [
        ({}, "inputs lacks DS_PROM (prometheus), DS_LOKI", "The dashboard's JSON asks for it."),
        ({"DS_PROM": "p"}, "inputs lacks DS_LOKI", "The dashboard's JSON asks for it."),
        ({"DS_PORM": "p"}, 'The dashboard has no input "DS_PORM"', "Its inputs: DS_PROM, DS_LOKI."),
    ],
)
def test_one_too_few_or_too_many_is_a_mistake(given: dict[str, str], summary: str, detail: str) -> None:
    """Told with those that there are."""
    with pytest.raises(ValueProblem) as raised:
        bind_inputs({"__inputs": [_PROM], "x": "${DS_LOKI}"}, given)
    assert (raised.value.attribute, raised.value.summary, raised.value.detail) == ("inputs", summary, detail)
