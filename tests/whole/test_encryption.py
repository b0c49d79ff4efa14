"""An encrypted state through the command line: into it, other keys, out of it, and whatever does not fit."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.conftest import Hcl, Server

pytest.importorskip("cryptography", reason="the extra encryption is not installed")

_FOLDER = '[resource.grafana_folder.f]\nuid = "folder-of-mine"\ntitle = "F"\n'
_KEYS = "[hcl_lite.encryption]\nkey = {key}\nprevious = [{previous}]\n"


@pytest.fixture(autouse=True)
def _keys(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FIRST", "the first key of all")
    monkeypatch.setenv("SECOND", "the second key of all")


def _write(path: Path, server: Server, key: str = "", previous: str = "") -> None:
    keys = _KEYS.format(key=key, previous=previous) if key else ""
    (path / "main.toml").write_text(keys + server.provider + _FOLDER)


def _readable(path: Path) -> list[str]:
    """The files in which the state, a plan or a journal can be read."""
    kept = [file for file in path.rglob("*") if file.is_file() and ".db" not in file.name and file.suffix != ".toml"]
    return sorted(file.name for file in kept if b"folder-of-mine" in file.read_bytes())


def test_into_encryption_to_another_key_and_out_of_it(hcl: Hcl, tmp_path: Path, embedded: Server) -> None:
    """Each step says what it needs, and leaves nothing readable behind."""
    _write(tmp_path, embedded)
    assert hcl("apply", "--auto-approve").code == 0
    assert _readable(tmp_path) != []
    _write(tmp_path, embedded, '"env:FIRST"')
    refused = hcl("plan")
    assert (refused.code, "hcl-lite state encrypt" in refused.err) == (1, True)
    assert hcl("state", "encrypt").code == 0
    assert _readable(tmp_path) == []
    assert hcl("plan", "--detailed-exitcode").code == 0
    _write(tmp_path, embedded, '"env:SECOND"')
    assert "is encrypted with another key" in hcl("plan").err
    _write(tmp_path, embedded, '"env:SECOND"', '"env:FIRST"')
    assert hcl("plan", "--detailed-exitcode").code == 0
    assert hcl("state", "encrypt").code == 0
    _write(tmp_path, embedded, '"env:SECOND"')
    assert hcl("state", "list").out == "grafana_folder.f\n"
    assert hcl("state", "decrypt").code == 0
    _write(tmp_path, embedded)
    assert hcl("plan", "--detailed-exitcode").code == 0


def test_plans_and_journals_are_encrypted_too(
    hcl: Hcl, tmp_path: Path, embedded: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A plan shows what is in the state, a journal is what will be."""
    _write(tmp_path, embedded, '"env:FIRST"')
    assert hcl("plan", "--out", "plan").code == 0
    assert _readable(tmp_path) == []
    assert "folder-of-mine" in hcl("show", "plan").out
    with monkeypatch.context() as patched:
        patched.setattr("state.store.Ledger.finish", lambda ledger, outputs=None: ledger.close())
        hcl("apply", "plan")
    assert _readable(tmp_path) == []
    assert "An earlier run ended early" in hcl("plan").out
    assert hcl("apply", "--auto-approve").code == 0
    assert hcl("plan", "--detailed-exitcode").code == 0
    assert _readable(tmp_path) == []


def test_backups_are_encrypted_too(hcl: Hcl, tmp_path: Path, embedded: Server) -> None:
    """Those from before as well; undo reads them with any of the keys, and after the encryption has ended."""
    _write(tmp_path, embedded)
    assert hcl("apply", "--auto-approve").code == 0
    main = tmp_path / "main.toml"
    for number, settings in enumerate([("",), ('"env:FIRST"',), ('"env:SECOND"', '"env:FIRST"')]):
        _write(tmp_path, embedded, *settings)
        assert hcl("state", "encrypt").code == (1 if settings == ("",) else 0)
        main.write_text(main.read_text().replace('"F"', f'"F{number}"'))
        assert hcl("apply", "--auto-approve").code == 0
        if settings != ("",):
            assert _readable(tmp_path) == []
        assert hcl("undo", "--auto-approve").code == 0
        assert embedded.call("GET", "/api/folders/folder-of-mine")["title"] == "F"
    assert hcl("state", "decrypt").code == 0
    _write(tmp_path, embedded)
    assert len(hcl("restore").out.splitlines()) == 1 + 7
    kept = sorted((tmp_path / ".hcl-lite" / "backups").glob("*/0*.json"))
    assert all(b"folder-of-mine" in path.read_bytes() for path in kept)


def test_a_plan_from_elsewhere_is_refused(hcl: Hcl, tmp_path: Path, embedded: Server) -> None:
    """One that is not encrypted could have been written by anybody."""
    _write(tmp_path, embedded)
    assert hcl("plan", "--out", "plan").code == 0
    _write(tmp_path, embedded, '"env:FIRST"')
    assert "plan is not encrypted" in hcl("apply", "plan").err


@pytest.mark.parametrize(
    ("settings", "said"),
    [
        ("key = 'env:NOT_SET'", "The environment variable NOT_SET is not set\n  at main.toml:2:7"),
        ("key = 'a key in the open'", "The key must be a reference\n  at main.toml:2:7"),
        ("previous = []", "[hcl_lite.encryption] names no key"),
        ("key = 'env:FIRST'\nprevious = 'env:SECOND'", "previous must be a list of keys"),
        ("kay = 'env:FIRST'", '[hcl_lite.encryption] has no setting "kay"\n  at main.toml:2:1'),
        ("key = 'cmd:printf 12-34-56'", "The key is too short"),
    ],
)
def test_settings_that_cannot_work_are_explained(
    hcl: Hcl, tmp_path: Path, embedded: Server, settings: str, said: str
) -> None:
    """At their place; a key in the open is not shown."""
    (tmp_path / "main.toml").write_text(f"[hcl_lite.encryption]\n{settings}\n" + embedded.provider + _FOLDER)
    failed = hcl("apply", "--auto-approve")
    assert failed.code == 1
    assert said in failed.err
    assert "a key in the open" not in failed.err
