"""`hcl-lite` and `python -m hcl_lite`."""

from __future__ import annotations

import sys
from pathlib import Path


def main() -> None:
    """Run the command line and exit with its code."""
    # `providers` and `state` are words that a user's directory may have too, and `python -m` looks there first: ours
    # come from where this package is, whatever else is on the path (docs/decisions/0001-packaging.md).
    home = str(Path(__file__).resolve().parent.parent)
    sys.path.insert(0, home)

    from hcl_lite.cli.main import run  # noqa: PLC0415 - after the path is set

    sys.exit(run())


if __name__ == "__main__":
    main()
