"""Titles to the slugs in Grafana's links, as 12.4.0 makes them: `Überblick – ñ` is `ueberblick-e28093-c3b1`."""

import hashlib
import unicodedata
from collections.abc import Mapping
from typing import Final

_MAX_BYTES = 50
_SEPARATORS = frozenset(" ,\"'\n\r\x00?.()-_[]/\\!{}%")
# A letter and what it becomes. ñ is not among the letters 12.4.0 knows, so it comes out as bytes.
_LATIN = "üue ßss æae œoe øo þp łl đd ħh ıi ĳij ſz əe ƒf"
_CYRILLIC = (
    "аa бb вv гg дd еe ёjo жzh зz иi йj кk лl мm нn оo пp рr сs тt уu фf хh цc чch шsh щsch ъ- ыy ь- эje юju яja"
)
_SYMBOLS = "&and @at ©c ®r"
_KNOWN: Final[Mapping[str, str]] = {
    pair[0]: pair[1:] for table in (_LATIN, _CYRILLIC, _SYMBOLS) for pair in table.split()
}
_UNKNOWN_ACCENTS = frozenset("ñ")


def make_slug(title: str) -> str:
    """The slug of `title`; the first seven digits of its SHA-1 where it would be empty or over 50 bytes."""
    slug = _join(title.strip().lower())
    if slug and len(slug) <= _MAX_BYTES:
        return slug
    return hashlib.sha1(slug.encode(), usedforsecurity=False).hexdigest()[:7]


def _join(title: str) -> str:
    parts: list[str] = []
    gap = False
    for letter in title:
        known = _transliterate(letter)
        if known is None and letter in _SEPARATORS:
            gap = True
            continue
        if gap:
            parts.append("-")
        parts.append(letter.encode("utf-8", "replace").hex() if known is None else known)
        gap = known is None
    return "".join(parts).strip("-")


def _transliterate(letter: str) -> str | None:
    if letter.isascii() and letter.isalnum():
        return letter
    if letter in _KNOWN:
        return _KNOWN[letter]
    base = unicodedata.normalize("NFD", letter)[0]
    if letter not in _UNKNOWN_ACCENTS and base != letter and base.isascii() and base.isalpha():
        return base
    return None
