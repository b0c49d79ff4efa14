"""Renders the workspaces of a backend."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from hcl_lite.operations.workspaces import Workspaces


def render_workspaces(found: Workspaces) -> str:
    """A line for each; the selected one has a star."""
    return "\n".join(f"{'*' if name == found.selected else ' '} {name}" for name in found.names)
