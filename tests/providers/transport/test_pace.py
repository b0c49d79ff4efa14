"""How many calls a server is given at once."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

import pytest

from providers.transport.errors import Invalid, RateLimited, ServerFault
from providers.transport.pace import SLOW, Pace, Places

_BUSY = RateLimited("POST", "http://g.test/", 429, "too many")
_LOCKED = ServerFault("POST", "http://g.test/", 500, "database is locked")
_REFUSED = Invalid("POST", "http://g.test/", 400, "bad")
_OK = {"id": 1}


@pytest.mark.parametrize(
    ("outcomes", "limits"),
    [
        ([_OK] * 3, [8, 8, 8]),
        ([_BUSY, _BUSY, _BUSY, _BUSY, _BUSY], [4, 2, 1, 1, 1]),
        ([_LOCKED, _OK, _OK, _OK, _OK, _OK], [4, 4, 4, 4, 4, 5]),
        ([_BUSY, _BUSY, _BUSY, _OK, _OK, _OK, _OK], [4, 2, 1, 2, 2, 2, 3]),
        ([_BUSY, _REFUSED, _REFUSED, _REFUSED, _REFUSED], [4, 4, 4, 4, 4]),
    ],
    ids=["well", "too much", "locked", "again", "refused for itself"],
)
def test_a_sign_of_overload_halves_the_limit_and_answers_raise_it(
    outcomes: Sequence[object], limits: Sequence[int]
) -> None:
    """By one for as many answers as are under way, never beyond what the user allows; other errors say nothing."""
    pace, told = Pace(8), []
    for second, outcome in enumerate(outcomes):
        pace.note(outcome, second, second + 0.5, writes=True)
        told.append(pace.limit)
    assert told == limits


def test_calls_that_were_under_way_together_halve_it_once() -> None:
    """Eight are told to come later: that is one sign, of the limit of then."""
    pace = Pace(8)
    for n in range(8):
        pace.note(_BUSY, 0.0, 1.0 + n, writes=True)
    assert pace.limit == 4


@pytest.mark.parametrize(("writes", "limit"), [(True, 4), (False, 8)])
def test_a_slow_answer_to_a_write_is_a_sign(writes: bool, limit: int) -> None:
    """A query may take its time; a write does not, where the server has nothing else to do."""
    pace = Pace(8)
    pace.note(_OK, 0.0, SLOW, writes=writes)
    assert pace.limit == limit


@pytest.mark.parametrize("capacity", [1, 3, 8, 16])
def test_a_server_is_given_about_as_much_as_it_takes(capacity: int) -> None:
    """By a simulated clock: in each second as many calls are sent as the limit allows, and those beyond the capacity
    are refused. Once that is found, at most one is too many, and three quarters of the capacity are used."""
    pace, used = Pace(16), []
    for second in range(300):
        sent = pace.limit
        for n in range(sent):
            pace.note(_OK if n < capacity else _BUSY, second, second + 1, writes=True)
        used.append(sent)
    found = used[100:]
    assert (max(found) <= capacity + 1, sum(found) >= 0.7 * capacity * len(found)) == (True, True)


def test_a_call_that_is_cancelled_leaves_its_place_to_the_next() -> None:
    """While it waits, and while it is under way."""

    async def work() -> list[int]:
        places, ended = Places(Pace(1)), []
        go = asyncio.Event()

        async def call(number: int) -> None:
            async with places.one():
                await go.wait()
                ended.append(number)

        tasks = [asyncio.create_task(call(number)) for number in range(4)]
        await asyncio.sleep(0)
        tasks[0].cancel()
        tasks[1].cancel()
        await asyncio.sleep(0)
        tasks[2].cancel()  # which has been given its place
        go.set()
        await asyncio.gather(*tasks, return_exceptions=True)
        return ended

    assert asyncio.run(work()) == [3]
