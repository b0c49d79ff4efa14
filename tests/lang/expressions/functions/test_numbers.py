"""Functions on numbers."""

from __future__ import annotations

import pytest

from tests.lang.expressions.functions.calling import call, failure, same


@pytest.mark.parametrize(
    ("source", "value"),
    [
        ("abs(-12.4)", 12.4),
        ("abs(3)", 3),
        ("ceil(5.1)", 6),
        ("floor(-4.9)", -5),
        ("signum(-13)", -1),
        ("signum(0.0)", 0),
        ("signum(2)", 1),
        ("max(12, 54.5, 3)", 54.5),
        ("min(12, 54, 3)", 3),
        ("sum([10, 13, 6.5])", 29.5),
        ("pow(3, 2)", 9),
        ("pow(4, 0.5)", 2.0),
        ("pow(2, -1)", 0.5),
        ("pow(2, 1000)", 2**1000),
        ("pow(1, 10 ** 30)", 1),
        ("log(50, 10)", 1.6989700043360187),
        ("log(16, 2)", 4.0),
        ("log(27, 3)", 3.0),
        ("parseint('100', 10)", 100),
        ("parseint('-FF', 16)", -255),
        ("parseint('aA', 62)", 656),
        ("range(3)", [0, 1, 2]),
        ("range(-2)", [0, -1]),
        ("range(0)", []),
        ("range(1, 4)", [1, 2, 3]),
        ("range(4, 1)", [4, 3, 2]),
        ("range(1, 8, 3)", [1, 4, 7]),
        ("range(0, 1, 0.5)", [0.0, 0.5]),
    ],
)
def test_numbers(source: str, value: object) -> None:
    """As in Terraform."""
    assert same(call(source), value)


@pytest.mark.parametrize(
    ("source", "message"),
    [
        ("abs('1')", "abs() takes a number as number, not a string; tonumber() makes one of text."),
        ("abs(true)", "abs() takes a number as number, not a bool."),
        ("abs(10 ** 400)", "abs() takes a number below 1e308 as number."),
        ("max()", "max() takes at least one number."),
        ("min([1])", "min() takes a number as numbers, not a list."),
        ("sum([])", "sum() takes a list with at least one number."),
        ("sum([1, null])", "sum() takes a number as numbers[1], not null."),
        ("sum([10 ** 308, 10 ** 308, 1.5])", "sum() would give a number of more than 308 digits."),
        ("pow(10, 400)", "pow() would give a number of more than 308 digits."),
        ("pow(10, 10 ** 300)", "pow() would give a number of more than 308 digits."),
        ("pow(-1, 0.5)", "pow(-1, 0.5) is not a number, or too large."),
        ("pow(0, -1)", "pow(0, -1) is not a number, or too large."),
        ("log(0, 10)", "There is no logarithm of 0 to the base 10."),
        ("log(1, 1)", "There is no logarithm of 1 to the base 1."),
        ("parseint('12', 2)", '"12" is not a whole number in base 2.'),
        ("parseint('', 10)", '"" is not a whole number in base 10.'),
        ("parseint('1', 63)", "parseint() takes a base from 2 to 62, not 63."),
        ("range(100001)", "range() makes at most 100000 numbers."),
        ("range(0, 10 ** 308, 1e-300)", "range() makes at most 100000 numbers."),
        ("range(1, 2, -1)", "range() never comes from 1 to 2 by steps of -1."),
        ("range(1, 2, 0)", "range() never comes from 1 to 2 by steps of 0."),
    ],
)
def test_numbers_that_do_not_fit(source: str, message: str) -> None:
    """What was found and what was expected."""
    assert failure(source)[0] == message
