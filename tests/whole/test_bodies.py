"""What is too large for the scope to keep can be referred to all the same, however the reference is written."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.conftest import Hcl

_DASHBOARDS = """
[provider.grafana]
url = "embedded:grafana.db"

[resource.grafana_dashboard.a]
for_each    = ["x", "y"]
config_json = '{"title": "${each.key}", "panels": []}'
"""
_WAYS = {
    "each.value": """
for_each  = "${grafana_dashboard.a}"
dashboard = "${each.value.config_json}"
""",
    "each.key": """
for_each  = ["x", "y"]
dashboard = "${grafana_dashboard.a[each.key].config_json}"
""",
    "filter": """
count     = 2
dashboard = "${(values(grafana_dashboard.a) | map(attribute='config_json') | list)[count.index]}"
""",
}


@pytest.mark.parametrize("way", _WAYS)
def test_a_body_through_a_collection(hcl: Hcl, tmp_path: Path, way: str) -> None:
    """A snapshot of each of several dashboards."""
    (tmp_path / "main.toml").write_text(f"{_DASHBOARDS}\n[resource.grafana_snapshot.s]\n{_WAYS[way]}")
    applied = hcl("apply", "--auto-approve")
    assert applied.code == 0, applied.err
    assert 'dashboard: "y"' in applied.out
    assert hcl("plan", "--detailed-exitcode").code == 0
