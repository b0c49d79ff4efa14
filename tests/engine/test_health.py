"""check_health: what is written is asked whether it works, and what needs it waits for that."""

from __future__ import annotations

import pytest

from hcl_lite.core.schema import ProviderError
from hcl_lite.engine.plan import Action
from tests.engine.world import World

_TEXT = """
[resource.fake_box.b]
title = "B"
check_health = true

[resource.fake_item.i]
title = "I"
box = "${fake_box.b.uid}"
"""
_WELL, _ILL = ["create b-new", "check b-new", "create i-new"], ProviderError("no answer from the database")


def test_what_works_is_asked_once(world: World) -> None:
    """After the create, before what needs it; then there is nothing to do."""
    assert world.apply(_TEXT).failures == ()
    assert world.server.calls == _WELL
    assert world.plan(_TEXT).is_settled


def test_what_does_not_work_stays_in_the_state_and_is_asked_again(world: World) -> None:
    """Its dependents are skipped; the next apply asks once more and goes on, whether or not it had to be changed."""
    world.server.faults["check b-new"] = _ILL
    result = world.apply(_TEXT)
    assert [(f.summary, f.detail) for f in result.failures] == [
        ("fake_box.b is not healthy", "no answer from the database")
    ]
    assert [str(address) for address in result.skipped] == ["fake_item.i"]
    assert world.known() == {"fake_box.b": "b-new"}

    assert world.actions(_TEXT) == {"fake_box.b": Action.REFRESH, "fake_item.i": Action.CREATE}
    world.server.faults["check b-new"] = _ILL
    assert len(world.apply(_TEXT).failures) == 1
    assert world.apply(_TEXT).failures == ()
    assert world.server.calls == _WELL[1:]
    assert world.plan(_TEXT).is_settled


def test_an_update_is_asked_too(world: World) -> None:
    """Each change may break it."""
    world.apply(_TEXT)
    world.server.faults["check b-new"] = _ILL
    changed = _TEXT.replace('"B"', '"C"')
    assert len(world.apply(changed).failures) == 1
    assert world.actions(changed) == {"fake_box.b": Action.REFRESH}
    world.apply(changed)
    assert world.server.calls == ["check b-new"]


@pytest.mark.parametrize("said", ["check_health = false\n", ""])
def test_who_does_not_ask_is_not_told(world: World, said: str) -> None:
    """Nor is what did not work asked again once nobody wants to know."""
    world.server.faults["check b-new"] = _ILL
    world.apply(_TEXT)
    silent = _TEXT.replace("check_health = true\n", said)
    assert world.apply(silent).failures == ()
    assert world.server.calls == ["create i-new"]
    assert world.plan(silent).is_settled


def test_asking_for_it_later_asks_at_once(world: World) -> None:
    """Though the object stays as it is."""
    world.apply(_TEXT.replace("check_health = true\n", ""))
    (change, _) = world.plan(_TEXT).changes
    assert (change.action, change.note) == (Action.REFRESH, "Its health will be checked.")
    world.apply(_TEXT)
    assert world.server.calls == ["check b-new"]
    assert world.plan(_TEXT).is_settled
