"""Two versions of a line, the words that differ marked, and expressions in the colours of their language."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby

import click

_WORD = re.compile(r"\w+|\s+|[^\w\s]")
_MOST_WORDS = 2000  # of both lines together: to compare more takes too long
_ALIKE = 0.4  # less in common, and the marks would be all over the line
# The languages of queries by the end of their paths; of a `query` nobody knows without its data source.
_LANGUAGES = {"expr": "promql", "rawSql": "sql", "sql": "sql", "sqlExpression": "sql"}
# Colours of an expression's words, by the names that Pygments has for them.
_TOKENS = {"Keyword": "magenta", "Name.Function": "blue", "Name.Builtin": "blue", "String": "yellow", "Number": "cyan"}

Span = tuple[int, int]


def marked_lines(lines: Iterable[tuple[str, str]], path: str, *, coloured: bool) -> Iterator[tuple[str, str]]:
    """Yields lines, each with its side ("-", "+", or "" for a remark), in their colours: where as many lines come as
    go, the words that differ in each pair are marked."""
    block: list[tuple[str, str]] = []
    for side, line in [*lines, ("", "")]:
        if block and (side == "" or (side == "-" and block[-1][0] == "+")):
            yield from _marked_block(block, path, coloured=coloured)
            block = []
        if side:
            block.append((side, line))
        elif line:
            yield side, line


def marked_pair(before: str, after: str) -> tuple[str, str]:
    """Returns both texts of one line, with the words that differ marked."""
    left, right = differing(before, after)
    return _painted(before, "red", left), _painted(after, "green", right)


def language_of(path: str) -> str:
    """Returns the language of the expression at `path`; empty where it is none, or not known."""
    return _LANGUAGES.get(path.rpartition(".")[2], "")


def _marked_block(block: Sequence[tuple[str, str]], path: str, *, coloured: bool) -> Iterator[tuple[str, str]]:
    old = [line for side, line in block if side == "-"]
    new = [line for side, line in block if side == "+"]
    pairs = [differing(*pair) for pair in zip(old, new, strict=True)] if len(old) == len(new) else []
    language = language_of(path) if coloured else ""
    for number, line in enumerate(old):
        yield "-", _painted(line, "red", pairs[number][0] if pairs else (), language)
    for number, line in enumerate(new):
        yield "+", _painted(line, "green", pairs[number][1] if pairs else (), language)


def differing(before: str, after: str) -> tuple[Sequence[Span], Sequence[Span]]:
    """Returns the places of the words that differ, in each of two texts; none where they have little in common."""
    old, new = _WORD.findall(before), _WORD.findall(after)
    if len(old) + len(new) > _MOST_WORDS:
        return (), ()
    matcher = difflib.SequenceMatcher(None, old, new, autojunk=False)
    if matcher.ratio() < _ALIKE:
        return (), ()
    changed = [codes for codes in matcher.get_opcodes() if codes[0] != "equal"]
    return (
        [span for _, i1, i2, _, _ in changed for span in _span(old, i1, i2)],
        [span for _, _, _, j1, j2 in changed for span in _span(new, j1, j2)],
    )


def _span(words: Sequence[str], first: int, last: int) -> Iterator[Span]:
    start = sum(map(len, words[:first]))
    if last > first:
        yield start, start + sum(map(len, words[first:last]))


def _painted(text: str, colour: str, marks: Sequence[Span], language: str = "") -> str:
    """Returns a line in `colour`, but for the words of its `language`; what is marked is bold and underlined."""
    colours = [*_colours(text, language)] if language else []
    looks = [(colours[i] if colours else "", False) for i in range(len(text))]
    for start, end in marks:
        looks[start:end] = [("", True)] * (end - start)
    pieces = groupby(range(len(text)), key=looks.__getitem__)
    return "".join(
        click.style("".join(text[i] for i in places), fg=own or colour, bold=mark or None, underline=mark or None)
        for (own, mark), places in pieces
    )


def _colours(text: str, language: str) -> Iterator[str]:
    """Yields the colour of each character of an expression, which may stand in quotes; empty for that of the line."""
    inner = text[1:-1] if len(text) > 1 and text[0] == text[-1] == '"' else text
    quote = [""] * ((len(text) - len(inner)) // 2)
    yield from quote
    for piece, colour in _tokens(inner, language):
        yield from [colour] * len(piece)
    yield from quote


def _tokens(text: str, language: str) -> Iterator[tuple[str, str]]:
    """Yields the pieces of an expression with their colours, empty for that of the line."""
    from pygments.lexers import get_lexer_by_name  # noqa: PLC0415 - only where somebody looks
    from pygments.token import is_token_subtype, string_to_tokentype  # noqa: PLC0415

    known = [(string_to_tokentype(name), colour) for name, colour in _TOKENS.items()]
    for _, kind, piece in get_lexer_by_name(language).get_tokens_unprocessed(text):  # each line end as it is
        yield piece, next((colour for one, colour in known if is_token_subtype(kind, one)), "")
