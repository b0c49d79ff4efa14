"""format() and formatlist(): Terraform's printf."""

from __future__ import annotations

import builtins
import json
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from hcl_lite.core.values import Value
from hcl_lite.lang.expressions.functions.arguments import (
    FunctionError,
    is_list,
    is_number,
    joined,
    kind_of,
    refuse_longer,
    text_of,
)
from hcl_lite.lang.expressions.functions.costs import MAX_PARSED, refuse_many, weight
from hcl_lite.lang.expressions.functions.encoding import jsonencode

_VERB = re.compile(
    r"%(?P<flags>[-+ 0#]*)(?P<width>\d+)?(?:\.(?P<precision>\d*))?(?:\[(?P<index>\d+)\])?(?P<verb>.?)", re.S
)
_MAX_WIDTH = 10_000


@dataclass(frozen=True, slots=True)
class _Verb:
    """One `%…` of a format: `text` as written."""

    text: str
    flags: str
    width: int
    precision: int | None
    letter: str


def format(spec: str, *values: Value) -> str:
    """The text of `spec` with %s, %d, %f, %q, %v, %t, %x … replaced by the values, as printf does."""
    refuse_many(spec.count("%"), "verbs", MAX_PARSED)
    return joined(_pieces(spec, values))


def formatlist(spec: str, *values: Value) -> list[str]:
    """A list of texts: format() for each item of the lists among the values."""
    lengths = {len(value) for value in values if is_list(value)}
    if len(lengths) > 1:
        raise FunctionError(
            f"formatlist() takes lists of one length, not of {' and '.join(map(str, sorted(lengths)))}."
        )
    refuse_many(max(lengths, default=1) * (len(values) + spec.count("%")), "verbs", MAX_PARSED)
    rows = [
        [value[at] if is_list(value) else value for value in values] for at in range(lengths.pop() if lengths else 1)
    ]
    texts, length = [], 0
    for row in rows:
        texts.append(format(spec, *row))
        length += weight(texts[-1])
        refuse_longer(length)
    return texts


def _pieces(spec: str, values: tuple[Value, ...]) -> Iterator[str]:
    at = following = 0
    highest = 0
    length = len(spec)
    for found in _VERB.finditer(spec):
        yield spec[at : found.start()]
        at = found.end()
        verb = _verb(found)
        if verb.letter == "%":
            yield "%"
            continue
        following = int(found["index"]) if found["index"] else following + 1
        highest = max(highest, following)
        if not 0 < following <= len(values):
            raise FunctionError(
                f"format() has no value for {verb.text}: {len(values)} are given, this needs {following}."
            )
        piece = _render(verb, values[following - 1])
        length += weight(piece)
        refuse_longer(length)
        yield piece
    yield spec[at:]
    if highest < len(values):
        raise FunctionError(f"format() was given {len(values)} values, but its text uses {highest} of them.")


def _verb(found: re.Match[str]) -> _Verb:
    letter, width = found["verb"], found["width"] or "0"
    if letter not in _RENDERERS and letter != "%":
        known = ", ".join(f"%{known}" for known in _RENDERERS)
        raise FunctionError(f'format() does not know "{found.group()}".', f"It knows {known}; %% is a percent sign.")
    precision = None if found["precision"] is None else found["precision"] or "0"
    if max(len(width), len(precision or "")) > 5 or max(int(width), int(precision or 0)) > _MAX_WIDTH:
        raise FunctionError(f"format() makes nothing wider than {_MAX_WIDTH} characters.")
    return _Verb(found.group(), found["flags"], int(width), None if precision is None else int(precision), letter)


def _render(verb: _Verb, value: Value) -> str:
    text = _RENDERERS[verb.letter](verb, value)
    if "-" in verb.flags:
        return text.ljust(verb.width)
    if "0" in verb.flags and is_number(value) and verb.letter != "q":
        return text.zfill(verb.width)
    return text.rjust(verb.width)


def _string(verb: _Verb, value: Value) -> str:
    if not isinstance(value, str | bool | int | float):
        raise _unfit(verb, "a string", value)
    return text_of(value)[: verb.precision]


def _quoted(verb: _Verb, value: Value) -> str:
    return json.dumps(_string(verb, value), ensure_ascii=False)


def _any(verb: _Verb, value: Value) -> str:
    if isinstance(value, str | bool | int | float) and not ("#" in verb.flags and isinstance(value, str)):
        return text_of(value)
    return jsonencode(value)


def _truth(verb: _Verb, value: Value) -> str:
    if not isinstance(value, bool):
        raise _unfit(verb, "a bool", value)
    return text_of(value)


def _integer(verb: _Verb, value: Value) -> str:
    number = int(_number(verb, value))
    return _sign(verb, number) + builtins.format(abs(number), ("#" if "#" in verb.flags else "") + verb.letter)


def _fraction(verb: _Verb, value: Value) -> str:
    number = float(_number(verb, value))
    if verb.letter in "gG" and verb.precision is None:
        # As short as it can be read back, like Go; Python's own %g would cut after six digits.
        text = text_of(abs(number)) if 1e-4 <= abs(number) < 1e21 or number == 0 else repr(abs(number))
        return _sign(verb, number) + (text.upper() if verb.letter == "G" else text)
    precision = 6 if verb.precision is None else verb.precision
    return _sign(verb, number) + builtins.format(abs(number), f".{precision}{verb.letter}")


def _number(verb: _Verb, value: Value) -> int | float:
    if not is_number(value) or not abs(value) <= 10**308:
        raise _unfit(verb, "a number", value)
    return value  # type: ignore[no-any-return]


def _sign(verb: _Verb, number: int | float) -> str:
    if number < 0:
        return "-"
    return "+" if "+" in verb.flags else " " if " " in verb.flags else ""


def _unfit(verb: _Verb, wanted: str, value: Value) -> FunctionError:
    hint = "jsonencode() or %v turn it into text." if isinstance(value, Mapping) or is_list(value) else ""
    return FunctionError(f"format() takes {wanted} for {verb.text}, not {kind_of(value)}.", hint)


_RENDERERS: Mapping[str, Callable[[_Verb, Value], str]] = {
    "s": _string,
    "q": _quoted,
    "v": _any,
    "t": _truth,
    **dict.fromkeys("dboxX", _integer),
    **dict.fromkeys("eEfFgG", _fraction),
}
