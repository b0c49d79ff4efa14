"""Functions on numbers."""

from __future__ import annotations

import builtins
import math
import re
from collections.abc import Callable, Mapping
from typing import Any, TypeVar

from hcl_lite.lang.expressions.functions.arguments import MAX_ITEMS, FunctionError, Number, Numbers, quote

T = TypeVar("T", int, float)
_MAX_BITS = 1023  # of a float's largest number


def abs(number: Number) -> Number:
    """The number without its sign."""
    return builtins.abs(number)


def ceil(number: Number) -> int:
    """The nearest whole number that is not below the number."""
    return math.ceil(number)


def floor(number: Number) -> int:
    """The nearest whole number that is not above the number."""
    return math.floor(number)


def signum(number: Number) -> int:
    """-1, 0 or 1: the sign of the number."""
    return (number > 0) - (number < 0)


def max(*numbers: Number) -> Number:
    """The largest of the numbers."""
    return builtins.max(_some("max", numbers))


def min(*numbers: Number) -> Number:
    """The smallest of the numbers."""
    return builtins.min(_some("min", numbers))


def _some(name: str, numbers: tuple[Number, ...]) -> tuple[Number, ...]:
    if not numbers:
        raise FunctionError(
            f"{name}() takes at least one number.", f"Of a list's numbers: {name}(list...) is {name}(*list)."
        )
    return numbers


def sum(numbers: Numbers) -> Number:
    """The sum of a list's numbers."""
    if not numbers:
        raise FunctionError(
            "sum() takes a list with at least one number.", "sum(concat([0], list)) is 0 for an empty list."
        )
    try:
        return _finite("sum", builtins.sum(numbers))
    except OverflowError as error:
        raise FunctionError("sum() would give a number of more than 308 digits.") from error


def pow(base: Number, exponent: Number) -> Number:
    """The base to the power of the exponent."""
    if isinstance(base, int) and isinstance(exponent, int) and exponent >= 0:
        if builtins.abs(base) > 1 and (builtins.abs(base).bit_length() - 1) * exponent > _MAX_BITS:
            raise FunctionError("pow() would give a number of more than 308 digits.")
        return _finite("pow", int(base**exponent))
    try:
        return _finite("pow", math.pow(base, exponent))
    except (ValueError, OverflowError) as error:
        raise FunctionError(f"pow({base}, {exponent}) is not a number, or too large.") from error


def log(number: Number, base: Number) -> float:
    """The logarithm of the number to the base."""
    if number <= 0 or base <= 0 or base == 1:
        raise FunctionError(
            f"There is no logarithm of {number} to the base {base}.", "Both must be above 0, the base not 1."
        )
    # The functions of their own are exact where math.log(8, 2) is not.
    if base in (2, 10):
        return math.log2(number) if base == 2 else math.log10(number)
    return math.log(number) / math.log(base)


def parseint(text: str, base: int) -> int:
    """The whole number that is written in the base (2 to 62)."""
    if not 2 <= base <= 62:
        raise FunctionError(f"parseint() takes a base from 2 to 62, not {base}.")
    digits = re.fullmatch(r"([-+]?)([0-9A-Za-z]{1,1100})", text)
    values = [_digit(character, base) for character in digits.group(2)] if digits else []
    if not digits or not all(0 <= value < base for value in values):
        raise FunctionError(f"{quote(text)} is not a whole number in base {base}.")
    number = 0
    for value in values:
        number = number * base + value
    return _finite("parseint", -number if digits.group(1) == "-" else number)


def _digit(character: str, base: int) -> int:
    """Up to base 36 the case does not matter; above, lower case comes first."""
    if character.isdigit():
        return int(character)
    if base <= 36 or character.islower():
        return ord(character.lower()) - ord("a") + 10
    return ord(character) - ord("A") + 36


def range(first: Number, second: Number | None = None, step: Number | None = None) -> list[Number]:
    """The numbers from 0 below `first`; with two arguments from `first` below `second`; with `step` between them."""
    start, end = (0, first) if second is None else (first, second)
    if step is None:
        step = 1 if start <= end else -1
    if step == 0 or signum(end - start) * signum(step) < 0:
        raise FunctionError(f"range() never comes from {start} to {end} by steps of {step}.")
    if builtins.abs(end - start) > MAX_ITEMS * builtins.abs(step):
        raise FunctionError(f"range() makes at most {MAX_ITEMS} numbers.")
    return [start + step * at for at in builtins.range(math.ceil((end - start) / step))]


def _finite(name: str, number: T) -> T:
    if not builtins.abs(number) <= 10**308:
        raise FunctionError(f"{name}() would give a number of more than 308 digits.")
    return number


NUMBERS: Mapping[str, Callable[..., Any]] = {
    function.__name__: function for function in (abs, ceil, floor, signum, max, min, sum, pow, log, parseint, range)
}
