"""The kit's pure parts: identities, the wire, normal forms, and secrets by name."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hcl_lite.core.contents import without_unasked
from hcl_lite.core.paths import parse_path
from hcl_lite.core.schema import Attr
from hcl_lite.core.schema.attributes import Type
from hcl_lite.core.schema.blocks import Block, Blocks, Duration, Map, Number, Set, Time, by_attribute
from hcl_lite.core.schema.durations import normal_duration
from hcl_lite.core.schema.fitting import mismatch
from hcl_lite.core.schema.secrecy import declared_secrets
from hcl_lite.core.schema.times import normal_time
from hcl_lite.core.values import UNKNOWN, Secret
from providers.kit.identity import Composite, Identity, Name, OneOf, ServerId, Singleton, Uid
from providers.kit.secrets import leaves_secret, secrets_of, with_secrets
from providers.kit.version import Digest, Field, Fields, VersionOf, digest_of
from providers.kit.wire import as_given_in, compared, filled, from_wire, to_wire, wire_places

_KEYS = by_attribute("kind", {"chat": ("token", "auth.secret"), "mail": ()})
_ATTRS = {
    "kind": Attr(wire="kind"),
    "every": Attr(Duration(), wire="interval", default="1m"),
    "tags": Attr(Set("string"), wire="tags"),
    "settings": Attr(Map(secret_keys=_KEYS, redacted="***", server_keys=("id",)), wire="settings"),
    "step": Attr(
        Blocks(
            {
                "id": Attr(computed=True),
                "for": Attr(Duration(), wire="forTime", default="0s"),
                "pass": Attr(secret=True, wire="passWord"),
            }
        ),
        wire="steps",
    ),
    "more": Attr(Block({"on": Attr("bool", wire="isOn")}), wire="more"),
}
_VALUES: dict[str, Any] = {
    "kind": "chat",
    "tags": ["b", "a", "b"],
    "settings": {"room": "x", "token": Secret("t"), "auth": {"secret": Secret("s"), "user": "u"}},
    "step": [{"for": "90s", "pass": Secret("p")}, {}],
    "more": {"on": True},
}


@pytest.mark.parametrize(
    ("text", "normal"),
    [("60m", "1h"), ("3600s", "1h"), ("1h0m0s", "1h"), ("90s", "1m30s"), ("0", "0s"), ("1.5h", "1h30m"), ("7d", "7d")],
)
def test_a_length_of_time_has_one_text(text: str, normal: str) -> None:
    """Whatever units it is written in."""
    assert normal_duration(text) == normal


@pytest.mark.parametrize(
    ("type_", "value", "normal"),
    [
        (Number(), "10", 10),
        (Number(), "1.5", 1.5),
        (Number(), 3, 3),
        (Duration(), 3600, "1h"),
        (Duration(), 0.5, "500ms"),
        (Time(), 1700000000000, "2023-11-14T22:13:20Z"),
        (Time(), -5, "1969-12-31T23:59:59.995Z"),
    ],
)
def test_what_a_server_writes_as_another_kind_of_value_has_the_same_form(type_: Type, value: Any, normal: Any) -> None:
    """Numbers as text, lengths of time as seconds, moments as milliseconds: read as what they are, at any depth."""
    attrs = {"outer": Attr(Blocks({"inner": Attr(type_)}), wire="outer")}
    found = from_wire(attrs, {"outer": [{"inner": value}]})
    assert compared(attrs, found) == {"outer": [{"inner": normal}]}
    assert type(found["outer"][0]["inner"]) is type(normal)


@pytest.mark.parametrize(
    ("text", "normal", "sent"),
    [
        ("2023-11-14T22:13:20Z", "2023-11-14T22:13:20Z", 1700000000000),
        ("2023-11-14t23:13:20.000000+01:00", "2023-11-14T22:13:20Z", 1700000000000),
        ("2023-11-14 16:43:20.05-05:30", "2023-11-14T22:13:20.050Z", 1700000000050),
        ("0001-01-01T00:00:00Z", "0001-01-01T00:00:00Z", -62135596800000),
        ("9999-12-31T23:59:59.999Z", "9999-12-31T23:59:59.999Z", 253402300799999),
    ],
)
def test_a_moment_is_compared_by_instant_and_sent_in_milliseconds(text: str, normal: str, sent: int) -> None:
    """Whatever its zone is; at any depth."""
    attrs = {"at": Attr(Time(), wire="epoch"), "span": Attr(Blocks({"end": Attr(Time())}), wire="spans")}
    values = {"at": text, "span": [{"end": text}]}
    assert to_wire(attrs, values) == {"epoch": sent, "spans": [{"end": sent}]}
    assert compared(attrs, values) == {"at": normal, "span": [{"end": normal}]}
    assert from_wire(attrs, to_wire(attrs, values)) == compared(attrs, values)


@pytest.mark.parametrize(
    "text",
    [
        *("", "now", "2023-11-14", "2023-11-14T22:13:20", "20231114T221320Z", "2023-11-14T22:13Z", "1700000000000"),
        *("2023-13-14T22:13:20Z", "2023-11-14T22:13:60Z", "2023-11-14T22:13:20.0001Z", "0001-01-01T00:00:00+01:00"),
        *("9999-12-31T23:59:59-01:00", "٢٠٢٣-11-14T22:13:20Z", "2023-11-14T22:13:20+99:00"),
    ],
)
def test_what_is_no_moment_says_how_one_is_written(text: str) -> None:
    """Also one that is finer than a server keeps it, or outside of the calendar."""
    problem = f'Expected a time (RFC 3339) such as "2026-01-31T09:00:00Z", found "{text}".'
    assert mismatch(Time(), text) == problem


@pytest.mark.parametrize("count", [10**18, float("inf"), float("nan"), 10**400])
def test_an_answer_outside_of_the_calendar_is_no_moment(count: float) -> None:
    """A fault of the server's, which says what was found."""
    with pytest.raises(ValueError, match="Expected milliseconds since 1970"):
        normal_time(count)


@pytest.mark.parametrize("value", ["ten", "1,5", "nan", "inf"])
def test_what_is_no_number_is_no_answer(value: str) -> None:
    """It is the server's fault then."""
    with pytest.raises(ValueError, match=value):
        from_wire({"size": Attr(Number(), wire="size")}, {"size": value})


@pytest.mark.parametrize(
    ("versioned", "version"),
    [
        (Field("v"), {"v": 1}),
        (Fields(("v", "a")), {"v": 1, "a": "x"}),
        (Digest(beside=("v",)), {"digest": digest_of({"a": "x", "b": None})}),
        (Digest(of=("a", "b")), {"digest": digest_of({"a": "x", "b": None})}),
    ],
)
def test_versions(versioned: VersionOf, version: Any) -> None:
    """Of keys that the server counts on, or of what is there."""
    assert versioned({"v": 1, "a": "x", "b": None}) == version


@given(st.text(max_size=12))
def test_any_text_is_a_length_of_time_or_a_problem(text: str) -> None:
    """And the normal form is its own."""
    try:
        normal = normal_duration(text)
    except ValueError:
        return
    assert normal_duration(normal) == normal


def test_nested_values_go_to_the_wire_and_back() -> None:
    """By the keys of the wire at any depth."""
    wire = to_wire(_ATTRS, _VALUES)
    assert wire["steps"] == [{"forTime": "90s", "passWord": Secret("p")}, {}]
    assert wire["more"] == {"isOn": True}
    assert from_wire(_ATTRS, wire) == _VALUES
    assert [*wire_places(_ATTRS, ("step", 0, "pass"))] == [("steps", 0, "passWord")]
    assert [*wire_places(_ATTRS, ("settings", "auth", "secret"))] == [("settings", "auth", "secret")]


def test_what_is_compared_has_one_form() -> None:
    """Defaults are there, sets in order, durations by length, and what the server alone fills in is not."""
    found = {
        **_VALUES,
        "every": "60s",
        "tags": ["a", "b"],
        "step": [{"id": "1", "for": "1m30s"}, {"id": "2", "for": "0"}],
    }
    wanted = compared(_ATTRS, filled(_ATTRS, {**_VALUES, "step": [{"for": "90s"}, {}]}))
    assert compared(_ATTRS, found) == wanted
    assert (wanted["every"], wanted["tags"], wanted["step"]) == ("1m", ["a", "b"], [{"for": "1m30s"}, {"for": "0s"}])


def test_what_nobody_asked_for_is_left_out_at_any_depth() -> None:
    """Computed attributes of the right item, and keys that the server adds."""
    attrs = {"step": Attr(Blocks({"id": Attr(computed=True, optional=True), "do": Attr()})), "open": _ATTRS["settings"]}
    found = {"step": [{"id": "1", "do": "x"}, {"id": "2", "do": "y"}], "open": {"id": 7, "room": "x"}}
    asked = {"step": [{"do": "y", "id": "2"}, {"do": "x"}], "open": {"room": "x"}}
    assert without_unasked(attrs, found, asked) == {
        "step": [{"do": "x"}, {"id": "2", "do": "y"}],
        "open": {"room": "x"},
    }


def test_the_order_of_a_set_is_that_of_what_is_asked_for() -> None:
    """Whatever the server has put into its items: an id comes before all else in the canonical form."""
    item = {"an_id": Attr(computed=True, optional=True), "do": Attr(), "times": Attr("number", server_default=1)}
    attrs = {"step": Attr(Set(Block(item)), wire="step")}
    wanted = compared(attrs, {"step": [{"do": "x"}, {"do": "y", "times": 1}]})
    found = compared(attrs, {"step": [{"an_id": "2", "do": "x", "times": 1}, {"an_id": "1", "do": "y", "times": 1}]})
    assert without_unasked(attrs, found, wanted) == wanted


def test_secrets_go_by_the_way_to_them() -> None:
    """Which keys are secret goes by another attribute; one that is not known yet may be any of them."""
    assert secrets_of(_ATTRS, _VALUES) == {"settings.token": "t", "settings.auth.secret": "s", "step.0.pass": "p"}
    assert secrets_of(_ATTRS, {**_VALUES, "kind": "mail"}) == {"step.0.pass": "p"}
    assert secrets_of(_ATTRS, {**_VALUES, "settings": UNKNOWN}) is UNKNOWN
    assert [*declared_secrets(_ATTRS, {"kind": UNKNOWN, "settings": {"token": "t"}})] == [("settings", "token")]
    assert leaves_secret(_ATTRS, parse_path("settings"), "settings.token")
    assert leaves_secret(_ATTRS, parse_path("step[*].pass"), "step.0.pass")
    assert not leaves_secret(_ATTRS, parse_path("settings.room"), "settings.token")


@pytest.mark.parametrize(
    ("secrets", "settings"),
    [
        ({}, {"room": "x", "auth": {"user": "u"}}),
        ({"settings.token": "t"}, {"room": "x", "token": Secret("t"), "auth": {"user": "u"}}),
        ({"settings.token": ""}, {"room": "x", "token": Secret(""), "auth": {"user": "u"}}),
        ({"settings.other": ""}, {"room": "x", "auth": {"user": "u"}}),
    ],
)
def test_what_an_update_does_not_mention_is_left_out(secrets: dict[str, str], settings: Any) -> None:
    """An empty text takes a secret away; one that the type cannot have is not spoken of."""
    assert with_secrets(_ATTRS, _VALUES, secrets)["settings"] == settings


@pytest.mark.parametrize(
    ("identity", "values", "uid"),
    [
        (Uid(), {}, "derived"),
        (Uid(), {"uid": "own"}, "own"),
        (Name(), {"name": "A"}, "A"),
        (ServerId("id"), {"name": "A"}, "derived"),
        (Composite(("folder", "name")), {"folder": "f", "name": "a:b"}, "f:a:b"),
        (Composite(("folder", "name")), {"folder": UNKNOWN, "name": "a"}, UNKNOWN),
        (OneOf("folder", ("role", "team")), {"folder": "f", "team": 4}, "f:team:4"),
        (OneOf("folder", ("role", "team")), {"folder": "f", "role": UNKNOWN}, UNKNOWN),
        (OneOf("folder", ("role", "team")), {"folder": "f"}, UNKNOWN),
        (Singleton("policies"), {}, "policies"),
    ],
)
def test_identities(identity: Identity, values: dict[str, Any], uid: Any) -> None:
    """Of a new object, and the same where it is read."""
    complete = identity.complete(dict(values), "", "derived")
    assert identity.uid(complete) == uid
    if uid is not UNKNOWN:
        assert identity.of({**complete, "id": uid}) == uid
        assert identity.uid(identity.complete(dict(values), "remembered", "derived")) in (uid, "remembered")


def test_what_nobody_gave_in_a_nested_block_is_not_shown() -> None:
    """At any depth of blocks; sets and open maps as they are compared."""
    inner = Block({"text": Attr(), "tags": Attr(Set("string")), "any": Attr(Map())})
    outer = Blocks({"name": Attr(), "inner": Attr(inner), "all": Attr(Blocks({"x": Attr()}))})
    given = [{"name": "a", "inner": {"tags": ["b", "a", "b"], "any": {"k": ""}}}, {"all": [{}, {"x": ""}]}]
    normal = compared({"list": Attr(outer)}, {"list": given})["list"]
    assert normal[0]["inner"]["text"] == ""
    assert as_given_in(outer, normal, given) == [
        {"name": "a", "inner": {"tags": ["a", "b"], "any": {"k": ""}}},
        {"all": [{}, {"x": ""}]},
    ]
