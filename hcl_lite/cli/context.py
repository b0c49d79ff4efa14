"""The context of the command line: the directory of its process, which -C chooses, and its environment."""

from __future__ import annotations

import os
from pathlib import Path

from hcl_lite.core.run_context import RunContext


def here() -> RunContext:
    """This directory, under the name that messages leave out."""
    return RunContext(Path(), os.environ)
