"""Files that a pull edits: whole, in their bytes, and never over what somebody has changed meanwhile."""

from __future__ import annotations

import difflib
from pathlib import Path

import pytest

from hcl_lite.core.diags import HclError
from hcl_lite.operations.pulling.files import CannotEdit, Files


def test_what_changes_is_written_and_told(tmp_path: Path) -> None:
    """Through links, with line ends and a byte order mark as they are; the mode stays."""
    real = tmp_path / "real.json"
    real.write_bytes(b'\xef\xbb\xbf{\r\n\t"a": 1e0\r\n}')
    real.chmod(0o640)
    (tmp_path / "link.json").symlink_to("real.json")
    files = Files(tmp_path)
    files.edit_json(tmp_path / "link.json", {"a": 1, "b": "é"})
    assert files.differences == {
        "link.json": '--- a/link.json\n+++ b/link.json\n@@ -1,3 +1,4 @@\n \ufeff{\r\n-\t"a": 1e0\r\n'
        '+\t"a": 1e0,\r\n+\t"b": "é"\r\n }\n\\ No newline at end of file\n'
    }
    files.write()
    assert real.read_bytes() == b'\xef\xbb\xbf{\r\n\t"a": 1e0,\r\n\t"b": "\xc3\xa9"\r\n}'
    assert (real.stat().st_mode & 0o777, (tmp_path / "link.json").is_symlink()) == (0o640, True)


def test_a_byte_order_mark_stays_before_toml(tmp_path: Path) -> None:
    """Editors of Windows put one there."""
    path = tmp_path / "main.toml"
    path.write_bytes(b'\xef\xbb\xbfa = 1\r\n[t]\r\nb = "x" # kept\r\n')
    files = Files(tmp_path)
    assert files.table(path, ("t",)) == {"b": "x"}
    files.edit_toml(path, ("t", "b"), "y")
    files.write()
    assert path.read_bytes() == b'\xef\xbb\xbfa = 1\r\n[t]\r\nb = "y" # kept\r\n'


def test_what_somebody_changes_meanwhile_is_left(tmp_path: Path) -> None:
    """And said so."""
    path = tmp_path / "a.json"
    path.write_text("[1]")
    files = Files(tmp_path)
    files.edit_json(path, [2])
    path.write_text("[3]")
    with pytest.raises(HclError, match="has changed while it was edited"):
        files.write()
    assert path.read_text() == "[3]"


def test_what_is_not_to_be_edited_is_refused(tmp_path: Path) -> None:
    """Read-only, outside, fetched, not there, not UTF-8, not JSON."""
    root = tmp_path / "root"
    (root / ".hcl-lite").mkdir(parents=True)
    for name, data in (("ro.json", b"1"), (".hcl-lite/m.json", b"1"), ("l.json", b"\xff"), ("n.json", b"{")):
        (root / name).write_bytes(data)
    (root / "ro.json").chmod(0o444)
    (tmp_path / "out.json").write_text("1")
    (root / "out.json").symlink_to(tmp_path / "out.json")
    files = Files(root)
    reasons = {}
    for name in ("ro.json", ".hcl-lite/m.json", "l.json", "n.json", "none.json", "out.json", "../out.json"):
        with pytest.raises(CannotEdit) as raised:
            files.edit_json(root / name, 2)
        reasons[name] = str(raised.value).removeprefix(f"{name} ")
    assert reasons == {
        "ro.json": "is read-only",
        ".hcl-lite/m.json": "lies outside of the configuration",
        "l.json": "is not UTF-8",
        "n.json": "cannot be edited: Expecting property name enclosed in double quotes: line 1 column 2 (char 1)",
        "none.json": "cannot be read: No such file or directory",
        "out.json": "lies outside of the configuration",
        "../out.json": "lies outside of the configuration",
    }
    assert files.changed == {}


_LINES = [f"{number}\n" for number in range(30)]


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (_LINES, [*_LINES[:12], "new\n", *_LINES[13:]]),
        (_LINES, [*_LINES[:3], *_LINES[4:20], "new\n", *_LINES[20:]]),
        (_LINES, ["first\n", *_LINES]),
        (_LINES, [*_LINES, "last\n"]),
        (_LINES, _LINES[1:]),
        (_LINES, _LINES[:-1]),
        (["a\n"] * 10, ["a\n"] * 11),
        (_LINES, []),
        ([], _LINES),
    ],
)
def test_a_difference_is_that_of_the_whole_texts(tmp_path: Path, before: list[str], after: list[str]) -> None:
    """Though what is alike at both ends is not compared."""
    path = tmp_path / "a"
    path.write_text("".join(before))
    files = Files(tmp_path)
    files.put(path, "".join(after))
    whole = "".join(difflib.unified_diff(before, after, "a/a", "b/a"))
    assert files.differences == {"a": whole}
