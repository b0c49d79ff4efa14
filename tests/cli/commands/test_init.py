"""The starter configuration."""

from __future__ import annotations

from pathlib import Path

from tests.conftest import Hcl


def test_the_starter_is_valid_and_applies_on_the_embedded_server(hcl: Hcl) -> None:
    """Nothing else has to be there; a second plan is empty."""
    assert hcl("init").out.splitlines()[:3] == [
        "written  main.toml",
        "written  dashboards/example.json",
        "written  .gitignore",
    ]
    assert hcl("validate").out == "Valid: 3 resources in 1 file.\n"
    applied = hcl("apply", "--auto-approve")
    assert applied.code == 0, applied.err
    assert hcl("plan", "--detailed-exitcode").code == 0
    assert hcl("output", "--raw", "example_url").out.endswith("/example\n")
    assert hcl("destroy", "--auto-approve").code == 0


def test_a_directory_with_a_configuration_is_left_alone(hcl: Hcl, tmp_path: Path) -> None:
    """Also when it has another name: only modules are looked for."""
    (tmp_path / "other.toml").write_text("")
    outcome = hcl("init")
    assert (outcome.code, outcome.out) == (0, "Ready. hcl-lite plan shows what the configuration does.\n")
    assert [path.name for path in tmp_path.iterdir()] == ["other.toml"]


def test_files_that_are_there_are_kept(hcl: Hcl, tmp_path: Path) -> None:
    """A .gitignore, say, and a pyproject.toml."""
    (tmp_path / ".gitignore").write_text("mine\n")
    (tmp_path / "pyproject.toml").write_text("")
    assert "kept     .gitignore" in hcl("init").out
    assert (tmp_path / ".gitignore").read_text() == "mine\n"


def test_without_its_backend_a_configuration_only_gets_its_modules(hcl: Hcl, tmp_path: Path) -> None:
    """-backend=false is what CI says before validate: no secret is asked for, nothing is settled."""
    backend = '[hcl_lite.backend]\ntype = "http"\naddress = "https://s.invalid/{workspace}"\npassword = "env:NOT_SET"\n'
    (tmp_path / "main.toml").write_text(backend)
    outcome = hcl("init", "-backend=false")
    assert (outcome.code, outcome.out) == (0, "Ready for hcl-lite validate. The backend was left alone.\n")
    assert [path.name for path in tmp_path.iterdir()] == ["main.toml"]
    assert hcl("init", "-backend=false", "-reconfigure").code == 3
