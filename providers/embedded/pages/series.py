"""Series of numbers over time, made of frames, and what one number is made of them."""

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from providers.embedded.pages.frames import Field, Frame, label_of

Point = tuple[float, float | None]


@dataclass(frozen=True, slots=True)
class Series:
    """Points by time (milliseconds since 1970); None is a gap."""

    name: str
    points: Sequence[Point]

    @property
    def numbers(self) -> list[float]:
        """The values that can be drawn."""
        return [value for _, value in self.points if value is not None and math.isfinite(value)]

    @property
    def last(self) -> float | None:
        """The last of them."""
        known = (value for _, value in reversed(self.points) if value is not None and math.isfinite(value))
        return next(known, None)


def series_of(frames: Sequence[Frame]) -> list[Series]:
    """A series for each column of numbers that stands beside one of times."""
    found = []
    for frame in frames:
        if frame.times is not None:
            moments = frame.times.values
            for one in frame.numbers:
                pairs = zip(moments, one.values, strict=False)
                points = sorted(((when, value) for when, value in pairs if when is not None), key=lambda pair: pair[0])
                found.append(Series(label_of(frame, one), points))
    return found


def values_of(frames: Sequence[Frame], calculation: str) -> list[tuple[str, float | None]]:
    """A number for each column of numbers, by its name. Of a table with texts, each row is one."""
    found: list[tuple[str, float | None]] = []
    for frame in frames:
        words = next((one for one in frame.fields if one.type == "string"), None)
        for one in frame.numbers:
            if words is not None:
                found += [(str(name), value) for name, value in zip(words.values, one.values, strict=False)]
            else:
                found.append((label_of(frame, one), reduce(one, calculation)))
    return found


def reduce(column: Field, calculation: str) -> float | None:
    """One number of a column, by the name of Grafana's calculation; an unknown one is the last number."""
    numbers = [value for value in column.values if value is not None and math.isfinite(value)]
    return _CALCULATIONS.get(calculation, _last)(numbers) if numbers else None


def thinned(points: Sequence[Point], most: int = 600) -> Sequence[Point]:
    """Not more points than can be seen: of each stretch its least and its greatest."""
    if len(points) <= most:
        return points
    size = math.ceil(len(points) / (most / 2))
    kept: list[Point] = []
    for start in range(0, len(points), size):
        stretch = points[start : start + size]
        known = [point for point in stretch if point[1] is not None]
        if not known:
            kept.append(stretch[0])
            continue
        ends = {min(known, key=_height), max(known, key=_height)}
        kept += sorted(ends, key=lambda point: point[0])
    return kept


def _height(point: Point) -> float:
    return point[1] or 0.0


def _last(numbers: Sequence[float]) -> float:
    return numbers[-1]


_CALCULATIONS: Final[Mapping[str, Callable[[Any], float]]] = {
    "first": lambda numbers: numbers[0],
    "firstNotNull": lambda numbers: numbers[0],
    "max": max,
    "min": min,
    "sum": math.fsum,
    "total": math.fsum,
    "mean": lambda numbers: math.fsum(numbers) / len(numbers),
    "avg": lambda numbers: math.fsum(numbers) / len(numbers),
    "count": len,
    "range": lambda numbers: max(numbers) - min(numbers),
    "diff": lambda numbers: numbers[-1] - numbers[0],
    "delta": lambda numbers: numbers[-1] - numbers[0],
}
