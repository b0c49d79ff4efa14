"""Places in JSON text: the offsets of values by their paths. Only what lies on the way is scanned in Python. Pure."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from typing import Any

from hcl_lite.core.places import Place

_BLANK = re.compile(r"[ \t\r\n]*")
_DECODER = json.JSONDecoder()
Offsets = tuple[int, int]


def locate_json(text: str, places: Iterable[Place]) -> Mapping[Place, Offsets]:
    """Returns the start and the end of the value at each of `places`; of the nearest one above where there is none.
    Raises ValueError for what is no JSON."""
    wanted = frozenset(places)
    ways: dict[str | int, Any] = {}
    for place in wanted:
        below = ways
        for step in place:
            below = below.setdefault(step, {})
    found: dict[Place, Offsets] = {}
    _Locator(text, found).value(_skip(text, 1 if text.startswith("\ufeff") else 0), ways, ())
    return {place: _nearest(found, place) for place in wanted}


def _nearest(found: Mapping[Place, Offsets], place: Place) -> Offsets:
    while place not in found:
        place = place[:-1]
    return found[place]


def _skip(text: str, at: int) -> int:
    match = _BLANK.match(text, at)
    assert match is not None
    return match.end()


class _Locator:
    """One pass over a text: each method takes an offset, and returns the one behind what it read."""

    def __init__(self, text: str, found: dict[Place, Offsets]) -> None:
        self.text = text
        self.found = found

    def value(self, at: int, ways: Mapping[str | int, Any], place: Place) -> int:
        """Reads a value, and records it and the values at `ways` below it."""
        head = self.text[at : at + 1]
        is_open = bool(ways) and head in ("{", "[")
        end = self.members(at + 1, ways, place, head == "{") if is_open else self.end_of(at)
        self.found[place] = at, end
        return end

    def members(self, at: int, ways: Mapping[str | int, Any], place: Place, is_object: bool) -> int:
        close, index = "}" if is_object else "]", 0
        at = _skip(self.text, at)
        while self.text[at : at + 1] != close:
            at = self.expect(at, ",") if index else at
            key: str | int = index
            if is_object:
                key, at = self.decoded(at)
                at = self.expect(_skip(self.text, at), ":")
            below = ways.get(key)
            at = self.end_of(at) if below is None else self.value(at, below, (*place, key))
            at, index = _skip(self.text, at), index + 1
        return at + 1

    def end_of(self, at: int) -> int:
        return self.decoded(at)[1]

    def decoded(self, at: int) -> tuple[Any, int]:
        try:
            return _DECODER.raw_decode(self.text, at)
        except RecursionError as error:
            raise ValueError("It is nested too deeply.") from error

    def expect(self, at: int, letter: str) -> int:
        if self.text[at : at + 1] != letter:
            raise ValueError(f'Expected "{letter}" at offset {at}.')
        return _skip(self.text, at + 1)
