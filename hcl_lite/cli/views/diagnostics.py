"""Problems as text: what, where with the line shown, why, and what to do."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import click

from hcl_lite.cli.views.escaping import escaped, in_line, same_width
from hcl_lite.core.addrs import Address
from hcl_lite.core.diags import Diagnostic, Place, Severity
from hcl_lite.core.redacted import redacted

_MOST_ALIKE = 3
"""Problems that are alike of which so many are shown: of 200 old panels nobody reads the last."""
_QUOTED = re.compile(r'"[^"]*"')
_COLOURS = {Severity.ERROR: "red", Severity.WARNING: "yellow"}


def render_diagnostics(diagnostics: Iterable[Diagnostic]) -> str:
    """All of them, an empty line between two: what is the same in many instances of a block once, and of those that are
    alike the first few."""
    found = list(diagnostics)
    same: dict[Diagnostic, list[Diagnostic]] = {}
    for diagnostic in found:
        same.setdefault(_in_any_instance(diagnostic), []).append(diagnostic)
    alike = Counter(map(_alike, same))
    seen: Counter[object] = Counter()
    parts = []
    for diagnostic, (first, *others) in same.items():
        key = _alike(diagnostic)
        seen[key] += 1
        if seen[key] <= _MOST_ALIKE:
            parts.append(render_diagnostic(first, len(others)))
        if seen[key] == _MOST_ALIKE and alike[key] > _MOST_ALIKE:
            of = f"of {first.rule} in {_file_of(first)}" if first.rule else f"at {first.place}"
            parts.append(in_line(f"… and {alike[key] - _MOST_ALIKE} more {of}"))
    errors = sum(1 for diagnostic in found if diagnostic.severity is Severity.ERROR)
    rules = Counter(diagnostic.rule for diagnostic in found if diagnostic.rule)
    if sum(rules.values()) > 1:
        parts.append("Lint: " + ", ".join(f"{count} {rule}" for rule, count in rules.most_common()) + ".")
    return "\n\n".join([*parts, f"{errors} errors."] if errors > 1 else parts)


def _in_any_instance(diagnostic: Diagnostic) -> Diagnostic:
    """The same with the address of its block as written; without a place, or of a failed call, it is told for each."""
    if diagnostic.place is None or diagnostic.request_id:
        return diagnostic
    try:
        return replace(diagnostic, address=str(Address.parse(diagnostic.address).written))
    except ValueError:
        return diagnostic


def _alike(diagnostic: Diagnostic) -> object:
    """The rule and the file of a finding; of another problem its place, and what is said of it but for what is quoted.
    One without a place is like no other."""
    if diagnostic.rule:
        return diagnostic.rule, _file_of(diagnostic)
    return (str(diagnostic.place), _QUOTED.sub("", diagnostic.summary)) if diagnostic.place else diagnostic


def _file_of(diagnostic: Diagnostic) -> str:
    return diagnostic.place.file if diagnostic.place else ""


def render_diagnostic(diagnostic: Diagnostic, others: int = 0) -> str:
    """One of them, a few lines, that is the same in so many `others` of its block's instances. Whatever is quoted in
    it, no secret of the run is."""
    diagnostic = redacted(diagnostic)
    colour = _COLOURS[diagnostic.severity]
    label = click.style(f"{diagnostic.severity.value.capitalize()}:", fg=colour, bold=True)
    rule = click.style(f" [{diagnostic.rule}]", fg=colour) if diagnostic.rule else ""
    lines = [f"{label} {click.style(in_line(diagnostic.summary), bold=True)}{rule}"]
    if diagnostic.place:
        lines += _render_place(diagnostic.place, _blocks_of(diagnostic, others), colour)
    if diagnostic.detail:
        lines += ["", *(f"  {line}" for line in escaped(diagnostic.detail).splitlines())]
    if diagnostic.request_id:
        lines += ["", f"  Request id: {diagnostic.request_id}"]
    if diagnostic.hint:
        lines += ["", f"  {click.style('→', fg='cyan')} {escaped(diagnostic.hint)}"]
    return "\n".join(lines)


def diagnostics_json(diagnostics: Iterable[Diagnostic]) -> Mapping[str, Any]:
    """All of them as data, in the shape that `terraform validate -json` has; lines and columns count from 1."""
    found = list(diagnostics)
    errors = sum(1 for diagnostic in found if diagnostic.severity is Severity.ERROR)
    return {
        "format_version": "1.0",
        "valid": errors == 0,
        "error_count": errors,
        "warning_count": len(found) - errors,
        "diagnostics": [diagnostic_json(diagnostic) for diagnostic in found],
    }


def diagnostic_json(diagnostic: Diagnostic) -> Mapping[str, Any]:
    """One of them as data."""
    diagnostic = redacted(diagnostic)
    known: dict[str, Any] = {"severity": diagnostic.severity.value, "summary": diagnostic.summary}
    more = {"detail": diagnostic.detail, "hint": diagnostic.hint, "address": _address_of(diagnostic)}
    more |= {"request_id": diagnostic.request_id, "rule": diagnostic.rule}
    known |= {key: text for key, text in more.items() if text}
    place = diagnostic.place
    if place is not None:
        start = {"line": place.line, "column": place.column}
        end = {"line": place.line, "column": place.column + place.width}
        known["range"] = {"filename": place.file, "start": start, "end": end}
        known["snippet"] = {"code": place.text}
    return known


def _address_of(diagnostic: Diagnostic) -> str:
    """The address, but for the blocks of lists such as [[moved]]: nobody knows the numbers that they go by inside."""
    stem = re.escape(Path(diagnostic.place.file).stem) if diagnostic.place else ""
    numbered = rf"(module\..+\.)?(moved|removed|import|check)\.{stem}_\d+(\[.*\])?"
    return "" if re.fullmatch(numbered, diagnostic.address) else diagnostic.address


def _blocks_of(diagnostic: Diagnostic, others: int) -> str:
    address = _address_of(diagnostic)
    if not others or not address:
        return address
    return f"{address} and {others} more {'instances' if others > 1 else 'instance'}"


def _render_place(place: Place, blocks: str, colour: str) -> list[str]:
    where = in_line(f"  at {place}" + (f", in {blocks}" if blocks else ""))
    if not place.text:
        return [where]
    number = f"{place.line:>4}"
    text = same_width(place.text)
    if place.masked:
        return [where, f"  {number} │ {text[:120]}"]
    shift = 0
    if len(text) > 120:
        shift = max(0, min(place.column - 60, len(text) - 120))
        text = ("…" if shift else "") + text[shift + (1 if shift else 0) : shift + 119] + "…"
    width = max(1, min(place.width, len(text) - (place.column - 1 - shift)))
    underline = " " * (place.column - 1 - shift) + click.style("^" * width, fg=colour)
    return [where, f"  {number} │ {text}", f"       │ {underline}"]
