"""Diagnostics point at the very characters: proved on generated strings, against what tomli reads."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import tomli
from hypothesis import assume, given
from hypothesis import strategies as st

from hcl_lite.core.diags import Diagnostic, Place
from hcl_lite.lang.config.check import check_config
from hcl_lite.lang.config.config import build_config
from hcl_lite.lang.toml.source import parse_source

_QUOTES = ('"', "'", '"""', "'''")
_PLAIN = st.text(
    st.characters(codec="utf-8", exclude_categories=["Cc", "Cs"], exclude_characters="\"'\\${}"), max_size=8
)


@dataclass(frozen=True)
class _Written:
    """A TOML string as it is written; `markers` are the references in it."""

    literal: str
    quote: str
    markers: tuple[str, ...]


@st.composite
def _strings(draw: st.DrawFn) -> _Written:
    """Text with references in it, in any of TOML's spellings: escapes, several lines, folded lines."""
    quote = draw(st.sampled_from(_QUOTES))
    count = draw(st.integers(1, 3))
    markers = tuple(f"var.m{draw(st.integers(0, 10**6))}x{index}" for index in range(count))
    pieces = [draw(_PLAIN)]
    for marker in markers:
        blanks = " " * draw(st.integers(0, 2))
        call = draw(st.sampled_from(["${%s}", "${upper(%s)}", "${1 + %s}", "${{} if %s is defined else 2}"]))
        pieces += [call % (blanks + marker), draw(_PLAIN)]
    body = "".join(_spelled(draw, char, quote) for piece in pieces for char in piece)
    if len(quote) == 3 and draw(st.booleans()):
        body = "\n" + body
    return _Written(f"{quote}{body}{quote}", quote, markers)


def _spelled(draw: st.DrawFn, char: str, quote: str) -> str:
    """One character, perhaps as an escape, perhaps with a line folded before it, or a line end after it."""
    if quote.startswith("'"):
        return char + ("\n" if quote == "'''" and char == " " and draw(st.booleans()) else "")
    style = draw(st.integers(0, 12))
    if style == 0:
        return f"\\u{ord(char):04x}" if ord(char) < 0x10000 else f"\\U{ord(char):08x}"
    if style == 1 and quote == '"""' and char not in " \t":
        return "\\\n    " + char
    return char


def _slice(text: str, place: Place) -> str:
    """The characters that a place points at."""
    lines = text.split("\n")
    start = sum(len(line) + 1 for line in lines[: place.line - 1]) + place.column - 1
    return text[start : start + place.width]


def _decoded(raw: str, quote: str) -> str:
    long = quote if len(quote) == 3 else quote * 3
    value = tomli.loads(f"v = {long}{raw}{long}")["v"]
    assert isinstance(value, str)
    return value


@given(st.lists(_strings(), min_size=1, max_size=3), st.text(st.sampled_from("\n# é"), max_size=5))
def test_an_undeclared_reference_is_shown_where_it_stands(written: list[_Written], before: str) -> None:
    """In every kind of string, after escapes, line ends and folded lines; a place ends with its line."""
    markers = [marker for string in written for marker in string.markers]
    assume(len(set(markers)) == len(markers))
    head = "".join(f"#{line}\n" for line in before.split("\n"))
    text = head + "[locals]\n" + "".join(f"k{index} = {string.literal}\n" for index, string in enumerate(written))
    problems: list[Diagnostic] = []
    config = build_config(Path(), [parse_source(text, "main.toml")], problems)
    assert problems == []
    found = {d.summary.removesuffix(" is not declared"): d for d in check_config(config, {}, ["upper"])}
    assert set(found) == set(markers)
    for string in written:
        for marker in string.markers:
            place = found[marker].place
            assert place is not None
            shown = _slice(text, place)
            whole = _decoded(shown.removesuffix("\\"), string.quote)
            # What is folded over two lines is shown up to the end of the first.
            assert marker == whole or (marker.startswith(whole) and place.column + place.width - 1 == len(place.text))
            assert place.text == text.split("\n")[place.line - 1]


@given(_strings())
def test_a_place_is_in_the_value_that_tomli_reads(string: _Written) -> None:
    """The value's own place covers it wholly, so that tomli reads the same from it."""
    text = f"[a]\nx = 1\nkey = {string.literal} # end\n"
    source = parse_source(text, "main.toml")
    place = source.value_place(("a", "key"))
    start = text.index(string.literal)
    assert (place.line, place.column) == (3, start - text.rindex("\n", 0, start))
    assert tomli.loads(f"v = {string.literal}")["v"] == source.data["a"]["key"]
