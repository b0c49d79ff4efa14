"""Places in plan files, read back."""

from __future__ import annotations

from typing import Any

from hcl_lite.core.diags import Place


def decode_place(item: Any, where: str) -> Place:
    """Returns a place that was written as [file, line, column]. Raises ValueError for anything else."""
    match item:
        case [str(file), int(line), int(column)] if line > 0 and column > 0:
            return Place(file, line, column)
    raise ValueError(f"{where}: expected [file, line, column]")
