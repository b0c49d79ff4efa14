"""The data that a snapshot keeps of its panels: frames, in each form that a Grafana has written them (3 to 12)."""

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from hcl_lite.sketch.values import at, dicts, items, mapping, text

Json = Mapping[str, Any]

_LARGEST: Final = 1e300  # beyond it even the distance between two numbers is none
_ENTITIES: Final[Mapping[str, float]] = {"NaN": math.nan, "Inf": math.inf, "NegInf": -math.inf}


@dataclass(frozen=True, slots=True)
class Field:
    """A column: `type` is "time", "number", "string", "boolean" or another; times are milliseconds since 1970."""

    name: str
    type: str
    values: Sequence[Any]
    labels: Mapping[str, str] = field(default_factory=dict)
    config: Json = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Frame:
    """The answer to a query, or a part of it."""

    name: str
    fields: Sequence[Field]

    @property
    def times(self) -> Field | None:
        """The first column of times."""
        return next((one for one in self.fields if one.type == "time"), None)

    @property
    def numbers(self) -> list[Field]:
        """The columns of numbers."""
        return [one for one in self.fields if one.type == "number"]


def frames_of(panel: Json) -> list[Frame]:
    """The frames of a panel, or of an element of v2; what is no frame is left out."""
    return [frame for held in _held(panel) if (frame := _frame(held)) is not None and frame.fields]


def label_of(frame: Frame, one: Field) -> str:
    """The name of a series, as Grafana makes it of what the data source says."""
    given = one.config.get("displayName") or one.config.get("displayNameFromDS")
    if isinstance(given, str) and given:
        return given
    labels = {key: value for key, value in one.labels.items() if key != "__name__"}
    if labels:
        inner = ", ".join(f'{key}="{value}"' for key, value in sorted(labels.items()))
        return f"{one.labels.get('__name__', '')}{{{inner}}}"
    return frame.name or one.labels.get("__name__") or one.name or "Value"


def _held(panel: Json) -> Iterator[Json]:
    yield from dicts(panel.get("snapshotData"))
    for target in dicts(panel.get("targets")):
        yield from dicts(target.get("snapshot"))
    for query in dicts(at(panel, "spec", "data", "spec").get("queries")):
        yield from dicts(at(query, "spec", "query", "spec").get("snapshot"))


def _frame(held: Json) -> Frame | None:
    if isinstance(held.get("schema"), dict):
        return _with_schema(held)
    if isinstance(held.get("fields"), list):
        fields = [_field(one, one.get("values")) for one in dicts(held["fields"])]
        return Frame(text(held.get("name")), fields)
    if isinstance(held.get("datapoints"), list):
        return _points(held)
    return _table(held) if isinstance(held.get("columns"), list) else None


def _with_schema(held: Json) -> Frame:
    """{"schema": {"fields"}, "data": {"values", "entities"}} (8 to 12.4)."""
    data = at(held, "data")
    columns, entities = items(data.get("values")), items(data.get("entities"))
    fields = []
    for index, one in enumerate(dicts(held["schema"].get("fields"))):
        values = list(items(columns[index])) if index < len(columns) else []
        for name, places in (mapping(entities[index]) if index < len(entities) else {}).items():
            for place in items(places):
                if isinstance(place, int) and 0 <= place < len(values):
                    values[place] = _ENTITIES.get(name)
        fields.append(_field(one, values))
    return Frame(text(held["schema"].get("name")), fields)


def _field(one: Json, values: object) -> Field:
    labels = {str(key): text(value) for key, value in mapping(one.get("labels")).items()}
    listed = values.get("buffer") if isinstance(values, dict) else values  # 7's Vector
    kind = text(one.get("type")) or "string"
    return Field(text(one.get("name")), kind, _column(kind, items(listed)), labels, mapping(one.get("config")))


def _points(held: Json) -> Frame:
    """{"target", "datapoints": [[value, milliseconds]]} (3 to 6)."""
    pairs = [pair for pair in held["datapoints"] if isinstance(pair, list) and len(pair) > 1]
    times = Field("Time", "time", _column("time", [pair[1] for pair in pairs]))
    values = Field("Value", "number", _column("number", [pair[0] for pair in pairs]))
    return Frame(text(held.get("target")), [times, values])


def _table(held: Json) -> Frame:
    """{"type": "table", "columns": [{"text", "type"}], "rows": [[…]]} (3 to 6)."""
    rows = [row for row in items(held.get("rows")) if isinstance(row, list)]
    fields = []
    for index, column in enumerate(dicts(held["columns"])):
        values = [row[index] if index < len(row) else None for row in rows]
        kind = text(column.get("type")) or ("number" if all(map(_is_number, values)) else "string")
        fields.append(Field(text(column.get("text")), kind, _column(kind, values)))
    return Frame(text(held.get("name")), fields)


def _column(kind: str, values: Sequence[Any]) -> Sequence[Any]:
    """The values of a column; of one of numbers or times, what is none is nothing."""
    if kind not in ("number", "time"):
        return values
    return [float(value) if _is_number(value) and not _LARGEST <= abs(value) < math.inf else None for value in values]


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)
