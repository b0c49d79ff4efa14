"""Builds the documentation site: `python -m docs.site OUT`. A broken link or anchor fails it; it needs no network."""

from __future__ import annotations

import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from docs.site.staging import stage

_ROOT = Path(__file__).parents[2]


def build(out: Path) -> int:
    """Write the site to `out`, which is made anew; the exit code of the generator."""
    with tempfile.TemporaryDirectory() as directory:
        staged = Path(directory)
        config = stage(_ROOT, staged)
        command = [sys.executable, "-m", "zensical", "build", "--strict", "--config-file", str(config)]
        finished = subprocess.run(command, cwd=staged, check=False)
        if finished.returncode == 0:
            shutil.rmtree(out, ignore_errors=True)
            shutil.copytree(staged / "site", out)
    return finished.returncode


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit("usage: python -m docs.site OUT")
    sys.exit(build(Path(sys.argv[1])))
