"""Where tests work that need nothing of a machine: in its directory, with no environment."""

from __future__ import annotations

from pathlib import Path

from hcl_lite.core.run_context import RunContext

BARE = RunContext(Path(), {})
