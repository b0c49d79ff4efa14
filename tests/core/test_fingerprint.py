"""What is kept of a secret."""

from __future__ import annotations

import pytest

from hcl_lite.core.fingerprint import KEY_VARIABLE, fingerprint, matches


@pytest.mark.parametrize("environment", [{}, {KEY_VARIABLE: "k"}], ids=["scrypt", "hmac"])
def test_a_fingerprint_knows_its_secret_and_tells_nothing(environment: dict[str, str]) -> None:
    """Salted: two of one secret differ."""
    one, two = fingerprint("s", environment), fingerprint("s", environment)
    assert one != two
    assert "s" not in one.split("$")
    assert matches("s", one, environment)
    assert not matches("t", one, environment)


def test_a_fingerprint_made_with_a_key_needs_it() -> None:
    """Without the key, or with another, nothing matches; nor does garbage."""
    made = fingerprint("s", {KEY_VARIABLE: "k"})
    assert not matches("s", made, {})
    assert not matches("s", made, {KEY_VARIABLE: "other"})
    assert not any(matches("s", text, {}) for text in _GARBAGE)


_GARBAGE = ("", "scrypt$", "scrypt$zz$zz", "md5$00$00", "scrypt$x$00$00", "scrypt$0$00$00", "scrypt$60$00$00")


def test_a_fingerprint_says_what_a_guess_costs(monkeypatch: pytest.MonkeyPatch) -> None:
    """So one of another effort still matches; the first versions did not say theirs."""
    monkeypatch.setattr("hcl_lite.core.fingerprint._EFFORT", 14)
    made = fingerprint("s", {}, b"salt")
    assert made.split("$")[:3] == ["scrypt", "14", b"salt".hex()]
    assert matches("s", made.replace("$14$", "$"), {})
    monkeypatch.setattr("hcl_lite.core.fingerprint._EFFORT", 15)
    dearer = fingerprint("s", {}, b"salt")
    assert matches("s", dearer, {})
    assert matches("s", made, {})
    assert not matches("s", dearer.replace("$15$", "$14$"), {})
