"""Extent of what views show, and the page that they show it on."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

MAX_SIZE = 65_536
"""The bytes of Markdown that GitHub takes for a comment."""
_WIDTH = 120  # where nobody says how wide the page is: piped output is the same everywhere


class Detail(StrEnum):
    """Extent of a plan as it is shown: the counts and the risks alone, each change with what differs, or every key."""

    NONE = "none"
    SUMMARY = "summary"
    FULL = "full"


@dataclass(frozen=True, slots=True)
class Look:
    """`width` in characters is where long values are cut; `coloured` that expressions are in the colours of their
    language: other colours are always there, and taken away where there is no terminal."""

    detail: Detail = Detail.SUMMARY
    width: int = _WIDTH
    coloured: bool = False

    @property
    def full(self) -> bool:
        """Whether nothing is left out."""
        return self.detail is Detail.FULL

    @property
    def is_short(self) -> bool:
        """Whether the counts and the risks are all that is shown."""
        return self.detail is Detail.NONE

    @property
    def most(self) -> int | None:
        """The characters of a value that are shown; None for all."""
        return None if self.full else self.width


SHORT = Look()
FULL = Look(Detail.FULL)
