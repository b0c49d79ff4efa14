"""Diagnostics fit to be handed on: without a secret of the run that they are of."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from hcl_lite.core.diags import Diagnostic, Place
from hcl_lite.core.redaction import redact


def redacted(diagnostic: Diagnostic) -> Diagnostic:
    """A server's message may repeat what it was sent, an error what could not be read, a line of a file hold both."""
    return replace(
        diagnostic,
        summary=redact(diagnostic.summary),
        detail=redact(diagnostic.detail),
        hint=redact(diagnostic.hint),
        place=diagnostic.place and _redacted_place(diagnostic.place),
    )


def all_redacted(diagnostics: Iterable[Diagnostic]) -> tuple[Diagnostic, ...]:
    """Each of them."""
    return tuple(map(redacted, diagnostics))


def _redacted_place(place: Place) -> Place:
    text = redact(place.text)
    return replace(place, text=text, masked=True) if len(text) != len(place.text) else replace(place, text=text)
