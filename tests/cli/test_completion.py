"""What the shell completes."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest


def _complete(root: Path, line: str, instruction: str = "bash_complete") -> str:
    words = line.split(" ")
    environment = {
        **os.environ,
        "_HCL_LITE_COMPLETE": instruction,
        "COMP_WORDS": line,
        "COMP_CWORD": str(len(words) - 1),
    }
    command = [sys.executable, "-m", "hcl_lite"]
    return subprocess.run(command, cwd=root, env=environment, capture_output=True, text=True, check=False).stdout


def test_the_script_for_bash_is_there(tmp_path: Path) -> None:
    """As click makes it."""
    script = _complete(tmp_path, "", "bash_source")
    assert "complete -o nosort -F _hcl_lite_completion hcl-lite" in script


@pytest.mark.parametrize(
    ("line", "found"),
    [
        ("hcl-lite re", ["refresh", "restore"]),
        ("hcl-lite state ", ["decrypt", "encrypt", "history", "list", "mv", "pull", "push", "rm", "rollback", "show"]),
        ("hcl-lite plan --target grafana_folder.", ["grafana_folder.one", "grafana_folder.two"]),
        ("hcl-lite import grafana_folder.t", ["grafana_folder.two"]),
        ("hcl-lite get contact", ["contact_points"]),
        ("hcl-lite plan --det", ["--detail", "--detailed-exitcode"]),
    ],
    ids=["command", "subcommand", "target", "address", "type", "option"],
)
def test_commands_options_and_addresses_are_completed(tmp_path: Path, line: str, found: list[str]) -> None:
    """From the configuration of the directory."""
    (tmp_path / "main.toml").write_text(
        '[resource.grafana_folder.one]\ntitle = "1"\n[resource.grafana_folder.two]\ntitle = "2"\n'
    )
    assert sorted(item.partition(",")[2] for item in _complete(tmp_path, line).split()) == found


def test_a_broken_configuration_completes_nothing(tmp_path: Path) -> None:
    """And says nothing into the prompt."""
    (tmp_path / "main.toml").write_text("[resource")
    assert _complete(tmp_path, "hcl-lite plan --target g").strip() == ""
