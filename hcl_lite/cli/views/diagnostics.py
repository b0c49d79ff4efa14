"""Problems as text: what, where with the line shown, why, and what to do."""

from __future__ import annotations

from collections.abc import Iterable

import click

from hcl_lite.core.diags import Diagnostic, Place, Severity

_COLOURS = {Severity.ERROR: "red", Severity.WARNING: "yellow"}


def render_diagnostics(diagnostics: Iterable[Diagnostic]) -> str:
    """All of them, an empty line between two."""
    found = list(diagnostics)
    text = "\n\n".join(render_diagnostic(diagnostic) for diagnostic in found)
    errors = sum(1 for diagnostic in found if diagnostic.severity is Severity.ERROR)
    return f"{text}\n\n{errors} errors." if errors > 1 else text


def render_diagnostic(diagnostic: Diagnostic) -> str:
    """One of them, a few lines."""
    colour = _COLOURS[diagnostic.severity]
    label = click.style(f"{diagnostic.severity.value.capitalize()}:", fg=colour, bold=True)
    lines = [f"{label} {click.style(diagnostic.summary, bold=True)}"]
    if diagnostic.place:
        lines += _render_place(diagnostic.place, diagnostic.address, colour)
    if diagnostic.detail:
        lines += ["", *(f"  {line}" for line in diagnostic.detail.splitlines())]
    if diagnostic.hint:
        lines += ["", f"  {click.style('→', fg='cyan')} {diagnostic.hint}"]
    return "\n".join(lines)


def _render_place(place: Place, address: str, colour: str) -> list[str]:
    where = f"  at {place}" + (f", in {address}" if address else "")
    if not place.text:
        return [where]
    number = f"{place.line:>4}"
    text = place.text.replace("\t", " ")
    shift = 0
    if len(text) > 120:
        shift = max(0, min(place.column - 60, len(text) - 120))
        text = ("…" if shift else "") + text[shift + (1 if shift else 0) : shift + 119] + "…"
    width = max(1, min(place.width, len(text) - (place.column - 1 - shift)))
    underline = " " * (place.column - 1 - shift) + click.style("^" * width, fg=colour)
    return [where, f"  {number} │ {text}", f"       │ {underline}"]
