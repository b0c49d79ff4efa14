"""Writes of a run that ended before their answers: what the next plan says of them, and does."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from hcl_lite.core.schema import ProviderError
from hcl_lite.engine.plan import Action
from state.model import Intent
from tests.engine.world import World, address

_BOX = '[resource.fake_box.b]\nuid = "b"\ntitle = "Old"\non_drift = "fail"\n'
_NEW = _BOX.replace("Old", "New")
_SHOT = '[resource.fake_shot.s]\nuid = "s"\ntitle = "Old"\n'


class Lost(ProviderError):
    """The answer to a call that may have been carried out."""

    unclear = True


@pytest.fixture
def world(tmp_path: Path) -> World:
    """With a box."""
    world = World(tmp_path)
    world.apply(_BOX)
    return world


def _said(world: World, text: str) -> str:
    (warning,) = world.plan(text).warnings
    return warning.detail


def _settle(world: World, text: str) -> list[str]:
    """The calls of the next apply, after which nothing is open."""
    assert world.apply(text).failures == ()
    state = world.store.state
    assert (state.pending, state.deposed, world.actions(text)) == ((), (), {})
    return list(world.server.calls)


def test_an_update_that_was_done_is_ours(world: World) -> None:
    """No colleague's change, although on_drift = "fail" would stop at one: only the state is brought up to date."""
    world.server.faults["update b"] = Lost("no answer")
    world.apply(_NEW)
    world.server.put("fake_box", "b", title="New", size=1)
    assert world.actions(_NEW) == {"fake_box.b": Action.REFRESH}
    assert _said(world, _NEW) == "fake_box.b (b) was being updated: it has been."
    assert _settle(world, _NEW) == []


def test_an_update_that_was_done_is_ours_when_something_else_is_wanted_by_now(world: World) -> None:
    """The configuration went on meanwhile: one update, and no drift."""
    world.server.faults["update b"] = Lost("no answer")
    world.apply(_NEW)
    world.server.put("fake_box", "b", title="New", size=1)
    newer = _BOX.replace("Old", "Newer")
    (change,) = world.plan(newer).changes
    assert (change.action, change.drifted) == (Action.UPDATE, False)
    assert _settle(world, newer) == ["update b"]


@pytest.mark.parametrize("text", [_NEW, _BOX], ids=["still wanted", "taken back"])
def test_an_update_that_was_not_done_is_done_if_it_is_still_wanted(world: World, text: str) -> None:
    """And the open end is closed either way."""
    world.server.faults["update b"] = Lost("no answer")
    world.apply(_NEW)
    assert _said(world, text) == "fake_box.b (b) was being updated: it has not been."
    assert _settle(world, text) == (["update b"] if text == _NEW else [])


def test_what_somebody_else_did_meanwhile_is_told_as_that(world: World) -> None:
    """Neither what was there nor what was sent: on_drift decides."""
    world.server.faults["update b"] = Lost("no answer")
    world.apply(_NEW)
    world.server.put("fake_box", "b", title="Theirs", size=1)
    with pytest.raises(Exception, match="was changed outside of hcl-lite"):
        world.plan(_NEW)


def test_an_update_that_was_done_in_part_is_no_change_from_outside(world: World) -> None:
    """Title and box were to change, and the title has: each part is as it was or as it was to be."""
    world.apply(_BOX + 'box = "x"\n')
    record = replace(world.store.state.records[address("fake_box.b")], attributes={"title": "Old", "box": "x"})
    world.store.state = replace(world.store.state, records={record.address: record})
    world.server.faults["update b"] = Lost("no answer")
    both = _NEW + 'box = "y"\n'
    world.apply(both)
    world.server.put("fake_box", "b", title="New", box="x", size=1)
    (change,) = world.plan(both).changes
    assert (change.action, change.drifted) == (Action.UPDATE, False)
    assert _said(world, both) == "fake_box.b (b) was being updated: it has been, in part."
    assert _settle(world, both) == ["update b"]


def test_another_secret_is_sent_once_more(world: World) -> None:
    """Nobody is told a secret, so nobody can tell whether it has arrived."""
    world.apply(_BOX + 'token = "one"\n')
    world.server.faults["update b"] = Lost("no answer")
    rotated = _BOX + 'token = "two"\n'
    world.apply(rotated)
    world.server.put("fake_box", "b", title="Old", size=1)
    world.server.objects["fake_box", "b"]["secrets"] = frozenset({"token"})
    assert "does not tell whether that was done" in _said(world, rotated)
    assert _settle(world, rotated) == ["update b"]


def test_a_delete_that_was_done_is_ours(world: World) -> None:
    """Declared again, it is made, not restored from what somebody else has deleted."""
    world.server.faults["delete b"] = Lost("no answer")
    world.apply("")
    world.server.objects.clear()
    world.server.trash.add(("fake_box", "b"))
    (change,) = world.plan(_BOX).changes
    assert (change.action, change.reason, change.restores, change.drifted) == (
        Action.CREATE,
        "an interrupted run had deleted it",
        False,
        False,
    )
    assert world.actions("") == {"fake_box.b": Action.FORGET}
    assert _said(world, "") == "fake_box.b (b) was being deleted: it is gone."
    assert _settle(world, _BOX) == ["create b"]


def test_a_delete_that_was_not_done_is_done(world: World) -> None:
    """Once."""
    world.server.faults["delete b"] = Lost("no answer")
    world.apply("")
    assert _said(world, "") == "fake_box.b (b) was being deleted: it is still there."
    assert _settle(world, "") == ["delete b"]


def test_a_snapshot_that_was_made_of_something_else_is_made_anew(tmp_path: Path) -> None:
    """What cannot be changed, and was asked for otherwise when the run ended, is no longer what is asked for."""
    world = World(tmp_path)
    world.server.faults["create s"] = Lost("no answer")
    world.apply(_SHOT)
    world.server.put("fake_shot", "s", title="Old", size=1)
    newer = _SHOT.replace("Old", "New")
    assert world.actions(newer) == {"fake_shot.s": Action.REPLACE}
    assert _settle(world, newer) == ["delete s", "create s"]


def test_what_a_server_does_late_is_taken_over(tmp_path: Path) -> None:
    """The plan does not find what the killed run had asked for, and the apply does: it is brought to what is wanted."""
    world = World(tmp_path)
    world.server.faults["create b"] = Lost("no answer")
    world.apply(_BOX)
    plan = world.plan(_BOX)
    world.server.put("fake_box", "b", title="Old", size=1)
    assert world.apply(_BOX, plan).failures == ()
    assert (world.server.calls, world.store.state.pending) == (["update b"], ())


def test_what_is_open_is_known_by_its_object_whatever_its_block_is_called(world: World) -> None:
    """The block was renamed before the next run."""
    world.server.faults["update b"] = Lost("no answer")
    world.apply(_NEW)
    world.server.put("fake_box", "b", title="New", size=1)
    renamed = _NEW.replace("fake_box.b]", "fake_box.c]")
    assert _settle(world, renamed) == []
    assert world.known() == {"fake_box.c": "b"}


def test_what_a_plan_does_not_look_at_stays_open(world: World) -> None:
    """By --target, and by refresh-only, which has no block to hold the object against."""
    world.server.faults["update b"] = Lost("no answer")
    world.apply(_NEW + '[resource.fake_box.o]\nuid = "o"\n')
    other = _NEW + '[resource.fake_box.o]\nuid = "o"\n'
    world.server.put("fake_box", "b", title="New", size=1)
    for options in ({"targets": (address("fake_box.o"),)}, {"refresh_only": True}):
        (warning,) = world.plan(other, **options).warnings
        assert warning.detail == "fake_box.b (b) was being updated: this plan does not look at it."
        world.apply(other, **options)
        assert [intent.write for intent in world.store.state.pending] == ["update"]
    assert _settle(world, other) == []


def test_a_folder_that_was_being_made_goes_after_what_is_in_it(tmp_path: Path) -> None:
    """What an intent knows of dependencies orders the deletion of what is no longer declared."""
    world = World(tmp_path)
    text = '[resource.fake_box.b]\nuid = "b"\n[resource.fake_item.i]\nuid = "i"\nbox = "${fake_box.b.uid}"\n'
    world.apply(text)
    records = world.store.state.records
    world.store.state = replace(
        world.store.state, records={}, pending=tuple(Intent("create", record) for record in records.values())
    )
    assert _settle(world, "") == ["delete i", "delete b"]


_OTHER = _BOX.replace('uid = "b"', 'uid = "b2"')
_RENAMED = _NEW.replace("fake_box.b]", "fake_box.c]")


@pytest.mark.parametrize("second", [Lost("no answer"), ProviderError("no")], ids=["lost", "refused"])
@pytest.mark.parametrize(
    ("then", "options", "calls"),
    [
        (_NEW, {}, ["update b"]),
        (_NEW, {"destroy": True}, ["delete b"]),
        ("", {}, ["delete b"]),
        (_NEW, {"destroy": True, "targets": (address("fake_box.b"),)}, ["delete b"]),
        ("", {"targets": (address("fake_box.b"),)}, ["delete b"]),
        (_OTHER, {}, ["create b2", "delete b"]),
        (_RENAMED, {}, ["update b"]),
        (_OTHER + _RENAMED, {}, ["create b2", "update b"]),
    ],
    ids=[
        "again",
        "destroyed",
        "undeclared",
        "destroyed by target",
        "undeclared, by target",
        "another in its place",
        "renamed",
        "renamed, another in its place",
    ],
)
def test_what_two_ended_runs_have_written_is_known_to_the_third(
    tmp_path: Path, second: ProviderError, then: str, options: dict[str, Any], calls: list[str]
) -> None:
    """One ended while the object was being made, the next one while it was being brought up to date."""
    world = World(tmp_path)
    world.server.faults["create b"] = Lost("no answer")
    world.apply(_BOX)
    world.server.put("fake_box", "b", title="Old", size=1)
    world.server.faults["update b"] = second
    world.apply(_NEW)
    assert world.apply(then, **options).failures == ()
    state = world.store.state
    assert (sorted(world.server.calls), state.pending, state.deposed) == (sorted(calls), (), ())
    assert world.actions("" if options else then) == {}


@pytest.mark.parametrize(("then", "destroy"), [("", False), (_OTHER, False), (_NEW, True)])
def test_a_deletion_that_two_ended_runs_have_begun_is_made_by_the_third(
    tmp_path: Path, then: str, destroy: bool
) -> None:
    """One ended while the object was being made, the next one while it was being deleted: no record was of it."""
    world = World(tmp_path)
    world.server.faults["create b"] = Lost("no answer")
    world.apply(_BOX)
    world.server.put("fake_box", "b", title="Old", size=1)
    world.server.faults["delete b"] = Lost("no answer")
    world.apply(_OTHER)
    assert world.apply(then, destroy=destroy).failures == ()
    assert "delete b" in world.server.calls
    assert world.store.state.pending == world.store.state.deposed == ()
    assert set(world.known().values()) == ({"b2"} if then == _OTHER else set())


def test_an_object_that_was_about_to_be_taken_over_stays_where_nothing_asks_for_it_any_more(tmp_path: Path) -> None:
    """It is not ours: the run ended before it knew whether it was."""
    world = World(tmp_path)
    world.server.put("fake_box", "b", title="Theirs", size=1)
    world.server.faults["update b"] = Lost("no answer")
    world.apply(_NEW + 'on_exists = "adopt"\n')
    for options in ({"destroy": True}, {}):
        (change,) = world.plan("", **options).changes
        assert (change.action, change.reason) == (Action.RELEASE, "an interrupted run was about to take it over")
    assert _settle(world, "") == []


@pytest.mark.parametrize("taken", [_RENAMED.replace("New", "Old"), _RENAMED])
def test_what_a_replacement_has_left_is_taken_up_by_a_block_that_asks_for_it(world: World, taken: str) -> None:
    """It could not be deleted, and is declared elsewhere by now."""
    world.server.faults["delete b"] = ProviderError("no")
    world.apply(_OTHER)
    assert [record.uid for record in world.store.state.deposed] == ["b"]
    assert _settle(world, _OTHER + taken) == (["update b"] if "New" in taken else [])
    assert world.known() == {"fake_box.b": "b2", "fake_box.c": "b"}


def test_blocks_that_exchange_what_an_ended_run_has_made_keep_both(tmp_path: Path) -> None:
    """One of them is in the state, the other only in what was under way."""
    world = World(tmp_path)
    other = _BOX.replace("fake_box.b]", "fake_box.c]").replace('uid = "b"', 'uid = "c"')
    world.server.faults["create c"] = Lost("no answer")
    world.apply(_BOX + other)
    world.server.put("fake_box", "c", title="Old", size=1)
    exchanged = (_BOX + other).replace("fake_box.b]", "fake_box.x]").replace("fake_box.c]", "fake_box.b]")
    exchanged = exchanged.replace("fake_box.x]", "fake_box.c]")
    assert _settle(world, exchanged) == []
    assert world.known() == {"fake_box.b": "c", "fake_box.c": "b"}


_KEYS = '${["c", "d"][count.index]}'
_ITEMS = f"[resource.fake_item.i]\ncount = 2\nuid = '{_KEYS}'\n"


@pytest.mark.parametrize(
    ("items", "uid", "calls"),
    [("", _KEYS, ["create x"]), (_ITEMS, "${fake_item.i[count.index].uid}", ["create x", "create x"])],
    ids=["given", "referred to"],
)
def test_what_was_made_at_an_address_that_another_asks_for_by_now_is_ours(
    world: World, items: str, uid: str, calls: list[str]
) -> None:
    """An item was put before the others after the run that ended: the block that gives its uid takes it over."""
    text = f"{items}[resource.fake_box.l]\ncount = 2\nuid = '{uid}'\n"
    if items:
        world.apply(items)
    world.server.faults["create d"] = Lost("no answer")
    world.apply(text)
    world.server.put("fake_box", "d")
    longer = text.replace("count = 2", "count = 3").replace('["c", "d"]', '["x", "c", "d"]')
    assert _settle(world, longer) == calls
