"""A string with expressions in it, put together from their values."""

from __future__ import annotations

from hcl_lite.core.values import UNKNOWN, Secret, Value, reveal
from hcl_lite.lang.expressions.functions.arguments import MAX_TEXT, text_of
from hcl_lite.lang.expressions.functions.costs import weight
from hcl_lite.lang.expressions.model import Expression, ExpressionError


def join(template: tuple[str | Expression, ...], values: list[Value]) -> Value:
    """The parts of a string put together; secret or unknown as a whole where one part is."""
    revealed = [reveal(value) for value in values]
    if any(value is UNKNOWN for value in revealed):  # also of a sensitive variable that has no value yet
        return UNKNOWN
    texts = [_text(part, value) for part, value in zip(template, revealed, strict=True)]
    if sum(map(weight, texts)) > MAX_TEXT:
        raise ExpressionError(f"The text would have more than {MAX_TEXT} characters.")
    secrets = [value for value in values if isinstance(value, Secret)]
    text = "".join(texts)
    return Secret(text, frozenset().union(*(secret.texts for secret in secrets))) if secrets else text


def _text(part: str | Expression, value: Value) -> str:
    if isinstance(value, str):
        return value
    if isinstance(value, bool | int | float):
        return text_of(value)
    assert isinstance(part, Expression)
    found = "null" if value is None else "a list" if isinstance(value, list | tuple) else "a map"
    message = f"A string cannot hold {found}; jsonencode() turns it into text."
    raise ExpressionError(message, part.at, len(part.source))
