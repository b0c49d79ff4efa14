"""Regular expressions and replacing. The syntax is that of Python's `re`, which knows RE2's `(?P<name>…)` too."""

from __future__ import annotations

import re

from hcl_lite.lang.expressions.functions.arguments import MAX_TEXT, FunctionError, joined, quote, refuse_longer
from hcl_lite.lang.expressions.functions.costs import MAX_PARSED, refuse_many

Found = str | list[str | None] | dict[str, str | None]

_LONGEST = 10_000
_GROUP = re.compile(r"\$(?:\$|(\w+)|\{(\w+)\})", re.ASCII)


def regex(pattern: str, text: str) -> Found:
    """The first match of a regular expression (Python's re): its text, or its groups as a list, or a map by name."""
    found = _compile_for_shape(pattern).search(text)
    if found is None:
        hint = "regexall() gives an empty list where nothing matches."
        raise FunctionError(f"The pattern {quote(pattern)} matches nothing in the text.", hint)
    return _shape(found)


def regexall(pattern: str, text: str) -> list[Found]:
    """Every match of a regular expression (Python's re), each in the shape that regex() gives."""
    shapes: list[Found] = []
    compiled = _compile_for_shape(pattern)
    for found in compiled.finditer(text):
        shapes.append(_shape(found))
        refuse_many(len(shapes) * (1 + 2 * compiled.groups), "matches", MAX_PARSED)
    return shapes


def replace(text: str, old: str, new: str) -> str:
    """The text with `new` for every `old`; between slashes, `old` is a regular expression, and `new` may say $1."""
    if len(old) > 1 and old.startswith("/") and old.endswith("/"):
        return _replace_pattern(text, _compile(old[1:-1]), new)
    wide = 1 if text.isascii() and new.isascii() else 4
    refuse_longer(wide * (len(text) + text.count(old) * (len(new) - len(old))))
    return text.replace(old, new)


def _compile(pattern: str) -> re.Pattern[str]:
    if len(pattern) > _LONGEST:
        raise FunctionError(f"A regular expression has at most {_LONGEST} characters.")
    try:
        return re.compile(pattern)
    except re.error as error:
        where = "" if error.pos is None else f" at position {error.pos}"
        raise FunctionError(f"{quote(pattern)} is not a regular expression: {error.msg}{where}.") from error
    except OverflowError as error:
        raise FunctionError(f"{quote(pattern)} is not a regular expression: {error}.") from error


def _compile_for_shape(pattern: str) -> re.Pattern[str]:
    compiled = _compile(pattern)
    if compiled.groupindex and len(compiled.groupindex) < compiled.groups:
        hint = "Name every group, or none; (?:…) groups without being one."
        raise FunctionError(f"The pattern {quote(pattern)} has groups with a name and without.", hint)
    return compiled


def _shape(found: re.Match[str]) -> Found:
    if found.re.groupindex:
        return found.groupdict()
    return list(found.groups()) if found.re.groups else found.group()


def _replace_pattern(text: str, pattern: re.Pattern[str], new: str) -> str:
    pieces: list[str] = []
    length = at = 0
    for found in pattern.finditer(text):
        pieces += text[at : found.start()], _expand(new, found)
        length += len(pieces[-2]) + len(pieces[-1])
        refuse_many(len(pieces), "pieces")
        if length > MAX_TEXT:
            refuse_longer(length)
        at = found.end()
    return joined([*pieces, text[at:]])


def _expand(new: str, found: re.Match[str]) -> str:
    """`new` with $1, ${1}, $name and ${name} replaced by the groups; $$ is a dollar."""

    def group(reference: re.Match[str]) -> str:
        name = reference.group(1) or reference.group(2)
        if name is None:
            return "$"
        try:
            return found.group(int(name) if name.isdecimal() else name) or ""
        except IndexError as error:
            hint = f"${{{name[0]}}}{name[1:]} ends the group's name there; $$ is a dollar."
            raise FunctionError(f"The pattern has no group {quote(name)}.", hint) from error

    return _GROUP.sub(group, new)
