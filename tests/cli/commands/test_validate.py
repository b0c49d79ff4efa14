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


def test_a_forgotten_expression_is_a_warning_of_a_valid_configuration(hcl: Hcl, tmp_path: Path) -> None:
    """By itself, as data, and in the plan; the exit code is that of a valid one."""
    text = '[provider.grafana]\nurl = "embedded:g.db"\n[variable.name]\ndefault = "n"\n'
    (tmp_path / "main.toml").write_text(text + '[resource.grafana_folder.x]\ntitle = "var.name"\n')
    said = 'Warning: title is the text "var.name", not what that refers to'
    outcome = hcl("validate")
    assert (outcome.code, outcome.err.splitlines()[0]) == (0, said)
    document = json.loads(hcl("validate", "--json").out)
    assert (document["valid"], document["warning_count"]) == (True, 1)
    assert said in hcl("plan").out


def test_validate_needs_no_secret_of_the_backend(hcl: Hcl, tmp_path: Path) -> None:
    """In the CI of a pull request there is none; what is wrong with the settings is said all the same."""
    backend = '[hcl_lite.backend]\ntype = "http"\naddress = "https://s.invalid/{workspace}"\npassword = "env:NOT_SET"\n'
    encryption = '[hcl_lite.encryption]\nkey = "env:NOT_SET_EITHER"\n'
    (tmp_path / "main.toml").write_text(backend + encryption)
    assert hcl("validate").out == "Valid: 0 resources in 1 file.\n"
    (tmp_path / "main.toml").write_text(backend.replace("password", "pasword"))
    assert 'The backend "http" has no setting "pasword"' in hcl("validate").err


def test_a_check_of_what_only_a_server_knows_is_valid(hcl: Hcl, tmp_path: Path) -> None:
    """Whether it holds is for the plan to say."""
    lookup = '[data.grafana_folder.f]\nuid = "f"\n'
    check = '[[check]]\nname = "c"\ncondition = "${data.grafana_folder.f.title == \'F\'}"\nerror_message = "Other."\n'
    (tmp_path / "main.toml").write_text(lookup + check)
    assert hcl("validate").out == "Valid: 0 resources in 1 file.\n"
