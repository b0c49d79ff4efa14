"""What is said of a step that was not done."""

from __future__ import annotations

import pytest

from hcl_lite.core.diags import Diagnostic
from hcl_lite.core.schema import Conflict, Live, ProviderError, Refused
from hcl_lite.core.values import UNKNOWN, Value
from hcl_lite.engine.applying.diagnostics import conflict_found, step_failed, still_unknown
from hcl_lite.engine.plan import Action, Change
from state.model import Record
from tests.engine.world import config_of

(_BLOCK,) = config_of("[resource.fake_item.i]\n").blocks.values()
_RECORD = Record(_BLOCK.address, "fake", "i", {"version": 1})
_UPDATE = Change(_BLOCK.address, Action.UPDATE, "fake", "i", _RECORD, {"version": 2})
_CREATE = Change(_BLOCK.address, Action.CREATE, "fake", "i")
_SIX = dict.fromkeys("abcdef", 1)
_VERSIONS = "Version applied last: 1; seen by the plan: 2; live now: 3."


def _live(content: Value) -> Live:
    return Live("i", {"version": 3}, {}, content)


@pytest.mark.parametrize(
    ("change", "wanted", "live", "lines"),
    [
        pytest.param(_UPDATE, {"a": 1}, None, [], id="cannot be read"),
        pytest.param(_UPDATE, {"a": 1}, _live(None), [_VERSIONS], id="its content is not told"),
        pytest.param(_UPDATE, {"a": 1}, _live({"a": 1}), [_VERSIONS], id="only saved again"),
        pytest.param(
            _UPDATE,
            {"a": 1},
            _live({"a": "x" * 99}),
            [_VERSIONS, "It differs from what is wanted in 1 places:", f'  a: live "{"x" * 58}…, wanted 1'],
            id="a long value is cut",
        ),
        pytest.param(
            _CREATE,
            _SIX,
            _live(dict.fromkeys(_SIX, 2)),
            [
                "Version applied last: none; seen by the plan: none; live now: 3.",
                "It differs from what is wanted in 6 places:",
                *(f"  {key}: live 2, wanted 1" for key in "abcde"),
            ],
            id="the first places of many",
        ),
    ],
)
def test_a_conflict_shows_all_sides(change: Change, wanted: Value, live: Live | None, lines: list[str]) -> None:
    """As far as they are known."""
    assert conflict_found(_BLOCK, change, wanted, live, Conflict("i has moved")) == Diagnostic(
        "fake_item.i is not as the plan saw it",
        "\n".join(["i has moved", *lines]),
        _BLOCK.place(),
        "Nothing was overwritten. Plan again to decide on what is there now.",
        "fake_item.i",
    )


@pytest.mark.parametrize(
    ("error", "deleting", "summary"),
    [
        (ProviderError("no"), False, "Cannot change fake_item.i"),
        (ProviderError("no"), True, "Cannot delete fake_item.i"),
        (Refused("no"), True, "fake_item.i was not deleted"),
    ],
)
def test_a_failure_says_what_was_tried(error: ProviderError, deleting: bool, summary: str) -> None:
    """What is deleted has often no block any longer, and so no place."""
    assert step_failed(_BLOCK.address, config_of(""), error, deleting=deleting) == Diagnostic(
        summary, "no", hint="", address="fake_item.i"
    )


def test_what_is_still_unknown_is_named() -> None:
    """And what is known is not."""
    said = still_unknown(_BLOCK, {"a": UNKNOWN, "b": 1, "c": UNKNOWN})
    assert said == Diagnostic("a, c of fake_item.i is still not known", "", _BLOCK.place())
