"""Resolves the source of a module: a directory, an installed Python package, or a git checkout made by `init`."""

from __future__ import annotations

import hashlib
import os
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from importlib.machinery import PathFinder
from pathlib import Path
from typing import Any

from hcl_lite.core.diags import Diagnostic, HclError, Place
from hcl_lite.lang.config.git import check_out, check_source, without_account

_SCHEME = re.compile(r"[a-z+]+://")
_PYTHON = re.compile(r"python:(?P<package>[A-Za-z_][\w.]*)(?://(?P<below>.*))?")
_CHECKOUTS = Path(".hcl-lite") / "modules"


@dataclass(frozen=True, slots=True)
class Found:
    """The directory of a module. `within` is the checkout or package that it comes from: modules that it calls by ./
    and ../ have to be inside."""

    directory: Path
    within: Path | None = None


@dataclass(frozen=True, slots=True)
class Modules:
    """Resolves modules for the configuration in `root`. With `fetch`, missing checkouts are made by git in
    `environment`; with `upgrade`, all are made anew."""

    root: Path
    fetch: bool = False
    upgrade: bool = False
    environment: Mapping[str, str] = field(default_factory=dict, repr=False)

    def find(self, source: Any, caller: Found, place: Place | None) -> Found:
        """Returns the module that a file of `caller` calls. Raises HclError at `place`."""
        if not isinstance(source, str):
            raise HclError(Diagnostic("A module needs a source", 'Such as source = "./modules/team".', place))
        if "${" in source:
            detail = "Modules are loaded before anything has a value."
            raise HclError(Diagnostic("A module's source cannot be an expression", detail, place))
        if "\0" in source:
            raise HclError(Diagnostic("A module's source cannot have a null character", "", place))
        if source.startswith(("./", "../")) or source in (".", ".."):
            return _existing(Path(os.path.normpath(caller.directory / source)), caller.within, source, place)
        if source.startswith("git::"):
            return self._git(source, place)
        if source.startswith("python:"):
            return _package(source, place)
        raise HclError(
            Diagnostic(
                f'"{source}" is not a source of modules',
                "Expected ./directory, git::https://server/repository.git//directory?ref=v1, or python:package.",
                place,
                f'A directory beside the configuration is written "./{source.lstrip("/")}".',
            )
        )

    def _git(self, source: str, place: Place | None) -> Found:
        url, below, ref = _git_parts(source)
        check_source(url, ref, place)
        name = re.sub(r"[^A-Za-z0-9]+", "-", url.rstrip("/").rpartition("/")[2].removesuffix(".git"))
        checkout = self.root / _CHECKOUTS / f"{name}-{hashlib.sha256(f'{url}?{ref}'.encode()).hexdigest()[:12]}"
        if not checkout.exists() or self.upgrade:
            if not self.fetch:
                summary = f'The module "{without_account(source)}" is not installed'
                detail = "It is in a git repository, which is not checked out yet."
                raise HclError(Diagnostic(summary, detail, place, "Run: hcl-lite init"))
            check_out(url, ref, checkout, self.environment, place)
        return _existing(checkout / below, checkout, source, place)


def _existing(path: Path, within: Path | None, source: str, place: Place | None) -> Found:
    if within is not None and not path.resolve().is_relative_to(within.resolve()):
        detail = "What comes from a repository or a package calls modules of that repository or package."
        raise HclError(Diagnostic(f'"{without_account(source)}" leads out of where it is from', detail, place))
    if not any(path.glob("*.toml")):
        what = "has no *.toml file" if path.is_dir() else "is not a directory"
        raise HclError(Diagnostic(f'There is no module at "{without_account(source)}"', f"{path} {what}.", place))
    return Found(path, within)


def _package(source: str, place: Place | None) -> Found:
    match = _PYTHON.fullmatch(source)
    package = _find_package(match["package"]) if match else None
    if match is None or package is None:
        raise HclError(
            Diagnostic(
                f'There is no Python package for "{source}"',
                "It has to be installed in the environment that hcl-lite runs in, as files in a directory.",
                place,
                "Install it there, or correct its name: python:package//directory.",
            )
        )
    return _existing(package / (match["below"] or ""), package, source, place)


def _find_package(name: str) -> Path | None:
    """The directory of a package, found without importing anything: the first name on the path, the others below it.

    importlib.util.find_spec would import, and so run, what a name lies in.
    """
    first, *below = name.split(".")
    spec = PathFinder.find_spec(first)
    places = (spec.submodule_search_locations or ()) if spec else ()
    directories = (Path(place, *below) for place in places)
    return next((directory for directory in directories if directory.is_dir()), None)


def _git_parts(source: str) -> tuple[str, str, str]:
    """URL, directory below it, and ref of git::URL//directory?ref=REF."""
    rest, _, ref = source.removeprefix("git::").partition("?ref=")
    scheme = _SCHEME.match(rest)
    start = scheme.end() if scheme else 0
    path, _, below = rest[start:].partition("//")
    return rest[:start] + path, below, ref
