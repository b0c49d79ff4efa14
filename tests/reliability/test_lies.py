"""Servers that lie and dawdle: each kind of them under whole runs, which end in the right state, or say what is wrong.

Nothing is sent to another host, no secret is shown, memory and time are bounded, and the next run against an honest
server ends where it should.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import Figures
from tests.reliability.conftest import Runner
from tests.reliability.liar import Asked, Lie, Say, Told, told
from tests.reliability.lied_to import LiedTo, lied_to
from tests.reliability.lies import (
    ages,
    answers,
    asks,
    changes,
    changes_document,
    drips,
    loses,
    pages,
    reset,
    reset_after,
    says,
    silence,
)

_LONG = bool(os.environ.get("HCL_LITE_TEST_LIES"))
_APPLY = ("apply", "--auto-approve")
_PLAN = ("plan",)
_EMPTY = ("plan", "--detailed-exitcode")
_DATE = {"Date": "Thu, 26 Nov 2026 10:00:00 GMT"}
_NO_ROUTE = told({"message": "Not found"}, 404)
_HTML = Told(200, b"<html><title>Log in</title></html>", {"Content-Type": "text/html"})

Lies = Callable[[LiedTo], tuple[Lie, ...]]


@dataclass(frozen=True)
class Case:
    """What one server does to a plan and to an apply; how they end (one alone is of the plan, where that takes long),
    and what they say where that is with 1.

    `short` are those of every run of the tests; the others take HCL_LITE_TEST_LIES=1.
    """

    name: str
    lies: Lies
    ends: tuple[int, ...]
    says: str = ""
    settings: str = "timeout = 1\nretries = 2\n"
    tls: str = ""
    scheme: str = ""
    short: bool = False


def _lie(of: Callable[[Asked], bool], say: Say, times: int | None = None, after: int = 0) -> Lies:
    return lambda _: (Lie(of, say, times, after),)


def _none(_: LiedTo) -> tuple[Lie, ...]:
    return ()


def _redirected(status: int, to: str, method: str = "") -> Lies:
    return lambda world: (Lie(asks(method), answers(Told(status, b"", {"Location": to.format(world.thief.url)}))),)


def _busy(status: int, after: str, of: Callable[[Asked], bool] = asks(), times: int | None = None) -> Lies:  # noqa: B008
    said = told({"message": "slow down"}, status, Retry_After=after, **_DATE)
    return _lie(of, answers(said), times)


def _first_tries() -> Callable[[Asked], bool]:
    """The first call of each kind."""
    seen: set[tuple[str, str]] = set()

    def picks(asked: Asked) -> bool:
        is_first = (asked.method, asked.target) not in seen
        seen.add((asked.method, asked.target))
        return is_first

    return picks


def _old(it: Told, _: Asked) -> bytes:
    return it.raw("1.0", Content_Length="")


def _cut(it: Told, _: Asked) -> bytes:
    return it.raw()[:-9]


def _upper(document: Any) -> Any:
    """Every uid of ours in other letters."""
    return json.loads(re.sub(r'"(team|under|new|comes|more|db|changes)"', lambda m: m[0].upper(), json.dumps(document)))


def _at_1(document: Any) -> Any:
    return json.loads(re.sub(r'"(version|generation)": \d+', r'"\1": 1', json.dumps(document)))


def _texts(document: Any) -> Any:
    return json.loads(re.sub(r": (\d+)", r': "\1"', json.dumps(document)))


def _nulls(document: Any) -> Any:
    return dict.fromkeys(document) if isinstance(document, dict) else [None]


def _twice(document: Any) -> Any:
    return {**document, "items": document["items"] * 2} if document.get("items") else document


def _none_of(document: Any) -> Any:
    return {**document, "items": []} if "items" in document else document


def _other(document: Any) -> Any:
    return {**document, "uid": "other"} if "uid" in document else document


def _x(number: int) -> str:
    return f"x{number}"


def _next(page: int) -> str:
    return f"t-{page + 1}"


def _until_49(page: int) -> str:
    return _next(page) if page < 49 else ""


_WRITES = asks("write")
_LISTED = asks("GET", "/apis/dashboard.grafana.app/v1beta1/namespaces/default/dashboards?")
_GARBLED = "the answer is not what a Grafana gives"
_UNKEPT = f"{_GARBLED}|is as it was before"
_HOUR = "left alone for 3600 s"
_LATE = "no whole answer within 1 s"
_BAD_GATEWAY = answers(Told(502, b"<html>", {"Content-Type": "text/html"}))
_NEXT_YEAR, _YESTERDAY = "Fri, 01 Jan 2027 00:00:00 GMT", "Wed, 25 Nov 2026 10:00:00 GMT"
_GZIP = {"Content-Encoding": "gzip", "Content-Type": "application/json"}
_HALF_A_CHUNK = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n9\r\n{"
_PATIENT = "timeout = 60\n"

REDIRECTS_AND_CERTIFICATES = [
    Case("redirect to another host", _redirected(302, "{}/x"), (1, 1), "a redirect to", short=True),
    Case("redirect to https", _redirected(301, "https://127.0.0.1:1/x"), (1, 1), "a redirect to"),
    Case("redirect in a circle", _redirected(307, "/api/frontend/settings"), (1, 1), "a redirect to"),
    Case("redirect of each write", _redirected(307, "{}/x", "write"), (0, 1), "a redirect to"),
    Case("certificate of another name", _none, (1, 1), "is not valid for '127.0.0.1'", tls="wrong name"),
    Case("certificate that has expired", _none, (1, 1), "certificate has expired", tls="expired"),
    Case("certificate of nobody known", _none, (1, 1), "self-signed certificate", tls="self-signed"),
    Case("TLS at an http url", _none, (1, 1), "GET http://", tls="good", scheme="http"),
    Case("no TLS at an https url", _none, (1, 1), "GET https://", scheme="https"),
]
BROKEN_ANSWERS = [
    Case("HTTP/1.0 without lengths", _lie(asks(), changes(_old)), (0, 0), short=True),
    Case("HTTP/1.0 that ends early", _lie(_LISTED, changes(lambda it, _: _old(it, _)[:-9])), (1, 1), "not whole"),
    Case("shorter than its length", _lie(_LISTED, changes(_cut)), (1, 1), "without sending complete"),
    Case("shorter than its length once", _lie(_LISTED, changes(_cut), times=1), (0, 0)),
    Case("chunks that end early", _lie(asks(), says(_HALF_A_CHUNK)), (1, 1), "incomplete chunked"),
    Case("gzip that ends early", _lie(asks(), answers(Told(200, b"\x1f\x8b\x08", _GZIP))), (1, 1), "empty|not whole"),
    Case("a login page", _lie(asks(), answers(_HTML)), (1, 1), "not JSON but text/html"),
    Case("a login page for each write", _lie(_WRITES, answers(_HTML)), (0, 1), "not JSON but text/html"),
    Case("nothing", _lie(asks(), answers(Told(200, b""))), (1, 1), "an empty answer"),
    Case("204", _lie(asks(), answers(Told(204, b""))), (1, 1), "an empty answer"),
    Case("nothing for each write", _lie(_WRITES, answers(Told(200, b""))), (0, 1), _UNKEPT),
    Case("{} for each write", _lie(_WRITES, answers(told({}))), (0, 1), _UNKEPT, short=True),
    Case("JSON as text/html", _lie(asks(), changes(lambda it, _: it.raw(Content_Type="text/html"))), (0, 0)),
    Case("a list for a map", _lie(asks(), answers(told([]))), (1, 1), _GARBLED, short=True),
    Case("null for each field", _lie(asks("GET", "/api"), changes_document(_nulls)), (1, 1), _GARBLED),
    Case("numbers as text", _lie(asks("GET", "/apis"), changes_document(_texts)), (1, 1), _GARBLED),
    Case("NaN", _lie(asks(), answers(Told(200, b'{"buildInfo": NaN}'))), (1, 1), "not whole, or no JSON"),
]
SLOW_AND_BUSY = [
    Case("a byte a second of the head", _lie(asks(), drips(head=True)), (1, 1), _LATE),
    Case("a byte a second of the body", _lie(asks(), drips()), (1,), _LATE, short=True),
    Case("a byte a second for each write", _lie(_WRITES, drips()), (0, 0)),
    Case("silence", _lie(asks(), silence), (1, 1), _LATE),
    Case("silence at a write", _lie(_WRITES, silence), (0, 1), _LATE),
    Case("429 for an hour", _busy(429, "3600"), (1, 1), _HOUR, short=True),
    Case("429 for an hour at a write", _busy(429, "3600", of=_WRITES), (0, 1), _HOUR),
    Case("503 for an hour", _busy(503, "3600"), (1, 1), _HOUR),
    Case("429 until next year", _busy(429, _NEXT_YEAR), (1, 1), "left alone for"),
    Case("429 until yesterday once", _busy(429, _YESTERDAY, times=1), (0, 0)),
    Case("429 for less than nothing once", _busy(429, "-7", times=1), (0, 0)),
    Case("429 for no number once", _busy(429, "soon", times=1), (0, 0)),
    Case("502 once", _lie(asks(), _BAD_GATEWAY, times=1), (0, 0)),
    Case("502 at each first write", _lie(_WRITES, _BAD_GATEWAY, times=5), (0, 0)),
]
LISTS = [
    Case("a million items on 50 pages", _lie(_LISTED, pages(_x, _until_49, per_page=20_000)), (0,), "", _PATIENT),
    Case(
        "a million items on one page",
        _lie(_LISTED, pages(_x, lambda _: "", per_page=1_000_000)),
        (1,),
        "the values in the answer need more than",
        _PATIENT,
    ),
    Case("a token that comes again", _lie(_LISTED, pages(_x, lambda _: "t-1")), (1, 1), "page 2 of", short=True),
    Case("the same page for ever", _lie(_LISTED, pages(lambda n: f"x{n % 10}", _next)), (1, 1), "is page 1 once more"),
    Case("empty pages for ever", _lie(_LISTED, pages(_x, _next, per_page=0)), (1, 1), "go on after"),
    Case("other pages for ever, in no hurry", _lie(_LISTED, pages(_x, _next, pause=0.3)), (1,), "go on after"),
    Case("each item twice", _lie(asks("GET", "/apis"), changes_document(_twice)), (0, 0)),
    Case("a list without anything", _lie(asks("GET", "/apis"), changes_document(_none_of)), (0, 0)),
]
IDENTITIES = [
    Case("uids in other letters, listed", _lie(asks("GET", "/apis"), changes_document(_upper)), (1, 1), "uid is"),
    Case("uids in other letters, read", _lie(asks("GET"), changes_document(_upper)), (1, 1), "uid is"),
    Case("uids in other letters, written", _lie(_WRITES, changes_document(_upper)), (0, 1), "uid is", short=True),
    Case("uids in other letters, everywhere", _lie(asks(), changes_document(_upper)), (1, 1), "uid is"),
    Case("another's answer", _lie(asks("GET", "/uid/"), changes_document(_other)), (1, 1), "uid is 'other', not"),
    Case("a replica that lags behind for good", lambda _: (Lie(asks("GET"), ages()),), (0, 1), _UNKEPT),
    Case("versions that stay at 1", _lie(asks(), changes_document(_at_1)), (0, 1), "as it was|as the plan saw it"),
    Case("an older server from the fifth call", _lie(asks("", "/apis/"), answers(_NO_ROUTE), after=5), (0, 1), "404"),
    Case("another server from the fifth call", _lie(asks(), answers(_HTML), after=5), (1, 1), "not JSON but"),
    Case("a reset of all", _lie(asks(), reset), (1, 1), "GET http://"),
    Case("a reset after each write", _lie(_WRITES, reset_after), (0, 0)),
    Case("a reset of each first try", lambda _: (Lie(_first_tries(), reset),), (0, 0), short=True),
    Case("502 to each first try", lambda _: (Lie(_first_tries(), _BAD_GATEWAY),), (0, 0)),
]
CASES = [*REDIRECTS_AND_CERTIFICATES, *BROKEN_ANSWERS, *SLOW_AND_BUSY, *LISTS, *IDENTITIES]


@dataclass
class Universe:
    """Projects that begin with BEFORE applied; `wanted` is where an apply of AFTER leads to, `calls` what it asks."""

    base: Path
    runner: Runner
    wanted: dict[str, Any]
    calls: int
    writes: int
    count: int = 0

    def world(self, case: Case | None = None) -> AbstractContextManager[LiedTo]:
        self.count += 1
        home, template = self.base / f"w{self.count}", self.base / "template"
        more = {} if case is None else {"settings": case.settings, "tls": case.tls, "scheme": case.scheme}
        return lied_to(home, self.runner, template, **more)

    def wrong_after(self, world: LiedTo, left: str = "") -> str:
        """Whether an honest server is where it is to be, after another apply; beside what is called `left`."""
        again = world.run(_APPLY, _EMPTY)
        found = {name: value for name, value in world.look().items() if not left or not name.endswith(f" {left}")}
        if again.codes != (0, 0):
            return f"then it ends with {again.codes}:\n{again.said}"
        return "" if found == self.wanted else f"it has {found}\n instead of {self.wanted}"


@pytest.fixture(scope="module")
def universe() -> Iterator[Universe]:
    base = Path(tempfile.mkdtemp(prefix="hcl-lite-lies-"))
    runner = Runner()
    with lied_to(base / "template", runner) as world:
        assert world.run(_APPLY, _EMPTY, here=True).codes == (0, 0)
    found = Universe(base, runner, {}, 0, 0)
    with found.world() as world:
        ran = world.run(_APPLY)
        assert ran.codes == (0,), ran.said
        found.wanted, found.calls = world.look(), ran.calls
        found.writes = sum(asked.writes for asked in world.liar.asked)
    yield found
    runner.close()
    shutil.rmtree(base)


@pytest.mark.parametrize("case", [case for case in CASES if case.short or _LONG], ids=lambda case: case.name)
def test_a_run_ends_in_the_right_state_or_says_what_is_wrong(universe: Universe, figures: Figures, case: Case) -> None:
    """A plan and an apply against a server that lies; then another apply against the same server, honest by then."""
    with universe.world(case) as world:
        for command, ends in zip((_PLAN, _APPLY), case.ends, strict=False):
            ran = world.run(command, lies=case.lies(world))
            wrong = world.wrong(ran, ends, case.says)
            assert not wrong, f"{command[0]}: {wrong}\n{ran.said}"
            figures("runs against a server that lied", 1)
            figures("runs that ended with a diagnostic of server and call", ends)
        figures("kinds of servers that lied", 1)
        if not case.tls and not case.scheme:
            assert not universe.wrong_after(world)


def _each(count: int, every: int) -> range:
    """Numbers from 1: all of them at length, some in every run."""
    return range(1, count + 1, 1 if _LONG else every)


@pytest.mark.parametrize("say", [reset, reset_after], ids=["before the work", "after it"])
def test_a_reset_at_each_call_of_a_run_is_settled_by_it(universe: Universe, figures: Figures, say: Say) -> None:
    """Reads and writes alike: once the connection is reset, and the run ends where it does without."""
    for number in _each(universe.calls, 12):
        with universe.world() as world:
            ran = world.run(_APPLY, _EMPTY, lies=(Lie(asks(), say, after=number - 1, times=1),))
            assert ran.codes == (0, 0), f"call {number}: {ran.said}"
            assert world.look() == universe.wanted, f"call {number}: {ran.said}"
    figures("calls of a run that were reset", len(_each(universe.calls, 12)))


def test_a_write_that_is_answered_and_not_done_is_found_out(universe: Universe, figures: Figures) -> None:
    """One of all: the run says so, or the next one finds it. A deletion in words of Grafana's own is believed."""
    for number in _each(universe.writes, 4):
        with universe.world() as world:
            lie = Lie(asks("write"), loses(world.liar, world.twin), after=number - 1, times=1)
            ran = world.run(_APPLY, lies=(lie,))
            lost = [asked for asked in world.liar.asked if asked.writes][number - 1]
            assert ran.codes in ((0,), (1,)), ran.said
            left = lost.path.rpartition("/")[2] if lost.method == "DELETE" else ""
            wrong = world.wrong(ran, ran.codes[0], "as it was before|not as the plan saw it")
            wrong = wrong or universe.wrong_after(world, left)
            assert not wrong, f"{lost.method} {lost.path}: {wrong}\n{ran.said}"
            figures("writes that were answered and not done", 1)
            figures("writes that were answered and not done, found out by the run", ran.codes[0])
