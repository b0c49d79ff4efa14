"""Reading files, and only those that the configuration may read: below its directory and those it names."""

from __future__ import annotations

import contextlib
import difflib
import errno
import os
from pathlib import Path

from hcl_lite.core.files import lies_below, read_file
from hcl_lite.lang.expressions.functions.arguments import FunctionError
from hcl_lite.lang.expressions.functions.calls import FunctionContext

MAX_BYTES = 64 * 1024 * 1024


def expand(context: FunctionContext, path: str) -> str:
    """`path` with ~ at its beginning replaced by the home directory."""
    if path != "~" and not path.startswith("~/"):
        return path
    home = context.environment.get("HOME")
    if not home:
        raise FunctionError("There is no home directory: HOME is not set.")
    return home + path[1:]


def locate(context: FunctionContext, path: str) -> Path:
    """Returns the path that `path` leads to, links followed. Raises FunctionError where that is not below a directory
    that may be read."""
    try:
        full = Path(os.path.realpath(os.path.join(context.directory, expand(context, path))))
    except ValueError as error:
        raise FunctionError(f"{path!r} cannot be a path: {error}.") from error
    except OSError as error:
        raise FunctionError(f'Cannot follow "{path}": {error.strerror}.') from error
    if not is_allowed(context, full):
        if context.environment_open:
            hint = 'Name its directory in [hcl_lite] read_from = ["…"].'
            raise FunctionError(f'"{path}" is outside of what the configuration may read.', hint)
        hint = 'Give it to the module as an input, or name its directory where the module is called: readable = ["…"].'
        raise FunctionError(f'"{path}" is outside of the module.', hint)
    return staged(context, full) or full


def staged(context: FunctionContext, full: Path) -> Path | None:
    """Returns the file that is staged for `full`; None for none."""
    if context.staged is None or not full.is_relative_to(context.roots[0]):
        return None
    waiting = context.staged / full.relative_to(context.roots[0])
    return waiting if waiting.is_file() else None


def is_allowed(context: FunctionContext, full: Path) -> bool:
    """Whether the file at `full`, whose links have been followed, may be read."""
    return any(lies_below(str(full), str(root)) for root in context.roots)


def read(context: FunctionContext, path: str) -> bytes:
    """The bytes of a regular file that may be read."""
    if context.staged is None and not path.startswith(("~", os.sep)) and ".." not in path:  # as nearly always
        with contextlib.suppress(OSError, ValueError):  # below, it is told why
            return read_file(context.roots[0] / path, MAX_BYTES, below=context.roots)
    full = locate(context, path)
    try:
        return read_file(full, MAX_BYTES, below=context.roots)
    except OSError as error:
        if error.errno == errno.ELOOP:
            raise FunctionError(f'Cannot follow "{path}": its links go in a circle.') from error
        hint = nearest(full, path) if error.errno in (errno.ENOENT, errno.ENOTDIR) else ""
        raise FunctionError(f'Cannot read "{path}": {error.strerror}.', hint) from error


def decode(content: bytes, path: str) -> str:
    """The text in a file's bytes, without a byte order mark; line ends become \\n."""
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise FunctionError(f'"{path}" is not UTF-8 text (byte {error.start}).') from error
    return text.replace("\r\n", "\n").replace("\r", "\n") if "\r" in text else text


def nearest(full: Path, path: str) -> str:
    """A sentence about what is there instead of `full`, which the user wrote as `path`."""
    try:
        names = [entry.name for entry in full.parent.iterdir()]
    except OSError:
        return f'There is no directory "{Path(path).parent}" either; paths start at the directory of the configuration.'
    near = difflib.get_close_matches(full.name, names, n=1)
    return f'Did you mean "{Path(path).with_name(near[0])}"?' if near else ""
