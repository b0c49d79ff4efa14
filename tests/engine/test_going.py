"""What is part of another object, and goes along with it."""

from __future__ import annotations

from tests.engine.world import World

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
    """As it was: nothing was opened for nothing."""
    world.apply(_BOX + _LID + _ITEM)
    world.server.objects["fake_item", "theirs"] = world.server.objects["fake_item", "i"]
    result = world.apply("", destroy=True)
    assert [failure.summary for failure in result.failures] == ["fake_box.b was not deleted"]
    assert ("fake_lid", "b") in world.server.objects


def test_a_part_of_something_else_does_not_go_along(world: World) -> None:
    """Its uid says what it is part of, not what it depends on."""
    world.apply(_BOX + _OTHER)
    world.apply("", destroy=True)
    assert world.server.calls == ["delete c", "delete b"]
