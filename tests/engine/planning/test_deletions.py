"""What is part of another object, and goes along with it; and what lies in one that goes."""

from __future__ import annotations

import pytest

from hcl_lite.core.diags import HclError
from hcl_lite.engine.plan import Action
from tests.engine.world import World, address

_BOX = '[resource.fake_box.b]\nuid = "b"\n'
_LID = '[resource.fake_lid.l]\nuid = "b"\ndepends_on = ["fake_box.b"]\n'
_ITEM = '[resource.fake_item.i]\nuid = "i"\nbox = "${fake_box.b.uid}"\n'
_OTHER = '[resource.fake_lid.l]\nuid = "c"\ndepends_on = ["fake_box.b"]\n'


def _notes(world: World, text: str, **options: bool) -> dict[str, str]:
    return {str(change.address): change.note for change in world.plan(text, **options).changes}


def test_a_part_alone_is_deleted_and_what_that_leaves_is_said(world: World) -> None:
    """The block is gone; what it was part of stays."""
    world.apply(_BOX + _LID)
    assert _notes(world, _BOX)["fake_lid.l"] == "The box is open then."
    world.apply(_BOX)
    assert world.server.calls == ["delete b"]
    assert set(world.server.objects) == {("fake_box", "b")}


def test_a_part_goes_along_with_its_whole(world: World) -> None:
    """Nothing is asked of the server for it, and nothing is left."""
    world.apply(_BOX + _LID)
    assert _notes(world, "", destroy=True) == {"fake_box.b": "", "fake_lid.l": ""}
    world.apply("", destroy=True)
    assert world.server.calls == ["delete b"]
    assert (world.known(), set(world.server.objects)) == ({}, set())


def test_a_part_stays_where_its_whole_could_not_be_deleted(world: World) -> None:
    """As it was, also in the state: nothing was opened for nothing."""
    world.apply(_BOX + _LID + _ITEM)
    world.server.objects["fake_item", "theirs"] = world.server.objects["fake_item", "i"]
    result = world.apply("", destroy=True)
    assert [failure.summary for failure in result.failures] == ["fake_box.b was not deleted"]
    assert ("fake_lid", "b") in world.server.objects
    assert world.known() == {"fake_box.b": "b", "fake_lid.l": "b"}


def test_a_part_of_something_else_does_not_go_along(world: World) -> None:
    """Its uid says what it is part of, not what it depends on."""
    world.apply(_BOX + _OTHER)
    world.apply("", destroy=True)
    assert world.server.calls == ["delete c", "delete b"]


def test_a_part_that_another_object_would_change_goes_before_that(world: World) -> None:
    """It needs what needs its whole: both go after it, whichever has the lesser name."""
    item = '[resource.fake_item.i]\nuid = "i"\ndepends_on = ["fake_box.b"]\n'
    lid = '[resource.fake_lid.z]\nuid = "b"\ndepends_on = ["fake_box.b", "fake_item.i"]\n'
    world.apply(_BOX + item + lid)
    told = {"fake_box.b": "", "fake_item.i": "", "fake_lid.z": "The box is open then."}
    assert _notes(world, "", destroy=True) == told
    world.apply("", destroy=True)
    assert world.server.calls == ["delete b", "delete i", "delete b"]
    assert (world.known(), set(world.server.objects)) == ({}, set())


# --- what is part of an object that is replaced -----------------------------------------------------------------------

_FIRST, _LAST = "[resource.fake_box.b.lifecycle]\n", "create_before_destroy = false\n"
_TRIGGER = '[resource.fake_item.t]\nuid = "t"\ntitle = "one"\n'
_TRIGGERED = f'{_FIRST}replace_triggered_by = ["fake_item.t"]\n'
_REFERS = '[resource.fake_lid.l]\nuid = "${fake_box.b.uid}"\n'
_BARE = '[resource.fake_lid.l]\nuid = "b"\n'


@pytest.mark.parametrize("lid", [_LID, _REFERS, _BARE], ids=["depends_on", "reference", "bare uid"])
@pytest.mark.parametrize(
    ("before", "after", "replacing"),
    [
        ("", "", ("fake_box.b",)),
        (_FIRST + _LAST, _FIRST + _LAST, ("fake_box.b",)),
        (_TRIGGERED + _TRIGGER, _TRIGGERED + _TRIGGER.replace("one", "two"), ()),
    ],
    ids=["--replace", "destroyed first", "replace_triggered_by"],
)
def test_a_part_is_made_anew_with_its_whole(
    world: World, lid: str, before: str, after: str, replacing: tuple[str, ...]
) -> None:
    """In the same run, and nothing is left to do after it."""
    world.apply(_BOX + before + lid)
    plan = world.plan(_BOX + after + lid, replacing=tuple(map(address, replacing)))
    reason = {str(change.address): change.reason for change in plan.changes if change.action is Action.REPLACE}
    assert reason["fake_lid.l"] == "fake_box.b, which it belongs to, is replaced"
    result = world.apply(_BOX + after + lid, plan)
    assert result.failures == ()
    assert [call for call in world.server.calls if not call.endswith(" t")] == ["delete b", "create b", "create b"]
    assert set(world.server.objects) >= {("fake_box", "b"), ("fake_lid", "b")}
    assert world.actions(_BOX + after + lid) == {}


@pytest.mark.parametrize("lifecycle", ["", _FIRST + _LAST], ids=["created first", "destroyed first"])
def test_a_part_follows_a_whole_that_becomes_another(world: World, lifecycle: str) -> None:
    """Another uid; what was part of the old one goes with that."""
    text = _BOX + lifecycle + _REFERS
    world.apply(text)
    assert world.apply(text.replace('"b"\n', '"c"\n')).failures == ()
    assert set(world.server.objects) == {("fake_box", "c"), ("fake_lid", "c")}
    assert world.known() == {"fake_box.b": "c", "fake_lid.l": "c"}
    assert world.actions(text.replace('"b"\n', '"c"\n')) == {}


def test_a_part_of_what_was_deleted_outside_is_made_again(world: World) -> None:
    """Both are gone, and both come back."""
    world.apply(_BOX + _REFERS)
    world.server.objects.clear()
    assert world.apply(_BOX + _REFERS).failures == ()
    assert world.actions(_BOX + _REFERS) == {}
    assert set(world.server.objects) == {("fake_box", "b"), ("fake_lid", "b")}


@pytest.mark.parametrize("lid", [_REFERS, _BARE], ids=["reference", "bare uid"])
def test_a_target_takes_along_what_is_part_of_it(world: World, lid: str) -> None:
    """Only where it is made anew; what else there is stays as it is."""
    text = _BOX + lid + _TRIGGER
    world.apply(text)
    targets = (address("fake_box.b"),)
    changed = text.replace("one", "two")
    assert world.actions(changed, targets=targets) == {}
    replaced = dict.fromkeys(("fake_box.b", "fake_lid.l"), Action.REPLACE)
    assert world.actions(changed, targets=targets, replacing=targets) == replaced
    world.apply(changed, targets=targets, replacing=targets)
    assert world.actions(changed) == {"fake_item.t": Action.UPDATE}
    assert world.actions(_TRIGGER, targets=targets) == dict.fromkeys(("fake_box.b", "fake_lid.l"), Action.DELETE)
    assert world.actions(text, targets=targets, destroy=True) == dict.fromkeys(
        ("fake_box.b", "fake_lid.l"), Action.DELETE
    )


def test_a_protected_part_protects_its_whole(world: World) -> None:
    """It would be deleted, as with prevent_destroy of anything."""
    text = f"{_BOX}{_REFERS}[resource.fake_lid.l.lifecycle]\nprevent_destroy = true\n"
    world.apply(text)
    with pytest.raises(HclError, match=r"fake_lid\.l is protected"):
        world.plan(text, replacing=(address("fake_box.b"),))


# --- what lies in an object that goes ---------------------------------------------------------------------------------

_TWO = '[resource.fake_box.a]\nuid = "a"\n[resource.fake_box.b]\nuid = "b"\n'
_IN_A = '[resource.fake_item.i]\nuid = "i"\nbox = "${fake_box.a.uid}"\n'
_NESTED = '[resource.fake_box.a]\nuid = "a"\nbox = "${fake_box.b.uid}"\n[resource.fake_box.b]\nuid = "b"\n'


def _move(world: World, uid: str, box: str, type_: str = "fake_item") -> None:
    """What a colleague does by hand; an empty `box` is the floor."""
    content = dict(world.server.objects[type_, uid]["content"])
    world.server.put(type_, uid, **{**content, "box": box})


@pytest.mark.parametrize("text", ["", _TWO + _IN_A], ids=["apply", "destroy"])
def test_what_somebody_moved_into_an_object_goes_before_it(world: World, text: str) -> None:
    """Whatever it depended on; the other box can go at any time."""
    world.apply(_TWO + _IN_A)
    _move(world, "i", "b")
    assert world.apply(text, destroy=bool(text)).failures == ()
    assert world.server.objects == {}


def test_boxes_that_somebody_put_the_other_way_round_go_in_the_order_of_now(world: World) -> None:
    """a was in b, and the other way round now: what is remembered would be the wrong order."""
    world.apply(_NESTED)
    _move(world, "a", "", "fake_box")
    _move(world, "b", "a", "fake_box")
    assert world.apply("").failures == ()
    assert world.server.calls == ["delete b", "delete a"]


def test_what_this_run_moves_out_is_moved_before(world: World) -> None:
    """It was put there by hand, and belongs elsewhere."""
    world.apply(_TWO + _IN_A)
    _move(world, "i", "b")
    assert world.apply(_TWO.partition("[resource.fake_box.b]")[0] + _IN_A).failures == ()
    assert world.server.calls == ["update i", "delete b"]


@pytest.mark.parametrize(
    "kept",
    ['on_drift = "keep"\n', '[resource.fake_item.i.lifecycle]\nignore_changes = ["box"]\n'],
    ids=["on_drift", "ignore_changes"],
)
def test_what_is_managed_and_stays_is_not_taken_along(world: World, kept: str) -> None:
    """The plan refuses: it would go unseen, or stand in the way."""
    item = _IN_A + kept
    world.apply(_TWO + item)
    _move(world, "i", "b")
    with pytest.raises(HclError) as refused:
        world.plan(_TWO.partition("[resource.fake_box.b]")[0] + item)
    (problem,) = refused.value.diagnostics
    assert problem.summary == "fake_box.b cannot be deleted while it holds what stays"
    assert problem.detail == "fake_item.i (fake_item i)"


def test_a_box_that_is_to_be_replaced_holds_nothing_that_stays(world: World) -> None:
    """Replaced too, it goes first and comes last."""
    world.apply(_BOX + _ITEM)
    box, item = address("fake_box.b"), address("fake_item.i")
    with pytest.raises(HclError, match=r"fake_box\.b cannot be replaced while it holds what stays"):
        world.plan(_BOX + _ITEM, replacing=(box,))
    world.apply(_BOX + _ITEM, replacing=(box, item))
    assert world.server.calls == ["delete i", "delete b", "create b", "create i"]
