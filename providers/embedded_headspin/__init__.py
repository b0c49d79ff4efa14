"""An embedded HeadSpin: the routes of its Grafana API, and the Grafana that it allocates, on one SQLite file.

This module is the door to it, as `providers.embedded` is to Grafana.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from providers.embedded_headspin.options import HeadspinOptions

if TYPE_CHECKING:
    from providers.embedded_headspin.app import EmbeddedHeadspin

__all__ = ["HeadspinOptions", "create_app"]


def create_app(
    path: str | os.PathLike[str] | None = None, *, options: HeadspinOptions | None = None, grafana_url: str = ""
) -> EmbeddedHeadspin:
    """A HeadSpin on the SQLite file `path`, created if missing; None keeps everything in memory.

    Raises sqlite3.Error for a file that is no such database.
    """
    from providers.embedded_headspin.app import EmbeddedHeadspin  # noqa: PLC0415 - imports Starlette

    return EmbeddedHeadspin(path, options or HeadspinOptions(grafana_url=grafana_url))
