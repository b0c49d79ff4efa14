"""JUnit XML, as CI reads it."""

from __future__ import annotations

from xml.etree import ElementTree

from hcl_lite.cli.views.junit_text import render_diagnostics_junit, render_outcomes_junit
from hcl_lite.core.diags import Diagnostic, Place, Severity
from hcl_lite.operations.outcomes import Outcome

_ERROR = Diagnostic(
    'It is "wrong" <&>', "Found \x1b[31m\x00 and \ud800.", Place("a.json", 3, 7), "Do this.", "a.b", rule="r"
)
_WARNING = Diagnostic("It is odd", place=Place("a.json", 4, 1), severity=Severity.WARNING, rule="s")


def test_a_validation_is_a_suite_for_each_file() -> None:
    """A case for each problem, one that passes for a file without any; text that XML cannot hold is escaped."""
    assert (
        render_diagnostics_junit([_ERROR, _WARNING], ["main.toml"])
        == """\
<?xml version='1.0' encoding='utf-8'?>
<testsuites name="hcl-lite validate" tests="3" failures="1" errors="0" time="0.000">
  <testsuite name="main.toml" tests="1" failures="0" errors="0" time="0.000">
    <testcase name="valid" classname="main.toml" time="0" />
  </testsuite>
  <testsuite name="a.json" tests="2" failures="1" errors="0" time="0.000">
    <testcase name="r: It is &quot;wrong&quot; &lt;&amp;&gt;" classname="a.json" time="0">
      <failure message="It is &quot;wrong&quot; &lt;&amp;&gt;" type="r">It is "wrong" &lt;&amp;&gt;
a.json:3:7
a.b
Found \\u001b[31m\\u0000 and \\ud800.
Do this.</failure>
    </testcase>
    <testcase name="s: It is odd" classname="a.json" time="0">
      <system-out>It is odd
a.json:4:1</system-out>
    </testcase>
  </testsuite>
</testsuites>
"""
    )


def test_warnings_fail_where_that_is_asked_for() -> None:
    """As the exit code does."""
    root = ElementTree.fromstring(render_diagnostics_junit([_WARNING], [], strict=True))
    assert (root.get("failures"), root.find(".//failure") is not None) == ("1", True)


def test_tests_are_a_case_for_each_run() -> None:
    """With the time that it took, all that went wrong in one failure, and what ended them."""
    outcomes = [Outcome("a.test.toml", "good", seconds=1.25), Outcome("a.test.toml", "bad", (_ERROR, _WARNING))]
    root = ElementTree.fromstring(render_outcomes_junit(outcomes, [_ERROR]))
    assert [
        (suite.get("name"), case.get("name"), case.get("time"), [failure.get("message") for failure in case])
        for suite in root
        for case in suite
    ] == [
        ("a.test.toml", "good", "1.250", []),
        ("a.test.toml", "bad", "0.000", ['It is "wrong" <&>']),
        ("configuration", 'It is "wrong" <&>', "0", ['It is "wrong" <&>']),
    ]
    assert (root.get("tests"), root.get("failures"), root.get("time")) == ("3", "2", "1.250")
