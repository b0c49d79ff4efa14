"""grafana_playlist: what its nested blocks cannot have. Its life is in tests/providers/test_lifecycle.py."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.conftest import Hcl


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        ('interval = "soon"', 'Expected a length of time such as "30s", "5m" or "1h30m", found "soon".'),
        ('interval = "1m"\nitem = [{ type = "folder", value = "x" }]', 'At [0]["type"]: Expected one of'),
        ('interval = "1m"\nitem = [{ type = "dashboard_by_tag" }]', 'At [0]: The attribute "value" is missing'),
        ('interval = "1m"\nitem = [{ kind = "x" }]', "There is no such attribute."),
    ],
)
def test_what_a_nested_block_cannot_have_is_said(hcl: Hcl, tmp_path: Path, wrong: str, says: str) -> None:
    """At its place, before any server is asked."""
    items = "" if "item" in wrong else "\nitem = []"
    (tmp_path / "main.toml").write_text(f'[resource.grafana_playlist.p]\nname = "P"\n{wrong}{items}\n')
    outcome = hcl("validate")
    assert outcome.code == 1
    assert says in outcome.err
    assert "main.toml:" in outcome.err
