"""Renders what was exported: the files, what could not be said in them, and the variables that they refer to."""

from __future__ import annotations

from collections.abc import Iterator

from hcl_lite.cli.views.escaping import in_line
from hcl_lite.cli.views.import_text import render_left_out
from hcl_lite.operations.export.model import ExportReport

_MOST = 20  # files


def render_export(report: ExportReport) -> str:
    """All of it."""
    return "\n\n".join(_parts(report))


def _parts(report: ExportReport) -> Iterator[str]:
    what = "1 object" if report.count == 1 else f"{report.count} objects"
    more = [f"  and {len(report.files) - _MOST} more"] if len(report.files) > _MOST else []
    yield "\n".join([f"{what} exported:", *(f"  {in_line(name)}" for name in report.files[:_MOST]), *more])
    if report.variables:
        yield f"Secrets are in none of these files, which refer to: {in_line(', '.join(report.variables))}"
    yield from render_left_out("Left out:", report.left)
