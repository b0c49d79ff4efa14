"""What the classic API makes of what it is sent: seen on 12.4.0, each row."""

from __future__ import annotations

from typing import Any

import pytest

from hcl_lite.core.values import Secret
from providers.grafana.stored import as_stored, stripped


@pytest.mark.parametrize("kept", ["", "auto", "5s", "5000ms", "0.5m", "1ms1m", "1d", "1h30m", 5, False, None])
def test_a_refresh_of_the_least_or_more_stays_as_it_is(kept: Any) -> None:
    """And so does what is no text, and what asks for none."""
    dashboard = {"title": "T", "refresh": kept}
    assert as_stored(dashboard, "5s") is dashboard


@pytest.mark.parametrize("raised", ["1s", "4999ms", "bogus", "1x", "0", "-1m", "0d", "1d2h", "\u2003", "5"])
def test_a_refresh_below_the_least_becomes_that(raised: str) -> None:
    """And so does what is no interval; a server without a least takes any."""
    assert as_stored({"title": "T", "refresh": raised}, "5s") == {"title": "T", "refresh": "5s"}
    assert as_stored({"title": "T", "refresh": raised}, "")["refresh"] == raised


@pytest.mark.parametrize(
    ("title", "kept"), [(" T ", "T"), ("\u00a0T\t", "T"), ("x\u2003", "x"), ("a  b", "a  b"), ("\x1cT", "\x1cT")]
)
def test_a_title_loses_the_spaces_around_it(title: str, kept: str) -> None:
    """Those that Go takes for spaces."""
    assert as_stored({"title": title, "tags": [" a "]}, "5s") == {"title": kept, "tags": [" a "]}


def test_a_secret_title_stays_one() -> None:
    """What is known only after apply stays as it is."""
    assert stripped(Secret(" t0p ")) == Secret("t0p")
