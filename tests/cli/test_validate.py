"""Validation for people and for programs."""

from __future__ import annotations

import json
from pathlib import Path

from tests.conftest import Hcl


def test_a_valid_configuration_says_so_in_json(hcl: Hcl, tmp_path: Path) -> None:
    """Also without values for its variables."""
    (tmp_path / "main.toml").write_text('[variable.x]\n[output.x]\nvalue = "${var.x}"\n')
    assert json.loads(hcl("validate", "--json").out) == {
        "format_version": "1.0",
        "valid": True,
        "error_count": 0,
        "warning_count": 0,
        "diagnostics": [],
    }


def test_mistakes_are_data_with_ranges(hcl: Hcl, tmp_path: Path) -> None:
    """In Terraform's shape; the same exit code, and nothing on the other stream."""
    (tmp_path / "main.toml").write_text('[resource.grafana_folder.x]\ntitle = "${upper(var.nmae)}"\n[variable.name]\n')
    outcome = hcl("validate", "-json")
    assert (outcome.code, outcome.err) == (1, "")
    document = json.loads(outcome.out)
    assert (document["valid"], document["error_count"]) == (False, 1)
    assert document["diagnostics"] == [
        {
            "severity": "error",
            "summary": "var.nmae is not declared",
            "detail": 'Did you mean "name"?',
            "address": "grafana_folder.x",
            "range": {
                "filename": "main.toml",
                "start": {"line": 2, "column": 18},
                "end": {"line": 2, "column": 26},
            },
            "snippet": {"code": 'title = "${upper(var.nmae)}"'},
        }
    ]
