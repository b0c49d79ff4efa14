"""What a server has, held against what it was sent."""

from __future__ import annotations

from typing import Any

import pytest

from hcl_lite.core.contents import holds
from hcl_lite.core.values import Secret


@pytest.mark.parametrize(
    ("found", "sent", "same"),
    [
        ({"a": 1}, {"a": 1}, True),
        ({"a": 1}, {"a": 2}, False),
        ({"a": 1}, {"a": 1.0}, True),
        ({"a": True}, {"a": 1}, False),
        ({"a": 1, "b": ""}, {"a": 1}, False),
        ({"a": 1, "b": "x"}, {"a": 1}, False),  # an attribute that was not sent is not asked for
        ({"a": 1}, {"a": 1, "b": None}, False),
        ({"a": {"x": 1}}, {"a": {"x": 1, "y": ""}}, False),
        ({"a": {"x": 1, "y": []}}, {"a": {"x": 1, "y": None}}, False),
        ({"a": 2.0**53}, {"a": 2**53 + 1}, True),
        ({"a": {"x": 1, "filled in": 2}}, {"a": {"x": 1}}, True),
        ({"a": {"x": 1}}, {"a": {"x": 1, "y": 2}}, False),
        ({"a": [{"x": 1, "filled in": 2}]}, {"a": [{"x": 1}]}, True),
        ({"a": [1, 2]}, {"a": [1]}, False),
        ({"a": {}}, {}, False),
        ({"a": {"b": []}}, {"a": None}, False),
        ({"a": "s"}, {"a": Secret("s")}, True),
        (None, {"a": 1}, False),
    ],
)
def test_what_is_there_is_what_was_sent(found: Any, sent: Any, same: bool) -> None:
    """Servers fill in settings; they add no items and no attributes."""
    assert holds(found, sent) is same
