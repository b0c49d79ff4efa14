"""Renders what init writes, fetches and copies."""

from __future__ import annotations

from collections.abc import Sequence

from hcl_lite.operations.initializing import Copying, FetchedModule, StarterFile


def render_starter_files(files: Sequence[StarterFile]) -> str:
    """A line for each file."""
    return "\n".join(f"{'kept   ' if file.is_kept else 'written'}  {file.name}" for file in files)


def render_init_event(told: FetchedModule | Copying) -> str:
    """A line for a module, or for states that were copied."""
    if isinstance(told, FetchedModule):
        return f"module {told.address}: {told.directory}"
    return f"Copied {told}. What was there before is still there."
