"""Renders the result of a successful validation."""

from __future__ import annotations

import click

from hcl_lite.operations.outcomes import Validation


def render_validation(found: Validation) -> str:
    """One line: how much was looked at."""
    noun = "resource" if found.resources == 1 else "resources"
    files = f"{found.files} file{'' if found.files == 1 else 's'}"
    return click.style("Valid:", fg="green", bold=True) + f" {found.resources} {noun} in {files}."
