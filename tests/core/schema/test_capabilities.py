"""What objects can do beside being written, as a type declares it."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from hcl_lite.core.schema import Attr, Capabilities, Expiry
from hcl_lite.core.schema.attributes import chosen_identity
from hcl_lite.core.values import UNKNOWN, Secret, Value

_NOW = datetime(2026, 1, 2, tzinfo=UTC)
_EXPIRY = Expiry("gone_at", "renew")


@pytest.mark.parametrize(
    ("at", "now", "has_passed"),
    [
        ("2026-01-01T00:00:00Z", _NOW, True),
        ("2026-01-02T00:00:00Z", _NOW, True),
        ("2026-01-02T02:00:00+03:00", _NOW, True),
        ("2026-01-03T00:00:00Z", _NOW, False),
        ("2026-01-01T00:00:00Z", None, False),
        ("2026-01-01", _NOW, False),
        ("soon", _NOW, False),
        (7, _NOW, False),
        (None, _NOW, False),
    ],
    ids=["over", "just now", "over elsewhere", "to come", "no clock", "no zone", "no time", "a number", "nothing"],
)
def test_what_has_had_its_time(at: Value, now: datetime | None, has_passed: bool) -> None:
    """By the remembered attribute; what cannot be told has not passed."""
    assert _EXPIRY.has_passed({"gone_at": at}, now) is has_passed


@pytest.mark.parametrize(
    ("given", "asked"),
    [
        ({"argument": True}, True),
        ({"argument": False}, False),
        ({}, False),
        ({"argument": UNKNOWN}, False),
        ({"argument": "true"}, False),
        ({"argument": Secret(True)}, False),
    ],
)
def test_a_capability_is_asked_for_by_its_argument_alone(given: dict[str, Value], asked: bool) -> None:
    """True and nothing else; a type that declares none is never asked, whatever its arguments are called."""
    able = Capabilities(overwrite="argument", health_check="argument", force_destroy="argument")
    told = (able.overwrites(given), able.checks_health(given), able.forces_destroy(given))
    assert told == (asked, asked, asked)
    none = Capabilities()
    given = {**given, "": True, "overwrite": True, "health_check": True, "force_destroy": True}
    assert (none.overwrites(given), none.checks_health(given), none.forces_destroy(given)) == (False, False, False)


@pytest.mark.parametrize(
    ("attr", "name"),
    [
        (Attr(computed=True, optional=True, replaces=True, stable=True), "key"),
        (Attr(computed=True, replaces=True, stable=True), ""),
        (Attr(required=True, replaces=True), ""),
        (Attr(computed=True, optional=True), ""),
    ],
    ids=["may be given", "the server's choice", "has to be given", "no identity"],
)
def test_which_argument_is_a_chosen_identity(attr: Attr, name: str) -> None:
    """One that may be given, and makes another object of it."""
    assert chosen_identity({"title": Attr(), "key": attr}) == name
