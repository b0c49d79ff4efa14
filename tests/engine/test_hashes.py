"""What the state keeps of contents."""

from __future__ import annotations

import pytest

from hcl_lite.core.equality import hash_of
from hcl_lite.core.values import Secret
from hcl_lite.engine.hashes import Hashes

_CONTENT = hash_of({"title": "T", "url": Secret("hunter2")})
_OTHER = hash_of({"title": "T", "url": Secret("hunter3")})
_KEYS: tuple[dict[str, str], ...] = ({}, {"HCL_LITE_FINGERPRINT_KEY": "k"})


@pytest.mark.parametrize("environment", _KEYS, ids=["scrypt", "hmac"])
def test_what_holds_a_secret_cannot_be_guessed(environment: dict[str, str]) -> None:
    """Two of the same are not alike, and both are known again; by another run, too."""
    one, two = (Hashes(environment).of(_CONTENT, sensitive=True) for _ in range(2))
    assert one != two
    assert _CONTENT not in one
    for known in (one, two):
        hashes = Hashes(environment)
        assert (hashes.is_of(known, _CONTENT), hashes.is_of(known, _OTHER)) == (True, False)
        assert hashes.of(_CONTENT, known, sensitive=True) == known
        assert hashes.of(_OTHER, known, sensitive=True) not in (known, one, two)


def test_what_holds_none_has_a_hash() -> None:
    """Also where it was sensitive before."""
    known = Hashes({}).of(_CONTENT, sensitive=True)
    assert Hashes({}).of(_CONTENT, known, sensitive=False) == _CONTENT
    assert Hashes({}).is_of(_CONTENT, _CONTENT)


def test_a_plain_hash_of_an_earlier_hcl_lite_is_known_and_not_kept() -> None:
    """It is of the same content, and the next state has a fingerprint in its place."""
    assert Hashes({}).is_of(_CONTENT, _CONTENT)
    assert Hashes({}).of(_CONTENT, _CONTENT, sensitive=True) != _CONTENT


def test_a_fingerprint_without_its_key_is_of_nothing() -> None:
    """The object is read then, and compared."""
    known = Hashes(_KEYS[1]).of(_CONTENT, sensitive=True)
    assert not Hashes({}).is_of(known, _CONTENT)
