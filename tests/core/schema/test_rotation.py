"""Objects that are replaced some time before they expire."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from hcl_lite.core.schema import Rotation

_NOW = datetime(2026, 1, 10, tzinfo=UTC)


@pytest.mark.parametrize(
    ("at", "before", "now", "expected"),
    [
        ("2026-01-12T00:00:00Z", "2d", _NOW, 'it expires at 2026-01-12T00:00:00Z, and before is "2d"'),
        ("2026-01-12T00:00:00Z", "47h59m", _NOW, ""),
        ("2026-01-09T00:00:00Z", "0s", _NOW, 'it expires at 2026-01-09T00:00:00Z, and before is "0s"'),
        ("2026-01-12T00:00:00Z", None, _NOW, ""),
        (None, "2d", _NOW, ""),
        ("some day", "2d", _NOW, ""),
        ("2026-01-12T00:00:00Z", "2d", None, ""),
    ],
)
def test_an_object_is_due_once_its_end_is_near_enough(
    at: str | None, before: str | None, now: datetime | None, expected: str
) -> None:
    """By the times that are known; never where one of them is not."""
    assert Rotation("at", "before").reason({"before": before}, {"at": at}, now) == expected
