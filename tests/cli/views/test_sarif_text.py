"""SARIF, as code scanning reads it."""

from __future__ import annotations

import json
from typing import Any

from hcl_lite.cli.views.sarif_text import render_sarif
from hcl_lite.core.diags import Diagnostic, Place, Severity
from hcl_lite.core.schema import LintRule

_RULES = {"odd": LintRule("odd", "It is odd.", "warning"), "unused": LintRule("unused", "Never found.")}
_ODD = Diagnostic(
    "Odd", "Found b.", Place("d/ä b.json", 3, 7, '  "x": 1', 3), "Do this.", "a.b", Severity.WARNING, "odd"
)


def _run(*found: Diagnostic, directory: str = "") -> Any:
    document = json.loads(render_sarif(found, _RULES, directory))
    assert document["version"] == "2.1.0"
    return document["runs"][0]


def test_a_finding_stands_at_its_line() -> None:
    """Below the root of the repository; with its rule, and a fingerprint that stays where lines move."""
    run = _run(_ODD, directory="infra")
    fingerprint = run["results"][0].pop("partialFingerprints")
    assert run["results"] == [
        {
            "ruleId": "odd",
            "ruleIndex": 1,
            "level": "warning",
            "message": {"text": "Odd\nFound b.\nDo this."},
            "locations": [
                {
                    "physicalLocation": {
                        "artifactLocation": {"uri": "infra/d/%C3%A4%20b.json", "uriBaseId": "%SRCROOT%"},
                        "region": {"startLine": 3, "startColumn": 7, "endLine": 3, "endColumn": 10},
                    }
                }
            ],
        }
    ]
    assert [(rule["id"], rule["defaultConfiguration"]) for rule in run["tool"]["driver"]["rules"]] == [
        ("configuration", {"level": "error"}),
        ("odd", {"level": "warning"}),
    ]
    moved = Diagnostic("Odd", "Found b.", Place("d/ä b.json", 90, 1, '"x": 1'), "", "a.b", Severity.WARNING, "odd")
    assert _run(moved, directory="infra")["results"][0]["partialFingerprints"] == fingerprint
    again = [one["partialFingerprints"]["primaryLocationLineHash"] for one in _run(_ODD, _ODD)["results"]]
    assert again[0].removesuffix("1") == again[1].removesuffix("2")


def test_a_mistake_has_a_place_too() -> None:
    """One without is in the configuration; a file that is elsewhere is no part of the repository."""
    found = _run(Diagnostic("Wrong"), Diagnostic("Wrong", place=Place("/m/a.toml", 1, 1)), directory="infra")["results"]
    assert [(one["ruleId"], one["level"], one["locations"][0]["physicalLocation"]) for one in found] == [
        (
            "configuration",
            "error",
            {
                "artifactLocation": {"uri": "infra/main.toml", "uriBaseId": "%SRCROOT%"},
                "region": {"startLine": 1},
            },
        ),
        (
            "configuration",
            "error",
            {
                "artifactLocation": {"uri": "file:///m/a.toml"},
                "region": {"startLine": 1, "startColumn": 1, "endLine": 1, "endColumn": 2},
            },
        ),
    ]
