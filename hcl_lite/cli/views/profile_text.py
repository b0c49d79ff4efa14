"""The profile of a run as tables for people: by stage, by route, by object."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import click

from hcl_lite.cli.views.escaping import in_line
from hcl_lite.operations.profiling import Profile

_MOST_ROUTES = 15
_UNITS = ((2**30, "GiB"), (2**20, "MiB"), (2**10, "KiB"))
_Column = tuple[str, Sequence[str]]


def render_profile(profile: Profile) -> str:
    """Renders where the time went."""
    return "\n\n".join(_parts(profile))


def _parts(profile: Profile) -> Iterator[str]:
    memory = f", {_size(profile.memory)} of memory at the most" if profile.memory is not None else ""
    share = f"{100 * profile.us / profile.seconds:.0f} %" if profile.seconds else "0 %"
    head = click.style("Profile:", bold=True)
    yield f"{head} {profile.seconds:.2f} s, {share} of it without a call under way; CPU {profile.cpu:.2f} s{memory}."
    stages = profile.stages
    yield _columns(
        ("stage", [one.name for one in stages]),
        ("seconds", [f"{one.seconds:.2f}" for one in stages]),
        ("server", [f"{one.server:.2f}" for one in stages]),
        ("network", [f"{one.network:.2f}" for one in stages]),
        ("us", [f"{one.us:.2f}" for one in stages]),
        ("CPU", [f"{one.cpu:.2f}" for one in stages]),
        ("requests", [f"{one.requests:,}" for one in stages]),
    )
    routes = profile.routes[:_MOST_ROUTES]
    if routes:
        yield _columns(
            ("route, times in ms", [in_line(one.route) for one in routes]),
            ("requests", [f"{one.requests:,}" for one in routes]),
            ("failed", [f"{one.failed:,}" if one.failed else "" for one in routes]),
            ("total", [_ms(one.total) for one in routes]),
            ("mean", [_ms(one.mean) for one in routes]),
            ("longest", [_ms(one.longest) for one in routes]),
            ("first byte", [_ms(one.server / one.requests) for one in routes]),
            ("transfer", [_ms(one.network / one.requests) for one in routes]),
            ("sent", [_size(one.sent) for one in routes]),
            ("received", [_size(one.received) for one in routes]),
        )
    if len(profile.routes) > len(routes):
        yield f"and {len(profile.routes) - len(routes)} more routes"
    if profile.objects:
        yield _columns(
            ("object, times in ms", [in_line(one.address) for one in profile.objects]),
            ("requests", [f"{one.requests:,}" for one in profile.objects]),
            ("total", [_ms(one.seconds) for one in profile.objects]),
        )


def _columns(first: _Column, *numbers: _Column) -> str:
    """Renders a column of words, and columns of numbers, which end below each other."""
    cells = [[first[0], *first[1]], *([title, *column] for title, column in numbers)]
    widths = [max(map(len, column)) for column in cells]
    first_width, *other_widths = widths
    lines = [
        "  ".join([word.ljust(first_width), *map(str.rjust, row, other_widths)])
        for word, *row in zip(*cells, strict=True)
    ]
    return "\n".join([click.style(lines[0], bold=True), *lines[1:]])


def _ms(seconds: float) -> str:
    return f"{1000 * seconds:,.1f}"


def _size(number: int) -> str:
    for unit, name in _UNITS:
        if number >= unit:
            return f"{number / unit:.1f} {name}"
    return f"{number} B"
