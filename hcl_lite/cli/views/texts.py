"""Two texts that differ, shown so that they also look different: white space and what nobody sees is written out."""

from __future__ import annotations

import difflib
import json
import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator

_WIDE = 60
_WHOLE = 4000  # an expression that a person reads from end to end
_LONGEST = 240  # of the part that differs
# Of both sides together: to compare more line by line takes too long.
_MOST_LINES = 2000
_MOST_CHARACTERS = 200_000

# Joiners, fillers and selectors of variants: what Python takes for printable, and nobody sees.
_UNSEEN = re.compile(
    "[\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180f\u2800\u3164\ufe00-\ufe0f\uffa0\U000e0100-\U000e01ef]"
)
# Letters and marks that look like those of ASCII in most fonts.
_LOOKS = str.maketrans(
    "АВЕЅІЈКМНОРСТУХаеорсухіјѕԁԛԝһΑΒΕΖΗΙΚΜΝΟΡΤΥΧονı‐‑‒–—―−‘’‚′“”„″",
    "ABESIJKMHOPCTYXaeopcyxijsdqwhABEZHIKMNOPTYXovi-------''''\"\"\"\"",
)

Form = Callable[[str], str]


def unseen_escaped(text: str) -> str:
    """`text` for a place within a line, with all that nobody sees as \\uXXXX."""
    text = _UNSEEN.sub(lambda match: _escaped(match[0]), text)
    return text if text.isprintable() else "".join(c if c.isprintable() else _escaped(c) for c in text)


def visible(text: str) -> str:
    """`text` as a string of JSON, of which a reader sees all."""
    return unseen_escaped(json.dumps(text, ensure_ascii=False))


def ascii_only(text: str) -> str:
    """`text` as a string of JSON that no two texts share, and that looks like no other."""
    return json.dumps(text).replace("\x7f", "\\u007f")


def apart(before: str, after: str, *forms: Form) -> tuple[str, str]:
    """Both in the first of `forms`, of which ascii_only is the last, in which they look different."""
    for form in forms:
        left, right = form(before), form(after)
        if _skeleton(left) != _skeleton(right):
            return left, right
    return ascii_only(before), ascii_only(after)


def in_one_line(before: str, after: str) -> bool:
    """Whether both are short enough to stand side by side."""
    return max(len(before), len(after)) <= _WIDE and "\n" not in before + after


def compared(before: str, after: str, *, full: bool) -> Iterator[tuple[str, str]]:
    """Lines of two longer texts, each with "-", "+", or "" for a remark: what differs, and a little around it.

    With `full` nothing of what differs is cut.
    """
    if _has_lines(before, after):
        yield from _lines(before, after)
        return
    left, right, cut = _around_change(before, after, full=full)
    shown = apart(left, right, _plain, visible)
    yield "-", shown[0]
    yield "+", shown[1]
    if cut:
        yield "", f"… and {cut} more characters that differ: --full shows them"


def _has_lines(before: str, after: str) -> bool:
    """Whether there are several lines, and no more than can be compared with each other in a moment."""
    if "\n" not in before and "\n" not in after:
        return False
    return len(before) + len(after) <= _MOST_CHARACTERS and before.count("\n") + after.count("\n") <= _MOST_LINES


def _lines(before: str, after: str) -> Iterator[tuple[str, str]]:
    old, new = before.splitlines(keepends=True), after.splitlines(keepends=True)
    ended = _is_ended(before) or _is_ended(after)
    hunks = [
        (old[i1:i2], new[j1:j2])
        for kind, i1, i2, j1, j2 in difflib.SequenceMatcher(None, old, new, autojunk=False).get_opcodes()
        if kind != "equal"
    ]
    for left, right in hunks:
        plain = all(_is_plain(line, ended=ended) for line in (*left, *right))
        for form in (_without_end, visible, ascii_only) if plain else (visible, ascii_only):
            shown = [form(line) for line in left], [form(line) for line in right]
            if _unindented(shown[0]) != _unindented(shown[1]):
                break
        yield from (("-", line) for line in shown[0])
        yield from (("+", line) for line in shown[1])


def _unindented(lines: Iterable[str]) -> str:
    """Returns the skeleton of lines without their indentation, where a tab and spaces look alike."""
    return _skeleton("\n".join(line.lstrip() for line in lines))


def _is_ended(text: str) -> bool:
    return text.endswith("\n")


def _is_plain(line: str, *, ended: bool) -> bool:
    """Whether a reader sees all of a line; `ended` says that one without line end is worth seeing."""
    text = _without_end(line)
    hidden = text != text.rstrip() or unseen_escaped(text.lstrip("\t")) != text.lstrip("\t")
    return text != "" and (text != line or not ended) and not hidden


def _without_end(line: str) -> str:
    return line.removesuffix("\n")


def _plain(text: str) -> str:
    """In quotes, and easier to read than JSON where there are quotes in it."""
    return f'"{unseen_escaped(text)}"'


def _around_change(before: str, after: str, *, full: bool) -> tuple[str, str, int]:
    """Both texts without the long parts that they share at their ends, and how much of what differs was cut too."""
    if full and max(len(before), len(after)) <= _WHOLE:
        return before, after, 0
    shortest = min(len(before), len(after))
    start = next((i for i in range(shortest) if before[i] != after[i]), shortest)
    end = next((i for i in range(shortest - start) if before[-1 - i] != after[-1 - i]), shortest - start)
    left = max(0, start - _WIDE // 2)
    pieces, cut = [], 0
    for text in (before, after):
        differing = len(text) - end - start
        over = 0 if full else max(0, differing - _LONGEST)
        last = len(text) - end - over
        right = last if over else min(len(text), last + _WIDE // 2)
        pieces.append(f"{'…' if left else ''}{text[left:right]}{'…' if right < len(text) else ''}")
        cut += over
    return pieces[0], pieces[1], cut


def _skeleton(text: str) -> str:
    """Returns a normal form of `text` that is equal for texts that a reader cannot tell apart."""
    return unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", text).translate(_LOOKS))


def _escaped(letter: str) -> str:
    """Escapes a letter as JSON does: beyond \uffff as two."""
    return json.dumps(letter)[1:-1] if letter != "\x7f" else "\\u007f"
