"""What the account of a provider may not do is said by the plan."""

from __future__ import annotations

from hcl_lite.core.schema import Verb
from tests.engine.world import World, address

_ITEMS = "".join(f'[resource.fake_item.i{number}]\nuid = "i{number}"\n' for number in range(5))
_BOX = '[resource.fake_box.b]\nuid = "b"\n'
_LID = '[resource.fake_lid.l]\nuid = "b"\ndepends_on = ["fake_box.b"]\n'


def test_a_plan_without_changes_asks_nothing(world: World) -> None:
    """What may be done matters to nobody where nothing is to be done."""
    world.apply(_BOX)
    world.server.asked.clear()
    world.server.forbids = {("fake_box", "update"): "Boss"}
    world.plan(_BOX)
    assert world.server.asked == []


def test_a_provider_is_asked_once_about_all_that_is_planned(world: World) -> None:
    """By type and by what is to be done, however many objects there are; a replacement is made and deleted."""
    world.apply(_BOX + _ITEMS)
    world.server.asked.clear()
    world.plan(_ITEMS.replace('uid = "i0"', 'uid = "i0"\nsize = 2'), replacing=(address("fake_item.i1"),))
    wanted: set[tuple[str, Verb]] = {("fake_item", "update"), ("fake_item", "create"), ("fake_item", "delete")}
    assert world.server.asked == [wanted | {("fake_box", "delete")}]


def test_what_goes_along_with_another_object_takes_no_right_of_its_own(world: World) -> None:
    """Nothing is asked of the server for it."""
    world.apply(_BOX + _LID)
    world.server.asked.clear()
    world.plan("", destroy=True)
    assert world.server.asked == [{("fake_box", "delete")}]


def test_what_is_forbidden_is_said_once_with_what_it_takes(world: World) -> None:
    """By the provider, with a few of the objects; what is allowed is not named."""
    world.server.forbids = {("fake_item", "create"): "Boss (items:create)"}
    (problem,) = world.plan(_BOX + _ITEMS).refusals
    assert (problem.summary, problem.address) == (
        "The account of provider.fake may not do all that is planned",
        "provider.fake",
    )
    assert problem.detail == (
        "To create fake_item.i0, fake_item.i1, fake_item.i2 and 2 more takes Boss (items:create)."
    )
