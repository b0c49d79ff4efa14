"""Edits of a JSON document, one place at a time: a value set, taken out or put in, items and keys in another order."""

from __future__ import annotations

import copy
import random
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from tests.reliability.machine.equality import differing

Path = tuple[str | int, ...]

VALUES: tuple[Any, ...] = (
    False,
    True,
    0,
    1,
    -3,
    2.5,
    1e21,
    9007199254740993,
    "",
    " ",
    "text",
    "line\nline\n",
    "${DS_PROM}",
    "ü\u202e€😀",
    [],
    {},
    None,
    [1, "two", None],
    [{}],
    {"a": None, "b": {"c": []}},
)
# Top-level keys that say which dashboard it is, or that a server judges.
IDENTITY = (
    "id",
    "uid",
    "version",
    "title",
    "tags",
    "panels",
    "templating",
    "annotations",
    "refresh",
    "links",
    "schemaVersion",
    "rows",
    "apiVersion",
    "kind",
    "metadata",
)


@dataclass(frozen=True)
class Edit:
    """What is done at `path`: "set" (which also adds), "remove", "insert", "swap" with the next item, "rename"."""

    kind: str
    path: Path
    value: Any = None

    def __str__(self) -> str:
        where = "".join(f"[{step!r}]" for step in self.path)
        return f"{self.kind} {where}" + ("" if self.kind in ("remove", "swap") else f" {self.value!r}")

    def applied(self, document: Any) -> Any:
        """The document after it; the one that is given stays as it is."""
        result = copy.deepcopy(document)
        container = at(result, self.path[:-1])
        last = self.path[-1]
        match self.kind:
            case "set":
                container[last] = copy.deepcopy(self.value)
            case "remove":
                del container[last]
            case "insert":
                container.insert(last, copy.deepcopy(self.value))
            case "swap":
                container[last], container[last + 1] = container[last + 1], container[last]
            case "rename":
                items = [(self.value if key == last else key, item) for key, item in container.items()]
                container.clear()
                container.update(items)
        return result


def at(document: Any, path: Path) -> Any:
    """The value at a path."""
    for step in path:
        document = document[step]
    return document


def places(value: Any, path: Path = ()) -> Iterator[Path]:
    """The path of every value below the document."""
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, item in items:
        yield (*path, key)
        yield from places(item, (*path, key))


def chosen(document: Any, chance: random.Random, full: bool = False, below: Path = ()) -> Edit:
    """An edit by chance below a place, which leaves the document one that a server takes; `full`: nothing empty."""
    while True:
        edit = _one(document, chance, below)
        if full and (
            not edit.value
            or edit.kind == "rename"
            or (edit.kind == "set" and _value(document, edit.path) in (0, "", None, [], {}))
        ):
            continue
        if not (_is_judged(edit.path) or edit.path == below) and differing(document, edit.applied(document)):
            return edit


def _value(document: Any, path: Path) -> Any:
    container = at(document, path[:-1])
    return container.get(path[-1], 1) if isinstance(container, dict) else container[path[-1]]


def _one(document: Any, chance: random.Random, below: Path) -> Edit:
    path = chance.choice([below, *places(at(document, below), below)])
    value = at(document, path)
    fresh = copy.deepcopy(chance.choice(VALUES))
    if isinstance(value, dict) and chance.random() < 0.7:
        return Edit("set", (*path, f"new{chance.randrange(9)}"), fresh)
    if isinstance(value, list) and chance.random() < 0.7:
        if len(value) > 1 and chance.random() < 0.5:
            return Edit("swap", (*path, chance.randrange(len(value) - 1)))
        return Edit("insert", (*path, chance.randrange(len(value) + 1)), fresh)
    if path == () == below:
        return Edit("set", ("title",), f"Title {chance.randrange(1000)}")
    if chance.random() < 0.3:
        return Edit("remove", path)
    if isinstance(path[-1], str) and chance.random() < 0.1:
        return Edit("rename", path, f"{path[-1]}2")
    return Edit("set", path, fresh)


def _is_judged(path: Path) -> bool:
    """Whether a server would refuse it, or take it for another dashboard."""
    return len(path) == 1 and path[0] in IDENTITY
