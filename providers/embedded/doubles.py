"""JSON with its numbers as Go writes the doubles that they are: what 12.4.0 stores."""

from decimal import Decimal
from typing import Any, Final

import orjson

_EXACT = 2**53  # up to here a double holds every whole number
_MOST_DIGITS = 1e21  # from here on Go writes an exponent
_AS_ZEROS: Final = bytes.maketrans(b"123456789", b"000000000")
_ODD_DIGITS: Final = (b"0" * 16, b"0e0", b"0e+", b"0e-")
_ODD_ENDS: Final = (b".0,", b".0]", b".0}")


def dump_doubles(value: Any, option: int | None = None) -> bytes:
    """`value` as JSON, with an option of orjson.

    A whole number below 1e21 has no fraction and no exponent; those of its digits that nobody needs to tell it are 0.
    """
    text = orjson.dumps(value, option=option)
    return orjson.dumps(_as_doubles(value), option=option) if _may_be_odd(text) else text


def _may_be_odd(text: bytes) -> bool:
    """Whether orjson may have written a number otherwise than Go: by what is to be seen somewhere, in a text maybe."""
    zeros = text.translate(_AS_ZEROS)
    return any(digits in zeros for digits in _ODD_DIGITS) or any(end in text for end in _ODD_ENDS) or text[-2:] == b".0"


def _as_doubles(value: Any) -> Any:
    kind = type(value)
    if kind is dict:
        return {key: _as_doubles(item) for key, item in value.items()}
    if kind is list:
        return [_as_doubles(item) for item in value]
    if kind is int and not -_EXACT <= value <= _EXACT:
        value = float(value)
    elif kind is not float:
        return value
    size = abs(value)
    if size <= _EXACT and not 1e-6 <= size < 1e-5:  # which orjson writes with an exponent
        return int(value) if size and value.is_integer() else value
    return orjson.Fragment(format(Decimal(repr(value)).normalize(), "f") if size < _MOST_DIGITS else repr(value))
