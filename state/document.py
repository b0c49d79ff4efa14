"""JSON that a person may have edited, read key by key: what is wrong is said with its place. And lines of JSON."""

from __future__ import annotations

import contextlib
import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, TypeVar

import orjson

from hcl_lite.core.addrs import Address, Kind
from hcl_lite.core.values import JsonValue, finite, read_levelled_json, refuse_constant, spell_json

T = TypeVar("T")


def read_document(data: bytes) -> Any:
    """The value of a JSON text. Raises ValueError, also for a key that comes twice and for numbers that are none."""
    try:
        return json.loads(data, object_pairs_hook=_unique, parse_constant=refuse_constant, parse_float=finite)
    except UnicodeDecodeError as error:
        raise ValueError(f"the byte at offset {error.start} is not UTF-8") from error
    except RecursionError as error:
        raise ValueError("it is nested too deeply") from error


@dataclass(frozen=True, slots=True)
class Spelled:
    """A value as its JSON, for `as_line` to take into its line as it is."""

    text: bytes

    @property
    def value(self) -> JsonValue:
        return read_levelled_json(self.text)


def as_line(document: Any) -> bytes:
    """JSON; a lone surrogate, which UTF-8 has no bytes for, becomes the escape that JSON has for it."""
    with contextlib.suppress(TypeError):  # such a surrogate, or a number of more than 64 bits
        return spell_json(document, default=lambda spelled: orjson.Fragment(spelled.text)) + b"\n"
    text = json.dumps(document, ensure_ascii=False, default=lambda spelled: spelled.value)
    return text.encode("utf-8", "backslashreplace") + b"\n"


class Fields:
    """The keys of one JSON object, each taken once. `where` says which object: "records[3]".

    Every method raises ValueError with the place of what is not as it should be.
    """

    def __init__(self, data: Any, where: str) -> None:
        if not isinstance(data, dict):
            raise ValueError(f"{where}: expected an object, found {_kind(data)}")
        self._data: Mapping[str, Any] = data
        self._where = where
        self._taken: set[str] = set()

    def text(self, key: str) -> str:
        """A string."""
        return self._take(key, str, "a string")

    def count(self, key: str) -> int:
        """A whole number, from 0 on."""
        number = self._take(key, int, "a whole number")
        if number < 0:
            raise ValueError(f"{self._at(key)}: expected a whole number from 0 on, found {number}")
        return number

    def flag(self, key: str, default: bool) -> bool:
        """True or false; `default` where the key is missing."""
        return self._take(key, bool, "true or false") if key in self._data else default

    def values(self, key: str) -> dict[str, JsonValue]:
        """An object of anything."""
        return dict(self._take(key, dict, "an object"))

    def texts(self, key: str) -> dict[str, str]:
        """An object of strings."""
        found = self.values(key)
        for name, value in found.items():
            if not isinstance(value, str):
                raise ValueError(f"{self._at(key)}.{name}: expected a string, found {_kind(value)}")
        return {name: value for name, value in found.items() if isinstance(value, str)}

    def items(self, key: str, read: Callable[[Any, str], T]) -> list[T]:
        """A list, each item of which `read` takes with its place."""
        found = self._take(key, list, "a list")
        return [read(item, f"{self._at(key)}[{index}]") for index, item in enumerate(found)]

    def maybe(self, key: str, read: Callable[[Any, str], T]) -> T | None:
        """Returns the result of `read` for the value with its place, None for null."""
        found = self.any(key)
        return None if found is None else read(found, self._at(key))

    def any(self, key: str) -> JsonValue:
        """Anything."""
        return self._take(key, object, "anything")  # type: ignore[return-value]

    def has(self, key: str) -> bool:
        """Whether the object has the key at all."""
        return key in self._data

    def address(self, key: str) -> Address:
        """The address of a resource."""
        address = read_address(self.text(key), self._at(key))
        if address.kind is not Kind.RESOURCE:
            raise ValueError(f"{self._at(key)}: {address} is not the address of a resource")
        return address

    def end(self) -> None:
        """There must be nothing else in the object."""
        unknown = sorted(self._data.keys() - self._taken)
        if unknown:
            raise ValueError(f"{self._where}: there is no key {json.dumps(unknown[0])}")

    def _take(self, key: str, kind: type[T], wanted: str) -> T:
        if key not in self._data:
            raise ValueError(f"{self._where}: {key} is missing")
        self._taken.add(key)
        value = self._data[key]
        if not isinstance(value, kind) or (isinstance(value, bool) and kind is int):
            raise ValueError(f"{self._at(key)}: expected {wanted}, found {_kind(value)}")
        return value

    def _at(self, key: str) -> str:
        return f"{self._where}.{key}" if self._where != TOP else key


TOP = "the document"


def read_address(text: Any, where: str) -> Address:
    """Any address. Raises ValueError."""
    if not isinstance(text, str):
        raise ValueError(f"{where}: expected an address, found {_kind(text)}")
    try:
        return Address.parse(text)
    except ValueError as error:
        raise ValueError(f"{where}: {error}") from error


def read_text(item: Any, where: str) -> str:
    """Any text. Raises ValueError."""
    if not isinstance(item, str):
        raise ValueError(f"{where}: expected a string")
    return item


def _unique(pairs: Iterable[tuple[str, Any]]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for key, value in pairs:
        if key in found:
            raise ValueError(f"the key {json.dumps(key)} comes twice in one object")
        found[key] = value
    return found


def _kind(value: Any) -> str:
    """Returns the JSON name of the type of a value."""
    if value is None or isinstance(value, bool):
        return json.dumps(value)
    for kind, word in ((str, "a string"), (list, "a list"), (dict, "an object")):
        if isinstance(value, kind):
            return word
    return "a number"
