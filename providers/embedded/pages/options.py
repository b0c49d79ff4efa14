"""The options of a panel that matter for drawing it, of the types of today and of those before 7."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from hcl_lite.sketch.values import at, items, text

Json = Mapping[str, Any]

_COLOUR: Final = re.compile(r"#[0-9a-fA-F]{3,8}|rgba?\([0-9., %]{5,40}\)")
_NAMED: Final = re.compile(r"(?:dark-|semi-dark-|light-|super-light-)?(green|yellow|orange|red|blue|purple)")
_HUES: Final = {
    "green": "#73bf69",
    "yellow": "#e0b400",
    "orange": "#ff9830",
    "red": "#f2495c",
    "blue": "#5794f2",
    "purple": "#b877d9",
}


@dataclass(frozen=True, slots=True)
class Options:
    """`steps` are thresholds: from each number on (the first has none) its colour."""

    unit: str = ""
    decimals: int | None = None
    least: float | None = None
    most: float | None = None
    calculation: str = "lastNotNull"
    steps: Sequence[tuple[float | None, str]] = ()
    bars: bool = False
    filled: bool = False
    stacked: bool = False

    def colour(self, value: float | None) -> str:
        """The colour of a number; empty where nobody says."""
        found = ""
        for start, colour in self.steps:
            if start is None or (value is not None and value >= start):
                found = colour
        return found


def options_of(panel: Json) -> Options:
    """The options of a panel, or of an element of v2."""
    chart = at(panel, "spec", "vizConfig", "spec") or panel
    defaults, chosen = at(chart, "fieldConfig", "defaults"), at(chart, "options")
    custom = at(defaults, "custom")
    calculations = at(chosen, "reduceOptions").get("calcs")
    axis = next((one for one in items(chart.get("yaxes")) if isinstance(one, dict)), {})
    return Options(
        unit=text(defaults.get("unit") or chart.get("format") or axis.get("format")),
        decimals=_whole(defaults.get("decimals", chart.get("decimals"))),
        least=_number(defaults.get("min", axis.get("min"))),
        most=_number(defaults.get("max", axis.get("max"))),
        calculation=text(next(iter(items(calculations)), chart.get("valueName"))) or "lastNotNull",
        steps=_steps(at(defaults, "thresholds").get("steps")) or _old_steps(chart),
        bars=custom.get("drawStyle") == "bars" or chart.get("bars") is True,
        filled=bool(_number(custom.get("fillOpacity", chart.get("fill") if "lines" in chart else 0))),
        stacked=at(custom, "stacking").get("mode") in ("normal", "percent") or chart.get("stack") is True,
    )


def _steps(listed: object) -> list[tuple[float | None, str]]:
    steps = [one for one in items(listed) if isinstance(one, dict)]
    return [(_number(one.get("value")), _colour(one.get("color"))) for one in steps]


def _old_steps(panel: Json) -> list[tuple[float | None, str]]:
    """A singlestat's `thresholds` "70,90" and its three `colors`."""
    colours, bounds = items(panel.get("colors")), panel.get("thresholds")
    if not isinstance(bounds, str) or not (panel.get("colorValue") or panel.get("colorBackground")):
        return []
    starts = [None, *(_number(one) for one in bounds.split(","))]
    return [(start, _colour(colour)) for start, colour in zip(starts, colours, strict=False)]


def _colour(value: object) -> str:
    """A colour that is safe to be written into an attribute; empty for what is none."""
    said = text(value)
    named = _NAMED.fullmatch(said)
    return _HUES[named[1]] if named else said if _COLOUR.fullmatch(said) else ""


def _whole(value: object) -> int | None:
    return value if isinstance(value, int) and not isinstance(value, bool) else None


def _number(value: object) -> float | None:
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        return None
    try:
        number = float(value)
    except (ValueError, OverflowError):
        return None
    return number if abs(number) < 1e300 else None
