"""Saved plans: written and read back, and what is said of files that are none."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hcl_lite.core.addrs import Address
from hcl_lite.core.diags import Diagnostic, HclError, Place, Severity
from hcl_lite.engine.changes import Action, Change, OutputChange, Plan
from hcl_lite.engine.diff import ABSENT, Difference
from hcl_lite.engine.planfile import decode, encode
from state.model import Record

_ADDRESS = Address.resource("t", "x", "k")
_PLAN = Plan(
    changes=(
        Change(
            address=_ADDRESS,
            action=Action.UPDATE,
            provider="p",
            uid="u",
            record=Record(_ADDRESS, "p", "u", {"id": 7}, "a", "c", {"url": "/x"}, {"s": "scrypt$1$2"}, (_ADDRESS,)),
            seen={"id": 7, "version": 2},
            wanted="h",
            create_first=True,
            differences=(Difference("a", None, 1), Difference("b", ABSENT, None), Difference("c", [1], ABSENT)),
            secrets={"s": "rotated"},
            because="why",
            note="note",
            drifted=True,
            deposed=True,
            moved_from=Address.resource("t", "old"),
            dependencies=(_ADDRESS,),
            place=Place("main.toml", 3, 1),
        ),
        Change(_ADDRESS, Action.NOOP),
    ),
    outputs=(OutputChange("o", ABSENT, None), OutputChange("p", 1, ABSENT)),
    warnings=(Diagnostic("w", "d", severity=Severity.WARNING),),
    lineage="l",
    serial=3,
    destroy=True,
    refresh_only=True,
    targets=(_ADDRESS,),
    inputs={"v": [1, None]},
)


def test_a_plan_comes_back_as_it_was() -> None:
    """Null and absent are two things."""
    assert decode(encode(_PLAN), "p") == _PLAN


@given(st.integers(0, 2500), st.binary(max_size=3))
def test_a_damaged_plan_is_refused_and_nothing_else(at: int, junk: bytes) -> None:
    """Cut, or with bytes in it that do not belong there."""
    data = encode(_PLAN)
    for damaged in (data[:at], data[:at] + junk + data[at + len(junk) :], junk):
        try:
            decode(damaged, "p")
        except HclError as error:
            assert error.diagnostics[0].summary == "p is not a saved plan"


def test_another_json_file_is_no_plan() -> None:
    """It says which command writes one."""
    with pytest.raises(HclError, match="is not a saved plan") as caught:
        decode(b'{"format": 1, "records": []}', "state.json")
    assert "hcl-lite plan --out" in caught.value.diagnostics[0].hint
