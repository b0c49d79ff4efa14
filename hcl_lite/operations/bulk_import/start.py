"""A configuration for the server that the environment names, where there is none yet."""

from __future__ import annotations

from pathlib import Path

from hcl_lite.core.diags import Diagnostic, HclError
from hcl_lite.core.files import make_directory
from hcl_lite.lang.config.config import is_configuration

_MAIN = """\
# What is on a Grafana, taken over by: hcl-lite import --all
# GRAFANA_URL in the environment says where it is, and GRAFANA_AUTH by which account it is reached.

[provider.grafana]
"""


def start_configuration(directory: Path) -> None:
    """Make sure that there is a configuration in `directory`; one that is there stays as it is. Raises HclError."""
    if directory.is_dir() and any(is_configuration(path) for path in directory.glob("*.toml")):
        return
    try:
        make_directory(directory)
        (directory / "main.toml").write_text(_MAIN, encoding="utf-8")
    except OSError as error:
        raise HclError(Diagnostic(f"Cannot begin a configuration in {directory}", f"{error.strerror}.")) from error
