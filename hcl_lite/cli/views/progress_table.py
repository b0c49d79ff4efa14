"""The progress of a run as a table for a terminal: how far it is, what runs, and what waits for what."""

from __future__ import annotations

from collections.abc import Iterator

from rich.console import Group, RenderableType
from rich.progress_bar import ProgressBar
from rich.table import Table
from rich.text import Text

from hcl_lite.cli.views.escaping import in_line
from hcl_lite.cli.views.progress_text import duration
from hcl_lite.cli.views.standing import Running, Standing, Waiting

_AFTER = 0.5  # seconds: what is done before needs no table
_MOST_RUNNING = 10
_MOST_WAITING = 3
_MOST_NAMES = 2
_BAR = 30
_SHORTEST_BAR = 5


def render_table(standing: Standing, width: int, height: int) -> RenderableType:
    """Renders a run in the `width` of a terminal and half of its `height`; nothing of one that has just begun."""
    if not standing.what or (standing.seconds < _AFTER and not standing.done):
        return Group()
    return Group(_head(standing, width), *_rows(standing, max(0, height // 2 - 1)))


def _head(standing: Standing, width: int) -> RenderableType:
    """Renders the first line; what is left of its width is a bar, where that is enough for one."""
    counts = _counts(standing)
    room = width - len(standing.what) - len(counts) - 2
    if not standing.total or room < _SHORTEST_BAR:
        return Text(f"{standing.what} {counts}", no_wrap=True, overflow="ellipsis")
    line = Table.grid(padding=(0, 1))
    bar = ProgressBar(standing.total, standing.done, width=min(_BAR, room))
    line.add_row(Text(standing.what, style="bold"), bar, Text(counts))
    return line


def _counts(standing: Standing) -> str:
    done = f"{standing.done:,}/{standing.total:,}" if standing.total else f"{standing.done:,}" if standing.done else ""
    told = [done] if done else []
    if standing.rate:
        told.append(f"{standing.rate:.1f}/s")
    left = standing.seconds_left
    told.append(duration(standing.seconds) if left is None else f"{duration(left)} left")
    for number, word in ((standing.failed, "failed"), (standing.skipped, "skipped"), (standing.retries, "retried")):
        if number:
            told.append(f"{number:,} {word}")
    return ", ".join(told)


def _rows(standing: Standing, most: int) -> Iterator[RenderableType]:
    """Yields what runs, the longest first, and then what waits, in `most` lines."""
    running = sorted(standing.running, key=lambda one: -one.seconds)
    shown = running[: min(most, _MOST_RUNNING)]
    rows = [_running(one) for one in shown]
    hidden = len(running) - len(shown)
    blocked = [one for one in standing.waiting if one.after]
    told = blocked[: max(0, min(_MOST_WAITING, most - len(rows) - 1))]
    rows += [_waiting(one) for one in told]
    more = [f"{hidden:,} more run"] if hidden else []
    more += [f"{standing.left - len(told):,}{' more' if told else ''} wait"] if standing.left > len(told) else []
    if rows:
        table = Table.grid(padding=(0, 2), expand=True)
        table.add_column(no_wrap=True, min_width=9)
        table.add_column(no_wrap=True, overflow="ellipsis", ratio=3)
        table.add_column(no_wrap=True, overflow="ellipsis", ratio=4)
        for row in rows:
            table.add_row(*row)
        yield table
    if more and len(rows) < most:
        yield Text(f"  {', '.join(more)}", style="dim", no_wrap=True, overflow="ellipsis")


def _running(one: Running) -> tuple[Text, Text, Text]:
    note = Text(duration(one.seconds))
    if one.retry:
        note.append(f"  {in_line(one.retry)}", style="yellow")
    return Text(f"  {one.action}", style="cyan"), Text(in_line(one.address)), note


def _waiting(one: Waiting) -> tuple[Text, Text, Text]:
    more = f" and {len(one.after) - _MOST_NAMES} more" if len(one.after) > _MOST_NAMES else ""
    names = f"for {', '.join(one.after[:_MOST_NAMES])}{more}"
    return Text("  waits", style="dim"), Text(in_line(one.address), style="dim"), Text(in_line(names), style="dim")
