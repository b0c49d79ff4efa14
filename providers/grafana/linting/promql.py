"""PromQL as dashboards have it: variables are replaced by whatever can stand in their place, and the rest is parsed.
Pure."""

from __future__ import annotations

import importlib.util
import itertools
import re
from collections.abc import Iterator, Sequence
from typing import Final

EXTRA: Final = "promql"
_VARIABLE: Final = re.compile(r"\$\{\w+(?:\.[^:}]+)?(?::[^}]*)?\}|\[\[\w+(?::\w+)?\]\]|\$\w+")
_PIECE: Final = re.compile(
    rf"""(?P<variable>{_VARIABLE.pattern})|(?P<string>"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'|`[^`]*`)|(?P<comment>\#[^\n]*)"""
    r"""|(?P<word>offset\b|by\b|without\b|on\b|ignoring\b|group_left\b|group_right\b|[\w:]+)|(?P<other>\s+|.)""",
    re.DOTALL,
)
_OPENING, _CLOSING = frozenset("([{"), frozenset(")]}")
_UNIT: Final = re.compile(r"\w")
_MATCHING: Final = re.compile(r"\s*(?:=|!=|!~)")
_NAMED: Final = re.compile(r"[{\[_\w]")
_STANDS_FOR: Final = ("v", "1", 'v="v"', "", "sum", "+", "1m", "by (v)")
"""A metric or a label, a number, a matcher, nothing, a function, an operator, a duration, a clause."""
_MOST_PARSED: Final = 100_000
"""Pieces of all that an expression may become, tried for what its variables stand for: of more nothing is said."""
_LONGEST, _DEEPEST = 1000, 50
"""Pieces, and brackets in each other: promql-parser 0.12 ends the process where the stack is too small for more."""
_UNKNOWN_FUNCTION: Final = "unknown function"
"""Of Grafana Mimir or VictoriaMetrics, or newer than the parser."""


def is_installed() -> bool:
    """Whether the parser is there: the package promql-parser, of the extra `promql`."""
    return importlib.util.find_spec("promql_parser") is not None


def problem_in(text: str) -> str:
    """Returns why an expression is no PromQL; empty for one that may be, or that the parser cannot judge."""
    import promql_parser  # noqa: PLC0415 - optional, and slow to import

    problem = ""
    for candidate in _candidates(text):
        try:
            promql_parser.parse(candidate)
        except ValueError as error:
            if _UNKNOWN_FUNCTION in str(error):
                return ""
            problem = problem or str(error)
        except BaseException as error:
            if type(error).__name__ != "PanicException":
                raise
            return ""
        else:
            return ""
    return problem


def _candidates(text: str) -> Iterator[str]:
    """The expressions that `text` may become; none where there are too many."""
    pieces = [*_pieces(text)]
    open_ = [n for n, piece in enumerate(pieces) if piece is None]
    if len(pieces) * len(_STANDS_FOR) ** len(open_) > _MOST_PARSED or _is_large(pieces):
        return
    for chosen in itertools.product(_STANDS_FOR, repeat=len(open_)):
        by = dict(zip(open_, chosen, strict=True))
        yield "".join(by[n] if piece is None else piece for n, piece in enumerate(pieces))


def _is_large(pieces: Sequence[str | None]) -> bool:
    steps = [(piece in _OPENING) - (piece in _CLOSING) for piece in pieces]
    return len(pieces) > _LONGEST or max(itertools.accumulate(steps), default=0) > _DEEPEST


def _pieces(text: str) -> Iterator[str | None]:
    """The text without variables where their place tells what they are; None for each of the others."""
    brackets, braces, word = 0, 0, ""
    for match in _PIECE.finditer(text):
        piece, kind = match[0], match.lastgroup
        if kind == "string":
            yield _VARIABLE.sub("v", piece)
        elif kind == "variable":
            if brackets or word == "offset":
                yield "1" if _UNIT.match(text, match.end()) else "1m"
            elif braces and _MATCHING.match(text, match.end()):
                yield "v"
            else:
                is_in_name = _NAMED.match(text, match.end()) or text[match.start() - 1 : match.start()] == "_"
                yield "v" if is_in_name else None
        else:
            brackets += (piece == "[") - (piece == "]")
            braces += (piece == "{") - (piece == "}")
            yield piece
        word = word if piece.isspace() else piece
