"""Coverage-guided fuzzing with atheris, for a stated number of executions:

    python -m tests.fuzz TARGET --runs 200000      # pip install 'hcl-lite[fuzz]'

The figures are printed at the end. An input that breaks the promise is written to crash-… in the current directory, one
that hangs stays in hang-TARGET. Play it again with: python -m tests.fuzz TARGET --input FILE
"""

from __future__ import annotations

import argparse
import faulthandler
import os
import signal
import sys
import tempfile
import time
from pathlib import Path

try:
    import atheris
except ImportError:
    sys.exit("atheris is not installed: pip install 'hcl-lite[fuzz]'")

# What is loaded here is what atheris sees the branches of.
with atheris.instrument_imports(include=["hcl_lite", "state", "providers", "tomli", "jinja2"]):
    from tests.fuzz.targets import TARGETS, workplace

_LONGEST = 30  # seconds that one input may take; a hang is a finding
_MEMORY = 4096  # MiB


def main() -> None:
    """Read the command line, and fuzz."""
    parser = argparse.ArgumentParser(prog="python -m tests.fuzz")
    parser.add_argument("target", choices=sorted(TARGETS))
    parser.add_argument("--runs", type=int, default=20_000, help="executions (default: 20000)")
    parser.add_argument("--seed", type=int, default=0, help="of chance; 0 takes another one each time")
    parser.add_argument("--input", type=Path, help="play one input, and fuzz nothing")
    options = parser.parse_args()
    target = TARGETS[options.target]
    home = Path.cwd()
    begun = time.monotonic()
    runs = good = 0

    def once(data: bytes) -> None:
        nonlocal runs, good
        if not runs:  # libFuzzer's own watch is an alarm, as is that which stops expressions: there can be one
            signal.setitimer(signal.ITIMER_REAL, 0)
            signal.signal(signal.SIGALRM, signal.SIG_IGN)
        runs += 1
        faulthandler.dump_traceback_later(_LONGEST, exit=True)
        os.ftruncate(current, os.pwrite(current, data, 0))
        good += target(data)
        if runs == options.runs:  # libFuzzer ends the process: nothing runs after it
            seconds = time.monotonic() - begun
            (home / f"hang-{options.target}").unlink()
            print(
                f"fuzzed {options.target}: {runs} executions in {seconds:.0f} s, {good} taken for good, "
                f"{runs - good} refused with a diagnostic, none that ended otherwise",
                flush=True,
            )

    current = os.open(home / f"hang-{options.target}", os.O_WRONLY | os.O_CREAT)
    with workplace(), tempfile.TemporaryDirectory(prefix="hcl-lite-corpus-") as corpus:
        if options.input:
            target((home / options.input).read_bytes())
            return
        for number, data in enumerate(target.corpus()):
            Path(corpus, f"{number:04}").write_bytes(data)
        words = Path(corpus).with_suffix(".dict")
        words.write_text("".join(f'"{_escaped(word)}"\n' for word in target.words))
        arguments = [
            sys.argv[0],
            f"-runs={options.runs}",
            f"-seed={options.seed}",
            "-timeout=86400",
            f"-rss_limit_mb={_MEMORY}",
            "-max_len=4096",
            f"-artifact_prefix={home}{os.sep}",
            *([f"-dict={words}"] if target.words else []),
            corpus,
        ]
        atheris.Setup(arguments, once)
        atheris.Fuzz()


def _escaped(word: str) -> str:
    return word.replace("\\", "\\\\").replace('"', '\\"')


if __name__ == "__main__":
    main()
