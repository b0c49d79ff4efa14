"""Secrets and values known only after apply, while an expression is computed with them.

Each travels in a Mark. Where an expression only passes it on, it comes out as it went in; where an expression looks at
it, a secret makes the whole result secret, and an unknown value makes the whole result unknown.
"""

from __future__ import annotations

import math
import operator
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

from hcl_lite.core.redaction import as_in_json, holds, texts_in
from hcl_lite.core.values import UNKNOWN, Secret, Value, is_secret, is_unknown


class UnknownUsed(Exception):
    """The expression needs to look at a value that only an apply can tell."""


class Attributes(dict[str, Any]):
    """The attributes of an object; those that are too large to be kept are read when they are asked for."""

    def __init__(self, values: Mapping[str, Value], reload: Callable[[], Mapping[str, Value]]) -> None:
        super().__init__(values)
        self.reload = reload

    def __contains__(self, key: object) -> bool:
        return super().__contains__(key) or key in self.reload()

    def __missing__(self, key: str) -> Any:
        return self.reload()[key]


class Tracker:
    """Notes what one expression read while it was computed: whether a secret, and which instances of collections.

    `texts` are those of the secrets, and of what functions, filters and operators have made of them.
    """

    def __init__(self, texts: set[str] | None = None) -> None:
        self.secret = False
        self.texts: set[str] = set() if texts is None else texts
        self.unknown = False
        self.instances: set[Any] = set()

    def mark(self, value: Value) -> Any:
        """`value` as an expression may have it."""
        if value is UNKNOWN or isinstance(value, Secret):
            return Mark(self, value)
        if isinstance(value, Attributes):
            whole = {key: self.mark(item) for key, item in value.items()}
            return Attributes(whole, lambda: {key: self.mark(item) for key, item in value.reload().items()})
        if isinstance(value, dict | list) and (is_unknown(value) or is_secret(value)):
            if isinstance(value, dict):
                return {key: self.mark(item) for key, item in value.items()}
            return [self.mark(item) for item in value]
        return value

    def look_at(self, value: Value) -> Any:
        """Returns the value in a mark. Raises UnknownUsed."""
        if value is UNKNOWN:
            self.unknown = True
            raise UnknownUsed
        self.secret = True
        self.texts |= value.texts
        return self.mark(value.value)

    def follow(self, given: Any, result: Any) -> None:
        """Marks `result` as made of a secret where one of the secrets is in `given`. Secrets are found in it by their
        texts, also in JSON's spelling."""
        known = frozenset(self.texts)
        if not known or not any(holds(text, known) for text in texts_in(_plain(given))):
            return
        in_json = frozenset(map(as_in_json, known)) - known
        for text in filter(None, texts_in(_plain(result))):
            escaped = [one for one in in_json if holds(text, [one])]
            if escaped or not holds(text, known):
                self.texts.update(escaped or [text])

    def sealed(self, value: Value) -> Secret:
        """A result that is secret as a whole; all of it where nothing of it can be told to be what is secret in it."""
        texts = frozenset(texts_in(value))
        whole = not texts.isdisjoint(self.texts)
        made_of = (one for one in self.texts if any(form in text for form in _written(one) for text in texts))
        return Secret(value, frozenset(() if whole else made_of))


def _written(text: str) -> tuple[str, ...]:
    """`text` as it is, in JSON, and in JSON in JSON."""
    in_json = as_in_json(text)
    return text, in_json, as_in_json(in_json)


_CURRENT: ContextVar[Tracker | None] = ContextVar("tracker", default=None)


@contextmanager
def tracking(tracker: Tracker) -> Iterator[None]:
    """Around the computing of one expression: what its functions make of secrets is noted by `tracker`."""
    token = _CURRENT.set(tracker)
    try:
        yield
    finally:
        _CURRENT.reset(token)


def current_texts() -> set[str] | None:
    """The texts of the expression that is computed, for what is computed inside of it."""
    tracker = _CURRENT.get()
    return None if tracker is None else tracker.texts


def followed(given: Any, result: Any) -> Any:
    """`result`, which was made of `given`; noted where that has a secret in it."""
    tracker = _CURRENT.get()
    if tracker is not None and tracker.texts:
        tracker.follow(given, result)
    return result


def _plain(value: Any) -> Any:
    """`value` with the secrets in its marks laid open, for looking through its texts."""
    if isinstance(value, Mark):
        return value.marked.value if isinstance(value.marked, Secret) else None
    if isinstance(value, Secret):
        return value.value
    if isinstance(value, Mapping) and type(value) is dict:
        return {key: _plain(item) for key, item in value.items()}
    return [_plain(item) for item in value] if isinstance(value, list | tuple) else value


def open_mark(value: Any) -> Any:
    """`value`, looked at where it is a Mark. Raises UnknownUsed."""
    while isinstance(value, Mark):
        value = value.look()
    return value


def open_marks(value: Any) -> Any:
    """`value` with every Mark in it looked at, as plain lists and dicts. Raises UnknownUsed."""
    value = open_mark(value)
    if isinstance(value, str | int | float):  # which most are; to tell a Mapping takes a while
        return value
    if isinstance(value, list | tuple):
        return [open_marks(item) for item in value]
    if isinstance(value, Mapping):
        return {open_mark(key): open_marks(item) for key, item in value.items()}
    return value


def unmark(value: Any) -> Value:
    """The marks in a result as what they stand for: UNKNOWN, or a Secret."""
    if isinstance(value, Mark):
        return value.marked
    if isinstance(value, Mapping):
        return {open_mark(key): unmark(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [unmark(item) for item in value]
    return value


def _looking(operation: Callable[..., Any]) -> Callable[..., Any]:
    def method(self: Mark, *others: Any) -> Any:
        given = [open_mark(self), *(open_mark(other) for other in others)]
        return followed(given, operation(*given))

    return method


def _looking_from_the_right(operation: Callable[..., Any]) -> Callable[..., Any]:
    def method(self: Mark, other: Any) -> Any:
        given = [open_mark(other), open_mark(self)]
        return followed(given, operation(*given))

    return method


class Mark:
    """A secret or unknown value inside of an expression. Every operation but passing it on looks at it."""

    __slots__ = ("_tracker", "marked")

    def __init__(self, tracker: Tracker, marked: Value) -> None:
        self._tracker = tracker
        self.marked = marked

    def look(self) -> Any:
        return self._tracker.look_at(self.marked)

    def __iter__(self) -> Iterator[Any]:
        return iter(open_mark(self))

    def __hash__(self) -> int:
        return hash(open_mark(self))

    # Python writes what is inside of a list with it: a text that has it in it is a look, too.
    __repr__ = _looking(repr)
    __str__ = _looking(str)
    __bool__ = _looking(bool)
    __int__ = _looking(int)
    __float__ = _looking(float)
    __index__ = _looking(operator.index)
    __len__ = _looking(len)
    __contains__ = _looking(operator.contains)
    __getitem__ = _looking(operator.getitem)
    __eq__ = _looking(operator.eq)
    __ne__ = _looking(operator.ne)
    __lt__ = _looking(operator.lt)
    __le__ = _looking(operator.le)
    __gt__ = _looking(operator.gt)
    __ge__ = _looking(operator.ge)
    __neg__ = _looking(operator.neg)
    __pos__ = _looking(operator.pos)
    __abs__ = _looking(abs)
    __round__ = _looking(round)
    __ceil__ = _looking(math.ceil)
    __floor__ = _looking(math.floor)
    __format__ = _looking(format)
    __add__ = _looking(operator.add)
    __radd__ = _looking_from_the_right(operator.add)
    __sub__ = _looking(operator.sub)
    __rsub__ = _looking_from_the_right(operator.sub)
    __mul__ = _looking(operator.mul)
    __rmul__ = _looking_from_the_right(operator.mul)
    __truediv__ = _looking(operator.truediv)
    __rtruediv__ = _looking_from_the_right(operator.truediv)
    __mod__ = _looking(operator.mod)
    __rmod__ = _looking_from_the_right(operator.mod)
