"""Where modules come from: nothing is run to find them, and git is asked for nothing but repositories."""

from __future__ import annotations

import os
import subprocess
import sys
import time
import zipfile
from pathlib import Path

import pytest

from hcl_lite.core.diags import HclError, Place
from hcl_lite.lang.config import git
from hcl_lite.lang.config.config import load_config
from hcl_lite.lang.config.modules import Found, Modules

_PLACE = Place("main.toml", 2, 10, "")
_RUNS = "raise AssertionError('finding a module must not run the package')"


def _package(directory: Path, *names: str) -> Path:
    """Packages inside of each other, each of which says so when it is run; a module lies in the last."""
    for name in names:
        directory = directory / name
        directory.mkdir(parents=True)
        (directory / "__init__.py").write_text(_RUNS)
    (directory / "main.toml").write_text("[locals]\nx = 1\n")
    return directory


@pytest.fixture
def site(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A directory on Python's path."""
    monkeypatch.syspath_prepend(str(tmp_path / "site"))
    return tmp_path / "site"


def _found(tmp_path: Path, source: str) -> Path:
    return Modules(tmp_path).find(source, Found(tmp_path), _PLACE).directory


def _refused(tmp_path: Path, source: str) -> str:
    with pytest.raises(HclError) as caught:
        Modules(tmp_path).find(source, Found(tmp_path), _PLACE)
    return caught.value.diagnostics[0].summary


def test_a_package_is_found_without_being_run(tmp_path: Path, site: Path) -> None:
    """Neither it, nor what it lies in; also where one of them is no package of Python's at all."""
    below = _package(site, "pack_for_a_test", "inner", "team")
    (site / "pack_for_a_test" / "inner" / "__init__.py").unlink()
    assert _found(tmp_path, "python:pack_for_a_test.inner.team") == below
    assert _found(tmp_path, "python:pack_for_a_test.inner//team") == below
    assert _found(tmp_path, "python:pack_for_a_test//inner/team") == below
    assert not [name for name in sys.modules if name.startswith("pack_for_a_test")]


def test_a_package_in_several_directories_is_found_in_the_one_that_has_it(
    tmp_path: Path, site: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A namespace package."""
    (site / "names_for_a_test").mkdir(parents=True)
    below = _package(tmp_path / "other" / "names_for_a_test", "team")
    monkeypatch.syspath_prepend(str(tmp_path / "other"))
    assert _found(tmp_path, "python:names_for_a_test.team") == below


@pytest.mark.parametrize(
    "source",
    ["python:antigravity", "python:antigravity.x", "python:json.tool", "python:sys.x", "python:nowhere_for_a_test.x.y"],
)
def test_what_is_no_package_is_refused_without_being_run(tmp_path: Path, source: str) -> None:
    """Modules of Python, those inside of the interpreter, and what is not there."""
    before = set(sys.modules)
    assert _refused(tmp_path, source) == f'There is no Python package for "{source}"'
    assert set(sys.modules) == before


def test_a_package_in_a_zip_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Its files are in no directory."""
    with zipfile.ZipFile(tmp_path / "packed.zip", "w") as file:
        file.writestr("zipped_for_a_test/__init__.py", _RUNS)
        file.writestr("zipped_for_a_test/main.toml", "")
    monkeypatch.syspath_prepend(str(tmp_path / "packed.zip"))
    assert _refused(tmp_path, "python:zipped_for_a_test") == 'There is no Python package for "python:zipped_for_a_test"'


def test_a_module_from_elsewhere_calls_what_lies_there(tmp_path: Path, site: Path) -> None:
    """Those beside it, and none of the directory that it is used in."""
    package = _package(site, "calls_for_a_test")
    (package / "beside").mkdir()
    (package / "beside" / "main.toml").write_text("[locals]\nx = 1\n")
    (package / "main.toml").write_text('[module.beside]\nsource = "./beside"\n')
    root = tmp_path / "root"
    root.mkdir()
    (root / "main.toml").write_text('[module.m]\nsource = "python:calls_for_a_test"\n')
    assert sorted(load_config(root).modules) == [(), ("m",), ("m", "beside")]
    (package / "main.toml").write_text('[module.beside]\nsource = "../../root/mine"\n')
    (root / "mine").mkdir()
    (root / "mine" / "main.toml").write_text("secret\n")
    with pytest.raises(HclError, match="leads out of where it is from"):
        load_config(root)
    assert _refused(tmp_path, "python:calls_for_a_test//../../root") == (
        '"python:calls_for_a_test//../../root" leads out of where it is from'
    )


@pytest.mark.parametrize(
    "url",
    [
        "ext::sh -c touch% RAN",
        "fd::17",
        "fd::17/x",
        "http://example.org/x",
        "ftp://example.org/x",
        "hg::https://example.org/x",
        "--upload-pack=touch RAN",
        "-oProxyCommand=touch RAN",
        "ssh://-oProxyCommand=touch/x",
        "-host:path",
        "user@-host:path",
        "https://example.org/ x",
        "relative/path",
        "",
    ],
)
def test_git_is_asked_by_the_transports_that_are_listed(tmp_path: Path, url: str) -> None:
    """No helper, no option, no program."""
    assert "is not a git source" in _refused(tmp_path, f"git::{url}?ref=v1")


@pytest.mark.parametrize(
    "url",
    [
        "https://example.org/x.git",
        "https://user:pw@example.org/x.git",
        "ssh://git@example.org:22/x",
        "git@example.org:a/x",
        "git://h/x",
        "file:///srv/x",
        "/srv/x",
    ],
)
def test_the_usual_addresses_of_repositories_are_taken(tmp_path: Path, url: str) -> None:
    """An account in one is not shown."""
    said = _refused(tmp_path, f"git::{url}?ref=v1")
    assert said == f'The module "git::{url.replace("user:pw", "…")}?ref=v1" is not installed'


def test_a_ref_is_no_option(tmp_path: Path) -> None:
    """git would take it for one."""
    assert "is not a git source" in _refused(tmp_path, "git::https://example.org/x?ref=--upload-pack=touch")


def test_git_asks_nothing_and_ends_in_time(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A git that waits, with a child that keeps its output open; it is ended with its children."""
    stub = tmp_path / "bin" / "git"
    stub.parent.mkdir()
    stub.write_text('#!/bin/sh\necho "$GIT_TERMINAL_PROMPT $GIT_ALLOW_PROTOCOL $GIT_DIR" >&2\nsleep 60 & sleep 60\n')
    stub.chmod(0o755)
    monkeypatch.setenv("PATH", f"{stub.parent}:/usr/bin:/bin")
    monkeypatch.setenv("GIT_DIR", "/elsewhere")
    monkeypatch.setattr(git, "_SECONDS", 0.3)
    begun = time.monotonic()
    with pytest.raises(HclError, match="takes too long"):
        git.check_out("https://example.org/x", "", tmp_path / "checkout", os.environ, _PLACE)
    assert time.monotonic() - begun < 10
    stub.write_text('#!/bin/sh\necho "$GIT_TERMINAL_PROMPT $GIT_ALLOW_PROTOCOL $GIT_DIR." >&2\nexit 3\n')
    with pytest.raises(HclError) as caught:
        git.check_out("https://u:p@example.org/x", "v1", tmp_path / "checkout", os.environ, _PLACE)
    found = caught.value.diagnostics[0]
    assert (found.summary, found.detail) == ("Cannot check out https://…@example.org/x at v1", "0 https:ssh:git:file .")
    assert not list(tmp_path.glob("*checkout*"))


def test_a_repository_names_no_other_transport(tmp_path: Path) -> None:
    """What git itself is told beside the check of the source: it holds for redirects and helpers, too."""
    done = subprocess.run(
        ["git", "ls-remote", "ext::true"], env=dict(git._environment({"PATH": "/usr/bin:/bin"})), capture_output=True
    )
    assert b"transport 'ext' not allowed" in done.stderr
