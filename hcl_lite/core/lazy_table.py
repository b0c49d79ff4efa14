"""Tables of values that are imported when they are asked for: what uses three types loads no other thirty."""

from __future__ import annotations

from collections import ChainMap
from collections.abc import Iterator, Mapping, MutableMapping
from importlib import import_module
from typing import Generic, TypeVar, cast

T = TypeVar("T")


class LazyTable(Mapping[str, T], Generic[T]):
    """Values by name. `places` says where each is, as entry points do: "module:NAME", the module below `package`."""

    def __init__(self, package: str, places: Mapping[str, str]) -> None:
        self._places = {name: f"{package}.{place}".split(":") for name, place in places.items()}
        self._imported: dict[str, T] = {}

    def module_of(self, name: str) -> str:
        """Returns the name of the module that the value is in."""
        return self._places[name][0]

    def __getitem__(self, name: str) -> T:
        if name not in self._imported:
            module, attribute = self._places[name]
            self._imported[name] = getattr(import_module(module), attribute)
        return self._imported[name]

    def __contains__(self, name: object) -> bool:
        return name in self._places

    def __iter__(self) -> Iterator[str]:
        return iter(self._places)

    def __len__(self) -> int:
        return len(self._places)


def with_value(table: Mapping[str, T], name: str, value: T) -> Mapping[str, T]:
    """Returns `table` with one more value at its end, and imports nothing."""
    return ChainMap({name: value}, cast(MutableMapping[str, T], table))
