"""A journal where each append is a call: intents are there before the calls go out, many with one append."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import replace

import pytest

from hcl_lite.core.addrs import Address
from hcl_lite.core.diags import Diagnostic, HclError
from state.backend import Changed
from state.encryption import Plain, Sealing
from state.journal import replay
from state.model import Intent, Record, State
from state.store import Ledger

_SEALED = Sealing(lambda: ["a key of the state"])


def _record(name: str, version: int = 1) -> Record:
    return Record(Address.resource("t", name), "p", name, {"version": version})


class _Log:
    """A state.backend.Log in memory; `error` is what the next append meets."""

    name, way_out, pause = "far://journal", "Delete it.", 0.001

    def __init__(self) -> None:
        self.appended: list[bytes] = []
        self.error: Exception | None = None

    def exists(self) -> bool:
        return bool(self.appended)

    def read(self) -> bytes:
        return b"".join(self.appended)

    def append(self, data: bytes, *, synced: bool = True) -> None:
        if self.error is not None:
            raise self.error
        self.appended.append(data)

    def remove(self) -> None:
        self.appended.clear()

    def close(self) -> None:
        pass


class _Far:
    """A state.store.StateStore that is all elsewhere."""

    saves_every = float("inf")

    def __init__(self, cipher: Plain | Sealing | None = None) -> None:
        self.journal = _Log()
        self.cipher = cipher or Plain()
        self.state = State("l", 1)

    def read(self) -> State:
        return replay(self.state, self.journal.read(), self.journal, self.cipher)

    def write(self, state: State) -> None:
        self.state = state

    def rescue(self, state: State) -> str:
        return "rescued"


def _run(work: Callable[[], Awaitable[None]]) -> None:
    async def main() -> None:
        await work()

    asyncio.run(main())


@pytest.mark.parametrize("cipher", [Plain(), _SEALED], ids=["plain", "sealed"])
def test_many_intents_share_an_append_and_each_is_there_before_its_call(
    cipher: Plain | Sealing, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The head of the run goes with the first of them, results with later ones, all in their order."""
    monkeypatch.setattr("state.appending._SOON", 60.0)
    store = _Far(cipher)

    async def write(ledger: Ledger, name: str) -> None:
        async with ledger.writing(Intent("create", _record(name))):
            assert Intent("create", _record(name)) in store.read().pending
        await ledger.put(_record(name))

    async def work() -> None:
        ledger = Ledger(store, store.read())
        assert store.journal.appended == []
        for _ in range(3):
            await asyncio.gather(*(write(ledger, f"n{number}") for number in range(50)))
        assert len(store.read().pending) == 50  # the last results are still on their way
        assert len(store.journal.appended) < 30
        done = ledger.finish()
        assert (len(done.records), done.pending) == (50, ())

    _run(work)
    assert (store.journal.appended, store.read()) == ([], store.state)


def test_a_result_is_there_a_moment_later(monkeypatch: pytest.MonkeyPatch) -> None:
    """Also while nothing else is written."""
    monkeypatch.setattr("state.appending._SOON", 0.001)
    store = _Far()

    async def work() -> None:
        ledger = Ledger(store, store.read())
        await ledger.put(_record("a"))
        while not store.journal.appended:
            await asyncio.sleep(0.001)
        assert list(store.read().records.values()) == [_record("a")]
        await ledger.put(_record("b"))
        ledger.close()
        await asyncio.sleep(0.01)
        assert list(store.read().records.values()) == [_record("a")]  # nothing is written after the end

    _run(work)


@pytest.mark.parametrize(
    ("error", "says"),
    [
        (HclError(Diagnostic("No", "The database is down.")), "The database is down. No write is sent to a server"),
        (Changed(), "Another run has taken it up"),
    ],
    ids=["backend down", "taken away"],
)
def test_what_cannot_be_noted_is_not_done(error: Exception, says: str) -> None:
    """No call goes out any more, whoever waits is told; what was done before is in the state at the end."""
    store = _Far()
    called: list[str] = []

    async def write(ledger: Ledger, name: str) -> None:
        async with ledger.writing(Intent("create", _record(name))):
            called.append(name)
        await ledger.put(_record(name))

    async def work() -> None:
        ledger = Ledger(store, store.read())
        await write(ledger, "before")
        store.journal.error = error
        told = await asyncio.gather(*(write(ledger, name) for name in "abc"), return_exceptions=True)
        store.journal.error = None
        told += await asyncio.gather(write(ledger, "late"), return_exceptions=True)
        assert [isinstance(one, HclError) and says in one.diagnostics[0].detail for one in told] == [True] * 4
        ledger.finish()

    _run(work)
    assert called == ["before"]
    assert list(store.state.records.values()) == [_record("before")]


def test_a_journal_is_taken_up_once() -> None:
    """Wherever the next run is; after that its lines say nothing, also where they could not be removed."""
    store = _Far()

    async def vanish() -> None:
        ledger = Ledger(store, store.read())
        await ledger.intend(Intent("create", _record("a")))
        await ledger.put(_record("a"))
        await ledger.intend(Intent("update", _record("a", 2)))

    async def follow() -> None:
        found = store.read()
        assert (list(found.records.values()), found.pending) == ([_record("a")], (Intent("update", _record("a", 2)),))
        ledger = Ledger(store, found)
        assert store.journal.appended == []
        await ledger.put(_record("a", 2))
        ledger.finish()

    _run(vanish)
    lines = [*store.journal.appended]
    _run(follow)
    store.journal.appended = lines
    assert store.read() == store.state
    assert replace(store.state, serial=0) == State("l", 0, {_record("a").address: _record("a", 2)})
