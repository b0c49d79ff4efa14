"""From samples to tables: medians, ratios to the bare client, and what has changed since an earlier run."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from statistics import median
from typing import Any, Final

from tests.benchmarks.measuring import Sample
from tests.benchmarks.programs import BARE, JOBS

_Cells = Sequence[str]
_HEADS: Final = (
    "job",
    "program",
    "wall s",
    "calls s",
    "CPU s",
    "server CPU s",
    "MB",
    "requests",
    "sent",
    "received",
    "÷ bare",
    "÷ calls",
)


@dataclass(frozen=True, slots=True)
class Row:
    """What a job took: medians of its samples; requests and bytes of the one that was counted."""

    size: int
    job: str
    program: str
    wall: float
    cpu: float
    memory: float
    calls: float | None
    server_cpu: float | None
    requests: int | None
    sent: int | None
    received: int | None

    @property
    def key(self) -> tuple[int, str, str]:
        """What it is about."""
        return self.size, self.job, self.program


def summarize(samples: Iterable[Sample]) -> list[Row]:
    """A row for each job of each program at each size: by size, then as the jobs follow each other.

    A sample that was counted went through a proxy: its times count only where there is no other.
    """
    found: dict[tuple[int, str, str], list[Sample]] = {}
    for sample in samples:
        found.setdefault((sample.size, sample.job, sample.program), []).append(sample)
    rows = [_row(one) for one in found.values()]
    return sorted(rows, key=lambda row: (row.size, JOBS.index(row.job)))


def _row(samples: Sequence[Sample]) -> Row:
    first = samples[0]
    timed = [one for one in samples if one.traffic is None] or samples
    traffic = next((one.traffic for one in samples if one.traffic is not None), None)

    def middle(value: Callable[[Sample], float | None]) -> float | None:
        values = [number for one in timed if (number := value(one)) is not None]
        return median(values) if values else None

    return Row(
        first.size,
        first.job,
        first.program,
        median(one.wall for one in timed),
        median(one.cpu for one in timed),
        median(one.memory for one in timed),
        middle(lambda one: one.calls),
        middle(lambda one: one.server_cpu),
        None if traffic is None else traffic.requests,
        None if traffic is None else traffic.sent,
        None if traffic is None else traffic.received,
    )


def show_rows(rows: Sequence[Row]) -> str:
    """A table for each size. The ratios are of wall time: to the bare client, and to its calls alone."""
    bare = {(row.size, row.job): row for row in rows if row.program == BARE}
    parts = []
    for size in sorted({row.size for row in rows}):
        lines = [_cells(row, bare.get((size, row.job))) for row in rows if row.size == size]
        parts.append(f"{size:,} dashboards:\n\n{_align(_HEADS, _once(lines))}")
    return "\n\n".join(parts)


def show_server(rows: Sequence[Row]) -> str:
    """What the server did a second at the largest size, and what it took, by the calls of the bare client alone."""
    largest = max(row.size for row in rows)
    told = [row for row in rows if row.program == BARE and row.size == largest and row.job in _BY_BARE]
    lines = [
        (
            _BY_BARE[row.job],
            f"{row.size / row.calls:,.0f}" if row.calls else "",
            "" if row.server_cpu is None else _number(row.server_cpu / row.size * 1000),
        )
        for row in told
    ]
    return _align((f"of {largest:,} dashboards", "a second", "server CPU ms each"), lines)


_BY_BARE: Final[Mapping[str, str]] = {
    "first apply": "created",
    "plan without changes": "listed",
    "import --all": "read whole",
    "all changed": "changed",
    "destroy": "deleted",
}


def show_changes(before: Sequence[Row], now: Sequence[Row]) -> str:
    """What does not depend on the neighbours: CPU and requests, of an earlier run and of this one."""
    known = {row.key: row for row in before}
    lines = [
        (
            f"{row.size:,}",
            row.job,
            row.program,
            _number(known[row.key].cpu),
            _number(row.cpu),
            _ratio(row.cpu, known[row.key].cpu),
            _count(known[row.key].requests),
            _count(row.requests),
        )
        for row in now
        if row.key in known and row.program != BARE
    ]
    heads = ("dashboards", "job", "program", "CPU s before", "now", "÷ before", "requests before", "now")
    return _align(heads, lines)


def insert(text: str, document: str, kind: str) -> str:
    """A document with `text` in the place that is marked for a kind of server; `text` alone where there is none."""
    begin, end = f"<!-- benchmarks: {kind} -->", "<!-- end of benchmarks -->"
    before, found, rest = document.partition(begin)
    return f"{before}{begin}\n\n{text}\n{end}{rest.partition(end)[2]}" if found else text


def to_json(rows: Iterable[Row]) -> list[dict[str, Any]]:
    """Rows, for a file."""
    return [asdict(row) for row in rows]


def from_json(document: Iterable[Mapping[str, Any]]) -> list[Row]:
    """Rows of a file."""
    return [Row(**row) for row in document]


def _cells(row: Row, bare: Row | None) -> _Cells:
    calls = bare.calls if bare is not None and row.job != "start" else None
    ratios = ("", "") if bare is None or bare is row else (_ratio(row.wall, bare.wall), _ratio(row.wall, calls))
    return (
        row.job,
        row.program,
        _number(row.wall),
        _number(calls if row is bare else None),
        _number(row.cpu),
        _number(row.server_cpu),
        f"{row.memory:,.0f}",
        _count(row.requests),
        _bytes(row.sent),
        _bytes(row.received),
        *ratios,
    )


def _once(lines: Sequence[_Cells]) -> list[_Cells]:
    """Lines in which a first cell is not said again."""
    before = ["", *(line[0] for line in lines)]
    return [line if line[0] != last else ("", *line[1:]) for line, last in zip(lines, before, strict=False)]


def _align(heads: _Cells, lines: Sequence[_Cells]) -> str:
    """A table in Markdown, whose columns are aligned: texts to the left, numbers to the right."""
    columns = list(zip(heads, *lines, strict=True))
    widths = [max(map(len, column)) for column in columns]
    are_numbers = [any(cell[:1].isdecimal() for cell in column[1:]) for column in columns]

    def line(cells: _Cells) -> str:
        padded = [
            cell.rjust(width) if is_number else cell.ljust(width)
            for cell, width, is_number in zip(cells, widths, are_numbers, strict=True)
        ]
        return f"| {' | '.join(padded)} |"

    rules = ["-" * (width + 1) + ":-"[not is_number] for width, is_number in zip(widths, are_numbers, strict=True)]
    return "\n".join((line(heads), f"|{'|'.join(rules)}|", *map(line, lines)))


def _number(value: float | None) -> str:
    if value is None:
        return ""
    return f"{value:,.0f}" if value >= 100 else f"{value:.1f}" if value >= 10 else f"{value:.2f}"


def _ratio(value: float, other: float | None) -> str:
    return f"{value / other:.2f}" if other else ""


def _count(value: int | None) -> str:
    return "" if value is None else f"{value:,}"


def _bytes(value: int | None) -> str:
    if value is None:
        return ""
    return f"{value / 1e6:,.1f} MB" if value >= 100_000 else f"{value / 1e3:,.1f} kB"
