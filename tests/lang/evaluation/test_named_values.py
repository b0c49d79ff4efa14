"""Locals that rest on each other: in long chains, twice over, and on what is not known yet."""

from __future__ import annotations

from typing import Any

import pytest

from hcl_lite.core.addrs import Address
from hcl_lite.core.diags import HclError
from hcl_lite.core.values import UNKNOWN
from tests.lang.scopes import make_scope


def _value(text: str, name: str) -> Any:
    return make_scope(f"[locals]\n{text}").value(Address.parse(f"local.{name}"))


def _chain(first: str, step: str, length: int) -> str:
    return f"l0 = {first}\n" + "".join(f"l{n} = {step.format(n - 1)}\n" for n in range(1, length + 1))


def test_a_chain_of_locals_may_be_longer_than_the_stack() -> None:
    """Each names the one before, and nobody has asked for any of them."""
    assert _value(_chain("1", '"${{local.l{0}}}"', 3000), "l3000") == 1


@pytest.mark.parametrize(("first", "value"), [('"${var.later}"', UNKNOWN), ('"${upper(1, 2)}"', None)])
def test_what_has_no_value_yet_is_not_computed_again_and_again(first: str, value: Any) -> None:
    """Locals that name the one before twice: 2**60 times, if each were computed wherever it is named."""
    text = _chain(first, '"${{local.l{0}}}${{local.l{0}}}"', 60)
    if value is UNKNOWN:
        assert _value(text, "l60") is UNKNOWN
        return
    with pytest.raises(HclError) as caught:
        _value(text, "l60")
    assert len(caught.value.diagnostics) == 1


def test_what_was_not_known_is_computed_again_once_an_object_is() -> None:
    """A local that names a resource: unknown, then what the server has given."""
    text = '[resource.grafana_folder.a]\n[locals]\nx = "${grafana_folder.a.url}"\ny = "${local.x}!"\n'
    scope = make_scope(text)
    assert scope.value(Address.parse("local.y")) is UNKNOWN
    scope.expose(Address.parse("grafana_folder.a"), {"url": "/d/x"})
    assert scope.value(Address.parse("local.y")) == "/d/x!"


def test_values_that_hold_each_other_twice_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    """A billion laughs: lists and texts that double with each local."""
    monkeypatch.setattr("hcl_lite.lang.evaluation.named_values._MOST_VALUES", 1000)
    with pytest.raises(HclError, match=r"local\.l8 is too large"):
        _value(_chain("[1, 2]", '["${{local.l{0}}}", "${{local.l{0}}}"]', 60), "l60")
    monkeypatch.setattr("hcl_lite.lang.expressions.interpolation.MAX_TEXT", 1000)
    with pytest.raises(HclError, match="no value"):
        _value(_chain('"lol"', '"${{local.l{0}}}${{local.l{0}}}"', 60), "l60")
