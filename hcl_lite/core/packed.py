"""Mappings whose long texts are compressed while nobody reads them: the JSON of a dashboard takes a tenth so, and a
take-over has that of all dashboards of a server at once."""

from __future__ import annotations

import zlib
from collections.abc import Iterator, Mapping
from typing import TypeVar, cast

V = TypeVar("V")
_LONG = 1000  # characters; a short text would not get shorter


class _Text(bytes):
    """A text, compressed."""


class Packed(Mapping[str, V]):
    """The items of some mappings, of which the later ones win. Each access to a long text unpacks it anew; a `Packed`
    that is made of another shares its texts."""

    __slots__ = ("_items",)

    def __init__(self, *mappings: Mapping[str, V]) -> None:
        self._items: dict[str, V | _Text] = {}
        for one in mappings:
            self._items |= one._items if isinstance(one, Packed) else {key: _packed(one[key]) for key in one}

    @classmethod
    def picked(cls, places: Mapping[str, tuple[Mapping[str, V], str]]) -> Packed[V]:
        """Returns items by other keys: each is that of a mapping, by its key there."""
        found: Packed[V] = cls()
        for key, (mapping, own) in places.items():
            found._items[key] = mapping._items[own] if isinstance(mapping, Packed) else _packed(mapping[own])
        return found

    def __getitem__(self, key: str) -> V:
        item = self._items[key]
        return cast("V", _unpacked(item)) if isinstance(item, _Text) else item

    def __contains__(self, key: object) -> bool:
        return key in self._items

    def __iter__(self) -> Iterator[str]:
        return iter(self._items)

    def __len__(self) -> int:
        return len(self._items)

    def __repr__(self) -> str:
        return f"Packed({list(self._items)})"


def _packed(value: V) -> V | _Text:
    if not isinstance(value, str) or len(value) < _LONG:
        return value
    return _Text(zlib.compress(value.encode("utf-8", "surrogatepass"), zlib.Z_BEST_SPEED))


def _unpacked(text: _Text) -> str:
    return zlib.decompress(text).decode("utf-8", "surrogatepass")
