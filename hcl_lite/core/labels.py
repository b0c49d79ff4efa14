"""Labels of list items in a JSON document, as paths show them: `"CPU"`, `"CPU", id 7`, `id=43`, `3`. Pure.

A label is the text in the brackets of a path (core.paths) and selects one item of its list. Most items have their names
in themselves; those of Grafana's v2 forms have them in their spec, field overrides in what they match.
"""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from typing import Any, TypeGuard

from hcl_lite.core.equality import as_double

# What names an item, the best word for a person first.
LABELS = ("title", "name", "refId", "ref_id", "text", "key", "uid", "id", "value")

_INSIDE = ("spec", "element")
_LONGEST = 100


def names_of(item: Any) -> Mapping[str, str | int]:
    """Returns what distinguishes an item from others of its list, by key, the best first; empty for no object."""
    found: dict[str, str | int] = {}
    while isinstance(item, Mapping):
        for key in LABELS:
            value = item.get(key)
            if key == "id" and isinstance(value, int) and not isinstance(value, bool):
                found.setdefault(key, int(as_double(value)))
            elif _is_seen(value):
                found.setdefault(key, value)
        matcher = item.get("matcher")
        matched = matcher.get("options") if isinstance(matcher, Mapping) else None
        if _is_seen(matched):
            found.setdefault("matcher", matched)
        item = next((item[key] for key in _INSIDE if isinstance(item.get(key), Mapping)), None)
    return found


def _is_seen(value: Any) -> TypeGuard[str]:
    """Whether a text has something in it that people can see: a name of blanks alone tells nobody anything."""
    return isinstance(value, str) and any(letter.isprintable() and not letter.isspace() for letter in value)


def title_of(item: Any) -> str:
    """Returns the title of an item; empty where it has none."""
    return next((name for name in names_of(item).values() if isinstance(name, str) and len(name) <= _LONGEST), "")


def labels_of(items: Sequence[Any]) -> Sequence[str]:
    """Returns a unique label for each item."""
    numbers = Counter(names_of(item).get("id") for item in items)
    labels = [_label(item, index, numbers) for index, item in enumerate(items)]
    places_of = defaultdict[str, list[int]](list)
    for index, label in enumerate(labels):
        places_of[label].append(index)
    for label, places in places_of.items():
        if len(places) == 1:
            continue
        more = [_more(items[index]) for index in places]
        if "" in more or len(set(more)) < len(more):
            more = [f"index {index}" for index in places]
        for index, text in zip(places, more, strict=True):
            labels[index] = f"{label}, {text}"
    return labels


class PathWriter:
    """Writes places (keys and positions from the root) in one document as paths."""

    def __init__(self, document: Any) -> None:
        self._document = document
        self._labels: dict[int, Sequence[str]] = {}  # of each list, by its id: the document keeps it alive

    def path(self, place: Sequence[str | int]) -> str:
        """Returns the path of a place, such as: panels["CPU"].title"""
        here, text = self._document, ""
        for step in place:
            text += f"[{self._of(here)[step]}]" if isinstance(step, int) else _key(step, first=not text)
            here = here[step]
        return text

    def name(self, place: Sequence[str | int]) -> str | None:
        """Returns the name of the list item at a place, or its text; "" for an item without a name, None for no
        item."""
        *above, last = place
        items = self._document
        for step in above:
            items = items[step]
        assert isinstance(last, int)
        if last >= len(items):
            return None
        if isinstance(items[last], str):
            return quoted(items[last])
        label = self._of(items)[last]
        return "" if label == str(last) else label

    def _of(self, items: Sequence[Any]) -> Sequence[str]:
        if id(items) not in self._labels:
            self._labels[id(items)] = labels_of(items)
        return self._labels[id(items)]


def _key(key: str, *, first: bool) -> str:
    if key.replace("_", "a").replace("-", "a").isalnum():
        return key if first else f".{key}"
    return f"[{quoted(key)}]"


def quoted(text: str) -> str:
    """Returns `text` quoted as in labels and keys."""
    return json.dumps(text, ensure_ascii=False)


def _label(item: Any, index: int, numbers: Mapping[str | int | None, int]) -> str:
    title = title_of(item)
    if title:
        return quoted(title)
    number = names_of(item).get("id")
    if number is None:
        return str(index)
    return f"id={number}" if numbers[number] == 1 else f"id={number}, index {index}"


def _more(item: Any) -> str:
    """Returns the name that distinguishes an item from others of the same title."""
    names, title = names_of(item), title_of(item)
    key = next((key for key in ("id", "uid", "refId", "name") if names.get(key, title) != title), "")
    return f"{key} {json.dumps(names[key], ensure_ascii=False)}" if key else ""
