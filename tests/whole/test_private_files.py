"""What hcl-lite writes beside the configuration: its owner's alone, whole or not at all, through links."""

from __future__ import annotations

import errno
import os
import stat
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.conftest import Hcl

_WORLD = """
[provider.grafana]
url = "embedded:g.db"
[resource.grafana_data_source.s]
name             = "S"
type             = "prometheus"
url              = "http://x.invalid"
secure_json_data = { basicAuthPassword = "hunter2-password" }
"""
_OURS = ("main.toml", ".gitignore")


@pytest.fixture(params=[0o000, 0o022, 0o077], ids=oct)
def umask(request: pytest.FixtureRequest) -> Iterator[int]:
    """What the account takes from new files: nothing, the usual, all that others could have."""
    before = os.umask(request.param)
    yield request.param
    os.umask(before)


def _modes(directory: Path) -> dict[str, int]:
    files = [path for path in directory.rglob("*") if path.is_file() and path.name not in _OURS]
    return {str(path.relative_to(directory)): stat.S_IMODE(path.stat().st_mode) for path in files}


def _full(monkeypatch: pytest.MonkeyPatch, part: str) -> None:
    """No room for new files whose path has `part` in it."""
    opened = os.open

    def refusing(path: str | Path, flags: int, *args: int, **more: int) -> int:
        if part in str(path) and flags & os.O_CREAT:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        return opened(path, flags, *args, **more)

    monkeypatch.setattr(os, "open", refusing)


def test_every_file_is_its_owners_alone(hcl: Hcl, tmp_path: Path, umask: int) -> None:
    """Plan, state, history, lock, backups, log, the embedded server's database; whatever the umask."""
    (tmp_path / "main.toml").write_text(_WORLD)
    assert hcl("plan", "--out", "p.plan", "--log-file", "log").code == 0
    assert hcl("apply", "p.plan").code == 0
    (tmp_path / "main.toml").write_text(_WORLD.replace("x.invalid", "y.invalid"))
    assert hcl("apply", "--auto-approve").code == 0
    assert hcl("workspace", "new", "other").code == 0
    found = _modes(tmp_path)
    assert {"p.plan", "g.db", "log", "hcl-lite.state.json", "hcl-lite.state.json.history/1.json"} <= found.keys()
    assert {name: oct(mode) for name, mode in found.items() if mode != 0o600} == {}
    directories = [path for path in tmp_path.rglob("*") if path.is_dir()]
    assert {path.name for path in directories} >= {".hcl-lite", "backups", "hcl-lite.state.json.history"}
    assert [path for path in directories if path.stat().st_mode & 0o022] == []  # nobody else swaps a file there


def test_a_file_that_is_there_keeps_its_rights(hcl: Hcl, tmp_path: Path) -> None:
    """Somebody gave them on purpose."""
    (tmp_path / "main.toml").write_text(_WORLD)
    for name in ("p.plan", "g.db", "log"):
        (tmp_path / name).touch()
        (tmp_path / name).chmod(0o640)
    assert hcl("plan", "--out", "p.plan", "--log-file", "log").code == 0
    assert hcl("apply", "p.plan").code == 0
    (tmp_path / "hcl-lite.state.json").chmod(0o640)
    assert hcl("destroy", "--auto-approve").code == 0
    found = _modes(tmp_path)
    assert {found[name] for name in ("p.plan", "g.db", "log", "hcl-lite.state.json")} == {0o640}


def test_a_plan_that_cannot_be_saved_leaves_the_one_that_was_there(
    hcl: Hcl, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whole, and with nothing beside it."""
    (tmp_path / "main.toml").write_text(_WORLD)
    assert hcl("plan", "--out", "p.plan").code == 0
    before = (tmp_path / "p.plan").read_bytes()
    fsync = os.fsync
    monkeypatch.setattr(os, "fsync", lambda _: (_ for _ in ()).throw(OSError(errno.ENOSPC, "No space left on device")))
    failed = hcl("plan", "--out", "p.plan")
    monkeypatch.setattr(os, "fsync", fsync)
    assert (failed.code, failed.err.splitlines()[0]) == (1, "Error: Cannot save the plan to p.plan")
    assert (tmp_path / "p.plan").read_bytes() == before
    assert [path.name for path in tmp_path.iterdir() if "plan" in path.name] == ["p.plan"]
    assert hcl("apply", "p.plan").code == 0


def test_a_plan_goes_through_a_link_and_into_what_is_no_file(hcl: Hcl, tmp_path: Path) -> None:
    """The link stays; a device is written into."""
    (tmp_path / "main.toml").write_text(_WORLD)
    (tmp_path / "kept").mkdir()
    (tmp_path / "p.plan").symlink_to("kept/p.plan")
    assert hcl("plan", "--out", "p.plan").code == 0
    assert (tmp_path / "p.plan").is_symlink()
    assert hcl("plan", "--out", "/dev/null").code == 0
    assert hcl("apply", "kept/p.plan").code == 0


def test_a_history_that_cannot_be_written_is_no_reason_to_lose_the_state(
    hcl: Hcl, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The run is as good as it was; what is missing is said."""
    (tmp_path / "main.toml").write_text(_WORLD)
    with monkeypatch.context() as patch:
        _full(patch, ".history/")
        done = hcl("apply", "--auto-approve")
    said = "The state is written; serial 1 is missing in its history: No space left on device.\n"
    assert (done.code, said in done.err) == (0, True)
    assert hcl("plan", "--detailed-exitcode").code == 0
    assert not (tmp_path / "hcl-lite.state.json.journal").exists()
    assert hcl("state", "rollback", "1").code == 1


def test_a_state_that_is_a_link_is_written_through(hcl: Hcl, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Two checkouts have one state, one lock, one history; the links stay, also one that leads to nothing yet."""
    (tmp_path / "shared").mkdir()
    for name, title in (("a", "F"), ("b", "G")):
        (tmp_path / name).mkdir()
        (tmp_path / name / "hcl-lite.state.json").symlink_to("../shared/link.json")
        (tmp_path / name / "main.toml").write_text(
            f'[provider.grafana]\nurl = "embedded:../shared/g.db"\n[resource.grafana_folder.f]\ntitle = "{title}"\n'
        )
    (tmp_path / "shared" / "link.json").symlink_to("s.json")
    for name, verb in (("a", "created"), ("b", "updated")):
        done = hcl("-C", str(tmp_path / name), "apply", "--auto-approve")
        assert (done.code, f"grafana_folder.f: {verb}" in done.out) == (0, True)
        assert (tmp_path / name / "hcl-lite.state.json").is_symlink()
    assert (tmp_path / "shared" / "link.json").is_symlink()
    assert 'title: "G" → "F"' in hcl("-C", str(tmp_path / "a"), "plan").out
    assert sorted(path.name for path in (tmp_path / "shared").iterdir() if not path.name.startswith("g.db")) == [
        "link.json",
        "s.json",
        "s.json.history",
        "s.json.lock",
    ]
    assert sorted(path.name for path in (tmp_path / "a").iterdir()) == [".hcl-lite", "hcl-lite.state.json", "main.toml"]
    from state.backends.local import local_workspace  # noqa: PLC0415 - to hold the lock as another run would

    with local_workspace(tmp_path / "shared" / "s.json").lock("apply", 0):
        assert "The state is locked" in hcl("-C", str(tmp_path / "b"), "apply", "--auto-approve").err
