"""Under which addresses an undo puts what it makes again, and what that needs."""

from __future__ import annotations

import pytest

from hcl_lite.core.addrs import Address
from hcl_lite.core.schema import Origin
from hcl_lite.engine.plan import Action, Change
from hcl_lite.engine.restoring.current_addresses import CurrentAddresses
from hcl_lite.engine.restoring.restore_plan import Step
from state.backups import Backup, Entry, Write
from state.model import Identity, Record, State

_ORIGIN = Origin("https://g.test", "1")


def _record(address: str, uid: str, *needs: str) -> Record:
    return Record(Address.parse(address), "fake", uid, {}, dependencies=tuple(map(Address.parse, needs)))


def _state(**uids: str) -> State:
    records = [_record(f"fake_box.{address}", uid) for uid, address in uids.items()]
    return State("l", records={record.address: record for record in records})


def _made_again(address: str, uid: str, number: int = 1) -> Step:
    identity = Identity(Address.parse(f"fake_box.{address}"), "fake", uid)
    return Step(Entry(number, Write.DELETE, identity, _ORIGIN), Change(identity.address, Action.CREATE, "fake", uid))


@pytest.mark.parametrize(
    ("there", "wanted", "found"),
    [
        ({}, ["a"], ["a"]),
        ({"x": "a"}, ["a"], ["a[0]"]),
        ({"x": "a[0]", "y": "a[1]"}, ["a[0]"], ["a[2]"]),
        ({"x": "a[0]", "y": "a[7]"}, ["a[0]"], ["a[8]"]),
        ({"x": 'a["k"]'}, ['a["k"]'], ['a["k-2"]']),
        ({"x": 'a["k"]', "y": 'a["k-2"]'}, ['a["k"]'], ['a["k-3"]']),
        ({"x": "a[0]"}, ["a[0]", "a[1]"], ["a[1]", "a[2]"]),
    ],
)
def test_an_address_that_stands_for_another_is_not_taken(
    there: dict[str, str], wanted: list[str], found: list[str]
) -> None:
    """The next free one of its block is, and each but once."""
    steps = [_made_again(address, f"new{number}", number) for number, address in enumerate(wanted)]
    settled = CurrentAddresses(_state(**there)).settled(steps)
    assert [str(step.change.address).removeprefix("fake_box.") for step in settled] == found


def test_moves_are_followed_and_lead_nowhere_that_is_moved_on() -> None:
    """A free address from which the next plan would move the object is none."""
    moves = {"fake_box.a": "fake_box.b", "fake_box.b[0]": "fake_box.c"}

    def moved(address: Address) -> Address:
        return Address.parse(moves.get(str(address), str(address)))

    (free,) = CurrentAddresses(_state(), moved=moved).settled([_made_again("a", "u")])
    (taken,) = CurrentAddresses(_state(x="b"), moved=moved).settled([_made_again("a", "u")])
    assert (str(free.change.address), str(taken.change.address)) == ("fake_box.b", "fake_box.b[1]")


def test_needs_of_an_earlier_hcl_lite_are_told_by_the_addresses_of_the_run() -> None:
    """What the run deleted under an address is meant, and not what stands there now."""
    gone = Entry(1, Write.DELETE, Identity(Address.parse("fake_box.a"), "fake", "old"), _ORIGIN)
    user = _record("fake_item.i", "i", "fake_box.a", "fake_box.b")
    backup = Backup(user.identity, _ORIGIN, {}, {}, user)
    now = CurrentAddresses(_state(new="a", other="b"), [gone])
    assert now.needs_of(backup) == {("fake", "fake_box", "old"), ("fake", "fake_box", "other")}
    assert now.needed_by(user) == {("fake", "fake_box", "new"), ("fake", "fake_box", "other")}
