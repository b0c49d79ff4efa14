"""A declaration that says what nothing would carry out is no declaration."""

from __future__ import annotations

from typing import Any

import pytest

from hcl_lite.core.schema import Attr
from hcl_lite.core.schema.blocks import Block, Blocks
from providers.kit.api import Rest
from providers.kit.identity import Composite, Name, ServerId
from providers.kit.resource import resource

_UID = Attr(computed=True, optional=True, replaces=True)
_NAME = Attr(required=True, replaces=True)


@pytest.mark.parametrize(
    ("attrs", "declared", "says"),
    [
        ({}, {}, "there is no attribute uid"),
        ({"uid": Attr(computed=True, optional=True)}, {}, "uid is identity: another value has to mean another object"),
        ({"uid": Attr(replaces=True)}, {}, "uid is identity: it has to be given (required) or to be filled in"),
        ({"name": _NAME}, {"identity": Composite(("folder", "name"))}, "there is no attribute folder"),
        ({"id": Attr(computed=True)}, {"identity": ServerId("id")}, "there is no attribute name"),
        ({"name": _NAME}, {"identity": Name(), "distinct": "title"}, "there is no attribute title"),
        ({"name": _NAME}, {"identity": Name(), "shown": ("text",)}, "there is no attribute text"),
        (
            {"name": _NAME, "step": Attr(Blocks({"value": Attr()}))},
            {"identity": Name(), "mentioned": {"step.uid": "dashboard"}},
            "there is no attribute step.uid",
        ),
        ({"uid": _UID, "a": Attr(wire="x"), "b": Attr(wire="x")}, {}, "b and a are the same key on the wire"),
        (
            {"uid": _UID, "a": Attr(required=True, default="x")},
            {},
            "a is required, and has a value where it is left out",
        ),
        ({"uid": _UID, "a": Attr(optional=True)}, {}, "a is optional without computed"),
        ({"uid": _UID, "a": Attr(computed=True, server_default="x")}, {}, "a is computed, and has a default"),
        ({"uid": _UID, "a": Attr(secret=True, default="x")}, {}, "a is secret, and has a default"),
        ({"uid": _UID, "a": Attr("number", choices=("1",))}, {}, "a has choices, and is no string"),
        (
            {"uid": _UID, "a": Attr(Blocks({"b": Attr(Block({"c": Attr(replaces=True)}))}))},
            {},
            "a.b.c says replaces, which only an attribute of the block itself can",
        ),
        (
            {"uid": _UID, "a": Attr(Block({"b": Attr(secret=True, computed=True)}))},
            {},
            "a.b is a secret of the server's",
        ),
        ({"uid": _UID, "a": Attr(Block({"b": Attr(), "c": Attr(wire="b")}))}, {}, "a.c and a.b are the same key"),
    ],
)
def test_what_nothing_would_carry_out_is_said(attrs: Any, declared: Any, says: str) -> None:
    """Where it is declared, with the name of the type."""
    with pytest.raises(ValueError, match=r"^made_x: ") as caught:
        resource("made_x", "A thing.", api=Rest("/x"), attrs=attrs, **declared)
    assert says in str(caught.value)
