"""Values that travel between the stages: JSON, values known only after apply, and secrets."""

from __future__ import annotations

import base64
import hashlib
import json
import math
import re
import uuid
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final, NoReturn, final

from hcl_lite.core.redaction import mask_urls, redact, remember_secret, texts_in

JsonValue = None | bool | int | float | str | Sequence["JsonValue"] | Mapping[str, "JsonValue"]

# A value of the language: JSON whose leaves may also be UNKNOWN or a Secret.
Value = Any


@final
class Unknown:
    """The type of UNKNOWN: a value that only an apply can tell."""

    __slots__ = ()

    def __repr__(self) -> str:
        return "(known after apply)"

    def __bool__(self) -> bool:
        raise TypeError("a value known only after apply has no truth value")


UNKNOWN: Final = Unknown()


_MOST_WHOLE = 200  # characters of what is made of secrets: a whole document is found by these


@final
@dataclass(frozen=True, slots=True)
class Secret:
    """A value that may be sent to a server but never printed, stored or logged.

    The run's vault knows it from its making on, so that it is also found in the texts of others (core.redaction).
    `made_of` are the texts of the secrets that an expression has put into it, beside what is none; empty where all of
    it is one.
    """

    value: Value
    made_of: frozenset[str] = field(default=frozenset(), compare=False)

    def __post_init__(self) -> None:
        whole = not self.made_of or (isinstance(self.value, str) and len(self.value) <= _MOST_WHOLE)
        remember_secret([*self.made_of, *([self.value] if whole else ())])

    @property
    def texts(self) -> frozenset[str]:
        """What tells it, where it is found in another text."""
        return self.made_of or frozenset(texts_in(self.value))

    def __repr__(self) -> str:
        return "(sensitive)"

    __str__ = __repr__


def reveal(value: Value) -> Value:
    """`value` with the secrets in it laid open: only for what is sent to the server it is meant for."""
    if isinstance(value, Secret):
        return reveal(value.value)
    if isinstance(value, Mapping):
        return {key: reveal(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [reveal(item) for item in value]
    return value


def to_json(value: Value) -> JsonValue:
    """For `json.dumps(default=…)`: a secret laid open, a table of another type as a dict. Raises TypeError."""
    revealed = reveal(value)
    if revealed is value:
        raise TypeError(f"Object of type {type(value).__name__} is not JSON serializable")
    return revealed  # type: ignore[no-any-return]


def conceal(value: Value) -> JsonValue:
    """`value` fit for printing: secrets and unknown values replaced by what they are called, URLs without password."""

    def shown_leaf(leaf: Value) -> Value:
        return mask_urls(leaf) if isinstance(leaf, str) else repr(leaf) if isinstance(leaf, Secret | Unknown) else leaf

    return _with_leaves(value, shown_leaf)  # type: ignore[no-any-return]


def without_known_secrets(value: Value) -> Value:
    """`value` without the secrets that this run knows, in the texts of others."""
    return _with_leaves(value, lambda leaf: redact(leaf) if isinstance(leaf, str) else leaf)


def shown(value: Value) -> str:
    """`value` in a sentence: as JSON, without secrets, cut where it is long."""
    if isinstance(value, Secret | Unknown):
        return repr(value)
    text = json.dumps(conceal(value), ensure_ascii=False)
    return text if len(text) <= 60 else f"{text[:59]}…"


def is_unknown(value: Value) -> bool:
    """Whether any part of `value` is known only after apply."""
    return _any_leaf(value, lambda leaf: leaf is UNKNOWN)


def is_secret(value: Value) -> bool:
    """Whether any part of `value` is a secret."""
    return _any_leaf(value, lambda leaf: isinstance(leaf, Secret))


def is_given(value: Value) -> bool:
    """Whether there is a value that is not empty, or may be one that is known only after apply."""
    return value is UNKNOWN or bool(value)


def known_text(value: Value) -> str:
    """A text, also a secret one, that is known already; otherwise empty."""
    text = reveal(value)
    return text if isinstance(text, str) else ""


def first_given(*values: Value) -> Value:
    """The first of `values` that is there, and is not empty or may not be; None where none is."""
    return next((value for value in values if is_given(value)), None)


def _with_leaves(value: Value, change: Callable[[Value], Value]) -> Value:
    """`value` with what `change` makes of each leaf."""
    if isinstance(value, Mapping):
        return {key: _with_leaves(item, change) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_with_leaves(item, change) for item in value]
    return change(value)


def _any_leaf(value: Value, test: Callable[[Value], bool]) -> bool:
    """Written out for speed: it sees every node of every dashboard that is written, several times."""
    open_ = [value]
    while open_:
        item = open_.pop()
        kind = type(item)
        if kind is str or kind is int or kind is bool or kind is float or item is None:
            continue
        if test(item):
            return True
        if isinstance(item, Secret):
            open_.append(item.value)
        elif isinstance(item, Mapping):
            open_.extend(item.values())
        elif isinstance(item, list | tuple):
            open_.extend(item)
    return False


def size(value: Value, most: int) -> int:
    """How many values are in `value`, itself among them; it is not counted on beyond `most`."""
    count, waiting = 0, [iter((value,))]
    while waiting and count <= most:
        item = next(waiting[-1], waiting)
        if item is waiting:
            waiting.pop()
            continue
        count += 1
        if isinstance(item, Mapping):
            waiting.append(iter(item.values()))
        elif isinstance(item, list | tuple):
            waiting.append(iter(item))
    return count


def canonical_json(value: JsonValue) -> bytes:
    """The one text of `value`: keys ordered, no spaces, UTF-8; equal values give equal bytes."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode("utf-8", "surrogatepass")


def read_json(text: str | bytes) -> JsonValue:
    """The value of a text in JSON. Raises ValueError, also for NaN and for numbers that no float can hold."""
    return json.loads(text, parse_constant=refuse_constant, parse_float=finite)  # type: ignore[no-any-return]


def refuse_constant(name: str) -> NoReturn:
    """For `json.loads(parse_constant=…)`: Python reads NaN and Infinity, which JSON has not. Raises ValueError."""
    raise ValueError(f"JSON has no {name}")


def finite(text: str) -> float:
    """For `json.loads(parse_float=…)`: a number that a float can hold. Raises ValueError."""
    value = float(text)
    if not math.isfinite(value):
        raise ValueError(f"{text} is too large a number")
    return value


def content_hash(value: JsonValue) -> str:
    """A short name for the content of `value`: 128 bits of SHA-256 over its canonical JSON, in hexadecimal."""
    return text_hash(canonical_json(value))


def text_hash(text: bytes) -> str:
    """A short name for bytes: 128 bits of SHA-256, in hexadecimal."""
    return hashlib.sha256(text).hexdigest()[:32]


_NAMESPACE: Final = uuid.UUID("6f0d5a5e-5bd6-5c5c-9d3b-8a9f6f0a7c11")


def derive_uid(name: str, *seed: str) -> str:
    """A uid for an object that the user gave none: at most 40 characters of [a-z0-9_-], always the same for one seed.

    It begins with `name` so that a person who meets it in a URL knows what it is.
    """
    digest = uuid.uuid5(_NAMESPACE, "\x1f".join((name, *seed))).bytes
    slug = re.sub(r"[^a-z0-9_-]+", "-", name.lower())[:29]
    return f"{slug}-{base64.b32encode(digest).decode().lower()[:10]}"
