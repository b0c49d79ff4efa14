"""What becomes of an object by its record alone."""

from __future__ import annotations

from dataclasses import replace

import pytest

from hcl_lite.core.addrs import Address
from hcl_lite.core.equality import hash_of
from hcl_lite.core.schema import Live
from hcl_lite.core.values import Value
from hcl_lite.engine.diff import Difference
from hcl_lite.engine.hashes import Hashes
from hcl_lite.engine.plan import Action
from hcl_lite.engine.planning.decide_record import as_found, decide_orphan, decide_refresh_only
from hcl_lite.engine.planning.drift import OUTSIDE
from state.model import Record

_CONTENT = {"title": "T"}
_HASH = hash_of(_CONTENT)
_RECORD = Record(
    Address.resource("fake_item", "i"), "fake", "i", {"version": 1}, "hash", _HASH, {"url": "/i"}, asked=_HASH
)
_LIVE = Live("i", {"version": 1}, {"url": "/i"}, _CONTENT)
_EDITED = Live("i", {"version": 2}, {"url": "/i"}, {"title": "edited"})


@pytest.mark.parametrize(("live", "action"), [(_LIVE, Action.DELETE), (None, Action.FORGET)], ids=["there", "gone"])
def test_what_is_no_longer_declared_goes(live: Live | None, action: Action) -> None:
    """From the server, or only from the state."""
    assert decide_orphan(_RECORD, live, False, "it is no longer declared").action is action


@pytest.mark.parametrize(
    ("live", "action", "reason"),
    [
        (_LIVE, Action.NOOP, ""),
        (replace(_LIVE, content=None), Action.NOOP, ""),
        (_EDITED, Action.REFRESH, OUTSIDE),
        (None, Action.FORGET, "it is gone from the server"),
    ],
    ids=["as it was", "as it was, by its version", "edited", "gone"],
)
def test_refresh_only_takes_note(live: Live | None, action: Action, reason: str) -> None:
    """It never writes to a server."""
    change = decide_refresh_only(_RECORD, live, Hashes())
    assert (change.action, change.reason) == (action, reason)


@pytest.mark.parametrize(
    ("record", "before", "shown"),
    [
        (_RECORD, _CONTENT, [Difference("title", "T", "edited")]),
        (replace(_RECORD, attributes={"url": "/i", "title": "old"}), None, [Difference("title", "old", "edited")]),
        (_RECORD, None, []),
    ],
    ids=["known", "as far as the state has it", "not known"],
)
def test_refresh_only_shows_what_has_changed(record: Record, before: Value, shown: list[Difference]) -> None:
    """From what it was to what it is."""
    assert [*decide_refresh_only(record, _EDITED, Hashes(), before).differences] == shown


def test_refresh_only_tells_what_is_there_from_what_the_last_write_left() -> None:
    """What was changed by others stays so, however often it is looked at, until it is as it was."""
    known = replace(_RECORD, attributes={"title": "T"})
    theirs = Live("i", {"version": 2}, {"title": "edited"}, {"title": "edited"})
    drifted = replace(
        known,
        version={"version": 2},
        attributes={"title": "edited"},
        drifted=True,
        written={"version": 1},
        left={"title": "T"},
    )
    assert decide_refresh_only(known, theirs, Hashes()).record == drifted
    again = decide_refresh_only(drifted, theirs, Hashes())
    assert (again.action, again.record) == (Action.NOOP, drifted)
    third = Live("i", {"version": 3}, {"title": "third"}, {"title": "third"})
    change = decide_refresh_only(drifted, third, Hashes())
    assert change.record == replace(drifted, version={"version": 3}, attributes={"title": "third"})
    assert change.differences == (Difference("title", "T", "third"),)
    back = decide_refresh_only(drifted, Live("i", {"version": 4}, {"title": "T"}, _CONTENT), Hashes()).record
    assert back == replace(known, version={"version": 4}, left={"title": "T"})


def test_what_was_put_back_by_an_undo_is_made_by_no_arguments() -> None:
    """Unless it is what they had made."""
    content = hash_of({"title": "edited"})
    found = replace(_RECORD, version={"version": 2}, applied="", asked="", content=content)
    assert as_found(_RECORD, _EDITED, Hashes()) == found
    assert as_found(_RECORD, _LIVE, Hashes()) == _RECORD
