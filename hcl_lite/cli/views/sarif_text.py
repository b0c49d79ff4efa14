"""Diagnostics as SARIF 2.1.0, as GitHub's code scanning reads it: at their lines, below the root of the repository."""

from __future__ import annotations

import hashlib
import json
import posixpath
from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Any, Final
from urllib.parse import quote

from hcl_lite.core.diags import Diagnostic, Severity
from hcl_lite.core.redacted import redacted
from hcl_lite.core.schema import LintRule
from hcl_lite.version import __version__

Json = Mapping[str, Any]

_SCHEMA: Final = "https://json.schemastore.org/sarif-2.1.0.json"
_CONFIGURATION: Final = LintRule("configuration", "The configuration is as the language and its types ask.", "error")
_ROOT: Final = "%SRCROOT%"


def render_sarif(
    diagnostics: Iterable[Diagnostic], rules: Mapping[str, LintRule], directory: str = "", file: str = "main.toml"
) -> str:
    """All of them. `directory` is that of the configuration, below the root of the repository; `file` is told where a
    diagnostic has no place."""
    found = [*map(redacted, diagnostics)]
    used = sorted({one.rule for one in found if one.rule in rules})
    shown = [_CONFIGURATION, *(rules[name] for name in used)]
    seen: Counter[str] = Counter()
    driver = {
        "name": "hcl-lite",
        "semanticVersion": __version__.partition("+")[0],
        "rules": [_rule(rule) for rule in shown],
    }
    indexes = {rule.name: index for index, rule in enumerate(shown)}
    run = {
        "tool": {"driver": driver},
        "columnKind": "unicodeCodePoints",
        "originalUriBaseIds": {_ROOT: {"description": {"text": "The root of the repository."}}},
        "results": [_result(one, indexes, directory, file, seen) for one in found],
    }
    return json.dumps({"$schema": _SCHEMA, "version": "2.1.0", "runs": [run]}, indent=2) + "\n"


def _rule(rule: LintRule) -> Json:
    return {
        "id": rule.name,
        "name": "".join(word.capitalize() for word in rule.name.split("-")),
        "shortDescription": {"text": rule.doc},
        "fullDescription": {"text": rule.doc},
        "help": {"text": _help(rule, ""), "markdown": _help(rule, "`")},
        "defaultConfiguration": {"level": "error" if rule.level == "error" else "warning"},
        "properties": {"tags": ["grafana"]},
    }


def _help(rule: LintRule, mark: str) -> str:
    if rule is _CONFIGURATION:
        return f"{rule.doc} {mark}hcl-lite validate{mark} says more."
    off = f'{mark}{rule.name} = "off"{mark}'
    return f"{rule.doc} Switch it off with {off} in {mark}[hcl_lite.lint]{mark}, or in the block's {mark}lint{mark}."


def _result(one: Diagnostic, indexes: Mapping[str, int], directory: str, file: str, seen: Counter[str]) -> Json:
    rule = one.rule if one.rule in indexes else _CONFIGURATION.name
    location = _location(one.place.file if one.place else file, directory)
    region = {"startLine": 1}
    if one.place is not None:
        start = {"startLine": one.place.line, "startColumn": one.place.column}
        region = {**start, "endLine": one.place.line, "endColumn": one.place.column + max(1, one.place.width)}
    what = (rule, location["uri"], one.address, one.summary, one.place.text.strip() if one.place else "")
    digest = hashlib.sha256("\0".join(what).encode("utf-8", "surrogatepass")).hexdigest()[:16]
    seen[digest] += 1
    return {
        "ruleId": rule,
        "ruleIndex": indexes[rule],
        "level": "error" if one.severity is Severity.ERROR else "warning",
        "message": {"text": "\n".join(part for part in (one.summary, one.detail, one.hint) if part)},
        "locations": [{"physicalLocation": {"artifactLocation": location, "region": region}}],
        "partialFingerprints": {"primaryLocationLineHash": f"{digest}:{seen[digest]}"},
    }


def _location(file: str, directory: str) -> Mapping[str, str]:
    """A file below the root of the repository, or one that is elsewhere."""
    path = posixpath.normpath(posixpath.join(directory, file.replace("\\", "/")))
    uri = quote(path, errors="surrogatepass")
    if path.startswith("/"):
        return {"uri": f"file://{uri}"}
    return {"uri": uri} if path.startswith("..") else {"uri": uri, "uriBaseId": _ROOT}
