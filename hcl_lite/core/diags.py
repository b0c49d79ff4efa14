"""Diagnostics: errors and warnings as values, collected and printed at one place.

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
    """A place in a file: line and columns count from 1; `text` is the line, to be shown. `masked` says that a secret
    of another length was in it, so that columns in the file are others than in `text`."""

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
    """One error or warning: `summary` is what is wrong, `detail` what was found and expected, `hint` what to do.

    `request_id` is that of the failed call, to find it in the log of the server; `rule` is the lint rule that found it.
    """

    summary: str
    detail: str = ""
    place: Place | None = None
    hint: str = ""
    address: str = ""
    severity: Severity = Severity.ERROR
    rule: str = ""
    request_id: str = field(default="", compare=False)

    @property
    def order(self) -> tuple[object, ...]:
        """The sort key of diagnostics: file, line, column."""
        place = self.place
        return (place.file, place.line, place.column, self.summary) if place else ("", 0, 0, self.summary)


class HclError(Exception):
    """A run cannot go on. Carries all errors that were found, not just the first."""

    def __init__(self, *diagnostics: Diagnostic) -> None:
        super().__init__("; ".join(d.summary for d in diagnostics))
        self.diagnostics = diagnostics

    def __reduce__(self) -> tuple[object, ...]:
        return type(self), self.diagnostics


class TooManyDeletions(HclError):
    """A plan deletes more than --max-destroy allows; nothing was changed."""


def system_problem(error: OSError | RecursionError) -> Diagnostic:
    """Returns the diagnostic of a fault of this machine: a file that cannot be used, or a stack that is too small."""
    if isinstance(error, OSError):
        return Diagnostic("The system refuses", f"{error}.")
    detail = "Python's stack has no place for so many steps inside of each other."
    return Diagnostic("Something in the configuration is nested too deeply", detail)


def raise_if_errors(diagnostics: Iterable[Diagnostic]) -> None:
    """Raises HclError with all of `diagnostics`, ordered by place, if one of them is an error."""
    found = list(diagnostics)
    if any(d.severity is Severity.ERROR for d in found):
        raise HclError(*sorted(dict.fromkeys(found), key=lambda d: d.order))


def did_you_mean(word: str, known: Iterable[str]) -> str:
    """Returns a sentence that suggests the nearest of `known`, or lists them if none is near and they are few."""
    names = sorted(set(known))
    if word == "terraform" and "hcl_lite" in names:
        return "What Terraform has there is in [hcl_lite] here."
    near = close_match(word, names)
    if near:
        return near
    if 0 < len(names) <= 16:
        return "Known: " + ", ".join(names) + "."
    return ""


def close_match(word: str, known: Iterable[str]) -> str:
    """Returns a sentence that suggests the nearest of `known`; empty where none is near."""
    near = difflib.get_close_matches(word, sorted(set(known)), n=1, cutoff=0.6)
    return f'Did you mean "{near[0]}"?' if near else ""


def did_you_mean_type(word: str, known: Iterable[str]) -> str:
    """Returns such a sentence for types, compared without the prefix of their provider."""
    provider, _, name = word.partition("_")
    names = sorted({one.removeprefix(f"{provider}_") for one in known if one.startswith(f"{provider}_")})
    near = difflib.get_close_matches(name, names, n=1, cutoff=0.6)
    if near or not names:
        return f'Did you mean "{provider}_{near[0]}"?' if near else did_you_mean(word, known)
    return f"There is no such type yet. There are: {', '.join(f'{provider}_{one}' for one in names)}."
