"""Values that pass between the stages: JSON, unknown values, and secrets."""

from __future__ import annotations

import base64
import contextlib
import hashlib
import json
import math
import re
import uuid
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final, NoReturn, final

import orjson

from hcl_lite.core.redaction import mask_urls, redact, remember_secret, texts_in

JsonValue = None | bool | int | float | str | Sequence["JsonValue"] | Mapping[str, "JsonValue"]

# A value of the language: JSON whose leaves may also be UNKNOWN or a Secret.
Value = Any


@final
class Unknown:
    """The type of UNKNOWN, a value that is known only after apply."""

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
    """A value that may be sent to a server and is never printed, stored or logged.

    The vault of the run knows it from its creation, so that it is also found in texts of others (core.redaction).
    `made_of` are the texts of the secrets that an expression has put into it, beside what is not secret; empty where
    all of it is.
    """

    value: Value
    made_of: frozenset[str] = field(default=frozenset(), compare=False)

    def __post_init__(self) -> None:
        whole = not self.made_of or (isinstance(self.value, str) and len(self.value) <= _MOST_WHOLE)
        remember_secret([*self.made_of, *([self.value] if whole else ())])

    @property
    def texts(self) -> frozenset[str]:
        """The texts by which the secret is found in other texts."""
        return self.made_of or frozenset(texts_in(self.value))

    def __repr__(self) -> str:
        return "(sensitive)"

    __str__ = __repr__


_SCALARS: Final = frozenset((str, int, float, bool, type(None)))


def reveal(value: Value) -> Value:
    """Returns `value` with its secrets in the open: only for what is sent to their server."""
    if type(value) in _SCALARS:  # which most are, and asking for a Mapping takes long
        return value
    if isinstance(value, Secret):
        return reveal(value.value)
    if isinstance(value, Mapping):
        return {key: reveal(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [reveal(item) for item in value]
    return value


def to_json(value: Value) -> JsonValue:
    """The `default` of `json.dumps`: secrets in the open, other mappings as dict. Raises TypeError."""
    revealed = reveal(value)
    if revealed is value:
        raise TypeError(f"Object of type {type(value).__name__} is not JSON serializable")
    return revealed  # type: ignore[no-any-return]


def conceal(value: Value) -> JsonValue:
    """Returns `value` fit for printing: secrets and unknown values replaced by their names, URLs without password."""

    def shown_leaf(leaf: Value) -> Value:
        return mask_urls(leaf) if isinstance(leaf, str) else repr(leaf) if isinstance(leaf, Secret | Unknown) else leaf

    return _with_leaves(value, shown_leaf)  # type: ignore[no-any-return]


def conceal_secrets(value: Value) -> Value:
    """Returns `value` with secrets replaced by their name, in its texts too; what is unknown stays so."""

    def shown_leaf(leaf: Value) -> Value:
        return redact(mask_urls(leaf)) if isinstance(leaf, str) else repr(leaf) if isinstance(leaf, Secret) else leaf

    return _with_leaves(value, shown_leaf)


def without_known_secrets(value: Value) -> Value:
    """Returns `value` without secrets of the run in its texts."""
    return _with_leaves(value, lambda leaf: redact(leaf) if isinstance(leaf, str) else leaf)


def shown(value: Value) -> str:
    """Returns `value` for a sentence: as JSON, without secrets, shortened."""
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
    """Whether `value` is not empty; UNKNOWN counts as given."""
    return value is UNKNOWN or bool(value)


def known_text(value: Value) -> str:
    """Returns a known text, secret or not; empty for anything else."""
    text = reveal(value)
    return text if isinstance(text, str) else ""


def first_given(*values: Value) -> Value:
    """Returns the first of `values` that is given; None for none."""
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
    """Returns the number of values in `value`, itself included; counting stops beyond `most`."""
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
    """Returns canonical JSON in UTF-8: sorted keys, no spaces; equal values give equal bytes."""
    if type(value) is dict and all(type(item) is str for item in value.values()):
        # Arguments mostly are, with a whole dashboard in one. Of texts orjson makes the same bytes, in less time.
        with contextlib.suppress(TypeError):  # half of a surrogate pair
            return orjson.dumps(value, option=orjson.OPT_SORT_KEYS)
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode("utf-8", "surrogatepass")


_PLAIN: Final = orjson.OPT_PASSTHROUGH_DATACLASS | orjson.OPT_PASSTHROUGH_DATETIME | orjson.OPT_PASSTHROUGH_SUBCLASS


def spell_json(value: Value, *, sort_keys: bool = False, default: Callable[[Any], Any] | None = None) -> bytes:
    """Returns the JSON of a value without NaN and infinities, which would become null; in a tenth of the time of
    `json.dumps`. Raises TypeError for what JSON has not, for secrets, for whole numbers of more than 64 bits, and for
    halves of surrogate pairs.

    Floats that `json.dumps` gives an exponent may be spelled in other ways. `default` is that of `json.dumps`.
    """
    return orjson.dumps(value, default, option=_PLAIN | (orjson.OPT_SORT_KEYS if sort_keys else 0))


_MOST_LEVELS: Final = 254
"""Levels of lists and mappings that orjson writes (it counts no tuples); it refuses more."""


def is_deeper(value: Any, levels: int) -> bool:
    """Whether lists and mappings stand in each other more than `levels` times, at most 254; found without recursion."""
    with contextlib.suppress(TypeError):  # too deep with so many lists around it, or what JSON has not
        # A walk takes many times as long; a text that is laid out grows with the levels of each of its items.
        orjson.dumps(_inside_lists(value, _MOST_LEVELS - levels), option=_PLAIN)
        return False
    level = _containers([value])
    for _ in range(levels):
        level = _containers(item for one in level for item in (one.values() if isinstance(one, Mapping) else one))
    return bool(level)


def _inside_lists(value: Any, number: int) -> Any:
    for _ in range(number):
        value = [value]
    return value


def _containers(items: Iterable[Any]) -> list[Any]:
    return [item for item in items if isinstance(item, Mapping | list)]


_SPELLED_APART: Final = re.compile(rb"(?:^| )-?(?:[0-9.]+e|0\.0000)")
"""What may be a number to which the two libraries give an exponent in different ways, in JSON that is laid out."""


def lay_out_json(value: JsonValue) -> str:
    """Returns the JSON, of two spaces a level, of a value without NaN and infinities: letter for letter as `json.dumps`
    lays it out, mostly in a fraction of its time; in ASCII where there is half of a surrogate pair, which UTF-8 lacks.
    """
    with contextlib.suppress(TypeError):  # a whole number of more than 64 bits, or half of a surrogate pair
        text = orjson.dumps(value, option=orjson.OPT_INDENT_2)
        may_differ = b"0.0000" in text or may_have_exponent(text.translate(AS_ZEROS))
        if not may_differ or _SPELLED_APART.search(text) is None:
            return text.decode()
    found = json.dumps(value, indent=2, ensure_ascii=False)
    try:
        found.encode()
    except UnicodeEncodeError:
        return json.dumps(value, indent=2)
    return found


def read_json(text: str | bytes) -> JsonValue:
    """Parses JSON. Raises ValueError, also for NaN and for numbers that no float can hold."""
    return json.loads(text, parse_constant=refuse_constant, parse_float=finite)  # type: ignore[no-any-return]


AS_ZEROS: Final = bytes.maketrans(b"123456789", b"000000000")
"""For `bytes.translate`: each digit becomes 0, so that long numbers are found."""
_LONGEST_WHOLE = 18  # digits of a number that 64 bits hold, whatever they are


def may_have_exponent(zeros: bytes) -> bool:
    """Whether there may be a number with an exponent in JSON whose digits are `AS_ZEROS`."""
    return b"0e" in zeros and any(exponent in zeros for exponent in (b"0e0", b"0e-", b"0e+"))


def read_levelled_json(text: str | bytes) -> JsonValue:
    """Parses JSON as `read_json` does, in half of its time. For whoever looks at the number of levels then: up to 1024
    are taken."""
    try:
        data = text.encode() if isinstance(text, str) else text
        value: JsonValue = orjson.loads(data)
    except ValueError:  # which json explains; and it takes halves of surrogate pairs
        return read_json(text)
    is_exact = b"0" * (_LONGEST_WHOLE + 1) not in data.translate(AS_ZEROS)  # orjson makes a float of a longer one
    return value if is_exact else read_json(text)


def refuse_constant(name: str) -> NoReturn:
    """The `parse_constant` of `json.loads`. Raises ValueError: Python parses NaN and Infinity, which JSON lacks."""
    raise ValueError(f"JSON has no {name}")


def finite(text: str) -> float:
    """The `parse_float` of `json.loads`. Raises ValueError for a number that no float can hold."""
    value = float(text)
    if not math.isfinite(value):
        raise ValueError(f"{text} is too large a number")
    return value


def content_hash(value: JsonValue) -> str:
    """Returns 128 bits of SHA-256 over the canonical JSON of `value`, in hexadecimal."""
    return text_hash(canonical_json(value))


def text_hash(text: bytes) -> str:
    """Returns 128 bits of SHA-256 over bytes, in hexadecimal."""
    return hashlib.sha256(text).hexdigest()[:32]


_NAMESPACE: Final = uuid.UUID("6f0d5a5e-5bd6-5c5c-9d3b-8a9f6f0a7c11")


def derive_uid(name: str, *seed: str) -> str:
    """Returns a uid derived from a seed: at most 40 characters of [a-z0-9_-], always the same for one seed.

    It begins with `name`, so that a person recognises it in a URL.
    """
    digest = uuid.uuid5(_NAMESPACE, "\x1f".join((name, *seed))).bytes
    slug = re.sub(r"[^a-z0-9_-]+", "-", name.lower())[:29]
    return f"{slug}-{base64.b32encode(digest).decode().lower()[:10]}"
