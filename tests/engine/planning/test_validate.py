"""What validate finds in the values, without a server."""

from __future__ import annotations

import pytest

from hcl_lite.core.diags import HclError
from hcl_lite.engine.planning.validate import check_values
from tests.engine.world import World


def test_every_block_with_a_mistake_is_reported(world: World) -> None:
    """Resources, lookups, locals and outputs, in the order of their places."""
    text = (
        '[resource.fake_box.a]\ntitle = "impossible"\n'
        '[resource.fake_box.b]\ntitle = "${jsondecode(1)}"\n'
        '[data.fake_item.d]\ntitle = "${var.number}"\n'
        '[locals]\nx = "${jsondecode(2)}"\n[variable.number]\n'
    )
    with pytest.raises(HclError) as caught:
        check_values(world.build(text, {"number": 1}), world.types())
    found = [(d.place.line if d.place else 0, d.summary) for d in caught.value.diagnostics]
    assert found == [
        (2, "This title is impossible"),
        (4, "This expression has no value"),
        (6, '"title" has the wrong type'),
        (8, "This expression has no value"),
    ]


def test_what_waits_for_a_server_is_no_mistake(world: World) -> None:
    """It is not known yet."""
    text = (
        '[resource.fake_box.a]\n[resource.fake_box.b]\ntitle = "${fake_box.a.url}"\n'
        '[output.o]\nvalue = "${fake_box.b.title}"\n'
    )
    check_values(world.build(text), world.types())
