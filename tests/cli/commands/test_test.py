"""Tests of a configuration, run on embedded servers."""

from __future__ import annotations

from pathlib import Path
from xml.etree import ElementTree

import pytest

from tests.conftest import Hcl

_MAIN = """
[provider.grafana]
url = "http://nowhere.invalid"
auth = "real-token"
[variable.titles]
type = "list(string)"
default = ["a"]
[[variable.titles.validation]]
condition = "${length(var.titles) < 3}"
error_message = "Too many."
[resource.grafana_folder.f]
for_each = "${var.titles}"
title = "Folder ${each.key}"
[output.uids]
value = "${grafana_folder.f.values() | map(attribute='uid') | list}"
[[check]]
name = "some"
condition = "${length(var.titles) > 0}"
error_message = "None at all."
"""
_GOOD = """
[[run]]
name = "the default"
[[run.assert]]
condition = "${length(output.uids) == 1 and grafana_folder.f['a'].url != ''}"
error_message = "no"

[[run]]
name = "one more, on the same server"
continues = true
variables = { titles = ["a", "b"] }
[[run.assert]]
condition = "${length(output.uids) == 2}"
error_message = "no"

[[run]]
name = "a plan knows less"
command = "plan"
[[run.assert]]
condition = "${grafana_folder.f['a'].title == 'Folder a'}"
error_message = "no"

[[run]]
name = "too many"
variables = { titles = ["a", "b", "c"] }
expect_failures = ["var.titles"]

[[run]]
name = "none"
variables = { titles = [] }
expect_failures = ["check.some"]
"""


@pytest.fixture
def suite(tmp_path: Path) -> Path:
    (tmp_path / "main.toml").write_text(_MAIN)
    return tmp_path / "main.test.toml"


def test_every_run_is_carried_out_on_an_embedded_server(hcl: Hcl, suite: Path) -> None:
    """Whatever the provider says; neither a state nor a server is left behind."""
    suite.write_text(_GOOD)
    outcome = hcl("test")
    assert outcome.out == (
        "main.test.toml\n  ✓ the default\n  ✓ one more, on the same server\n  ✓ a plan knows less\n"
        "  ✓ too many\n  ✓ none\n\nSuccess: 5 passed, 0 failed.\n"
    )
    assert outcome.code == 0
    assert sorted(path.name for path in suite.parent.iterdir()) == ["main.test.toml", "main.toml"]


@pytest.mark.parametrize(
    ("run", "says"),
    [
        (
            '[[run.assert]]\ncondition = "${1 > 2}"\nerror_message = "1 is ${1}"',
            ["1 is 1", "The assertion does not hold."],
        ),
        ('[[run.assert]]\ncondition = "yes"\nerror_message = ""', ["A condition must be true or false"]),
        ('[[run.assert]]\ncondition = "${output.nope}"\nerror_message = ""', ["output.nope is not declared"]),
        ('expect_failures = ["var.titles"]', ["var.titles did not fail"]),
        ('variables = { titles = ["a", "b", "c"] }', ["Too many."]),
        ("variables = { titles = [] }", ["None at all."]),
        ("variables = { titles = 1 }", ["The value of variable titles does not fit"]),
        (
            'command = "plan"\n[[run.assert]]\ncondition = "${length(grafana_folder.f[\'a\'].url) > 0}"\n'
            'error_message = ""',
            ["Whether this holds is not known"],
        ),
    ],
)
def test_what_does_not_hold_fails_the_run(hcl: Hcl, suite: Path, run: str, says: list[str]) -> None:
    """With its place in the file of tests; the next run is made all the same."""
    suite.write_text(f'[[run]]\nname = "bad"\n{run}\n[[run]]\nname = "good"\n')
    outcome = hcl("test")
    assert outcome.code == 1
    assert "✗ bad" in outcome.out
    assert "✓ good" in outcome.out
    assert "Failure: 1 passed, 1 failed." in outcome.out
    for text in says:
        assert text in outcome.out


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "has no runs"),
        ("[runs]\n", 'no table "runs"'),
        ("[run]\n", "run must be a list of tables"),
        ("[[run]]\nwhat = 1\n", 'A run has no argument "what"'),
        ('[[run]]\ncommand = "destroy"\n', "command cannot be"),
        ("[[run]]\nvariables = 1\n", "variables must be a table"),
        ("[[run]]\ncontinues = true\n", "The first run cannot continue"),
        ("[[run]]\n[[run.assert]]\ncondition = true\n", 'An assert needs "error_message"'),
    ],
)
def test_a_file_that_is_wrong_is_said_before_anything_runs(hcl: Hcl, suite: Path, text: str, says: str) -> None:
    """As any other mistake of the user."""
    suite.write_text(text)
    outcome = hcl("test")
    assert (outcome.code, outcome.out) == (1, "")
    assert says in outcome.err


def test_without_tests_it_says_where_it_looked(hcl: Hcl, tmp_path: Path) -> None:
    """And what a file of them has."""
    (tmp_path / "main.toml").write_text(_MAIN)
    assert "There are no tests" in hcl("test").err


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ('[[run]]\nvariables = { title = ["a"] }\n', 'There is no variable "title"\n        at main.test.toml:2:23'),
        ("[variables]\ntitle = 1\n[[run]]\n", 'There is no variable "title"\n        at main.test.toml:2:9'),
        ("[[run]]\nvariables = { titles = [1] }\n", "does not fit\n        at main.test.toml:2:25"),
        ("[variables]\ntitles = 1\n[[run]]\n", "does not fit\n        at main.test.toml:2:10"),
        ('[[run]]\nexpect_failures = ["var.x"]\n', "var.x did not fail\n        at main.test.toml:2:20"),
    ],
)
def test_what_is_wrong_with_a_run_is_shown_where_it_stands(hcl: Hcl, suite: Path, text: str, says: str) -> None:
    """In the file of tests: a variable that is spelt wrong would leave its default, and the test would pass."""
    suite.write_text(text)
    outcome = hcl("test")
    assert outcome.code == 1
    assert says in outcome.out


def test_a_failure_that_is_expected_of_a_block_may_come_of_an_instance(hcl: Hcl, suite: Path) -> None:
    """As in Terraform, a block stands for all of its instances."""
    rule = 'condition = "${each.key != \'z\'}"\nerror_message = "Not z."\n'
    (suite.parent / "rule.toml").write_text(
        '[resource.grafana_folder.g]\nfor_each = ["a", "z"]\ntitle = "G"\n'
        f"[[resource.grafana_folder.g.lifecycle.precondition]]\n{rule}"
    )
    suite.write_text('[[run]]\nexpect_failures = ["grafana_folder.g"]\n')
    assert hcl("test").code == 0


def test_files_are_found_in_tests_and_by_name(hcl: Hcl, suite: Path) -> None:
    """Relative paths of the configuration stay as they are."""
    (suite.parent / "tests").mkdir()
    other = suite.parent / "tests" / "other.test.toml"
    other.write_text('[[run]]\nname = "there"\n')
    assert "✓ there" in hcl("test").out
    assert "✓ there" in hcl("test", "tests/other.test.toml", "--verbose").out


def test_the_results_are_a_file_for_ci_too(hcl: Hcl, suite: Path) -> None:
    """By Terraform's option; also where a file of tests is wrong, and nothing ran."""
    suite.write_text('[[run]]\nname = "bad"\nexpect_failures = ["var.titles"]\n[[run]]\nname = "good"\n')
    assert hcl("test", "-junit-xml=tests.xml").code == 1
    root = ElementTree.parse(suite.parent / "tests.xml").getroot()
    assert [(case.get("name"), case.get("classname"), len(case)) for case in root.iter("testcase")] == [
        ("bad", "main.test.toml", 1),
        ("good", "main.test.toml", 0),
    ]
    assert float(root.get("time", "0")) > 0
    suite.write_text("[[run]]\nnme = 1\n")
    assert hcl("test", "--junit-xml", "tests.xml").code == 1
    assert ElementTree.parse(suite.parent / "tests.xml").getroot().get("failures") == "1"
