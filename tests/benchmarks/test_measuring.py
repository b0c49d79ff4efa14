"""What a command takes."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from tests.benchmarks.measuring import run

_PYTHON = (sys.executable, "-I", "-S", "-c")


def test_the_memory_of_a_command_is_its_own(tmp_path: Path) -> None:
    """Not that of the process which measures it, which is larger; CPU is that of its children, too."""
    child = (
        "import subprocess, sys; subprocess.run([sys.executable, '-c', 'sum(range(3_000_000)); print(7)'], check=True)"
    )
    small, large = (run([*_PYTHON, code], tmp_path) for code in (child, "len(bytearray(200_000_000)); print('è')"))

    assert small.memory < 30 < 190 < large.memory < 230
    assert small.cpu > 0.03
    assert small.wall > 0.03
    assert (small.said, large.said) == ("7\n", "è\n")


def test_a_command_that_fails_is_told_with_what_it_said(tmp_path: Path) -> None:
    """On either stream."""
    with pytest.raises(SystemExit, match=r"ended with 3:\nout\nerr\n$"):
        run([*_PYTHON, "import os; os.write(1, b'out\\n'); os.write(2, b'err\\n'); os._exit(3)"], tmp_path)
