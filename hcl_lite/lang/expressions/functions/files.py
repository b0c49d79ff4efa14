"""Functions that read files and speak of paths.

Whatever is read lies below the directories that the context allows, symbolic links followed; nothing but regular files
is read.
"""

from __future__ import annotations

import base64
import fnmatch
import hashlib
import os
import posixpath
import re
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

from hcl_lite.core.diags import did_you_mean
from hcl_lite.core.values import Value
from hcl_lite.lang.expressions.functions.arguments import FunctionError, Table, Text
from hcl_lite.lang.expressions.functions.calls import FunctionContext
from hcl_lite.lang.expressions.functions.reading import decode, expand, is_allowed, locate, nearest, read

_MAX_PATTERNS = 1000
_BRACES = re.compile(r"\{([^{}]*)\}")


def file(context: FunctionContext, path: Text) -> str:
    """The text of a file, never interpolated: dashboards use ${x} for themselves."""
    return decode(read(context, path), path)


def filebase64(context: FunctionContext, path: Text) -> str:
    """The bytes of a file in Base64."""
    return base64.b64encode(read(context, path)).decode()


def filesha256(context: FunctionContext, path: Text) -> str:
    """The SHA-256 of a file's bytes, in hexadecimal."""
    return hashlib.sha256(read(context, path)).hexdigest()


def filemd5(context: FunctionContext, path: Text) -> str:
    """The MD5 of a file's bytes, in hexadecimal."""
    return hashlib.md5(read(context, path), usedforsecurity=False).hexdigest()


def fileexists(context: FunctionContext, path: Text) -> bool:
    """Whether there is a file at the path; a directory there is an error."""
    full = locate(context, path)
    if full.exists() and not full.is_file():
        raise FunctionError(f'"{path}" is not a file.', "fileexists() looks for files only.")
    return full.is_file()


def templatefile(context: FunctionContext, path: Text, vars: Table) -> Value:
    """The text of a file in which ${…} is evaluated with the values of `vars`."""
    if context.render is None:
        raise FunctionError("templatefile() cannot be used here.")
    text = decode(read(context, path), path)
    try:
        return context.render(text, vars)
    except FunctionError as error:
        raise FunctionError(f'"{path}" cannot be rendered: {error}', error.hint) from error


def fileset(context: FunctionContext, path: Text, pattern: str) -> list[str]:
    """The files below `path` whose relative path fits `pattern` (`*`, `?`, `[a-z]`, `{a,b}`, `**`), in order."""
    tops = _directories(context, path)
    found: set[str] = set()
    for plain in _without_braces(pattern):
        steps = [step for step in plain.split("/") if step not in ("", ".")]
        if ".." in steps or plain.startswith("/"):
            raise FunctionError(
                f'"{pattern}" leads out of "{path}".', "Name the directory in fileset()'s first argument."
            )
        if steps:
            for top in tops:
                found.update(_fitting(top, tuple(steps), lambda full: is_allowed(context, full.resolve())))
    return sorted(found)


def _directories(context: FunctionContext, path: str) -> list[Path]:
    """Returns the directories at `path`: the existing one, and the one that is staged for it."""
    top = locate(context, path)
    tops = [top] if top.is_dir() else []
    if context.staged is not None and top.is_relative_to(context.roots[0]):
        waiting = context.staged / top.relative_to(context.roots[0])
        tops += [waiting] if waiting.is_dir() else []
    if not tops:
        raise FunctionError(f'There is no directory "{path}".', nearest(top, path))
    return tops


def _without_braces(pattern: str) -> list[str]:
    """Each pattern that {a,b} stands for."""
    patterns = [pattern]
    while any(_BRACES.search(each) for each in patterns):
        patterns = [
            each[: braces.start()] + choice + each[braces.end() :] if braces else each
            for each in patterns
            for braces in [_BRACES.search(each)]
            for choice in (braces.group(1).split(",") if braces else [""])
        ]
        if len(patterns) > _MAX_PATTERNS:
            raise FunctionError(f"The pattern stands for more than {_MAX_PATTERNS} patterns; use fewer braces.")
    return patterns


def _fitting(top: Path, pattern: tuple[str, ...], allowed: Callable[[Path], bool]) -> Iterator[str]:
    """Walk down along `pattern`, so that only directories that may hold something are listed."""
    waiting = [("", pattern)]
    seen = set(waiting)
    while waiting:
        place, (step, *rest) = waiting.pop()
        following: list[tuple[str, tuple[str, ...]]] = []
        if step == "**":
            following.append((place, tuple(rest) or ("*",)))
        for entry in _entries(top / place):
            name = f"{place}{entry.name}"
            # A link to a directory is not followed: it may lead out, or round in a circle.
            if entry.is_dir(follow_symlinks=False):
                if step == "**":
                    following.append((f"{name}/", (step, *rest)))
                elif rest and _fits(entry.name, step):
                    following.append((f"{name}/", tuple(rest)))
            elif (
                not rest and step != "**" and _fits(entry.name, step) and entry.is_file() and allowed(Path(entry.path))
            ):
                yield name
        waiting += [state for state in following if state not in seen]
        seen.update(following)


def _entries(directory: Path) -> list[os.DirEntry[str]]:
    try:
        with os.scandir(directory) as entries:
            return list(entries)
    except OSError as error:
        raise FunctionError(f'Cannot list "{directory}": {error.strerror}.') from error


def _fits(name: str, step: str) -> bool:
    # Go writes [^a] and \* where Python writes [!a] and [*].
    step = re.sub(r"\\(.)", r"[\1]", step).replace("[^", "[!")
    return fnmatch.fnmatchcase(name, step)


def pathexpand(context: FunctionContext, path: Text) -> str:
    """The path with ~ at its beginning replaced by the home directory."""
    return expand(context, path)


def abspath(context: FunctionContext, path: Text) -> str:
    """The path from the root of the file system; relative paths start at the directory of the configuration."""
    return os.path.normpath(context.directory.absolute() / path)


def basename(path: Text) -> str:
    """The last part of a path."""
    return posixpath.basename(path.rstrip("/")) or ("/" if path else ".")


def dirname(path: Text) -> str:
    """A path without its last part."""
    return posixpath.normpath(posixpath.dirname(path) or ".")


def env(context: FunctionContext, name: str, default: Value = ...) -> Value:
    """An environment variable's text; `default` where it is not set."""
    if not context.environment_open:
        hint = f'Declare [variable.x] in the module, and pass "${{env("{name}")}}" to it.'
        raise FunctionError("A module gets what it needs as an input variable, not from the environment.", hint)
    if name in context.environment:
        return context.environment[name]
    if default is ...:
        near = did_you_mean(name, context.environment) if len(context.environment) > 12 else ""
        hint = near or f'Set it, or give a default: env("{name}", "…").'
        raise FunctionError(f'The environment variable "{name}" is not set.', hint)
    return default


FILES: Mapping[str, Callable[..., Any]] = {
    function.__name__: function
    for function in (
        file,
        filebase64,
        filesha256,
        filemd5,
        fileexists,
        fileset,
        templatefile,
        pathexpand,
        abspath,
        basename,
        dirname,
        env,
    )
}
