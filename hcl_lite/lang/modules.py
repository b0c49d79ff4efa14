"""Where the source of a module is: a directory, an installed Python package, or a git checkout that `init` has made."""

from __future__ import annotations

import hashlib
import os
import re
import shutil
import subprocess
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from hcl_lite.core.diags import Diagnostic, HclError, Place

_GIT = re.compile(r"git::(?P<url>[^?]+?)(?://(?P<below>[^?]*))?(?:\?ref=(?P<ref>.+))?")
_SCHEME = re.compile(r"[a-z+]+://")
_PYTHON = re.compile(r"python:(?P<package>[A-Za-z_][\w.]*)(?://(?P<below>.*))?")
_CHECKOUTS = Path(".hcl-lite") / "modules"
_SECONDS = 300


@dataclass(frozen=True, slots=True)
class Modules:
    """Finds modules for the configuration in `root`. With `fetch`, checkouts that are missing are made; `upgrade` makes
    them anew."""

    root: Path
    fetch: bool = False
    upgrade: bool = False

    def find(self, source: Any, directory: Path, place: Place) -> Path:
        """The directory of a module that a file in `directory` calls. Raises HclError at `place`."""
        if not isinstance(source, str):
            raise HclError(Diagnostic("A module needs a source", 'Such as source = "./modules/team".', place))
        if "${" in source:
            detail = "Modules are loaded before anything has a value."
            raise HclError(Diagnostic("A module's source cannot be an expression", detail, place))
        if source.startswith(("./", "../")) or source in (".", ".."):
            return self._existing(Path(os.path.normpath(directory / source)), source, place)
        if source.startswith("git::"):
            return self._git(source, place)
        if source.startswith("python:"):
            return self._package(source, place)
        raise HclError(
            Diagnostic(
                f'"{source}" is not a source of modules',
                "Expected ./directory, git::https://server/repository.git//directory?ref=v1, or python:package.",
                place,
                f'A directory beside the configuration is written "./{source.lstrip("/")}".',
            )
        )

    def _existing(self, path: Path, source: str, place: Place) -> Path:
        if not any(path.glob("*.toml")):
            what = "has no *.toml file" if path.is_dir() else "is not a directory"
            raise HclError(Diagnostic(f'There is no module at "{source}"', f"{path} {what}.", place))
        return path

    def _package(self, source: str, place: Place) -> Path:
        match = _PYTHON.fullmatch(source)
        try:
            spec = find_spec(match["package"]) if match else None
        except (ImportError, ValueError):
            spec = None
        if match is None or spec is None or not spec.submodule_search_locations:
            raise HclError(
                Diagnostic(
                    f'There is no Python package for "{source}"',
                    "It has to be installed in the environment that hcl-lite runs in.",
                    place,
                    "Install it there, or correct its name: python:package//directory.",
                )
            )
        return self._existing(Path(spec.submodule_search_locations[0]) / (match["below"] or ""), source, place)

    def _git(self, source: str, place: Place) -> Path:
        url, below, ref = _git_parts(source)
        if not url or url.startswith("-") or ref.startswith("-"):
            raise HclError(Diagnostic(f'"{source}" is not a git source', "git::URL//directory?ref=v1", place))
        name = re.sub(r"[^A-Za-z0-9]+", "-", url.rstrip("/").rpartition("/")[2].removesuffix(".git"))
        checkout = self.root / _CHECKOUTS / f"{name}-{hashlib.sha256(f'{url}?{ref}'.encode()).hexdigest()[:12]}"
        if checkout.exists() and not self.upgrade:
            return self._existing(checkout / below, source, place)
        if not self.fetch:
            detail = "It is in a git repository, which is not checked out yet."
            raise HclError(Diagnostic(f'The module "{source}" is not installed', detail, place, "Run: hcl-lite init"))
        _check_out(url, ref, checkout, place)
        return self._existing(checkout / below, source, place)


def _git_parts(source: str) -> tuple[str, str, str]:
    """URL, directory below it, and ref of git::URL//directory?ref=REF."""
    rest, _, ref = source.removeprefix("git::").partition("?ref=")
    scheme = _SCHEME.match(rest)
    start = scheme.end() if scheme else 0
    path, _, below = rest[start:].partition("//")
    return rest[:start] + path, below, ref


def _check_out(url: str, ref: str, checkout: Path, place: Place) -> None:
    """Make `checkout` a checkout of `ref`, whole or not at all. Raises HclError with what git says."""
    fresh = checkout.with_name(f".{checkout.name}.new")
    shutil.rmtree(fresh, ignore_errors=True)
    fresh.mkdir(parents=True)
    fetch = ["fetch", "--quiet", "--depth", "1", "--", url, ref or "HEAD"]
    commands = (["init", "--quiet"], fetch, ["checkout", "--quiet", "FETCH_HEAD"])
    for command in commands:
        try:
            done = subprocess.run(
                ["git", "-C", str(fresh), *command],
                capture_output=True,
                text=True,
                timeout=_SECONDS,
                check=False,
                stdin=subprocess.DEVNULL,
            )
        except FileNotFoundError as error:
            raise HclError(Diagnostic("git is not installed", "Modules in git repositories need it.", place)) from error
        except subprocess.TimeoutExpired as error:
            raise HclError(Diagnostic(f"git takes too long to fetch {url}", "", place)) from error
        if done.returncode:
            shutil.rmtree(fresh, ignore_errors=True)
            summary = f"Cannot check out {url}{f' at {ref}' if ref else ''}"
            raise HclError(Diagnostic(summary, done.stderr.strip()[-2000:], place))
    shutil.rmtree(checkout, ignore_errors=True)
    fresh.rename(checkout)
