"""Panels that are not lines over time: numbers, gauges, meters, slices, bars, cells, spans, tables."""

import math
from collections.abc import Mapping, Sequence
from itertools import groupby
from typing import Any, Final

from markupsafe import Markup

from providers.embedded.pages.charts import COLOURS, place
from providers.embedded.pages.frames import Field, Frame, label_of
from providers.embedded.pages.numbers import format_number, moment
from providers.embedded.pages.options import Options
from providers.embedded.pages.series import Series, thinned

_MOST: Final = 24
_MOST_ROWS: Final = 100
_MOST_CELLS: Final = 120

Value = tuple[str, float | None]


def draw_numbers(values: Sequence[Value], series: Sequence[Series], options: Options) -> Markup:
    """A large number for each value, with its course below it."""
    lines: Mapping[str, Series] = {one.name: one for one in series}
    alone = len(values) == 1
    blocks = (
        Markup(
            '<div class="stat">{}<svg class="value" viewBox="0 0 {} 40"><text x="50%" y="31"{}>{}</text></svg>{}</div>'
        ).format(
            "" if alone else Markup("<small>{}</small>").format(name[:80]),
            max(60, 24 * len(shown := format_number(value, options.unit, options.decimals))),
            _fill(options.colour(value)),
            shown,
            _spark(lines[name]) if name in lines else "",
        )
        for name, value in values[:_MOST]
    )
    return Markup('<div class="stats">{}</div>').format(Markup("").join(blocks))


def draw_gauges(values: Sequence[Value], options: Options) -> Markup:
    """An arc for each value, from the least to the most that there may be."""
    low, high = _bounds(values, options)
    blocks = (
        Markup(
            '<div class="stat"><svg class="gauge" viewBox="0 0 100 62">'
            '<path class="rest" d="M10 52 A40 40 0 0 1 90 52"/>'
            '<path class="part" d="M10 52 A40 40 0 0 1 90 52" pathLength="100" '
            'stroke-dasharray="{} 200"{}/>'
            '<text x="50" y="50">{}</text></svg><small>{}</small></div>'
        ).format(
            f"{_part(value, low, high) * 100:.1f}",
            _stroke(options.colour(value)),
            format_number(value, options.unit, options.decimals),
            name[:80],
        )
        for name, value in values[:_MOST]
    )
    return Markup('<div class="stats">{}</div>').format(Markup("").join(blocks))


def draw_meters(values: Sequence[Value], options: Options) -> Markup:
    """A horizontal bar for each value, with its name and number."""
    low, high = _bounds(values, options)
    rows = (
        Markup(
            '<tr><th>{}</th><td class="meter"><svg><rect class="rest" width="100%" height="100%" rx="2"/>'
            '<rect class="part c{}" width="{}%" height="100%" rx="2"{}/></svg></td><td class="number">{}</td></tr>'
        ).format(
            name[:120],
            number % COLOURS,
            f"{_part(value, low, high) * 100:.1f}",
            _fill(options.colour(value)),
            format_number(value, options.unit, options.decimals),
        )
        for number, (name, value) in enumerate(values[:_MOST_ROWS])
    )
    return Markup('<table class="meters">{}</table>').format(Markup("").join(rows))


def draw_slices(values: Sequence[Value], options: Options) -> Markup:
    """A ring of slices, beside the bars that say how large they are."""
    sizes = [max(value or 0.0, 0.0) if math.isfinite(value or 0.0) else 0.0 for _, value in values]
    total = math.fsum(sizes) or 1.0
    start, arcs = 0.0, []
    for number, size in enumerate(sizes):
        arcs.append(
            Markup(
                '<circle class="slice c{}" cx="50" cy="50" r="36" pathLength="100" '
                'stroke-dasharray="{} 200" stroke-dashoffset="{}"/>'
            ).format(number % COLOURS, f"{size / total * 100:.2f}", f"{-start / total * 100:.2f}")
        )
        start += size
    ring = Markup('<svg class="ring" viewBox="0 0 100 100"><g transform="rotate(-90 50 50)">{}</g></svg>').format(
        Markup("").join(arcs)
    )
    return Markup('<div class="pie">{}{}</div>').format(ring, draw_meters(values, options))


def draw_cells(series: Sequence[Series]) -> Markup:
    """A row of cells for each series, the first at the bottom, darker where there is more."""
    shown = series[:_MOST_CELLS]
    most = max((number for one in shown for number in one.numbers), default=0.0) or 1.0
    rows = []
    for line, one in enumerate(shown):
        points = thinned(one.points, _MOST_CELLS)
        for index, (_, value) in enumerate(points):
            if value:
                x, w = 1000 * index / len(points), 1000 / len(points)
                y, h = 1000 * (len(shown) - 1 - line) / len(shown), 1000 / len(shown)
                depth = min(max(value / most, 0.0), 1.0) if math.isfinite(value) else 1.0
                rows.append(
                    Markup('<rect x="{}" y="{}" width="{}" height="{}" opacity="{}"/>').format(
                        f"{x:.1f}", f"{y:.1f}", f"{w:.1f}", f"{h:.1f}", f"{0.08 + 0.92 * depth:.2f}"
                    )
                )
    names = f"{shown[0].name[:40]} … {shown[-1].name[:40]}" if shown else ""
    return Markup(
        '<svg class="cells c1" viewBox="0 0 1000 1000" preserveAspectRatio="none">{}</svg><p class="note">{}</p>'
    ).format(Markup("").join(rows), names)


def draw_spans(frames: Sequence[Frame]) -> Markup:
    """A band for each column beside the times: as long as a value lasts it has one colour."""
    bands = []
    colours: dict[object, int] = {}
    for frame in frames:
        moments = frame.times.values if frame.times else ()
        for one in (one for one in frame.fields if one.type != "time" and moments):
            runs = [(value, len(list(run))) for value, run in groupby(one.values[: len(moments)])]
            total, at, parts = max(1, sum(count for _, count in runs)), 0, []
            for value, count in runs[:_MOST_ROWS]:
                if value is not None:
                    colour = colours.setdefault(str(value), len(colours)) % COLOURS
                    parts.append(
                        Markup('<rect class="c{}" x="{}%" width="{}%" height="100%"><title>{}</title></rect>').format(
                            colour, f"{100 * at / total:.2f}", f"{100 * count / total:.2f}", _cell(value, one.type)
                        )
                    )
                at += count
            bands.append(
                Markup('<tr><th>{}</th><td class="band"><svg>{}</svg></td></tr>').format(
                    label_of(frame, one)[:120], Markup("").join(parts)
                )
            )
    names = (
        Markup('<li><svg class="swatch c{}"><rect width="12" height="3" rx="1.5"/></svg><span>{}</span></li>').format(
            colour % COLOURS, str(value)[:80]
        )
        for value, colour in list(colours.items())[:_MOST]
    )
    return Markup('<table class="meters">{}</table><ul class="legend">{}</ul>').format(
        Markup("").join(bands[:_MOST_ROWS]), Markup("").join(names)
    )


def draw_table(frames: Sequence[Frame], options: Options) -> Markup:
    """The columns of each frame."""
    return Markup("").join(_table(frame, options) for frame in frames[:_MOST])


def _table(frame: Frame, options: Options) -> Markup:
    count = max((len(one.values) for one in frame.fields), default=0)
    head = Markup("").join(Markup('<th class="{}">{}</th>').format(_align(one), one.name[:120]) for one in frame.fields)
    rows = (
        Markup("<tr>{}</tr>").format(
            Markup("").join(
                Markup('<td class="{}">{}</td>').format(
                    _align(one),
                    _cell(one.values[row] if row < len(one.values) else None, one.type, options),
                )
                for one in frame.fields
            )
        )
        for row in range(min(count, _MOST_ROWS))
    )
    more = Markup('<p class="note">{} of {} rows</p>').format(_MOST_ROWS, count) if count > _MOST_ROWS else ""
    return Markup('<table class="data"><thead><tr>{}</tr></thead><tbody>{}</tbody></table>{}').format(
        head, Markup("").join(rows), more
    )


def _align(one: Field) -> str:
    return "number" if one.type == "number" else "text"


def _cell(value: Any, kind: str, options: Options | None = None) -> str:
    if value is None:
        return ""
    if kind == "time":
        return moment(value)
    if kind == "number":
        return format_number(value, options.unit if options else "", options.decimals if options else None)
    return str(value)[:500]


def _spark(one: Series) -> Markup:
    numbers = one.numbers
    if len(numbers) < 2:
        return Markup("")
    low, high = min(numbers), max(numbers)
    kept = [value for _, value in thinned(one.points, 200) if value is not None and math.isfinite(value)]
    line = (
        "L".join(
            f"{100 * n / (len(kept) - 1):.1f} {36 * (1 - place(v, low, high)) + 2:.1f}" for n, v in enumerate(kept)
        )
        if len(kept) > 1
        else ""
    )
    return Markup(
        '<svg class="spark c0" viewBox="0 0 100 40" preserveAspectRatio="none"><path class="line c0" d="M{}"/></svg>'
    ).format(line)


def _bounds(values: Sequence[Value], options: Options) -> tuple[float, float]:
    numbers = [value for _, value in values if value is not None and math.isfinite(value)]
    low = options.least if options.least is not None else min([0.0, *numbers])
    high = options.most if options.most is not None else 100.0 if options.unit == "percent" else max([0.0, *numbers])
    return low, high if high > low else low + 1


def _part(value: float | None, low: float, high: float) -> float:
    return min(max(place(value, low, high), 0.0), 1.0) if value is not None and math.isfinite(value) else 0.0


def _fill(colour: str) -> Markup:
    return Markup(' fill="{}"').format(colour) if colour else Markup("")


def _stroke(colour: str) -> Markup:
    return Markup(' stroke="{}"').format(colour) if colour else Markup("")
