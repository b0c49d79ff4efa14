"""The machines at length, against the embedded server or a real one that may be emptied:

    python -m tests.reliability.machine world --minutes 60
    python -m tests.reliability.machine leaves --minutes 60 --url http://127.0.0.1:3000

Each finding is printed once, with a script that shows it; the figures come at the end.
"""

from __future__ import annotations

import argparse
import random
import re
import sys
import time

from hypothesis import HealthCheck, Phase, seed, settings
from hypothesis.stateful import run_state_machine_as_test

from tests.conftest import SHARED
from tests.reliability.machine.bench import Bench, benched
from tests.reliability.machine.corpus import real, synthetic
from tests.reliability.machine.leaves import Leaves
from tests.reliability.machine.world import Finding, WorldMachine

_ROUNDS = 12  # of edits, before the documents are taken as they were
_STEPS = 25
_EXAMPLES = 4  # of one seed: the first of them does next to nothing


def main() -> None:
    """Read the command line, and go on until the time is over."""
    parser = argparse.ArgumentParser(prog="python -m tests.reliability.machine")
    parser.add_argument("machine", choices=["world", "leaves"])
    parser.add_argument("--minutes", type=float, default=5)
    parser.add_argument("--url", default="", help="a real Grafana that may be emptied (admin:admin)")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--most", type=int, default=60, help="real dashboards in one project of leaves")
    parser.add_argument("--avoid", default="", help="known faults that the world is not to meet, by commas")
    parser.add_argument("--shrink", action="store_true", help="make a new finding of the world as small as can be")
    options = parser.parse_args()
    report = Report(time.monotonic() + options.minutes * 60)
    with benched(options.url) as bench:
        if options.machine == "world":
            _world(bench, options, report)
        else:
            _leaves(bench, options, report)
        report.figures |= bench.figures
    report.end()


class Report:
    """Findings by what they are, each printed once; and figures."""

    def __init__(self, end: float) -> None:
        self.end_at = end
        self.kinds: dict[str, int] = {}
        self.figures: dict[str, int] = {}

    @property
    def is_over(self) -> bool:
        return time.monotonic() > self.end_at

    def is_new(self, said: str) -> bool:
        """Whether a finding is the first of its kind."""
        kind = re.sub(r"\d+|'[^']*'|\"[^\"]*\"|grafana_\w+\.\S+", "…", said)[:160]
        self.kinds[kind] = self.kinds.get(kind, 0) + 1
        return self.kinds[kind] == 1

    def end(self) -> None:
        print("=== figures")
        for name, count in sorted(self.figures.items()):
            print(f"{count:>8,} {name}")
        for kind, count in self.kinds.items():
            print(f"{count:>8,} × {kind}".replace("\n", " "))
        print(f"{len(self.kinds):>8} kinds of findings")


def _world(bench: Bench, options: argparse.Namespace, report: Report) -> None:
    number = options.seed
    while not report.is_over:
        said = _once(bench, options, report, number, Phase.generate)
        if said:
            new = report.is_new(said.partition("--- the run said")[0])
            print(f"### seed {number}: {said if new else said[:200]}\n", flush=True)
            if new and options.shrink:
                print(
                    f"### smaller: {_once(bench, options, report, number, Phase.generate, Phase.shrink)}\n", flush=True
                )
        _tell(bench, number, report)
        number += 1


def _once(bench: Bench, options: argparse.Namespace, report: Report, number: int, *phases: Phase) -> str:
    """One world; what was found in it, with the steps that lead there."""

    class World(WorldMachine):
        figures = report.figures
        avoid = frozenset(options.avoid.split(","))

        def __init__(self) -> None:
            self.figures.pop("failed", None)
            self.figures["worlds"] = self.figures.get("worlds", 0) + 1
            super().__init__()

    World.bench = bench
    bounds = settings(
        max_examples=_EXAMPLES,
        stateful_step_count=_STEPS,
        deadline=None,
        database=None,
        phases=phases,
        suppress_health_check=list(HealthCheck),
        print_blob=False,
    )
    try:
        run_state_machine_as_test(seed(number)(World), settings=bounds)
    except Finding as finding:
        return "\n".join([str(finding), *getattr(finding, "__notes__", ())])
    except Exception as problem:  # noqa: BLE001 - a fault of the machine is told, and it goes on
        return "\n".join([f"the machine: {problem!r}", *getattr(problem, "__notes__", ())])
    return ""


def _leaves(bench: Bench, options: argparse.Namespace, report: Report) -> None:
    folder = SHARED / "data" / "dashboards"
    boards = real(folder) if folder.is_dir() else []
    number = options.seed
    while not report.is_over:
        chance = random.Random(number)
        bench.clear()
        machine = Leaves(bench, synthetic() + chance.sample(boards, min(len(boards), options.most)), chance)
        machine.begin()
        for _ in range(_ROUNDS):
            machine.round()
            if report.is_over:
                break
        for said in machine.findings.found:
            if report.is_new(re.sub(r"^.*: (\w+) .*\n.*\n.*\n", r"\1 ", said)):
                print(f"--- seed {number}: {said}", flush=True)
        for name in ("edits", "dashboards", "refused"):
            report.figures[name] = report.figures.get(name, 0) + getattr(machine.findings, name)
        _tell(bench, number, report)
        number += 1


def _tell(bench: Bench, number: int, report: Report) -> None:
    """Figures so far, on stderr: a run that is ended has told them too."""
    figures = report.figures | bench.figures
    print(f"seed {number}: {figures}, {sum(report.kinds.values())} findings", file=sys.stderr, flush=True)


if __name__ == "__main__":
    main()
