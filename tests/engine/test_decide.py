"""The decision about one object: what is wanted, remembered and there, and what comes of it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any

import pytest

from hcl_lite.core.addrs import Address
from hcl_lite.core.diags import HclError
from hcl_lite.core.schema import Attr, Live, Mention
from hcl_lite.core.values import UNKNOWN
from hcl_lite.engine.changes import Action
from hcl_lite.engine.decide import Case, decide, decide_orphan, decide_refresh_only
from hcl_lite.engine.diff import hash_of
from hcl_lite.engine.evaluate import Arguments
from hcl_lite.lang.config import Block
from hcl_lite.lang.source import parse_source
from state.model import Record


@dataclass(frozen=True)
class Thing:
    """The least that a resource type can be."""

    immutable: bool = False
    create_first: bool = False
    name: str = "t_thing"
    doc: str = ""

    @property
    def attrs(self) -> Mapping[str, Attr]:
        return {"uid": Attr(computed=True), "title": Attr(), "default": Attr(computed=True, optional=True)}

    def complete(self, address: str, name: str, values: Mapping[str, Any], uid: str) -> Mapping[str, Any]:
        return values

    def new_uid(self, address: str, name: str) -> str:
        return "new"

    def uid(self, values: Mapping[str, Any]) -> Any:
        return values["uid"]

    def content(self, values: Mapping[str, Any]) -> Any:
        return {key: value for key, value in values.items() if key in ("title", "default")}

    def summary(self, values: Mapping[str, Any]) -> Mapping[str, Any]:
        return values

    def secrets(self, values: Mapping[str, Any]) -> Mapping[str, str]:
        return {}

    def names(self, values: Mapping[str, Any]) -> Iterable[Mention]:
        return ()

    def mentions(self, values: Mapping[str, Any]) -> Iterable[Mention]:
        return ()


_ADDRESS = Address.resource("t_thing", "x")
_BLOCK = Block(_ADDRESS, {}, parse_source("[resource.t_thing.x]\n", "main.toml"), ("resource", "t_thing", "x"))
_OLD, _NEW = {"title": "old"}, {"title": "new"}
_RECORD = Record(_ADDRESS, "p", "u", {"version": 1}, applied="h-old", content=hash_of(_OLD))
_LIVE = Live("u", {"version": 1}, {}, _OLD)


def _case(**changes: Any) -> Case:
    base = Case(
        block=_BLOCK,
        type=Thing(),
        provider="p",
        arguments=Arguments({}, "h-old", has_secrets=False),
        values={"uid": "u", **_OLD},
        record=_RECORD,
        live=_LIVE,
    )
    return replace(base, **changes)


_WANT_NEW: dict[str, Any] = {"values": {"uid": "u", **_NEW}, "arguments": Arguments({}, "h-new", has_secrets=False)}
_MOVED = Live("u", {"version": 2}, {}, {"title": "theirs"})


@pytest.mark.parametrize(
    ("case", "action", "paths"),
    [
        (_case(record=None, live=None), Action.CREATE, ["uid", "title"]),
        (_case(), Action.NOOP, []),
        (_case(**_WANT_NEW), Action.UPDATE, ["title"]),
        (_case(live=None), Action.CREATE, ["uid", "title"]),
        (_case(live=_MOVED), Action.UPDATE, ["title"]),
        (_case(live=replace(_LIVE, version={"version": 9})), Action.REFRESH, []),
        (_case(arguments=Arguments({}, "h-reformatted", has_secrets=False)), Action.REFRESH, []),
        (_case(values={"uid": "v", **_OLD}), Action.REPLACE, ["uid", "title"]),
        (_case(values={"uid": UNKNOWN, **_OLD}), Action.REPLACE, ["uid", "title"]),
        (_case(provider="q"), Action.REPLACE, ["uid", "title"]),
        (_case(replace=True), Action.REPLACE, ["uid", "title"]),
        (_case(type=Thing(immutable=True), **_WANT_NEW), Action.REPLACE, ["uid", "title"]),
        (_case(type=Thing(immutable=True), live=Live("u", {"version": 1})), Action.NOOP, []),
        (_case(live=replace(_LIVE, content={**_OLD, "default": True})), Action.NOOP, []),
        (_case(secrets={"k": "rotated"}), Action.UPDATE, []),
        (_case(secrets={"k": "unchanged"}), Action.NOOP, []),
        (
            _case(values={"uid": "u", "title": UNKNOWN}, arguments=Arguments({}, "", has_secrets=False)),
            Action.UPDATE,
            ["title"],
        ),
        (_case(record=None, ours=True), Action.REFRESH, []),
        (_case(record=None, block=replace(_BLOCK, on_exists="adopt")), Action.REFRESH, []),
        (_case(record=None, block=replace(_BLOCK, on_exists="adopt"), **_WANT_NEW), Action.UPDATE, ["title"]),
        (_case(live=_MOVED, baseline={"title": "theirs"}), Action.REFRESH, []),
        (_case(live=_MOVED, baseline={"title": "as it was written"}), Action.UPDATE, ["title"]),
    ],
    ids=lambda value: "" if isinstance(value, Case | list) else str(value),
)
def test_what_becomes_of_an_object(case: Case, action: Action, paths: list[str]) -> None:
    """Action, and the paths that are shown."""
    change = decide(case)
    assert (change.action, [d.path for d in change.differences]) == (action, paths)


def test_an_object_that_exists_and_is_not_ours_is_refused() -> None:
    """With the import that takes it over."""
    with pytest.raises(HclError, match='t_thing "u" exists already') as caught:
        decide(_case(record=None))
    assert "hcl-lite import t_thing.x u" in caught.value.diagnostics[0].hint


@pytest.mark.parametrize(("on_drift", "action"), [("overwrite", Action.UPDATE), ("keep", Action.NOOP)])
def test_drift_is_repaired_or_kept(on_drift: str, action: Action) -> None:
    """And named as such."""
    change = decide(_case(live=_MOVED, block=replace(_BLOCK, on_drift=on_drift)))
    assert (change.action, change.drifted) == (action, True)


def test_drift_can_stop_the_plan() -> None:
    """on_drift = "fail" names what was changed."""
    with pytest.raises(HclError, match="was changed outside of hcl-lite") as caught:
        decide(_case(live=_MOVED, block=replace(_BLOCK, on_drift="fail")))
    assert "Changed: title." in caught.value.diagnostics[0].detail


def test_a_change_of_ours_on_top_of_drift_is_an_update_even_when_drift_is_kept() -> None:
    """The configuration has moved on; the plan shows what is there against what is wanted."""
    change = decide(_case(live=_MOVED, block=replace(_BLOCK, on_drift="keep"), **_WANT_NEW))
    assert [(d.before, d.after) for d in change.differences] == [("theirs", "new")]
    assert change.drifted


@pytest.mark.parametrize(
    ("expires", "asked", "action"),
    [
        ("2026-01-01T00:00:00Z", False, Action.NOOP),
        ("2026-01-01T00:00:00Z", True, Action.CREATE),
        ("2027-01-01T00:00:00Z", False, Action.CREATE),
        ("nonsense", False, Action.CREATE),
    ],
)
def test_what_has_expired_is_made_again_only_when_asked(expires: str, asked: bool, action: Action) -> None:
    """What was deleted before its time is made again."""
    case = _case(
        live=None,
        record=replace(_RECORD, attributes={"expires_at": expires}),
        values={"uid": "u", **_OLD, "recreate_when_expired": asked},
        now=datetime(2026, 6, 1, tzinfo=UTC),
    )
    assert decide(case).action is action


def test_what_is_no_longer_declared_is_deleted_or_forgotten() -> None:
    """Deleted where it is there, forgotten where it is gone."""
    assert decide_orphan(_RECORD, _LIVE, False, "").action is Action.DELETE
    assert decide_orphan(_RECORD, None, False, "").action is Action.FORGET


@pytest.mark.parametrize(
    ("live", "action", "applied"),
    [(_LIVE, Action.NOOP, "h-old"), (_MOVED, Action.REFRESH, ""), (None, Action.FORGET, "h-old")],
)
def test_refresh_only_brings_the_record_up_to_date(live: Live | None, action: Action, applied: str) -> None:
    """What was changed outside is no longer what was applied."""
    change = decide_refresh_only(_RECORD, live)
    assert change.record is not None
    assert (change.action, change.record.applied) == (action, applied)
