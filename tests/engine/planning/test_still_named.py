"""What others name is not deleted while they stay: by what is written, is remembered, and the server tells."""

from __future__ import annotations

from typing import Any

import pytest

from hcl_lite.core.diags import HclError
from hcl_lite.core.schema import Dependent
from tests.engine.world import World, address

_LAMP = '[resource.fake_lamp.l]\nuid = "@l"\n'
_USER = '[resource.fake_item.i]\nuid = "i"\ntitle = "%s"\nbody = "%s"\n'
_SHOWN, _OTHER = _USER % ("one", "@l"), _USER % ("two", "dark")
_FOREIGN = [Dependent(f'page "{name}"', (("fake_item", name),)) for name in "abcd"]
_OURS = Dependent("fake_item i", (("fake_piece", "i"), ("fake_item", "i")))


def _refusal(world: World, text: str, **options: Any) -> tuple[str, str]:
    with pytest.raises(HclError) as refused:
        world.plan(text, **options)
    (problem,) = refused.value.diagnostics
    return problem.summary, problem.detail


def test_what_nobody_manages_stands_in_the_way(world: World) -> None:
    """Told by name, as many as can be read; asked once, and only where some go."""
    world.apply(_LAMP)
    world.server.dependents_of["@l"] = _FOREIGN
    world.server.calls.clear()
    world.plan(_LAMP)
    assert world.server.calls == []
    assert _refusal(world, "") == (
        "fake_lamp.l cannot be deleted while others name it",
        'It is named by page "a", page "b", page "c" and 1 more, which cannot do without it.',
    )
    assert world.server.calls == ["dependents @l"]


def test_what_is_managed_stands_in_the_way_while_it_stays_and_names_it(world: World) -> None:
    """Also where nothing but its body does, which no state has; what is written names what it will."""
    world.apply(_LAMP + _SHOWN)
    world.server.dependents_of["@l"] = [_OURS]
    named = "It is named by fake_item.i, which cannot do without it."
    assert _refusal(world, _SHOWN)[1] == named
    assert _refusal(world, _SHOWN.replace("one", "another"))[1] == named
    assert world.apply(_OTHER).failures == ()
    assert world.server.calls == ["update i", "delete @l"]


def test_what_goes_too_goes_before(world: World) -> None:
    """Though no block or state says that it depends on it."""
    world.apply(_LAMP + _OTHER)
    world.server.dependents_of["@l"] = [_OURS]
    assert world.apply("").failures == ()
    assert world.server.calls == ["delete i", "delete @l"]


def test_what_is_new_does_not_name_what_goes(world: World) -> None:
    """Nothing on the server names it yet."""
    world.apply(_LAMP)
    assert _refusal(world, _SHOWN)[1] == "It is named by fake_item.i, which cannot do without it."


def test_what_is_replaced_goes_before_whatever_would_name_another(world: World) -> None:
    """So it is refused, though what names it is written in the same run."""
    world.apply(_LAMP + _SHOWN)
    world.server.dependents_of["@l"] = [_OURS]
    assert _refusal(world, _LAMP + _OTHER, replacing=(address("fake_lamp.l"),)) == (
        "fake_lamp.l cannot be replaced while others name it",
        "It is named by fake_item.i, which cannot do without it.",
    )
