"""The state of a run while it changes."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from hcl_lite.core.addrs import Address
from state.model import Draft, Move, Record, State

_A, _B, _C = (Address.parse(f"grafana_folder.{name}") for name in "abc")
_TEAM = Address.parse("grafana_team.t")


def _record(address: Address, uid: str = "") -> Record:
    return Record(address, "grafana", uid or address.name, {})


_CHANGES: dict[str, tuple[Callable[[Draft], None], list[str]]] = {
    "nothing": (lambda draft: None, ["a", "b"]),
    "another object": (lambda draft: draft.put(_record(_C)), ["a", "b", "c"]),
    "the same object": (lambda draft: draft.put(_record(_A)), ["a", "b"]),
    "one that goes": (lambda draft: draft.remove(_record(_A).identity), ["b"]),
    "one that is replaced": (lambda draft: draft.depose(_record(_A)), ["b"]),
    "one that moves": (lambda draft: draft.move(_A, _C), ["a", "b"]),
    "two that move": (lambda draft: draft.arrange([Move(_A, _B), Move(_B, _A)]), ["a", "b"]),
    "one that comes over another": (lambda draft: draft.arrange([Move(_A, _B)]), ["a"]),
}


@pytest.mark.parametrize(("change", "folders"), _CHANGES.values(), ids=_CHANGES.keys())
def test_what_is_found_by_address_and_by_type_is_what_is_there(
    change: Callable[[Draft], None], folders: list[str]
) -> None:
    """Whatever a run does, the folders are found among all folders, and each at its address."""
    draft = Draft(State("l", records={address: _record(address) for address in (_A, _B, _TEAM)}))
    change(draft)
    found = [*draft.records_of(lambda type_: type_ == "grafana_folder")]
    there = {address: record for address, record in draft.state().records.items() if address != _TEAM}
    assert sorted(record.uid for record in found) == folders
    assert {record.address: record for record in found} == there
    assert {address: draft.record_at(address) for address in (_A, _B, _C) if draft.record_at(address)} == there
