"""One document compared with what it was before Grafana's editor saved it: the steps that all its forms share. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from hcl_lite.core.equality import same

Json = Mapping[str, Any]
Compare = Callable[[Any, Any], bool]
"""Whether the second of two is the first one as the editor saves it."""


@dataclass(frozen=True, slots=True)
class Known:
    """The fill-ins of one kind of object: keys that are `added` with these values, or parts of them where they are
    objects, and keys that are `left_out` where they have one of these, None for any value."""

    added: Json = field(default_factory=dict)
    left_out: Mapping[str, tuple[Any, ...] | None] = field(default_factory=dict)


NOTHING = Known()


@dataclass(frozen=True, slots=True)
class Comparison:
    """Compares two states of an object by the `version` of the Grafana, such as "12.4.0". What is left out counts only
    where `is_editors`: all that the editor always writes is there. It writes no null in any object
    (sortedDeepCloneWithoutNulls)."""

    version: str
    is_editors: bool

    def fits(self, known: Known, past: Any, there: Any, **below: Compare) -> bool:
        """`below` compares what is under some of the keys; under others there is but what is known to be added."""
        if isinstance(past, list):
            return self.each(partial(self.fits, NOTHING), past, there)
        if not isinstance(past, Mapping) or not isinstance(there, Mapping):
            return same(past, there)
        gone = past.keys() - there.keys()
        if gone and not (self.is_editors and all(_is_left_out(known, key, past[key]) for key in gone)):
            return False
        return all(self._has_become(known, key, past, value, below.get(key)) for key, value in there.items())

    def each(self, compare: Compare, past: Any, there: Any) -> bool:
        if not isinstance(past, list) or not isinstance(there, list):
            return same(past, there)
        return len(past) == len(there) and all(map(compare, past, there))

    def each_of(self, compare: Compare, past: Any, there: Any) -> bool:
        """The same of objects whose keys are names."""
        if not isinstance(past, Mapping) or not isinstance(there, Mapping):
            return same(past, there)
        return past.keys() == there.keys() and all(compare(past[name], there[name]) for name in past)

    def within(self, **below: Compare) -> Compare:
        return partial(self.fits, NOTHING, **below)

    def _has_become(self, known: Known, key: str, past: Json, value: Any, below: Compare | None) -> bool:
        before = past.get(key)
        if before is None and (key not in past or (self.is_editors and value is not None)):
            return key in known.added and _is_part(value, known.added[key])
        return below(before, value) if below else self.fits(_part(known, key), before, value)


def turns(was: Any, into: Any) -> Compare:
    """Returns a comparison that accepts an equal value, and `was` turned into `into`."""
    return lambda past, there: same(past, there) or (same(past, was) and same(there, into))


def becomes(value: Any) -> Compare:
    """Returns a comparison that accepts an equal value, and any value turned into `value`."""
    return lambda past, there: same(past, there) or same(there, value)


def without_first(past: Any, there: Any, known: Iterable[Json]) -> Any:
    """The annotations that are there without the first one, where it is the `known` built-in one and the only one more:
    the editor puts it there where there is none."""
    if not isinstance(past, list) or not isinstance(there, list) or len(there) != len(past) + 1:
        return there
    return there[1:] if not any(map(_is_built_in, past)) and any(same(there[0], one) for one in known) else there


def _is_built_in(annotation: Any) -> bool:
    """Whether an annotation is built in: by `builtIn`, which v2 has in its `spec`."""
    spec = annotation.get("spec", annotation) if isinstance(annotation, Mapping) else None
    return isinstance(spec, Mapping) and bool(spec.get("builtIn"))


def _part(known: Known, key: str) -> Known:
    """Returns the fill-ins of an object under a key of another one: parts of its default value."""
    default = known.added.get(key)
    return Known(default) if isinstance(default, Mapping) else NOTHING


def _is_left_out(known: Known, key: str, value: Any) -> bool:
    values = known.left_out.get(key, ())
    return value is None or values is None or any(same(value, one) for one in values)


def _is_part(value: Any, known: Any) -> bool:
    """Whether a value that was not there is the known one, or a part of it."""
    if isinstance(value, Mapping) and isinstance(known, Mapping):
        return all(key in known and _is_part(item, known[key]) for key, item in value.items())
    return same(value, known)
