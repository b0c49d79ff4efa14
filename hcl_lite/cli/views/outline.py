"""A value that comes or goes, as a person wants to see it: what it is first, and how much more there is."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from hcl_lite.cli.views.look import Look
from hcl_lite.cli.views.texts import unseen_escaped
from hcl_lite.cli.views.values import in_one_line
from hcl_lite.core.labels import PathWriter

_SHORT = 60  # an object or a list that is told as one value
_LONG = 120
_MOST = 30
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
    "metric",
    "metricName",
    "namespace",
    "searchTerms",
    "scenarioId",
    "panelId",
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
_CLOSED = ("fieldConfig",)  # how values look, whatever they are of
_OPEN = (*_QUERIES, "query", "spec", "panels", "elements")

Place = tuple[str | int, ...]


def outline(value: Any, look: Look) -> Iterator[str]:
    """A line for each value in a large object or list; of one that comes with others those that say what it is."""
    leaves = list(_leaves(value, (), full=look.full))
    writer = PathWriter(value)
    shown = leaves if look.full else [leaf for leaf in leaves if _tells(*leaf)]
    if not look.full and len(shown) < min(3, len(leaves)):
        shown = leaves
    shown = shown if look.full else shown[:_MOST]
    for place, leaf in shown:
        yield f"{unseen_escaped(writer.path(place))}: {in_one_line(leaf, most=look.most)}"
    left = len(leaves) - len(shown)
    if left:
        yield f"… and {left} more {'value' if left == 1 else 'values'}: --full shows them"


def is_short(value: Any) -> bool:
    """Whether a value stands on the line of its path: one that fits, or that has no objects in it."""
    objects = isinstance(value, Mapping) or (isinstance(value, list) and any(isinstance(i, Mapping) for i in value))
    return not objects or len(in_one_line(value)) <= _LONG


def _leaves(value: Any, place: Place, *, full: bool) -> Iterator[tuple[Place, Any]]:
    """Yields the values that cannot be taken apart, or that describe an object in a few words; the latter first."""
    whole = not isinstance(value, Mapping | list) or not value
    if place and (whole or (not full and place[-1] in _TELLING and len(in_one_line(value)) <= _SHORT)):
        yield place, value
    elif isinstance(value, Mapping):
        for key in sorted(value, key=_rank):
            yield from _leaves(value[key], (*place, key), full=full)
    else:
        for index, item in enumerate(value):
            yield from _leaves(item, (*place, index), full=full)


def _rank(key: str) -> int:
    if key in _TELLING:
        return _TELLING.index(key)
    return len(_TELLING) - (1 if key in _QUERIES else 0)


def _tells(place: Place, leaf: Any) -> bool:
    """Whether a value says what the whole is: one at the top, or of a query, of a panel in it, or in a spec."""
    if leaf is None or leaf == "" or leaf == [] or leaf == {}:
        return False
    keys = [step for step in place if isinstance(step, str)]
    if not keys:
        return False
    *above, last = keys
    if any(key in _CLOSED for key in above):
        return False
    return last in _TELLING and (not above or (last != "kind" and any(key in _OPEN for key in above)))
