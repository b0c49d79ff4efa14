"""Lint of the dashboards that other people's projects publish."""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path

import pytest

from hcl_lite.core.schema import LintedBlock
from providers.grafana.dashboard import DASHBOARD
from providers.grafana.linting.rules import LINT
from tests.conftest import SHARED

pytest.importorskip("promql_parser")
_DOCS = (Path(__file__).parents[4] / "docs" / "lint.md").read_text()
_ROW = r"^\| `([\w-]+)` \| (off|warning|error) \| (.*) \| (\d+) \|$"


def test_the_documentation_has_every_rule() -> None:
    """With its level and what it finds."""
    told = [(name, level, doc) for name, level, doc, _ in re.findall(_ROW, _DOCS, re.MULTILINE)]
    assert told == [(rule.name, rule.level, rule.doc) for rule in LINT.rules]


@pytest.mark.skipif(not SHARED.is_dir(), reason="without ../shared")
def test_it_finds_in_real_dashboards_what_was_looked_at() -> None:
    """Neither more nor less: a finding more is to be looked at, and told in the documentation."""
    found: Counter[str] = Counter()
    for path in sorted((SHARED / "data" / "dashboards").rglob("*.json")):
        given = {"config_json": path.read_text()}
        block = LintedBlock("grafana_dashboard", given, DASHBOARD.complete("grafana_dashboard.d", "d", given, ""))
        found.update(one.rule for one in LINT.find(block, (), [rule.name for rule in LINT.rules]))
    assert {rule.name: found[rule.name] for rule in LINT.rules} == {
        name: int(count) for name, _, _, count in re.findall(_ROW, _DOCS, re.MULTILINE)
    }
