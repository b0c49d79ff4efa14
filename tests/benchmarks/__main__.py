"""What hcl-lite takes for each job, beside a bare client of a few calls, and Terraform and OpenTofu where they are.

    python -m tests.benchmarks                                     # on embedded servers
    python -m tests.benchmarks --sizes 10,1000 --repeat 5 --json now.json --against before.json
    python -m tests.benchmarks --server 'grafana server --homepath /usr/share/grafana cfg:paths.data={data} \\
        cfg:server.http_port={port}'

Each program gets a server of its own, which is fresh, in turn, as often as --repeat says; told is the median. Requests
and bytes are counted by a proxy in a run of its own. What is slow is done once, and counted in that run: sizes above
1000, Terraform, OpenTofu. These two take part where `validate` succeeds, with the provider that they find themselves.

CPU times and requests are what can be compared from one run to the next; wall times only within a run, by their ratios.
"""

from __future__ import annotations

import argparse
import json
import signal
import sys
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from tests.benchmarks.machine import describe
from tests.benchmarks.measuring import Sample, live, warm_up
from tests.benchmarks.programs import JOBS, Program, all_programs
from tests.benchmarks.servers import EMBEDDED, choose_server
from tests.benchmarks.table import Row, from_json, insert, show_changes, show_rows, show_server, summarize, to_json

_REPEATED = 1000  # dashboards up to which a life is repeated


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure, and print the tables; 1 where something failed, or was interrupted: what had been measured is shown."""
    given = _parser().parse_args(arguments)
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # servers and files go, too
    before = json.loads(given.against.read_text()) if given.against else None
    chosen = [one for one in all_programs() if not given.programs or one.name.lower() in given.programs]
    samples: list[Sample] = []
    try:
        programs = warm_up(chosen, _leave_out)
        machine = describe(given.server, given.url, programs, choose_server(given.server, given.url))
        wholes = [_measure(*life, given, samples) for life in _lives(programs, given)]
        is_whole = all(wholes)
    except KeyboardInterrupt:
        is_whole = False
    if not samples:
        return 1
    rows = summarize(samples)
    text = _show(machine, rows)
    if before is not None:
        changes = show_changes(from_json(before["rows"]), rows)
        text += f"\nBefore ({before['machine']['commit']}) and now:\n\n{changes}\n"
    print(text)
    if given.markdown:
        document = given.markdown.read_text() if given.markdown.exists() else ""
        given.markdown.write_text(insert(text, document, "embedded" if given.server == EMBEDDED else "server"))
    if given.json:
        given.json.write_text(json.dumps({"machine": machine, "rows": to_json(rows)}, indent=1))
    return 0 if is_whole else 1


def _lives(programs: Sequence[Program], given: argparse.Namespace) -> Iterator[tuple[Program, int, bool]]:
    """Which program is measured at which size, in turn, and whether it is counted then."""
    for size in given.sizes:
        for turn in range(given.repeat + 1):
            for program in programs:
                is_once = given.repeat == 1 or size > _REPEATED or program.is_slow
                if (is_once and turn) or (program.is_slow and size > given.slow_up_to):
                    continue
                yield program, size, is_once or turn == given.repeat


def _measure(program: Program, size: int, counted: bool, given: argparse.Namespace, samples: list[Sample]) -> bool:
    """Add what a life gives to the samples; whether it was whole."""
    jobs = JOBS if size == min(given.sizes) else JOBS[1:]  # the start is the same at each size
    opener = choose_server(given.server, given.url)
    try:
        for sample in live(program, size, opener, given.auth, jobs, counted=counted):
            print(f"{size:>6} {program.name:<12} {sample.job:<22} {sample.wall:8.2f} s", file=sys.stderr)
            samples.append(sample)
    except SystemExit as failure:
        print(failure, file=sys.stderr)
        return False
    return True


def _show(machine: Mapping[str, str], rows: Sequence[Row]) -> str:
    notes = "\n".join(f"- {name}: {value}" for name, value in machine.items())
    return f"{notes}\n\n{show_rows(rows)}\n\nThe server, by the bare client's calls:\n\n{show_server(rows)}\n"


def _leave_out(program: Program, reason: str) -> None:
    print(f"{program.name} is left out, it cannot do this:\n{reason}", file=sys.stderr)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m tests.benchmarks", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--sizes", type=_numbers, default=(10, 100, 1000), help="dashboards (10,100,1000)")
    parser.add_argument(
        "--repeat", type=int, choices=range(1, 100), default=3, metavar="N", help="lives of each program (3)"
    )
    server = parser.add_mutually_exclusive_group()
    server.add_argument("--server", default=EMBEDDED, metavar="COMMAND", help="starts one on {port}, with its {data}")
    server.add_argument("--url", default="", help="one that is there, and is not fresh")
    parser.add_argument("--auth", default="admin:admin", metavar="USER:PASSWORD")
    parser.add_argument("--programs", type=_names, metavar="NAMES", help="only these, such as hcl-lite,terraform")
    parser.add_argument("--slow-up-to", type=int, default=1000, metavar="N", help="size for Terraform, OpenTofu (1000)")
    parser.add_argument("--json", type=Path, metavar="FILE", help="all figures, for --against")
    parser.add_argument("--markdown", type=Path, metavar="FILE", help="what is printed, in its place in a document")
    parser.add_argument("--against", type=Path, metavar="FILE", help="figures of an earlier run")
    return parser


def _numbers(text: str) -> tuple[int, ...]:
    return tuple(map(int, text.split(",")))


def _names(text: str) -> frozenset[str]:
    return frozenset({*text.lower().split(","), "bare client"})


if __name__ == "__main__":
    sys.exit(main())
