"""JSON text of which parts are not known yet: what of it is known is read."""

from __future__ import annotations

from typing import Any

import pytest

from hcl_lite.core.values import UNKNOWN, Secret
from hcl_lite.lang.evaluation.partly_known import read_partly


@pytest.mark.parametrize(
    ("parts", "expected"),
    [
        (['{"title": "', UNKNOWN, '", "uid": "u"}'], {"title": UNKNOWN, "uid": "u"}),
        (['{"title": "Of ', UNKNOWN, ' and \\"', UNKNOWN, '\\"", "n": 1}'], {"title": UNKNOWN, "n": 1}),
        (['{"n": ', UNKNOWN, ', "list": [1, ', UNKNOWN, "]}"], {"n": UNKNOWN, "list": [1, UNKNOWN]}),
        (['{"on": ', True, ', "n": ', 1.5, ', "s": "', "x", '", "u": ', UNKNOWN, "}"], None),
        ([UNKNOWN], UNKNOWN),
        (['{"', UNKNOWN, '": 1}'], UNKNOWN),  # a key: what else is there may be another
        (['{"a": 1', UNKNOWN, "}"], UNKNOWN),
        (["{", UNKNOWN, "}"], UNKNOWN),
        (['{"a": "', Secret("s"), '", "b": ', UNKNOWN, "}"], UNKNOWN),
        (["[" * 100_000, UNKNOWN], UNKNOWN),
    ],
    ids=range(10),
)
def test_what_is_known_is_read(parts: list[Any], expected: Any) -> None:
    """A string or a value with an unknown part is unknown; a text that is no JSON for it is so as a whole."""
    expected = {"on": True, "n": 1.5, "s": "x", "u": UNKNOWN} if expected is None else expected
    assert read_partly(parts) == expected
