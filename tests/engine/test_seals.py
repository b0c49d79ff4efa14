"""What a saved plan remembers of arguments with secrets in them."""

from __future__ import annotations

from typing import Any

import pytest

from hcl_lite.core.values import UNKNOWN, Secret
from hcl_lite.engine.seals import broken, sealed

_KEYS: tuple[dict[str, str], ...] = ({}, {"HCL_LITE_FINGERPRINT_KEY": "k"})
_GIVEN = {"title": Secret("a"), "json_data": {"x": [1, Secret({"y": "b"})]}, "uid": "u", "folder": UNKNOWN}


@pytest.mark.parametrize("environment", _KEYS, ids=["scrypt", "hmac"])
def test_what_is_the_same_is_not_broken(environment: dict[str, str]) -> None:
    """Nothing of a secret is in a seal, and two of the same are not alike."""
    seals = sealed({"one": _GIVEN}, environment)
    assert seals != sealed({"one": _GIVEN}, environment)
    assert list(broken(seals, {"one": dict(_GIVEN), "two": {}}, environment)) == []
    assert list(broken(seals, {}, environment)) == []


@pytest.mark.parametrize(
    ("change", "hidden"),
    [
        ({"title": Secret("b")}, True),
        ({"title": Secret("")}, True),
        ({"title": "a"}, True),
        ({"json_data": {"x": [1, Secret({"y": "c"})]}}, True),
        ({"json_data": {"x": [Secret({"y": "b"}), 1]}}, True),
        ({"json_data": {"x": [2, Secret({"y": "b"})]}}, False),
        ({"uid": "v"}, False),
        ({"folder": "f"}, False),
    ],
)
def test_what_is_another_is_broken(change: dict[str, Any], hidden: bool) -> None:
    """A secret, its place, and what stands beside it."""
    seals = sealed({"one": _GIVEN, "two": _GIVEN}, {})
    assert list(broken(seals, {"one": {**_GIVEN, **change}, "two": _GIVEN}, {})) == [("one", hidden)]


def test_a_seal_that_was_made_with_a_key_needs_it() -> None:
    """Without it nobody can tell, so the plan is refused."""
    seals = sealed({"one": _GIVEN}, _KEYS[1])
    assert list(broken(seals, {"one": _GIVEN}, {})) == [("one", True)]
