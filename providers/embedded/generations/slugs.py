"""Titles to slugs as Grafana made them up to 7.5: `Überblick & mehr` is `uberblick-and-mehr`.

There a title is first written in Latin letters, of whatever script it is. Here that is done for Latin and Cyrillic;
other letters become their code points, so that titles which differ still have slugs that do.
"""

import base64
import re
import unicodedata
from collections.abc import Mapping
from functools import lru_cache
from typing import Final

_LETTERS = (
    "ßss æae œoe øo þth łl đd ħh ıi əe ƒf ðd "
    "аa бb вv гg дd еe жzh зz иi йi кk лl мm нn оo пp рr сs тt уu фf хkh цts чch шsh щshch ъ ыy ь эe юiu яia"
)
_KNOWN: Final[Mapping[str, str]] = {pair[0]: pair[1:] for pair in _LETTERS.split()}
_FOREIGN: Final = re.compile(r"[^\x00-\x7f]")
_BETWEEN_WORDS: Final = re.compile(r"[^a-z0-9_]+")


@lru_cache(maxsize=65_536)  # every save compares the slugs of all titles
def make_slug(title: str) -> str:
    """The slug of `title`, which may be empty."""
    text = title.lower()
    latin = text if text.isascii() else _FOREIGN.sub(lambda found: _in_latin(found[0]), text)
    return _BETWEEN_WORDS.sub("-", latin.replace("&", "and").replace("@", "at")).strip("-")


def make_slug_or_code(title: str) -> str:
    """The same, but for a title with nothing in it to make a slug of its base64 (7.5; not recorded)."""
    return make_slug(title) or base64.urlsafe_b64encode(title.encode("utf-8", "replace")).decode().rstrip("=")


def _in_latin(letter: str) -> str:
    if letter in _KNOWN:
        return _KNOWN[letter]
    base = unicodedata.normalize("NFD", letter)[0]
    if base in _KNOWN or base.isascii():
        return _KNOWN.get(base, base)
    if unicodedata.category(letter).startswith("L"):
        return f"-{ord(letter):x}-"
    return "-" if unicodedata.category(letter)[0] in "PZ" else ""
