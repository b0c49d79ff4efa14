"""Uids that only the walk can tell: what blocks turn out to ask for, and who gives it up then."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from hcl_lite.core.diags import HclError
from hcl_lite.engine.changes import Action
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


def test_an_object_whose_block_was_planned_is_not_given_up(world: World) -> None:
    """The block's own uid is known only after apply: that it asks for another one is not known either."""
    world.apply(_boxes({"a": "x", "b": "y"}).replace('[resource.fake_item.z]\nuid = "z"\n', ""))
    with pytest.raises(HclError) as caught:
        world.plan(_boxes({"a": "z", "b": "x", "c": "y"}))
    assert caught.value.diagnostics[0].summary == 'fake_box.a and fake_box.b both ask for uid "/x"'
