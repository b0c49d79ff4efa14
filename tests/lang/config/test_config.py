"""Which files are a configuration."""

from __future__ import annotations

from pathlib import Path

import pytest

from hcl_lite.core.diags import HclError
from hcl_lite.lang.config.config import load_config


def test_files_of_other_tools_are_no_part_of_a_configuration(tmp_path: Path) -> None:
    """Hidden ones, pyproject.toml, values of variables and tests."""
    for name in ("a.toml", "b.toml", ".taplo.toml", "pyproject.toml", "x.vars.toml", "x.test.toml", "c.json"):
        (tmp_path / name).write_text("")
    assert [source.name for source in load_config(tmp_path).sources] == ["a.toml", "b.toml"]


def test_a_link_that_leads_nowhere_is_a_file_that_cannot_be_read(tmp_path: Path) -> None:
    """Without a word, what is declared in it would be deleted."""
    (tmp_path / "a.toml").write_text("")
    (tmp_path / "b.toml").symlink_to("nowhere.toml")
    with pytest.raises(HclError, match=r"Cannot read b\.toml"):
        load_config(tmp_path)


def test_a_byte_order_mark_is_no_part_of_the_text(tmp_path: Path) -> None:
    """Windows' Notepad writes one."""
    (tmp_path / "a.toml").write_bytes(b"\xef\xbb\xbf[locals]\r\nx = 1\r\n")
    (source,) = load_config(tmp_path).sources
    assert source.data == {"locals": {"x": 1}}
    assert str(source.key_place(("locals",))) == "a.toml:1:2"
