"""Places of secrets in a value: keys and positions from the root. Pure."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping

from hcl_lite.core.redaction import holds
from hcl_lite.core.values import Secret, Value

Place = tuple[str | int, ...]


def secret_places(value: Value) -> Iterator[Place]:
    """Returns the places of Secret values, in document order."""
    return (place for place, leaf in leaves(value) if isinstance(leaf, Secret))


def places_holding(document: Value, texts: Collection[str], above: Place = ()) -> Iterator[Place]:
    """Returns the places of leaves that contain one of `texts`; for a key that does, the place of its table."""
    if isinstance(document, Mapping):
        if any(holds(key, texts) for key in document):
            yield above
            return
        for key, item in document.items():
            yield from places_holding(item, texts, (*above, key))
    elif isinstance(document, list | tuple):
        for index, item in enumerate(document):
            yield from places_holding(item, texts, (*above, index))
    elif holds(document, texts):
        yield above


def texts_beside(value: Value, known: Collection[str]) -> Iterator[Place]:
    """Returns the places of texts in `value` that are not among `known`."""
    return (place for place, leaf in leaves(value) if isinstance(leaf, str) and leaf not in known)


def marked(value: Value, places: Collection[Place], *, anywhere: bool = False) -> Value:
    """Returns `value` with the values at `places` as Secret; with `anywhere`, positions in lists are ignored."""
    if not places:
        return value
    if any(not place for place in places):
        return value if value is None or isinstance(value, Secret) else Secret(value)
    if isinstance(value, Mapping):
        return {key: marked(item, _below(places, key, False), anywhere=anywhere) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [marked(item, _below(places, n, anywhere), anywhere=anywhere) for n, item in enumerate(value)]
    return value


def at(value: Value, place: Place) -> Value:
    """Returns the value at `place`; None where there is none."""
    for step in place:
        if isinstance(value, Mapping):
            value = value.get(step)
        elif isinstance(value, list | tuple) and isinstance(step, int) and step < len(value):
            value = value[step]
        else:
            return None
    return value


def changed(value: Value, places: Collection[Place], change: Callable[[Place, Value], Value]) -> Value:
    """Returns `value` with `change` applied at each of `places`, all of which exist."""
    return _changed(value, places, change, ()) if places else value


def _changed(value: Value, places: Collection[Place], change: Callable[[Place, Value], Value], above: Place) -> Value:
    if any(not place for place in places):
        return change(above, value)
    if not places:
        return value
    items = value.items() if isinstance(value, Mapping) else enumerate(value)
    made = {key: _changed(item, _below(places, key, False), change, (*above, key)) for key, item in items}
    return made if isinstance(value, Mapping) else [*made.values()]


def without(value: Value, places: Collection[Place]) -> Value:
    """Returns `value` without the values at `places`: a key is removed, a list item becomes None."""
    if not places:
        return value
    if isinstance(value, Mapping):
        kept = {key: item for key, item in value.items() if (key,) not in places}
        return {key: without(item, _below(places, key, False)) for key, item in kept.items()}
    if isinstance(value, list | tuple):
        kept_items = (None if (n,) in places else item for n, item in enumerate(value))
        return [without(item, _below(places, n, False)) for n, item in enumerate(kept_items)]
    return value


def lies_in(value: Value, place: Place) -> bool:
    """Whether `place` exists in `value`, positions in lists ignored."""
    if not place:
        return True
    step, rest = place[0], place[1:]
    if isinstance(step, str):
        return isinstance(value, Mapping) and step in value and lies_in(value[step], rest)
    return isinstance(value, list | tuple) and any(lies_in(item, rest) for item in value)


def leaves(value: Value, above: Place = ()) -> Iterator[tuple[Place, Value]]:
    """Returns everything in `value` that is neither a map nor a list, with its place, in document order."""
    if isinstance(value, Mapping):
        for key, item in value.items():
            yield from leaves(item, (*above, key))
    elif isinstance(value, list | tuple):
        for index, item in enumerate(value):
            yield from leaves(item, (*above, index))
    else:
        yield above, value


def _below(places: Collection[Place], step: str | int, anywhere: bool) -> list[Place]:
    return [place[1:] for place in places if place[0] == step or (anywhere and isinstance(place[0], int))]
