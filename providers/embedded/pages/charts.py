"""Lines and bars over time: SVG whose places are percentages, so that text and strokes keep their size."""

import math
from collections.abc import Iterable, Sequence
from typing import Final

from markupsafe import Markup

from providers.embedded.pages.numbers import format_number, moment, steps, time_steps
from providers.embedded.pages.options import Options
from providers.embedded.pages.series import Point, Series, thinned

COLOURS: Final = 8
_MOST_SERIES: Final = 40
_SIZE: Final = 1000  # of the drawing's own grid
_DAY: Final = 86_400_000


def draw_lines(series: Sequence[Series], options: Options) -> Markup:
    """Series over time, with their axes and a legend."""
    kept = series[:_MOST_SERIES]
    shown = [
        Series(one.name, thinned(one.points))  # which has its least and its greatest
        for one in (_stacked(kept) if options.stacked else kept)
    ]
    numbers = [number for one in shown for number in one.numbers]
    moments = [when for one in shown for when, _ in one.points]
    if not numbers:
        return Markup('<p class="empty">No numbers</p>')
    left, right = min(moments), max(moments)
    scale = _scale(numbers, options)
    low, high = scale[0], scale[-1]
    paths = [_path(one, (left, right), (low, high), options, number) for number, one in enumerate(shown)]
    return Markup(
        '<div class="chart"><svg class="axis">{}</svg><svg class="plot">{}<svg viewBox="0 0 1000 1000" '
        'preserveAspectRatio="none" width="100%" height="100%">{}</svg></svg><svg class="times">{}</svg></div>{}'
    ).format(
        _join(_label(value, low, high, options) for value in scale),
        _join(_rule(value, low, high) for value in scale),
        _join(reversed(paths) if options.stacked else paths),
        _times(left, right),
        _legend(series, options),
    )


def place(value: float, low: float, high: float) -> float:
    """A value as a part of the way from `low` to `high`."""
    return (value - low) / (high - low) if high > low else 0.5


def _scale(numbers: Sequence[float], options: Options) -> list[float]:
    low, high = min(numbers), max(numbers)
    if 0 <= low < high / 2 or options.bars or options.filled:
        low = min(low, 0.0)
    low = low if options.least is None else min(low, options.least)
    high = high if options.most is None else max(high, options.most)
    if low == high:
        low, high = (low - 1, high + 1) if low else (0.0, 1.0)
    return steps(low, high, options.unit)


def _stacked(series: Sequence[Series]) -> list[Series]:
    """Each on top of those before it."""
    below: dict[float, float] = {}
    stacked = []
    for one in series:
        points: list[Point] = []
        for when, value in one.points:
            if value is not None:
                below[when] = below.get(when, 0.0) + value
            points.append((when, None if value is None else below[when]))
        stacked.append(Series(one.name, points))
    return stacked


def _path(one: Series, across: tuple[float, float], up: tuple[float, float], options: Options, number: int) -> Markup:
    floor = _down(max(0.0, up[0]), up)
    runs: list[list[tuple[str, str]]] = [[]]
    for when, value in one.points:
        if value is None or not math.isfinite(value):
            runs.append([])
        else:
            runs[-1].append((f"{_SIZE * place(when, *across):.1f}", f"{_down(value, up):.1f}"))
    drawn = [run for run in runs if run]
    colour = f"c{number % COLOURS}"
    if options.bars:
        bars = "".join(f"M{x} {floor:.1f}V{y}" for run in drawn for x, y in run)
        width = 0.7 * _SIZE / max(1, len(one.points))
        return Markup('<path class="bar {}" stroke-width="{}" d="{}"/>').format(colour, f"{width:.2f}", bars)
    line = "".join("M" + "L".join(f"{x} {y}" for x, y in run) for run in drawn if len(run) > 1)
    alone = "".join(f"M{run[0][0]} {run[0][1]}h0" for run in drawn if len(run) == 1)
    dots = Markup('<path class="line dot {}" d="{}"/>').format(colour, alone) if alone else ""
    area = "".join(
        f"M{run[0][0]} {floor:.1f}L" + "L".join(f"{x} {y}" for x, y in run) + f"L{run[-1][0]} {floor:.1f}Z"
        for run in drawn
    )
    filled = Markup('<path class="area {}" d="{}"/>').format(colour, area) if options.filled else ""
    return Markup('{}<path class="line {}" d="{}"/>{}').format(filled, colour, line, dots)


def _down(value: float, up: tuple[float, float]) -> float:
    return _SIZE * (1 - place(value, *up))


def _percent(value: float, low: float, high: float) -> str:
    return f"{100 * (1 - place(value, low, high)):.2f}%"


def _label(value: float, low: float, high: float, options: Options) -> Markup:
    return Markup('<text x="100%" y="{}">{}</text>').format(
        _percent(value, low, high), format_number(value, options.unit)
    )


def _rule(value: float, low: float, high: float) -> Markup:
    y = _percent(value, low, high)
    return Markup('<line class="rule" x1="0" x2="100%" y1="{}" y2="{}"/>').format(y, y)


def _times(left: float, right: float) -> Markup:
    form = "%H:%M:%S" if right - left < 300_000 else "%H:%M" if right - left <= 2 * _DAY else "%m-%d"
    return _join(
        Markup('<text x="{}%" y="16">{}</text>').format(f"{100 * place(when, left, right):.2f}", moment(when, form))
        for when in time_steps(left, right)
    )


def _legend(series: Sequence[Series], options: Options) -> Markup:
    entries = _join(
        Markup(
            '<li><svg class="swatch c{}"><rect width="12" height="3" rx="1.5"/></svg><span>{}</span><b>{}</b></li>'
        ).format(
            number % COLOURS,
            one.name[:200],
            format_number(one.last, options.unit, options.decimals),
        )
        for number, one in enumerate(series[:_MOST_SERIES])
    )
    more = len(series) - _MOST_SERIES
    rest = Markup("<li>and {} more</li>").format(more) if more > 0 else ""
    return Markup('<ul class="legend">{}{}</ul>').format(entries, rest)


def _join(parts: Iterable[Markup]) -> Markup:
    return Markup("").join(parts)
