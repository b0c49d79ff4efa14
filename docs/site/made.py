"""Pages that are made of something else than documents, and where the navigation has them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Section:
    """Pages that the navigation lists under one title, by their names, after what the configuration names there."""

    title: str
    pages: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Made:
    """Texts of pages by their paths on the site."""

    texts: Mapping[str, str]
    sections: tuple[Section, ...]
