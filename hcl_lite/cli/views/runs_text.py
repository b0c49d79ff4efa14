"""Runs that were backed up, as rows."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence

from hcl_lite.cli.views.table_text import render_table
from hcl_lite.core.values import JsonValue
from state.backups import Run, Write


def render_runs(runs: Sequence[Run]) -> str:
    """A row each, the newest first."""
    return render_table(list(map(_row, runs))) if runs else "There are no backups: no run has changed anything."


def render_runs_json(runs: Sequence[Run]) -> str:
    """The same as JSON."""
    return json.dumps(list(map(_row, runs)), indent=2)


def _row(run: Run) -> Mapping[str, JsonValue]:
    counts = {str(write): run.count(write) for write in Write}
    return {"run": run.name, "command": run.command, **counts, "undone": "yes" if run.is_undone else ""}
