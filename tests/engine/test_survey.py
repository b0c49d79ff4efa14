"""Surveys of which objects are told as they are found."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from pathlib import Path

import pytest

from hcl_lite.core.run_context import RunContext
from hcl_lite.core.schema import Live, OnFound, ProviderError, Version
from hcl_lite.engine.open_providers import Session
from hcl_lite.engine.planning.options import Options
from hcl_lite.engine.planning.planner import Planner
from hcl_lite.engine.survey import Survey
from tests.engine.world import NOW, World

_Found = Mapping[str, Live | None]


class _Server:
    """A server that tells of objects when a test lets it, by part."""

    def __init__(self) -> None:
        self.asked: list[list[str]] = []
        self.telling: list[OnFound] = []
        self.ends: list[asyncio.Future[_Found]] = []

    async def survey(self, known: Mapping[str, Version], on_found: OnFound) -> _Found:
        self.asked.append([*known])
        self.telling.append(on_found)
        self.ends.append(asyncio.get_running_loop().create_future())
        return await self.ends[-1]


async def _settle() -> None:
    for _ in range(50):
        await asyncio.sleep(0)


def _run(work: Callable[[_Server, Survey], Awaitable[None]]) -> None:
    async def whole() -> None:
        server = _Server()
        survey = Survey(server.survey)
        try:
            await work(server, survey)
        finally:
            await survey.close()

    asyncio.run(whole())


def test_who_waits_goes_on_when_its_object_is_found() -> None:
    """While the list is still read; those that are not in it, at its end. Nothing is asked for twice."""

    async def work(server: _Server, survey: Survey) -> None:
        survey.add({"a": {}, "b": {}, "c": {}})
        survey.add({"b": {}, "d": {}})
        waiting = {uid: asyncio.ensure_future(survey.wait_for(uid)) for uid in ("a", "b", "c", "d")}
        await _settle()
        assert server.asked == [["a", "b", "c"], ["d"]]
        server.telling[0](Live("b", {"version": 2}))
        await _settle()
        assert [uid for uid, one in waiting.items() if one.done()] == ["b"]
        assert survey.found == {"b": Live("b", {"version": 2})}
        server.ends[0].set_result({"a": None, "b": Live("b", {"version": 2}), "c": Live("c", {})})
        await _settle()
        assert [uid for uid, one in waiting.items() if one.done()] == ["a", "b", "c"]
        server.ends[1].set_result({"d": Live("d", {})})
        await asyncio.gather(*waiting.values())
        assert survey.found == {"a": None, "b": Live("b", {"version": 2}), "c": Live("c", {}), "d": Live("d", {})}

    _run(work)


def test_nobody_waits_for_what_is_not_surveyed() -> None:
    """Nor, at the end, for what its provider has not told of."""

    async def work(server: _Server, survey: Survey) -> None:
        survey.add({"a": {}})
        await survey.wait_for("x")
        waiting = asyncio.ensure_future(survey.wait_for("a"))
        await _settle()
        server.ends[0].set_result({})
        await waiting
        assert survey.found == {}

    _run(work)


def test_a_fault_is_raised_for_what_was_not_found_before_it() -> None:
    """To all who wait, and to who comes later."""

    async def work(server: _Server, survey: Survey) -> None:
        survey.add({"a": {}, "b": {}})
        waiting = [asyncio.ensure_future(survey.wait_for(uid)) for uid in ("a", "b", "b")]
        await _settle()
        server.telling[0](Live("a", {}))
        error = ProviderError("down")
        server.ends[0].set_exception(error)
        assert await asyncio.gather(*waiting, return_exceptions=True) == [None, error, error]
        with pytest.raises(ProviderError, match="down"):
            await survey.wait_for("b")

    _run(work)


def test_calls_go_on_between_those_who_are_woken() -> None:
    """A page of a list lets a hundred go on: what else is ready has its turn after a few of them."""

    async def work(server: _Server, survey: Survey) -> None:
        order: list[str] = []
        uids = [f"{number}" for number in range(100)]

        async def wait(uid: str) -> None:
            await survey.wait_for(uid)
            order.append(uid)

        async def call() -> None:
            for _ in range(10):
                await asyncio.sleep(0)
            order.append("call")

        survey.add({uid: {} for uid in uids})
        waiting = [asyncio.ensure_future(wait(uid)) for uid in uids]
        await _settle()
        for uid in uids:
            server.telling[0](Live(uid, {}))
        await asyncio.gather(call(), *waiting)
        assert [one for one in order if one != "call"] == uids
        assert order.index("call") < 50

    _run(work)


def test_who_gives_up_waiting_is_passed_over() -> None:
    """A walk that is ended by a fault elsewhere cancels those that wait."""

    async def work(server: _Server, survey: Survey) -> None:
        survey.add({"a": {}, "b": {}})
        given_up, waiting = (asyncio.ensure_future(survey.wait_for(uid)) for uid in ("a", "b"))
        await _settle()
        given_up.cancel()
        for uid in ("a", "b"):
            server.telling[0](Live(uid, {}))
        await waiting
        assert given_up.cancelled()

    _run(work)


def test_a_plan_goes_on_with_what_is_found_while_a_list_is_read(tmp_path: Path) -> None:
    """A block is planned when its object is told of, before the rest."""
    world = World(tmp_path)
    text = '[provider.fake]\nurl = "fake://server"\n' + "".join(
        f'[resource.fake_box.{name}]\nuid = "{name}"\ntitle = "{name}"\n' for name in ("first", "last")
    )
    assert world.apply(text).failures == ()
    build, state = world.build(text), world.store.read()
    planned: list[str] = []
    whole = world.server.survey

    async def by_pages(type_: str, known: Mapping[str, Version], on_found: OnFound) -> _Found:
        found = await whole(type_, known, on_found)
        first = found["first"]
        assert first is not None
        on_found(first)
        await _settle()
        planned.extend(str(address) for address in build.scope.objects)
        return found

    async def work() -> None:
        await planner.make()
        await session.close()

    world.server.survey = by_pages  # type: ignore[method-assign]
    session = Session(build.config, world.types(), RunContext(Path(), {}, lambda: NOW), read_only=True)
    planner = Planner(build, state, session, Options())
    asyncio.run(work())
    assert planned == ["fake_box.first"]
