"""The table of decide.py, case by case."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pytest

from hcl_lite.core.addrs import Address
from hcl_lite.core.diags import HclError
from hcl_lite.core.equality import hash_of
from hcl_lite.core.schema import Live
from hcl_lite.core.values import UNKNOWN, Value
from hcl_lite.engine.desired import Desired
from hcl_lite.engine.diff import ABSENT, Difference
from hcl_lite.engine.evaluate import Arguments
from hcl_lite.engine.plan import Action, Change
from hcl_lite.engine.planning.decide import decide
from hcl_lite.engine.planning.inputs import Inputs, Observed, Remembered, SecretChanges, Wanted
from state.model import Record
from tests.engine.world import ITEM, NOW, SHOT, FakeType, config_of

_ADDRESS = Address.resource("fake_item", "i")
_WANTED = {"uid": "i", "title": "T"}
_CONTENT = {"title": "T"}
_HASH = hash_of(_CONTENT)
_RECORD = Record(_ADDRESS, "fake", "i", {"version": 1}, "hash", _HASH, {"url": "/i"}, asked=_HASH)
_LIVE = Live("i", {"version": 1}, {"url": "/i"}, _CONTENT)
_EDITED = Live("i", {"version": 2}, {"url": "/i"}, {"title": "edited"})


def _inputs(
    record: Record | None = _RECORD,
    live: Live | None = _LIVE,
    values: Mapping[str, Value] = _WANTED,
    hash_: str = "hash",
    type_: FakeType = ITEM,
    meta: str = "",
    provider: str = "fake",
    secrets: Mapping[str, Any] = {},
    **more: Any,
) -> Inputs:
    """Inputs of which nothing has happened, but for what is given: fields of Wanted, Remembered and Observed."""
    (block,) = config_of(f"[resource.{type_.name}.i]\n{meta}").blocks.values()
    record = replace(record, address=block.address) if record else None
    desired = Desired(type_, values)
    parts = [{key: more[key] for key in more if key in part.__slots__} for part in (Wanted, Remembered, Observed)]
    assert {key for part in parts for key in part} == more.keys()
    return Inputs(
        Wanted(block, provider, Arguments(values, hash_, False), desired, **parts[0]),
        Remembered(record, **parts[1]),
        Observed(live, desired, time=NOW, **parts[2]),
        SecretChanges(secrets),
    )


def _short(change: Change) -> tuple[Action, str, list[str]]:
    return change.action, change.reason, [difference.path for difference in change.differences]


_NEW = {"uid": "i", "title": "T2"}
_OUTSIDE = "it was changed outside of hcl-lite"
_TRASHED = "it was deleted outside of hcl-lite; it is in the trash and will be restored"
_TABLE = [
    ("new", _inputs(None, None), Action.CREATE, "", ["title"]),
    ("as it was", _inputs(), Action.NOOP, "", []),
    ("gone", _inputs(live=None), Action.CREATE, "it was deleted outside of hcl-lite", ["title"]),
    ("in the trash", _inputs(live=None, trashed=True), Action.CREATE, _TRASHED, ["title"]),
    ("wanted otherwise", _inputs(values=_NEW, hash_="new"), Action.UPDATE, "", ["title"]),
    ("wanted otherwise, in a word of the same meaning", _inputs(hash_="new"), Action.REFRESH, "", []),
    ("changed by others", _inputs(live=_EDITED), Action.UPDATE, _OUTSIDE, ["title"]),
    (
        "changed by others and wanted otherwise",
        _inputs(live=_EDITED, values=_NEW, hash_="n"),
        Action.UPDATE,
        _OUTSIDE,
        ["title"],
    ),
    ("saved by others without a change", _inputs(live=replace(_LIVE, version={"version": 2})), Action.REFRESH, "", []),
    (
        "another uid",
        _inputs(values={**_WANTED, "uid": "j"}, hash_="n"),
        Action.REPLACE,
        "uid changes from i to j",
        ["title"],
    ),
    (
        "another provider",
        _inputs(provider="two"),
        Action.REPLACE,
        "it moves from provider fake to two",
        ["title"],
    ),
    (
        "asked to be made anew",
        _inputs(replace_reason="--replace asks for it"),
        Action.REPLACE,
        "--replace asks for it",
        ["title"],
    ),
    ("a secret that was rotated", _inputs(secrets={"token": "rotated"}), Action.UPDATE, "", []),
    ("a secret that stays", _inputs(secrets={"token": "unchanged"}), Action.NOOP, "", []),
    ("there and adopted", _inputs(None, meta='on_exists = "adopt"'), Action.REFRESH, "", []),
    ("there otherwise and adopted", _inputs(None, _EDITED, meta='on_exists = "adopt"'), Action.UPDATE, "", ["title"]),
    ("there and to be overwritten", _inputs(None, values={**_WANTED, "overwrite": True}), Action.REFRESH, "", []),
    ("made by a run that was interrupted", _inputs(None, adopt_reason=True), Action.REFRESH, "", []),
    ("immutable, as it was", _inputs(type_=SHOT, live=replace(_LIVE, content=None)), Action.NOOP, "", []),
    (
        "immutable, wanted otherwise",
        _inputs(type_=SHOT, values=_NEW, hash_="n", live=replace(_LIVE, content=None)),
        Action.REPLACE,
        "its content changes, and it cannot be changed in place",
        ["title"],
    ),
    (
        "immutable, not wholly known",
        _inputs(type_=SHOT, values={**_WANTED, "title": UNKNOWN}, hash_=""),
        Action.REPLACE,
        "parts of it are known only after apply, and it cannot be changed; if they are as they were, it stays",
        ["title"],
    ),
    ("not wholly known", _inputs(values={**_WANTED, "title": UNKNOWN}, hash_=""), Action.UPDATE, "", ["title"]),
    (
        "a size that nobody asked for",
        _inputs(live=replace(_LIVE, content={**_CONTENT, "size": 7})),
        Action.NOOP,
        "",
        [],
    ),
    (
        "a size that was asked for",
        _inputs(values={**_WANTED, "size": 5}, hash_="n", live=replace(_LIVE, content={**_CONTENT, "size": 7})),
        Action.UPDATE,
        "",
        ["size"],
    ),
    (
        "rewritten by the server, and as it was",
        _inputs(
            _RECORD_REWRITTEN := replace(_RECORD, content=hash_of({"title": "t"})),
            Live("i", {"version": 2}, {}, {"title": "t"}),
            baseline={"title": "t"},
        ),
        Action.REFRESH,
        "",
        [],
    ),
    (
        "rewritten by the server, then changed by others",
        _inputs(_RECORD_REWRITTEN, _EDITED, baseline={"title": "t"}),
        Action.UPDATE,
        _OUTSIDE,
        ["title"],
    ),
]


@pytest.mark.parametrize(
    ("inputs", "action", "reason", "paths"), [line[1:] for line in _TABLE], ids=[line[0] for line in _TABLE]
)
def test_the_action_follows_from_what_is_wanted_remembered_and_there(
    inputs: Inputs, action: Action, reason: str, paths: list[str]
) -> None:
    """With the reason that a person is told, and the differences that an update would undo."""
    assert _short(decide(inputs)) == (action, reason, paths)


@pytest.mark.parametrize(
    ("uid", "command"),
    [("i", "hcl-lite import fake_item.i i"), ("User Flow's", """hcl-lite import fake_item.i 'User Flow'"'"'s'""")],
)
def test_what_was_made_elsewhere_is_not_taken_without_being_asked(uid: str, command: str) -> None:
    """The ways on are named, as a shell takes them."""
    with pytest.raises(HclError, match=f'fake_item "{uid}" exists already, and is not in the state') as caught:
        decide(_inputs(None, values={**_WANTED, "uid": uid}))
    assert caught.value.diagnostics[0].hint.startswith(f"{command} takes it over")


@pytest.mark.parametrize(
    ("meta", "values", "expected"),
    [
        ("", _WANTED, (Action.UPDATE, True)),
        ('on_drift = "overwrite"', _WANTED, (Action.UPDATE, True)),
        ('on_drift = "keep"', _WANTED, (Action.NOOP, True)),
        ('on_drift = "keep"', _NEW, (Action.NOOP, True)),
    ],
    ids=["by default", "overwrite", "keep", "keep, but the configuration has changed too"],
)
def test_on_drift_decides_about_changes_of_others(
    meta: str, values: dict[str, str], expected: tuple[Action, bool]
) -> None:
    """keep leaves what others did, also where the configuration asks for something else too."""
    hash_ = "hash" if values is _WANTED else "new"
    change = decide(_inputs(live=_EDITED, values=values, hash_=hash_, meta=meta))
    assert (change.action, change.drifted) == expected


@pytest.mark.parametrize(
    ("meta", "values", "expected"),
    [
        ("", _WANTED, (Action.UPDATE, True)),
        ('on_drift = "keep"', _WANTED, (Action.NOOP, True)),
        ('on_drift = "keep"', _NEW, (Action.NOOP, True)),
        ('on_drift = "keep"', {"uid": "i", "title": "edited"}, (Action.REFRESH, False)),
    ],
    ids=["by default", "keep", "keep, but the configuration has changed too", "taken over into the configuration"],
)
@pytest.mark.parametrize("deferred_provider", ["", "late"])
def test_a_refresh_does_not_make_others_changes_ones_own(
    deferred_provider: str, meta: str, values: dict[str, str], expected: tuple[Action, bool]
) -> None:
    """The state knows what is there, and that it is not what was applied; also where nobody can look."""
    drifted = replace(_RECORD, version={"version": 2}, written={"version": 1}, drifted=True)
    hash_ = "hash" if values is _WANTED else "new"
    change = decide(_inputs(drifted, _EDITED, values, hash_, meta=meta, deferred_provider=deferred_provider))
    if not deferred_provider:
        assert (change.action, change.drifted) == expected
        assert change.action is not Action.REFRESH or (change.record is not None and not change.record.drifted)
    else:
        assert change.action is (Action.NOOP if meta else Action.UPDATE)
    with pytest.raises(HclError, match="was changed outside of hcl-lite"):
        decide(_inputs(drifted, _EDITED, meta='on_drift = "fail"', deferred_provider=deferred_provider))


@pytest.mark.parametrize(("baseline", "drifted"), [(_CONTENT, True), ({"title": "there"}, False), (None, False)])
def test_a_save_that_left_the_version_as_it_was_is_drift_where_it_can_be_told(baseline: Value, drifted: bool) -> None:
    """Beside a file that has changed, too: by what the state knows of the last write."""
    change = decide(
        _inputs(live=replace(_LIVE, content={"title": "there"}), values=_NEW, hash_="new", baseline=baseline)
    )
    assert (change.action, change.drifted) == (Action.UPDATE, drifted)


def test_on_drift_fail_refuses_and_names_what_changed() -> None:
    """Nobody's work is lost before somebody has looked."""
    with pytest.raises(HclError) as caught:
        decide(_inputs(live=_EDITED, meta='on_drift = "fail"'))
    told = 'It was changed, version 1 → 2.\non_drift = "fail" stands in the way. Changed: title.'
    assert caught.value.diagnostics[0].detail == told


_EXPIRED = replace(_RECORD, attributes={"expires_at": "2026-01-01T00:00:00Z"})
_LATER = replace(_RECORD, attributes={"expires_at": "2026-01-03T00:00:00Z"})


@pytest.mark.parametrize(
    ("record", "more", "action"),
    [
        (_EXPIRED, {}, Action.NOOP),
        (_EXPIRED, {"values": {**_WANTED, "recreate_when_expired": True}}, Action.CREATE),
        (_EXPIRED, {"replace_reason": "--replace asks for it"}, Action.CREATE),
        (_LATER, {}, Action.CREATE),
        (replace(_RECORD, attributes={"expires_at": "soon"}), {}, Action.CREATE),
        (replace(_RECORD, attributes={"expires_at": "2026-01-01"}), {}, Action.CREATE),
    ],
    ids=["had its time", "wanted again", "asked for", "went before its time", "no time", "a time without a zone"],
)
def test_what_has_expired_stays_away_until_it_is_asked_for(
    record: Record, more: dict[str, Any], action: Action
) -> None:
    """What is gone before its time is made again, like everything."""
    assert decide(_inputs(record, None, type_=SHOT, **more)).action is action


def test_a_refresh_remembers_what_is_there() -> None:
    """Version, content, the attributes of the server, and what steers hcl-lite."""
    live = Live("i", {"version": 2}, {"url": "/new"}, {**_CONTENT, "size": 3})
    change = decide(_inputs(live=live, values={**_WANTED, "note": "n"}))
    assert change.record == replace(_RECORD, version={"version": 2}, attributes={"url": "/new", "note": "n"})


def test_a_new_object_is_shown_by_its_summary() -> None:
    """As differences from nothing; what is not known by that word."""
    change = decide(_inputs(None, None, values={"uid": "i", "title": UNKNOWN}))
    assert change.differences == (Difference("title", ABSENT, "(known after apply)"),)
