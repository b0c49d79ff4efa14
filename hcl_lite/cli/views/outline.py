"""A value that comes or goes, as a person wants to see it: what it is first, and how much more there is."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from hcl_lite.cli.views.escaping import in_line
from hcl_lite.cli.views.values import in_one_line
from hcl_lite.core.labels import PathWriter

_SHORT = 60  # an object or a list that is told as one value
_LONG = 120
_MOST = 16
# What says what an object is, by the last key of its path: of a panel, a query, a variable, an annotation, a link.
_TELLING = (
    "type",
    "kind",
    "group",
    "title",
    "name",
    "label",
    "gridPos",
    "datasource",
    "expr",
    "query",
    "definition",
    "rawSql",
    "rawQuery",
    "sql",
    "expression",
    "target",
    "queryText",
    "measurement",
    "metricName",
    "url",
    "content",
    "text",
    "value",
    "panels",
    "libraryPanel",
    "element",
    "iconColor",
)
_QUERIES = ("targets", "queries")


def outline(value: Any, *, full: bool) -> Iterator[str]:
    """A line for each value in a large object or list; of one that comes with others those that say what it is."""
    leaves = [(path, leaf) for path, leaf in _leaves(value, (), full=full)]
    writer = PathWriter(value)
    shown = leaves if full else [leaf for leaf in leaves if _tells(*leaf)]
    if not full and len(shown) < min(3, len(leaves)):
        shown = leaves
    shown = shown if full else shown[:_MOST]
    for path, leaf in shown:
        yield f"{in_line(writer.path(path))}: {in_one_line(leaf, most=None if full else _LONG)}"
    left = len(leaves) - len(shown)
    if left:
        yield f"… and {left} more {'value' if left == 1 else 'values'}: --full shows them"


def is_short(value: Any) -> bool:
    """Whether a value stands on the line of its path: one that fits, or that has no objects in it."""
    objects = isinstance(value, Mapping) or (isinstance(value, list) and any(isinstance(i, Mapping) for i in value))
    return not objects or len(in_one_line(value)) <= _LONG


def _leaves(value: Any, path: tuple[str | int, ...], *, full: bool) -> Iterator[tuple[tuple[str | int, ...], Any]]:
    """What cannot be taken apart, or is short enough to be told as one; what says what an object is comes first."""
    small = not isinstance(value, Mapping | list) or not value
    if path and (small or (not full and len(in_one_line(value)) <= _SHORT)):
        yield path, value
    elif isinstance(value, Mapping):
        for key in sorted(value, key=_rank):
            yield from _leaves(value[key], (*path, key), full=full)
    else:
        for index, item in enumerate(value):
            yield from _leaves(item, (*path, index), full=full)


def _rank(key: str) -> int:
    if key in _TELLING:
        return _TELLING.index(key)
    return len(_TELLING) - (1 if key in _QUERIES else 0)


def _tells(path: tuple[str | int, ...], leaf: Any) -> bool:
    if leaf in ("", None) or leaf == [] or leaf == {}:
        return False
    keys = [step for step in path if isinstance(step, str)]
    deep = len(keys) > 1 and not any(
        key in (*_QUERIES, "spec", "panels", "elements", "data", "query") for key in keys[:-1]
    )
    return bool(keys) and keys[-1] in _TELLING and not deep
