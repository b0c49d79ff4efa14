"""Sealed bytes: opened with their key alone, and only as they were written."""

from __future__ import annotations

import base64
import json
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hcl_lite.core.diags import HclError
from state.encryption import Cipher, Plain, Sealing, is_sealed

pytest.importorskip("cryptography", reason="the extra encryption is not installed")

_CIPHER = Sealing(lambda: ["the first key"])
_SEALED = _CIPHER.seal(b"what is kept", "state")


@settings(deadline=None, max_examples=30)
@given(data=st.binary(max_size=200))
def test_what_is_sealed_is_opened(data: bytes) -> None:
    """Whatever it is; and nothing of it can be read before."""
    sealed = _CIPHER.seal(data, "journal")
    assert is_sealed(sealed)
    assert sealed.count(b"\n") == 1
    assert len(data) < 8 or data not in base64.b64decode(json.loads(sealed)["data"])
    assert _CIPHER.open(sealed, "journal", "j") == data


def test_the_same_is_never_sealed_twice_alike() -> None:
    """A nonce of its own for each; a salt of its own for each run."""
    again, other = _CIPHER.seal(b"x", "state"), Sealing(lambda: ["the first key"]).seal(b"x", "state")
    assert len({_CIPHER.seal(b"x", "state"), again, other}) == 3


def test_keys_are_changed_by_keeping_the_old_one_for_reading() -> None:
    """The first seals, all open."""
    both = Sealing(lambda: ["the second key", "the first key"])
    assert both.open(_SEALED, "state", "s") == b"what is kept"
    assert _refused(_CIPHER, both.seal(b"new", "state")) == "s is encrypted with another key"


def _refused(cipher: Cipher, data: bytes, kind: str = "state") -> str:
    with pytest.raises(HclError) as caught:
        cipher.open(data, kind, "s")
    return caught.value.diagnostics[0].summary


def test_what_cannot_be_opened_is_told_apart() -> None:
    """No key, a wrong key, no encryption, something else, a newer format."""
    assert _refused(Plain(), _SEALED) == "s is encrypted"
    assert _refused(Sealing(lambda: ["another key"]), _SEALED) == "s is encrypted with another key"
    assert _refused(_CIPHER, b'{"format": 1}') == "s is not encrypted"
    assert _refused(_CIPHER, _SEALED, "plan") == "s is not a plan"
    newer = json.dumps({**json.loads(_SEALED), "hcl_lite_sealed": 2}, separators=(",", ":")).encode()
    assert _refused(_CIPHER, newer) == "s was encrypted by a newer hcl-lite"


@pytest.mark.parametrize("part", ["salt", "check", "nonce", "data", "kind"])
def test_every_changed_part_is_noticed(part: str) -> None:
    """Nothing comes out of what somebody has written into."""
    document = json.loads(_SEALED)
    data = bytearray(base64.b64decode(document[part]) if part != "kind" else b"plan")
    data[0] ^= 1 if part != "kind" else 0
    document[part] = base64.b64encode(data).decode() if part != "kind" else "plan"
    changed = json.dumps(document, separators=(",", ":")).encode()
    expected = {
        "salt": "s is encrypted with another key",
        "check": "s is encrypted with another key",
        "kind": "s is not as it was written",
    }
    assert _refused(_CIPHER, changed, document["kind"]) == expected.get(part, "s is not as it was written")


@settings(deadline=None, max_examples=200)
@given(at=st.integers(0, len(_SEALED) - 1), byte=st.integers(0, 255), cut=st.booleans())
def test_damage_is_only_ever_refused(at: int, byte: int, cut: bool) -> None:
    """One byte changed, or the end missing: HclError, or what was kept."""
    damaged = _SEALED[:at] if cut else _SEALED[:at] + bytes([byte]) + _SEALED[at + 1 :]
    try:
        opened = _CIPHER.open(damaged, "state", "s")
    except HclError:
        return
    assert opened == b"what is kept"


def test_the_way_into_encryption_takes_what_is_plain() -> None:
    """Only where it is asked for."""
    assert replace(_CIPHER, accept_plain=True).open(b"{}", "state", "s") == b"{}"
