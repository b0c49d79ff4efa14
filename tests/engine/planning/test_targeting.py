"""--exclude: what a plan leaves alone, and what it still does."""

from __future__ import annotations

import pytest

from hcl_lite.core.diags import HclError
from hcl_lite.engine.plan import Action
from tests.engine.world import World, address

_BOX = '[resource.fake_box.b]\nuid = "b"\ntitle = "B"\n'
_ITEM = '[resource.fake_item.i]\nuid = "i"\ntitle = "I"\nbox = "${fake_box.b.uid}"\n'
_OTHER = '[resource.fake_item.o]\nuid = "o"\ntitle = "O"\n'
_ALL = "[provider.fake]\n" + _BOX + _ITEM + _OTHER


def _actions(world: World, text: str, *excluded: str, **options: bool) -> dict[str, Action]:
    plan = world.plan(text, excluded=tuple(map(address, excluded)), **options)
    return {str(change.address): change.action for change in plan.changes if change.action is not Action.NOOP}


def test_what_is_excluded_is_left_alone_with_what_needs_it(world: World) -> None:
    """A box, and the item in it; the other item is made."""
    assert _actions(world, _ALL, "fake_box.b") == {"fake_item.o": Action.CREATE}
    assert _actions(world, _ALL, "fake_item.i") == {"fake_box.b": Action.CREATE, "fake_item.o": Action.CREATE}


def test_to_destroy_what_the_excluded_needs_stays(world: World) -> None:
    """The box of an item that stays; a box alone is no reason to keep what is in it."""
    world.apply(_ALL)
    assert _actions(world, _ALL, "fake_item.i", destroy=True) == {"fake_item.o": Action.DELETE}
    assert _actions(world, _ALL, "fake_box.b", destroy=True) == {
        "fake_item.i": Action.DELETE,
        "fake_item.o": Action.DELETE,
    }


def test_what_is_no_longer_declared_stays_where_the_excluded_needs_it(world: World) -> None:
    """The state says that the item needs the box; excluded itself, an object without a block is not deleted either."""
    world.apply(_ALL)
    alone = "[provider.fake]\n" + _ITEM.replace('box = "${fake_box.b.uid}"\n', "")
    assert _actions(world, alone, "fake_item.i") == {"fake_item.o": Action.DELETE}
    assert _actions(world, alone, "fake_item.o") == {"fake_item.i": Action.UPDATE, "fake_box.b": Action.DELETE}


def test_an_exclusion_of_everything_or_of_nothing_is_a_mistake(world: World) -> None:
    """Nothing would be done, or not what was meant."""
    with pytest.raises(HclError, match="--exclude leaves nothing to plan"):
        world.plan(_ALL, excluded=(address("fake_box.b"), address("fake_item.o")))
    with pytest.raises(HclError, match=r"There is no fake_item\.x to exclude"):
        world.plan(_ALL, excluded=(address("fake_item.x"),))
