"""Tests of the words that differ, and of expressions in the colours of their language."""

from __future__ import annotations

import click
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from hcl_lite.cli.views.words import language_of, marked_lines, marked_pair

_MARK = "\x1b[1m\x1b[4m"


def test_the_words_that_differ_are_marked() -> None:
    """Bold and underlined, in the colour of their side."""
    left, right = marked_pair("rate(x[5m])", "rate(x[1m])")
    assert left == f"\x1b[31mrate(x[\x1b[0m\x1b[31m{_MARK}5m\x1b[0m\x1b[31m])\x1b[0m"
    assert right == f"\x1b[32mrate(x[\x1b[0m\x1b[32m{_MARK}1m\x1b[0m\x1b[32m])\x1b[0m"


def test_lines_with_little_in_common_are_not_marked() -> None:
    """Marks all over a line tell nothing."""
    assert _MARK not in "".join(marked_pair("sum by (job) (up)", "histogram_quantile(0.9, x)"))


def test_lines_are_marked_in_pairs() -> None:
    """Where as many come as go; of others nobody knows which belong together."""
    lines = [("-", "a b c"), ("+", "a x c"), ("-", "one"), ("+", "one"), ("+", "two"), ("", "… and more")]
    shown = list(marked_lines(lines, "content", coloured=True))
    assert [(side, click.unstyle(line)) for side, line in shown] == lines
    assert [_MARK in line for _, line in shown] == [True, True, False, False, False, False]


@pytest.mark.parametrize(
    ("path", "language"),
    [
        ('panels["CPU"].targets[A].expr', "promql"),
        ("rawSql", "sql"),
        ("title", ""),
        ('panels["expr"]', ""),
    ],
)
def test_the_language_is_told_by_the_path(path: str, language: str) -> None:
    """Of what a key holds nothing else."""
    assert language_of(path) == language


def test_an_expression_is_in_the_colours_of_its_language() -> None:
    """Also in quotes; on a page without colours it is not."""
    lines = [("-", '"sum(up)"'), ("+", '"sum(down)"')]
    (_, coloured), _ = marked_lines(lines, "expr", coloured=True)
    (_, plain), _ = marked_lines(lines, "expr", coloured=False)
    assert coloured.startswith('\x1b[31m"\x1b[0m\x1b[35msum\x1b[0m')
    assert click.unstyle(coloured) == click.unstyle(plain) == '"sum(up)"'
    assert "\x1b[35m" not in plain


@given(
    st.lists(st.tuples(st.sampled_from("-+"), st.text(max_size=30)), max_size=6), st.sampled_from(["expr", "sql", "x"])
)
@example([("-", "up\r\n")], "expr")
def test_nothing_is_lost_or_added(lines: list[tuple[str, str]], path: str) -> None:
    """Whatever the lines are: all that is added are colours."""
    lines = [(side, line.replace("\x1b", "")) for side, line in lines]
    shown = [(side, click.unstyle(line)) for side, line in marked_lines(lines, path, coloured=True)]
    assert shown == lines
