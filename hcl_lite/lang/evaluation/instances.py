"""The instances that for_each and count ask for, by key; UNKNOWN where the keys are not known yet."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from hcl_lite.core.addrs import Address
from hcl_lite.core.diags import Diagnostic, HclError
from hcl_lite.core.values import UNKNOWN, Secret, Value, is_unknown, shown
from hcl_lite.lang.config.block import Block
from hcl_lite.lang.expressions.marks import Tracker

_MOST_INSTANCES = 100_000


def counted(block: Block, value: Value) -> Any:
    """The instances that `value`, the count of `block`, asks for, by key. Raises HclError."""
    if value is UNKNOWN:
        return UNKNOWN
    if isinstance(value, float) and value.is_integer():
        value = int(value)  # what a division gives
    if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value <= _MOST_INSTANCES:
        raise HclError(_wrong(block, "count", f"Expected a whole number from 0 on, found {shown(value)}."))
    return {index: index for index in range(value)}


def each_of(block: Block, value: Value) -> Any:
    """The instances that `value`, the for_each of `block`, asks for: each.value by key. Raises HclError."""
    if value is UNKNOWN:
        return UNKNOWN
    if isinstance(value, Secret):
        raise HclError(_wrong(block, "for_each", "It is sensitive, and keys are shown in addresses."))
    if isinstance(value, Mapping):
        return {str(key): item for key, item in value.items()}
    if not isinstance(value, list):
        raise HclError(_wrong(block, "for_each", f"Expected a table or a list of strings, found {shown(value)}."))
    if is_unknown(value):
        return UNKNOWN
    for item in value:
        if isinstance(item, Secret):
            raise HclError(_wrong(block, "for_each", "It is sensitive, and keys are shown in addresses."))
        if not isinstance(item, str):
            detail = f"A list must be of strings, which are the keys; found {shown(item)}."
            raise HclError(_wrong(block, "for_each", detail))
    found = {item: item for item in value}
    if len(found) < len(value):
        twice = next(item for index, item in enumerate(value) if item in value[:index])
        raise HclError(_wrong(block, "for_each", f'"{twice}" is in the list twice; toset() leaves one of them.'))
    return found


def _wrong(block: Block, key: str, detail: str) -> Diagnostic:
    return Diagnostic(
        f"{key} of {block.address} cannot be used", detail, block.value_place(key), "", str(block.address)
    )


class TrackedInstances(Mapping[Any, Any]):
    """The instances of a block by key; records which ones are read."""

    def __init__(self, addresses: Mapping[Any, Address], value: Callable[[Address], Value], tracker: Tracker) -> None:
        self._addresses = addresses
        self._value = value
        self._tracker = tracker

    def __getitem__(self, key: Any) -> Any:
        address = self._addresses[key]
        self._tracker.instances.add(address)
        return self._tracker.mark(self._value(address))

    def __iter__(self) -> Iterator[Any]:
        return iter(self._addresses)

    def __len__(self) -> int:
        return len(self._addresses)
