"""What the state remembers is surveyed before the graph is built."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from pathlib import Path

import pytest

from hcl_lite.core.run_context import RunContext
from hcl_lite.core.schema import Live, OnFound, Version
from hcl_lite.engine.open_providers import Session
from hcl_lite.engine.planning.options import Options
from hcl_lite.engine.planning.planner import Planner
from hcl_lite.engine.survey_ahead import survey_ahead
from tests.engine.world import NOW, World

_Asked = list[tuple[str, list[str]]]

_BOX = '[resource.fake_box.a]\nuid = "a"\ntitle = "A"\n'
_ITEM = '[resource.fake_item.i]\nuid = "i"\ntitle = "I"\n'
_NEW = '[resource.fake_box.n]\nuid = "n"\ntitle = "N"\n'
_OPEN = '[provider.fake]\nurl = "fake://server"\n'
_LATER = '[provider.fake]\nurl = "${fake_box.b.url}"\n[provider.other]\ntype = "fake"\n' + (
    '[resource.fake_box.b]\nprovider = "other"\ntitle = "B"\n'
)
_BROKEN = _OPEN + (
    '[variable.v]\ndefault = "x"\n[[variable.v.validation]]\ncondition = "${var.v != \'x\'}"\nerror_message = "No x."\n'
)


@pytest.fixture
def world(tmp_path: Path) -> World:
    return World(tmp_path)


def _noting(world: World) -> _Asked:
    """The surveys from now on: type and uids of each."""
    asked: _Asked = []
    survey = world.server.survey

    async def noted(type_: str, known: Mapping[str, Version], on_found: OnFound) -> Mapping[str, Live | None]:
        asked.append((type_, sorted(known)))
        return await survey(type_, known, on_found)

    world.server.survey = noted  # type: ignore[method-assign]
    return asked


def _ahead(world: World, text: str) -> tuple[_Asked, _Asked]:
    """The surveys that are begun ahead of the plan for a configuration, and those of the plan after it."""
    build, state = world.build(text, {"v": "x"}), world.store.read()

    async def work() -> tuple[_Asked, _Asked]:
        session = Session(build.config, world.types(), RunContext(Path(), {}, lambda: NOW), read_only=True)
        asked = _noting(world)
        try:
            survey_ahead(session, build.scope, state.all_records())
            await asyncio.sleep(0)
            begun = [*asked]
            asked.clear()
            if text.startswith(_OPEN) and text != _BROKEN:
                await Planner(build, state, session, Options()).make()
            return begun, [*asked]
        finally:
            await session.close()

    return asyncio.run(work())


def test_what_is_remembered_is_surveyed_once_and_first(world: World) -> None:
    """By one survey for each type; the plan asks for what is new, and for nothing again."""
    assert world.apply(_OPEN + _BOX + _ITEM).failures == ()
    begun, later = _ahead(world, _OPEN + _BOX + _ITEM + _NEW)
    assert (sorted(begun), later) == ([("fake_box", ["a"]), ("fake_item", ["i"])], [("fake_box", ["n"])])


@pytest.mark.parametrize("text", [_LATER, _BROKEN])
def test_nothing_is_asked_before_it_is_known_whom_and_that_it_may(world: World, text: str) -> None:
    """Settings that an object gives; a validation of a variable that does not hold."""
    assert world.apply(_OPEN + _BOX).failures == ()
    assert _ahead(world, text) == ([], [])
