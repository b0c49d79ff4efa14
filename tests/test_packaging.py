"""The package as it is installed, and the README as it is read."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from hcl_lite.cli.exit_codes import ExitCode
from hcl_lite.cli.main import COMMANDS

_ROOT = Path(__file__).parent.parent


# Ours, libraries that are there or are looked for, and the standard library's: whatever comes after our first line.
_SHADOWS = """
    state providers click yaml rich packaging secrets pathlib json re logging asyncio tomli httpx _socket
    __future__ trio
"""


def test_a_module_in_the_directory_of_the_user_is_not_picked_up(tmp_path: Path) -> None:
    """`python -m` looks there first; hcl_lite takes it off the path before it imports anything."""
    for name in _SHADOWS.split():
        (tmp_path / f"{name}.py").write_text("raise SystemExit('the wrong module')\n")
    (tmp_path / "main.toml").write_text('[locals]\nx = "1"\n')
    command = [sys.executable, "-m", "hcl_lite", "validate"]
    outcome = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert (outcome.returncode, outcome.stdout, outcome.stderr) == (0, "Valid: 0 resources in 1 file.\n", "")


@pytest.mark.parametrize("package", ["hcl_lite", "providers", "state"])
def test_every_package_is_typed(package: str) -> None:
    """py.typed is where type checkers look for it."""
    assert (_ROOT / package / "py.typed").is_file()


def test_the_readme_knows_every_command_and_exit_code() -> None:
    """It is the page that people read."""
    text = (_ROOT / "README.md").read_text()
    assert [name for name in COMMANDS if name not in text] == []
    assert [code for code in ExitCode if f"| {code.value} |" not in text] == []
