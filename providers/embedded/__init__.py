"""A Grafana-compatible server on SQLite: `url = "embedded:PATH"` in-process, `hcl-lite serve` on a port.

This module is the door to it: the routes and the web framework take 120 ms to import, and only runs that make a server
pay for them.
"""

# No "from __future__ import annotations": it would be what providers.embedded.annotations is imported as.

import os
from typing import TYPE_CHECKING

from providers.embedded.faults import Fault, Faults
from providers.embedded.options import Options, User

if TYPE_CHECKING:
    from providers.embedded.app import EmbeddedApp

__all__ = ["Fault", "Faults", "Options", "User", "create_app"]


def create_app(path: str | os.PathLike[str] | None = None, *, options: Options | None = None) -> "EmbeddedApp":
    """An ASGI app on the SQLite file `path`, created if missing; None keeps everything in memory.

    Raises sqlite3.Error for a file that is no such database.
    """
    from providers.embedded.app import EmbeddedApp  # noqa: PLC0415 - imports Starlette

    return EmbeddedApp(path, options or Options())
