"""Diagnostics without the secrets of their run."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from hcl_lite.core.diags import Diagnostic, Place
from hcl_lite.core.redaction import redact


def redacted(diagnostic: Diagnostic) -> Diagnostic:
    """Returns a diagnostic without secrets: a message of a server may repeat what it was sent, an error may quote
    what could not be parsed, a line of a file may hold both."""
    return replace(
        diagnostic,
        summary=redact(diagnostic.summary),
        detail=redact(diagnostic.detail),
        hint=redact(diagnostic.hint),
        place=diagnostic.place and _redacted_place(diagnostic.place),
    )


def all_redacted(diagnostics: Iterable[Diagnostic]) -> tuple[Diagnostic, ...]:
    """Returns all of them without secrets."""
    return tuple(map(redacted, diagnostics))


def _redacted_place(place: Place) -> Place:
    text = redact(place.text)
    return replace(place, text=text, masked=True) if len(text) != len(place.text) else replace(place, text=text)
