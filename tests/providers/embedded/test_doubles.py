"""Numbers as Go writes doubles, whatever else is in the JSON."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from providers.embedded.doubles import dump_doubles

_NUMBERS = st.floats(allow_nan=False, allow_infinity=False) | st.integers(-(2**63), 2**64 - 1)
_VALUES = st.recursive(
    _NUMBERS | st.text(max_size=5) | st.booleans() | st.none(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=3),
    max_leaves=12,
)


@pytest.mark.parametrize(
    ("number", "written"),
    [
        (1.0, "1"),
        (-1.0, "-1"),
        (0.0, "0.0"),
        (10.5, "10.5"),
        (2**53, "9007199254740992"),
        (2**53 + 1, "9007199254740992"),
        (2.0**53 + 2, "9007199254740994"),
        (1e15, "1000000000000000"),
        (1e16, "10000000000000000"),
        (1e20, "100000000000000000000"),
        (1e21, "1e+21"),
        (1e-5, "0.00001"),
        (2.5e-6, "0.0000025"),
        (1e-7, "1e-7"),
    ],
)
def test_each_is_written_as_go_does(number: float, written: str) -> None:
    """Alone, and at the end of whatever holds it."""
    told = [dump_doubles(value).decode() for value in (number, [number], [number, 1], {"a": number})]

    assert told == [written, f"[{written}]", f"[{written},1]", f'{{"a":{written}}}']


@given(_VALUES)
def test_values_stay_what_they_are_as_doubles(value: Any) -> None:
    """None is taken for another number, and none is left as orjson writes it: whole ones have no fraction."""
    written = dump_doubles(value).decode()

    assert json.loads(written, parse_int=float) == json.loads(json.dumps(value), parse_int=float)
    assert [text for text in _floats_of(written) if text.endswith(".0") and float(text)] == []


def _floats_of(written: str) -> list[str]:
    found: list[str] = []
    json.loads(written, parse_float=found.append)
    return found
