"""Findings as rules make them: the table of rules adds the name of the rule, the type of block the attribute."""

from __future__ import annotations

from hcl_lite.core.places import Place
from hcl_lite.core.schema import Finding


def found(message: str, place: Place, detail: str = "", hint: str = "") -> Finding:
    """Returns a finding at a place of the spec."""
    return Finding("", message, "", place, detail, hint)
