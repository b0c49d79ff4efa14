"""Renders where an embedded server is."""

from __future__ import annotations

from hcl_lite.operations.serving import Serving


def render_serving(serving: Serving) -> str:
    """One line, with the account to reach it by."""
    where = f"Embedded {serving.name} at {serving.url} ({serving.account})"
    return f"{where}, data in {serving.file}. Ctrl-C stops it."
