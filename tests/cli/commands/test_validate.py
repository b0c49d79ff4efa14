"""Validation for people and for programs."""

from __future__ import annotations

import json
from pathlib import Path
from xml.etree import ElementTree

import pytest

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


_CLASSIC = """\
{
  "title": "Api",
  "panels": [
    {
      "type": "timeseries",
      "title": "Rate",
      "datasource": {"type": "prometheus", "uid": "p"},
      "targets": [{"refId": "A", "expr": "rate(x[5m]"}]
    }
  ],
  "refresh": "1s"
}
"""
_FILE = "[resource.grafana_dashboard.file]\nconfig_json = '${file(\"api.json\")}'\n"
_PROVIDER = '[provider.grafana]\nurl = "embedded:g.db"\n'


def _found(hcl: Hcl, *options: str) -> tuple[int, list[tuple[str, str, str, int, int]]]:
    """The exit code; rule, severity, file, line and column of each finding."""
    outcome = hcl("validate", "--lint", "--json", *options)
    found = []
    for one in json.loads(outcome.out)["diagnostics"]:
        start = one["range"]["start"]
        found.append((one["rule"], one["severity"], one["range"]["filename"], start["line"], start["column"]))
    return outcome.code, found


def test_lint_finds_what_is_doubtful_at_its_place(hcl: Hcl, tmp_path: Path) -> None:
    """In the file, however it is named; in JSON text in a block; in a table; else at the argument."""
    (tmp_path / "api.json").write_text(_CLASSIC.replace("\n", "\r\n"))
    each = '[resource.grafana_dashboard.each]\nfor_each = ["api"]\nconfig_json = "${local.texts[each.value]}"\n'
    local = "[locals]\ntexts = { api = '${file(\"api.json\")}' }\n"
    text = "[resource.grafana_dashboard.text]\nconfig_json = '''\n" + _CLASSIC + "'''\n"
    table = '[resource.grafana_dashboard.table.config]\ntitle = "T"\nrefresh = "1s"\n'
    made = '[resource.grafana_dashboard.made]\nconfig_json = \'${jsonencode({"title": "M", "refresh": "1s"})}\'\n'
    (tmp_path / "main.toml").write_text(_PROVIDER + _FILE + each + local + text + table + made)
    assert _found(hcl) == (
        1,
        [
            *[("promql-syntax", "error", "api.json", 8, 42), ("promql-syntax", "error", "api.json", 8, 42)],
            *[("frequent-refresh", "warning", "api.json", 11, 14), ("frequent-refresh", "warning", "api.json", 11, 14)],
            ("promql-syntax", "error", "main.toml", 19, 42),
            ("frequent-refresh", "warning", "main.toml", 22, 14),
            ("frequent-refresh", "warning", "main.toml", 27, 1),
            ("frequent-refresh", "warning", "main.toml", 29, 1),
        ],
    )
    assert "At refresh in it." in hcl("validate", "--lint").err
    assert hcl("validate").code == 0


def test_a_rule_has_the_level_that_the_configuration_sets(hcl: Hcl, tmp_path: Path) -> None:
    """For all dashboards, and for one."""
    (tmp_path / "api.json").write_text(_CLASSIC)
    levels = '[hcl_lite.lint]\npromql-syntax = "warning"\n'
    (tmp_path / "main.toml").write_text(levels + _PROVIDER + _FILE + 'lint = { frequent-refresh = "off" }\n')
    warning = ("promql-syntax", "warning", "api.json", 8, 42)
    assert _found(hcl) == (0, [warning])
    assert _found(hcl, "--strict") == (1, [warning])
    assert hcl("plan").code == 0


def test_a_rule_that_lacks_its_package_says_so(hcl: Hcl, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Once, with the command that installs it; the others are held against."""
    monkeypatch.setattr("providers.grafana.linting.promql.is_installed", lambda: False)
    (tmp_path / "api.json").write_text(_CLASSIC)
    (tmp_path / "main.toml").write_text(_PROVIDER + _FILE + _FILE.replace(".file]", ".again]") + 'uid = "a"\n')
    said = hcl("validate", "--lint").err
    assert said.count("The lint rule promql-syntax needs a package that is not installed") == 1
    assert "pip install 'hcl-lite[promql]'" in said
    assert said.count("[frequent-refresh]") == 2


def test_mistakes_do_not_hide_findings(hcl: Hcl, tmp_path: Path) -> None:
    """Both are told: of the blocks that can be read."""
    (tmp_path / "api.json").write_text(_CLASSIC)
    wrong = "[resource.grafana_folder.f]\ntitle = \"${file('none')}\"\n"
    (tmp_path / "main.toml").write_text(_PROVIDER + wrong + _FILE)
    said = hcl("validate", "--lint").err
    assert ("none" in said, "[promql-syntax]" in said) == (True, True)


def test_reports_are_written_beside_what_is_shown(hcl: Hcl, tmp_path: Path) -> None:
    """JUnit XML and SARIF, whose paths begin at the root of the repository."""
    (tmp_path / ".git").mkdir()
    (tmp_path / "infra").mkdir()
    (tmp_path / "infra" / "api.json").write_text(_CLASSIC)
    (tmp_path / "infra" / "main.toml").write_text(_PROVIDER + _FILE)
    outcome = hcl("-C", "infra", "validate", "--lint", "-junit-xml=junit.xml", "--sarif", "found.sarif")
    assert (outcome.code, "This is not PromQL" in outcome.err) == (1, True)
    suites = ElementTree.parse(tmp_path / "infra" / "junit.xml").getroot()
    assert [(suite.get("name"), suite.get("tests"), suite.get("failures")) for suite in suites] == [
        ("main.toml", "1", "0"),
        ("api.json", "2", "1"),
    ]
    results = json.loads((tmp_path / "infra" / "found.sarif").read_text())["runs"][0]["results"]
    assert [
        (one["ruleId"], one["level"], one["locations"][0]["physicalLocation"]["artifactLocation"]) for one in results
    ] == [
        ("promql-syntax", "error", {"uri": "infra/api.json", "uriBaseId": "%SRCROOT%"}),
        ("frequent-refresh", "warning", {"uri": "infra/api.json", "uriBaseId": "%SRCROOT%"}),
    ]


def test_servers_tell_which_data_sources_they_have(hcl: Hcl, tmp_path: Path) -> None:
    """Only with --online; the secrets of the provider alone are read. What else was found is told without them too."""
    provider = f'[provider.grafana]\nurl = "embedded:{tmp_path}/g.db"\nauth = "env:TEST_LINT_AUTH"\n'
    there = '[resource.grafana_data_source.there]\nname = "There"\ntype = "loki"\nurl = "http://l"\nuid = "there"\n'
    (tmp_path / "main.toml").write_text(provider.replace("env:TEST_LINT_AUTH", "admin:admin") + there)
    assert hcl("apply", "--auto-approve").code == 0
    declared = there.replace("here", "his").replace("url", 'secure_json_data = { k = "env:NOT_SET" }\nurl')
    names = ("this", "This", "there", "There", "-- Grafana --", "thre", "thre")
    panels = [{"type": "logs", "datasource": name, "targets": [{"refId": "A", "expr": "x"}]} for name in names]
    (tmp_path / "api.json").write_text(json.dumps({"title": "Api", "refresh": "1s", "panels": panels}))
    (tmp_path / "main.toml").write_text(provider + declared + _FILE)
    with pytest.MonkeyPatch.context() as patched:
        assert _found(hcl) == (0, [("frequent-refresh", "warning", "api.json", 1, 29)])
        patched.setenv("TEST_LINT_AUTH", "admin:admin")
        code, found = _found(hcl, "--online")
        assert (code, [rule for rule, *_ in found]) == (1, ["frequent-refresh", "missing-data-source"])
        said = hcl("validate", "--lint", "--online").err
        patched.setenv("TEST_LINT_AUTH", "admin:other")
        refused = hcl("validate", "--lint", "--online").err
        assert ("Error: " in refused, "[frequent-refresh]" in refused, "[missing" in refused) == (True, True, False)
        assert ('There is no data source "thre"' in said, 'Did you mean "there"?' in said) == (True, True)
    assert hcl("validate", "--online").code == 3
