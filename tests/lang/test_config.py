"""Which files are a configuration."""

from __future__ import annotations

from pathlib import Path

from hcl_lite.lang.config import load_config


def test_files_of_other_tools_are_no_part_of_a_configuration(tmp_path: Path) -> None:
    """Hidden ones, pyproject.toml, values of variables and tests."""
    for name in ("a.toml", "b.toml", ".taplo.toml", "pyproject.toml", "x.vars.toml", "x.test.toml", "c.json"):
        (tmp_path / name).write_text("")
    assert [source.name for source in load_config(tmp_path).sources] == ["a.toml", "b.toml"]
