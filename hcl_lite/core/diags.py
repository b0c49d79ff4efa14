"""Problems as values: they pile up, and one place prints them.

HclError            everything that is reported to the user without a traceback
└── carries one or more Diagnostic(severity, summary, detail, place, address, hint)
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable
from dataclasses import dataclass, field
from enum import StrEnum


class Severity(StrEnum):
    ERROR = "error"
    WARNING = "warning"


@dataclass(frozen=True, slots=True)
class Place:
    """Where in a file: lines and columns count from 1; `text` is the line itself, to be shown. It is `masked` where a
    secret of another length stood in it: columns are others in the file than in `text`."""

    file: str
    line: int
    column: int
    text: str = ""
    width: int = 1
    masked: bool = field(default=False, compare=False)

    def __str__(self) -> str:
        return f"{self.file}:{self.line}:{self.column}"


@dataclass(frozen=True, slots=True)
class Diagnostic:
    """One problem: `summary` is what is wrong, `detail` what was found and expected, `hint` what to do.

    `request_id` is that of the call that failed, by which the server's own log knows it.
    """

    summary: str
    detail: str = ""
    place: Place | None = None
    hint: str = ""
    address: str = ""
    severity: Severity = Severity.ERROR
    request_id: str = field(default="", compare=False)

    @property
    def order(self) -> tuple[object, ...]:
        place = self.place
        return (place.file, place.line, place.column, self.summary) if place else ("", 0, 0, self.summary)


class HclError(Exception):
    """A run cannot go on; carries every problem that was found, not just the first."""

    def __init__(self, *diagnostics: Diagnostic) -> None:
        super().__init__("; ".join(d.summary for d in diagnostics))
        self.diagnostics = diagnostics


class TooManyDeletions(HclError):
    """A plan deletes more than was allowed; nothing was changed."""


def raise_if_errors(diagnostics: Iterable[Diagnostic]) -> None:
    """Raise HclError with all of `diagnostics`, in the order of their places, when one of them is an error."""
    found = list(diagnostics)
    if any(d.severity is Severity.ERROR for d in found):
        raise HclError(*sorted(set(found), key=lambda d: d.order))


def did_you_mean(word: str, known: Iterable[str]) -> str:
    """A sentence that suggests the nearest of `known`, or lists them when none is near and they are few."""
    names = sorted(set(known))
    if word == "terraform" and "hcl_lite" in names:
        return "What Terraform has there is in [hcl_lite] here."
    near = difflib.get_close_matches(word, names, n=1, cutoff=0.6)
    if near:
        return f'Did you mean "{near[0]}"?'
    if 0 < len(names) <= 16:
        return "Known: " + ", ".join(names) + "."
    return ""


def did_you_mean_type(word: str, known: Iterable[str]) -> str:
    """The same of types, which all begin with their provider's name: only what comes after that can be near."""
    provider, _, name = word.partition("_")
    names = sorted({one.removeprefix(f"{provider}_") for one in known if one.startswith(f"{provider}_")})
    near = difflib.get_close_matches(name, names, n=1, cutoff=0.6)
    if near or not names:
        return f'Did you mean "{provider}_{near[0]}"?' if near else did_you_mean(word, known)
    return f"There is no such type yet. There are: {', '.join(f'{provider}_{one}' for one in names)}."
