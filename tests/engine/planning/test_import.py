"""Objects that are there already, taken over."""

from __future__ import annotations

import asyncio

import pytest

from hcl_lite.core.diags import HclError
from hcl_lite.core.equality import hash_of
from hcl_lite.core.values import Secret
from hcl_lite.engine.open_providers import Session
from hcl_lite.engine.planning.import_ import adopt
from state.model import Record, State
from tests.contexts import BARE
from tests.engine.world import World, address

_TEXT = (
    '[variable.s]\n[data.fake_item.d]\ntitle = "D"\n[resource.fake_box.other]\nuid = "o"\n'
    '[resource.fake_box.b]\nuid = "b"\ntitle = "T"\nnote = "${data.fake_item.d.uid}"\nbox = "${fake_box.other.uid}"\n'
)


def _adopt(world: World, text: str, where: str, uid: str, state: State | None = None) -> Record:
    build = world.build(text, {"s": Secret("/b")})
    session = Session(build.config, world.types(), BARE, read_only=True)
    return asyncio.run(adopt(build, state or State(""), session, address(where), uid))


def test_the_record_says_what_is_there(world: World) -> None:
    """What steers hcl-lite comes from the block, everything else from the server."""
    world.server.put("fake_item", "d-uid", title="D")
    world.server.put("fake_box", "b", title="live")
    assert _adopt(world, _TEXT, "fake_box.b", "b") == Record(
        address=address("fake_box.b"),
        provider="fake",
        uid="b",
        version={"version": 1},
        content=hash_of({"title": "live"}),
        attributes={"url": "/b", "note": "d-uid"},
        dependencies=(address("fake_box.other"),),
    )


def test_what_the_block_takes_from_a_secret_is_not_remembered(world: World) -> None:
    """The server has it in the clear."""
    world.server.put("fake_box", "b", title="/b")
    world.server.objects["fake_box", "b"]["attributes"] = {"title": "/b"}
    record = _adopt(world, '[variable.s]\n[resource.fake_box.b]\nuid = "b"\ntitle = "${var.s}"\n', "fake_box.b", "b")
    assert record.attributes == {"url": "/b"}


@pytest.mark.parametrize(
    ("where", "uid", "says"),
    [
        ("fake_box.nowhere", "b", "fake_box.nowhere is not declared"),
        ("fake_box.b", "c", 'fake_box.b asks for "b", not for "c"'),
        ("fake_box.b", "b", 'There is no fake_box "b"'),
        ("data.fake_item.d", "b", "data.fake_item.d is not declared"),
        ("fake_box.other", "o", "fake_box.other stands for o already"),
    ],
    ids=["no block", "another uid", "not there", "a lookup", "known already"],
)
def test_what_cannot_be_taken_over_is_refused(world: World, where: str, uid: str, says: str) -> None:
    """With the reason."""
    world.server.put("fake_item", "d-uid", title="D")
    known = Record(address("fake_box.other"), "fake", "o", {})
    with pytest.raises(HclError) as caught:
        _adopt(world, _TEXT, where, uid, State("", records={known.address: known}))
    assert caught.value.diagnostics[0].summary == says
