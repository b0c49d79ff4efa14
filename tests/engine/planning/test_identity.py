"""Uids that only the walk can tell: what blocks turn out to ask for, and who gives it up then."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from hcl_lite.core.diags import HclError
from hcl_lite.engine.plan import Action
from tests.engine.world import World

_ITEMS = "".join(f'[resource.fake_item.{name}]\nuid = "{name}"\n' for name in "xyz")


def _boxes(items: Mapping[str, str]) -> str:
    """Boxes whose uids are what the server makes of items."""
    return _ITEMS + "".join(f'[resource.fake_box.{b}]\nuid = "${{fake_item.{i}.url}}"\n' for b, i in items.items())


@pytest.mark.parametrize(
    ("after", "actions", "calls"),
    [
        ({"b": "x", "a": "y"}, [Action.REFRESH, Action.REFRESH], []),
        ({"c": "x", "d": "y"}, [Action.REFRESH, Action.REFRESH], []),
        ({"a": "y", "b": "z"}, [Action.REFRESH, Action.CREATE, Action.DELETE], ["create /z", "delete /x"]),
        ({"a": "y"}, [Action.REFRESH, Action.DELETE], ["delete /x"]),
    ],
)
def test_an_object_goes_to_the_block_that_turns_out_to_ask_for_it(
    world: World, after: Mapping[str, str], actions: list[Action], calls: list[str]
) -> None:
    """Whichever of them is planned first."""
    world.apply(_boxes({"a": "x", "b": "y"}))
    text = _boxes(after)
    planned = world.plan(text).changes
    assert [c.action for c in planned if c.address.type == "fake_box"] == actions
    assert world.apply(text).failures == ()
    assert world.server.calls == calls
    assert {at: uid for at, uid in world.known().items() if "box" in at} == {
        f"fake_box.{name}": f"/{item}" for name, item in after.items()
    }
    assert world.actions(text) == {}
    assert world.store.state.deposed == ()


@pytest.mark.parametrize("is_known", [True, False], ids=["another uid", "a uid that only the apply can tell"])
def test_a_block_that_asks_for_another_object_gives_up_its_own(world: World, is_known: bool) -> None:
    """To one that the walk comes to later, and that turns out to ask for it."""
    text = _boxes({"a": "x", "b": "y"})
    world.apply(text if is_known else text.replace('[resource.fake_item.z]\nuid = "z"\n', ""))
    after = _boxes({"a": "z", "b": "x", "c": "y"})
    planned = {str(c.address): c.action for c in world.plan(after).changes if c.address.type == "fake_box"}
    assert planned == {"fake_box.a": Action.CREATE, "fake_box.b": Action.REFRESH, "fake_box.c": Action.REFRESH}
    assert world.apply(after).failures == ()
    assert [call for call in world.server.calls if call != "create z"] == ["create /z"]
    assert {at: uid for at, uid in world.known().items() if "box" in at} == {
        "fake_box.a": "/z",
        "fake_box.b": "/x",
        "fake_box.c": "/y",
    }
    assert world.actions(after) == {}


def test_two_blocks_that_turn_out_to_ask_for_one_object_are_refused(world: World) -> None:
    """The one that had it asks for it still."""
    world.apply(_boxes({"a": "x", "b": "y"}))
    with pytest.raises(HclError) as caught:
        world.plan(_boxes({"a": "x", "b": "x", "c": "y"}))
    assert caught.value.diagnostics[0].summary == 'fake_box.a and fake_box.b both ask for uid "/x"'
