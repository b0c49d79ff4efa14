"""Results of tests and validations as JUnit XML, as GitLab and Jenkins read it: suites, cases, failures."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Sequence
from typing import Final
from xml.etree import ElementTree
from xml.etree.ElementTree import Element, SubElement

from hcl_lite.cli.views.escaping import escaped
from hcl_lite.core.diags import Diagnostic, Severity
from hcl_lite.core.redacted import redacted
from hcl_lite.operations.outcomes import Outcome

CONFIGURATION: Final = "configuration"
"""The rule of what the language and the types ask for."""
_NOT_XML: Final = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def render_diagnostics_junit(diagnostics: Iterable[Diagnostic], files: Collection[str], strict: bool = False) -> str:
    """A suite for each file: a case for each problem in it, or one that passes. Warnings fail where `strict`."""
    by_file: dict[str, list[Diagnostic]] = {name: [] for name in files}
    for diagnostic in map(redacted, diagnostics):
        by_file.setdefault(diagnostic.place.file if diagnostic.place else CONFIGURATION, []).append(diagnostic)
    root = Element("testsuites", name="hcl-lite validate")
    for name, found in by_file.items():
        suite = SubElement(root, "testsuite", name=_text(name))
        for diagnostic in found:
            rule = diagnostic.rule or CONFIGURATION
            case = _case(suite, f"{rule}: {diagnostic.summary}", name)
            _tell(case, [diagnostic], strict or diagnostic.severity is Severity.ERROR)
        if not found:
            _case(suite, "valid", name)
    return _rendered(root)


def render_outcomes_junit(outcomes: Sequence[Outcome], problems: Sequence[Diagnostic] = ()) -> str:
    """A suite for each file of tests, a case for each run; `problems` are those for which the tests were given up."""
    root = Element("testsuites", name="hcl-lite test")
    suites: dict[str, Element] = {}
    for outcome in outcomes:
        suite = suites.get(outcome.suite)
        if suite is None:
            suite = suites[outcome.suite] = SubElement(root, "testsuite", name=_text(outcome.suite))
        case = _case(suite, outcome.run, outcome.suite)
        case.set("time", f"{outcome.seconds:.3f}")
        _tell(case, [*map(redacted, outcome.problems)], True)
    for problem in map(redacted, problems):
        suite = SubElement(root, "testsuite", name=CONFIGURATION)
        _tell(_case(suite, problem.summary, CONFIGURATION), [problem], True)
    return _rendered(root)


def _case(suite: Element, name: str, of: str) -> Element:
    return SubElement(suite, "testcase", name=_text(name), classname=_text(of), time="0")


def _tell(case: Element, problems: Sequence[Diagnostic], fails: bool) -> None:
    """Adds what is wrong to a case: as its failure, or as what it has printed."""
    if not problems:
        return
    text = _text("\n\n".join(map(_told, problems)))
    if fails:
        kind = problems[0].rule or CONFIGURATION
        SubElement(case, "failure", message=_text(problems[0].summary), type=kind).text = text
    else:
        SubElement(case, "system-out").text = text


def _told(problem: Diagnostic) -> str:
    parts = (problem.summary, str(problem.place or ""), problem.address, problem.detail, problem.hint)
    return "\n".join(part for part in parts if part)


def _text(text: str) -> str:
    """A text that XML can hold."""
    return _NOT_XML.sub("\N{REPLACEMENT CHARACTER}", escaped(text))


def _rendered(root: Element) -> str:
    for suite in root:
        _count(suite, [suite])
    _count(root, list(root))
    ElementTree.indent(root)
    return ElementTree.tostring(root, encoding="unicode", xml_declaration=True) + "\n"


def _count(element: Element, suites: Sequence[Element]) -> None:
    cases = [case for suite in suites for case in suite]
    element.set("tests", str(len(cases)))
    element.set("failures", str(sum(case.find("failure") is not None for case in cases)))
    element.set("errors", "0")
    element.set("time", f"{sum(float(case.get('time', 0)) for case in cases):.3f}")
