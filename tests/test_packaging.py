"""The package as it is installed, and the README as it is read."""

from __future__ import annotations

import json
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from packaging.requirements import Requirement

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


def test_the_lock_file_is_of_this_pyproject() -> None:
    """Each dependency is locked, at a version that its floor lets in; .ci/lock writes it anew."""
    locked = _locked_versions()
    wanted = list(_direct_dependencies())
    assert [str(one) for one in wanted if not _is_met(one, locked.get(one.name.lower(), set()))] == []
    assert len(wanted) > 10


def test_the_bill_of_materials_has_what_is_locked() -> None:
    """Nothing else, and each dependency of a user among it."""
    components = json.loads((_ROOT / "docs/sbom.cdx.json").read_text())["components"]
    locked = _locked_versions()
    listed = {(one["name"], one["version"]) for one in components}
    assert {(name, version) for name, version in listed if version not in locked[name]} == set()
    project = _pyproject()["project"]
    assert {Requirement(text).name for text in project["dependencies"]} - {name for name, _ in listed} == set()


def _pyproject() -> dict[str, Any]:
    return tomllib.loads((_ROOT / "pyproject.toml").read_text())


def _direct_dependencies() -> Iterator[Requirement]:
    project = _pyproject()["project"]
    groups = [project["dependencies"], *project["optional-dependencies"].values()]
    yield from (Requirement(text) for group in groups for text in group)


def _locked_versions() -> dict[str, set[str]]:
    packages = tomllib.loads((_ROOT / "uv.lock").read_text())["package"]
    versions: dict[str, set[str]] = {}
    for package in packages:
        versions.setdefault(package["name"], set()).add(package.get("version", ""))
    return versions


def _is_met(requirement: Requirement, versions: set[str]) -> bool:
    return bool(versions) and all(requirement.specifier.contains(version) for version in versions)
