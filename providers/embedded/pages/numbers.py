"""Numbers as Grafana writes them, by their unit, and the steps of an axis."""

import math
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Final

_BINARY_STEP: Final = 1024
_DAY: Final = 86_400
_TIME_STEPS: Final = (1, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 10_800, 21_600, 43_200, _DAY)
_SHORT: Final = ("", " K", " Mil", " Bil", " Tri")
_METRIC: Final = ("", "k", "M", "G", "T", "P")
_BINARY: Final = ("B", "KiB", "MiB", "GiB", "TiB", "PiB")

# unit: (factor between the steps, the steps)
_SCALED: Final[Mapping[str, tuple[int, Sequence[str]]]] = {
    "short": (1000, _SHORT),
    "bytes": (_BINARY_STEP, tuple(f" {step}" for step in _BINARY)),
    "decbytes": (1000, tuple(f" {step}B" for step in _METRIC)),
    "bits": (_BINARY_STEP, (" b", " Kib", " Mib", " Gib", " Tib")),
    "decbits": (1000, tuple(f" {step}b" for step in _METRIC)),
    "Bps": (1000, tuple(f" {step}B/s" for step in _METRIC)),
    "binBps": (_BINARY_STEP, tuple(f" {step}/s" for step in _BINARY)),
    "bps": (1000, tuple(f" {step}b/s" for step in _METRIC)),
    "reqps": (1000, tuple(f"{step} req/s" for step in _METRIC)),
    "ops": (1000, tuple(f"{step} ops/s" for step in _METRIC)),
    "rps": (1000, tuple(f"{step} rd/s" for step in _METRIC)),
    "wps": (1000, tuple(f"{step} wr/s" for step in _METRIC)),
    "hertz": (1000, tuple(f" {step}Hz" for step in _METRIC)),
    "watt": (1000, tuple(f" {step}W" for step in _METRIC)),
}
_SECONDS: Final[Mapping[str, float]] = {
    "ns": 1e-9,
    "µs": 1e-6,
    "us": 1e-6,
    "ms": 1e-3,
    "s": 1.0,
    "m": 60.0,
    "h": 3600.0,
}
_SPANS: Final = (
    (86_400 * 365, " years"),
    (86_400 * 7, " weeks"),
    (86_400, " days"),
    (3600, " hours"),
    (60, " mins"),
    (1, " s"),
)
_SUFFIXES: Final[Mapping[str, str]] = {
    "percent": "%",
    "celsius": " °C",
    "fahrenheit": " °F",
    "humidity": " %H",
    "volt": " V",
    "amp": " A",
}


def format_number(value: float | None, unit: str = "", decimals: int | None = None) -> str:
    """A number with its unit; unknown units follow it as they are, none are those of Grafana's "short"."""
    if value is None:
        return "–"
    if not math.isfinite(value):
        return "NaN" if math.isnan(value) else "∞" if value > 0 else "-∞"
    if unit == "percentunit":
        return f"{_digits(value * 100, decimals)}%"
    if unit in _SECONDS:
        return _span(value * _SECONDS[unit], decimals)
    if unit in ("dateTimeAsIso", "dateTimeFromNow", "dateTimeAsUS", "dateTimeAsLocal"):
        return moment(value)
    if unit in _SCALED or unit in ("", "none"):
        return _scaled(value, *_SCALED.get(unit, (1000, _SHORT if abs(value) >= 1e6 else ("",))), decimals)
    return f"{_digits(value, decimals)}{_SUFFIXES.get(unit, f' {unit[:12]}')}"


def moment(milliseconds: float | None, form: str = "%Y-%m-%d %H:%M:%S") -> str:
    """A moment, UTC."""
    try:
        return datetime.fromtimestamp((milliseconds or 0) / 1000, UTC).strftime(form)
    except (OverflowError, ValueError, OSError):
        return "?"


def steps(least: float, most: float, unit: str = "", count: int = 4) -> list[float]:
    """Round numbers of a unit from a bit below `least` to a bit above `most`, some `count` of them."""
    width = (most - least) / max(count, 1)
    if not math.isfinite(width) or width <= 0:
        return [least, most]
    base = _SCALED[unit][0] if unit in _SCALED else 1000
    size = float(base) ** math.floor(math.log(width, base)) if base == _BINARY_STEP else 1.0
    power = 10.0 ** math.floor(math.log10(width / size)) * size
    step = next(one * power for one in (1, 2, 2.5, 5, 10) if one * power >= width * 0.999)
    first, last = math.floor(least / step + 1e-9), math.ceil(most / step - 1e-9)
    return [number * step for number in range(first, min(last, first + 20) + 1)]


def time_steps(left: float, right: float, count: int = 6) -> list[float]:
    """Round moments (milliseconds) between two, `count` of them at the most."""
    width = (right - left) / 1000 / count
    step = 1000 * next((one for one in _TIME_STEPS if one >= width), math.ceil(width / _DAY) * _DAY)
    first, last = math.ceil(left / step), math.floor(right / step)
    return [number * step for number in range(first, last + 1)] or [left]


def _scaled(value: float, factor: int, names: Sequence[str], decimals: int | None) -> str:
    size, place = abs(value), 0
    while size >= factor and place < len(names) - 1:
        size, place = size / factor, place + 1
    return f"{_digits(math.copysign(size, value), decimals)}{names[place]}"


def _span(seconds: float, decimals: int | None) -> str:
    size = abs(seconds)
    for length, name in _SPANS:
        if size >= length:
            return f"{_digits(seconds / length, decimals)}{name}"
    for part, name in ((1e-3, " ms"), (1e-6, " µs")):
        if size >= part:
            return f"{_digits(seconds / part, decimals)}{name}"
    return f"{_digits(seconds / 1e-9, decimals)} ns" if seconds else "0 s"


def _digits(value: float, decimals: int | None) -> str:
    """As many digits as tell it; with three that count where nobody says."""
    if decimals is not None:
        return f"{value:.{max(0, min(decimals, 9))}f}"
    size = abs(value)
    if size >= 1e15 or 0 < size < 1e-4:
        return f"{value:.2e}"
    places = 0 if size >= 100 or value == int(value) else 1 if size >= 10 else 2 if size >= 1 else 4
    text = f"{value:.{places}f}"
    return text.rstrip("0").rstrip(".") if "." in text else text
