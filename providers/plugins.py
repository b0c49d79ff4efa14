"""Installed packages that bring a provider or a resource type: found by their entry points, nothing of them imported.

Looking for them reads the entry points of each installed package, and loads importlib.metadata only where one is found.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from types import TracebackType

PROVIDERS = "hcl_lite.providers"
RESOURCE_TYPES = "hcl_lite.resource_types"
_MARK = b"[hcl_lite."


@dataclass(frozen=True, slots=True)
class Plugin:
    """One entry point of a package: in `group`, such as grafana_note = "hcl_lite_note:NOTE"."""

    package: str
    version: str
    group: str
    name: str
    value: str

    def __str__(self) -> str:
        return f"{self.package} {self.version}"

    @property
    def module(self) -> str:
        """The top-level module that the entry point is in."""
        return self.value.partition(":")[0].partition(".")[0].strip()


def installed_plugins() -> Sequence[Plugin]:
    """All that there are, by package and name."""
    return _plugins_in(tuple(path for path in sys.path if path))


@lru_cache(maxsize=8)
def _plugins_in(path: tuple[str, ...]) -> Sequence[Plugin]:
    found: dict[str, list[Plugin]] = {}
    for directory in _marked(path):
        from importlib.metadata import Distribution  # noqa: PLC0415 - takes 20 ms: loaded where there is a plugin

        package = Distribution.at(directory)
        points = [point for point in package.entry_points if point.group in (PROVIDERS, RESOURCE_TYPES)]
        name = package.metadata["Name"]
        of_package = [Plugin(name, package.version, point.group, point.name, point.value) for point in points]
        found.setdefault(name.lower().replace("_", "-"), of_package)  # the first on the path is imported
    all_ = (plugin for plugins in found.values() for plugin in plugins)
    return tuple(sorted(all_, key=lambda one: (one.package, one.group, one.name)))


def _marked(path: Sequence[str]) -> Iterator[Path]:
    """The directories that describe packages with entry points of ours."""
    for directory in path:
        try:
            names = sorted(name for name in os.listdir(directory) if name.endswith((".dist-info", ".egg-info")))
        except OSError:  # an archive, or nothing
            continue
        for name in names:
            try:
                text = (described := Path(directory, name)).joinpath("entry_points.txt").read_bytes()
            except OSError:
                continue
            if _MARK in text:
                yield described


def blamed(error: BaseException | None) -> Plugin | None:
    """The plugin in whose code `error`, or what it came of, was raised; None where it is nobody's but ours."""
    plugins = {plugin.module: plugin for plugin in installed_plugins()}
    seen: set[int] = set()
    while plugins and error is not None and id(error) not in seen:
        seen.add(id(error))
        for module in reversed([*_modules(error.__traceback__)]):
            if module in plugins:
                return plugins[module]
        error = error.__cause__ or error.__context__
    return None


def bug_in(error: BaseException) -> str:
    """Whose bug an error is that nobody has foreseen, in a sentence."""
    plugin = blamed(error)
    if plugin is None:
        return "This is a bug in hcl-lite: please report it"
    return f"This is a bug in the plugin {plugin}: please report it to its authors"


def _modules(traceback: TracebackType | None) -> Iterator[str]:
    while traceback is not None:
        yield str(traceback.tb_frame.f_globals.get("__name__", "")).partition(".")[0]
        traceback = traceback.tb_next
