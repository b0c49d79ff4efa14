"""Lint of dashboards and alert rules: contents.py reads what they consist of, each rule is a function over that, and
rules.py has the table of all rules. Loaded when it is asked for."""

from __future__ import annotations

from hcl_lite.core.schema import Lint


def load_lint() -> Lint:
    """Returns the lint of Grafana's types."""
    from providers.grafana.linting.rules import LINT  # noqa: PLC0415 - rests on promql-parser, and is seldom needed

    return LINT
