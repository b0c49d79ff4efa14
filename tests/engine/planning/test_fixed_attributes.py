"""Attributes that no update changes."""

from collections.abc import Mapping
from typing import Any

import pytest

from hcl_lite.core.addrs import Address
from hcl_lite.core.equality import hash_of
from hcl_lite.core.schema import Attr
from hcl_lite.core.values import UNKNOWN
from hcl_lite.engine.applying.deferred_decisions import resolve_deferred
from hcl_lite.engine.evaluate import Arguments
from hcl_lite.engine.hashes import Hashes
from hcl_lite.engine.plan import Action, Change
from hcl_lite.engine.planning.fixed_attributes import replaced_for
from state.model import Record
from tests.engine.world import FakeType, config_of

_NOTE = FakeType(
    "fake_item",
    attrs={
        "title": Attr(),
        "box": Attr(replaces=True),
        "size": Attr("number", replaces=True),
        "uid": Attr(computed=True, optional=True, replaces=True, stable=True),
    },
)
_KNOWN = {"title": "T", "box": "b", "size": 1}


@pytest.mark.parametrize(
    ("changed", "reason"),
    [
        ({}, ""),
        ({"title": "other", "uid": "other"}, ""),
        ({"box": "c"}, "box changes from b to c, and no update changes it"),
        ({"box": None}, "box changes from b to nothing, and no update changes it"),
        ({"size": 1.0}, ""),
        ({"size": 2, "title": "other"}, "size changes from 1 to 2, and no update changes it"),
        ({"box": UNKNOWN}, "box is known only after apply; if it is b then, it is not replaced"),
    ],
)
def test_another_value_is_another_object(changed: Mapping[str, Any], reason: str) -> None:
    """Whatever else changes; what the server fills in is its own."""
    assert replaced_for(_NOTE, {**_KNOWN, **changed}, _KNOWN) == reason
    assert replaced_for(FakeType("fake_item", immutable=True, attrs=_NOTE.attrs), {**_KNOWN, **changed}, _KNOWN) == ""


@pytest.mark.parametrize(
    ("given", "action"),
    [
        ({"title": "T", "box": "b"}, Action.REFRESH),
        ({"title": "other", "box": "b"}, Action.UPDATE),
        ({"title": "T", "box": "c"}, Action.REPLACE),
    ],
)
def test_the_apply_decides_what_the_plan_did_not_know(given: Mapping[str, Any], action: Action) -> None:
    """It stays where it is as it was."""
    address = Address.resource("fake_item", "i")
    known = {"title": "T", "box": "b"}
    record = Record(address, "fake", "i", {"version": 1}, "hash", hash_of(known), known)
    (block,) = config_of("[resource.fake_item.i]\n").blocks.values()
    change = Change(address, Action.REPLACE, "fake", "i", record, may_stay=True)
    assert resolve_deferred(block, _NOTE, Arguments(given, "new", False), change, Hashes()).action is action
