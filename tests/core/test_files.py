"""Reading files that anybody may have put there."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from hcl_lite.core.files import read_file


def test_a_file_is_read_whole(tmp_path: Path) -> None:
    """Up to its last byte, also where that is the last that is allowed."""
    (tmp_path / "f").write_bytes(b"12345")
    assert read_file(tmp_path / "f") == read_file(tmp_path / "f", 5) == b"12345"


def test_a_file_beyond_the_limit_is_refused(tmp_path: Path) -> None:
    """By a message that names the limit."""
    (tmp_path / "f").write_bytes(b"123456")
    with pytest.raises(OSError, match="more than 5 bytes"):
        read_file(tmp_path / "f", 5)


@pytest.mark.parametrize("pipes", [False, True])
def test_a_directory_is_no_file(tmp_path: Path, pipes: bool) -> None:
    """Whatever else may be read."""
    with pytest.raises(IsADirectoryError):
        read_file(tmp_path, pipes=pipes)


def test_a_pipe_that_nobody_writes_to_does_not_hang(tmp_path: Path) -> None:
    """Refused, or where pipes are welcome, empty."""
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(OSError, match="a device or a pipe"):
        read_file(tmp_path / "pipe")
    assert read_file(tmp_path / "pipe", pipes=True) == b""


def test_a_device_without_an_end_is_refused() -> None:
    """Where files are wanted, for what it is; where pipes are welcome, for its size."""
    with pytest.raises(OSError, match="a device or a pipe"):
        read_file(Path("/dev/zero"))
    with pytest.raises(OSError, match="more than 1000 bytes"):
        read_file(Path("/dev/zero"), 1000, pipes=True)


def test_what_a_shell_pipes_in_is_read(tmp_path: Path) -> None:
    """As with --var-file <(sops -d secrets.toml)."""
    reading, writing = os.pipe()
    os.write(writing, b"a = 1\n")
    os.close(writing)
    try:
        assert read_file(Path(f"/dev/fd/{reading}"), pipes=True) == b"a = 1\n"
    finally:
        os.close(reading)


def test_a_file_that_grows_while_it_is_read_is_read_to_its_end(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Or to the limit."""
    path = tmp_path / "f"
    path.write_bytes(b"12")
    look = os.fstat

    def then_grow(descriptor: int) -> os.stat_result:
        found = look(descriptor)
        path.write_bytes(b"123456")
        return found

    monkeypatch.setattr(os, "fstat", then_grow)
    assert read_file(path) == b"123456"
