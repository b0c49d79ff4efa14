"""File access that is safe with files of others: bounded reads that do not block; atomic, private writes."""

from __future__ import annotations

import contextlib
import errno
import os
import stat
import tempfile
from collections.abc import Iterable
from pathlib import Path

LARGEST_FILE = 256 * 1024 * 1024
"""Bytes: states, plans, journals and files of the configuration are refused beyond it."""


class LeadsOut(PermissionError):
    """A link leads to a file that may not be read. Its content is not disclosed."""

    def __init__(self, path: Path) -> None:
        super().__init__(errno.EACCES, "It is a link that leads out of what may be read", str(path))


def read_file(
    path: Path, most: int = LARGEST_FILE, *, pipes: bool = False, below: Iterable[Path] | None = None
) -> bytes:
    """Returns the bytes of a regular file; with `pipes`, also of a pipe such as <(…) of a shell. With `below`, links
    have to end below one of these directories, whose own links are followed.

    Raises OSError, also for a file of more than `most` bytes, and for a device or a pipe: some never end, and to open
    one may block for ever.
    """
    descriptor = os.open(path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0))
    with os.fdopen(descriptor, "rb") as file:
        found = os.fstat(descriptor)
        if below is not None and not _is_below(path, below, descriptor):
            raise LeadsOut(path)
        mode = found.st_mode
        if stat.S_ISDIR(mode):
            raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR), str(path))
        if not stat.S_ISREG(mode):
            if not pipes:
                raise OSError(errno.EINVAL, "It is a device or a pipe, not a file", str(path))
            os.set_blocking(descriptor, True)
        data = file.read(min(found.st_size, most) + 1)
        if len(data) > found.st_size:  # it has grown since, or is a pipe
            data += file.read(most + 1 - len(data))
    if len(data) > most:
        raise OSError(errno.EFBIG, f"It has more than {most} bytes, the most that are read", str(path))
    return data


def _is_below(path: Path, directories: Iterable[Path], descriptor: int) -> bool:
    """Whether what was opened lies below one of `directories`.

    It is asked after the file is open, so that nobody puts a link there between the question and the reading.
    """
    try:
        real = os.readlink(f"/proc/self/fd/{descriptor}")  # one call; Linux only
    except OSError:
        real = os.path.realpath(path)
        with contextlib.suppress(OSError):
            if not os.path.samestat(os.lstat(real), os.fstat(descriptor)):
                return False
    return any(lies_below(real, str(directory)) for directory in directories)


def lies_below(path: str, directory: str) -> bool:
    """Whether an absolute path without links in it is `directory`, or below it. In texts: it is asked of every file
    of a configuration, several times."""
    return path == directory or path.startswith(directory.rstrip(os.sep) + os.sep)


_OWNER_WRITES = 0o755
OWNER_ONLY = 0o600
"""The mode of what is not meant for others, whatever the umask."""


def write_private(path: Path, data: bytes, beside: Path | None = None) -> None:
    """Writes a file atomically: to a temporary file beside it, synced, renamed, and the directory synced.

    A new file is readable by its owner only, an existing one keeps its mode. Links are written through; what is no
    regular file, such as a pipe, is written into. `beside` is a name for the temporary file that nobody else uses; one
    left by a killed run is replaced. Raises OSError.
    """
    path = Path(os.path.realpath(path)) if path.is_symlink() else path
    mode = _mode_of(path)
    if mode is not None and not stat.S_ISREG(mode):
        path.write_bytes(data)
        return
    descriptor, temporary = _open_beside(path, beside)
    try:
        with os.fdopen(descriptor, "wb") as file:
            os.chmod(temporary, OWNER_ONLY if mode is None else mode & 0o777)
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        os.replace(temporary, path)
    except BaseException:
        with contextlib.suppress(OSError):
            os.unlink(temporary)
        raise
    if os.name == "posix":
        directory = os.open(path.parent, os.O_RDONLY)
        try:
            os.fsync(directory)
        finally:
            os.close(directory)


def private(path: str, flags: int) -> int:
    """The opener for open() that makes files readable by their owner only."""
    return os.open(path, flags, OWNER_ONLY)


def make_directory(path: Path) -> None:
    """Creates a directory and its parents, writable by their owner only, whatever the umask; an existing one stays
    as it is. Raises OSError."""
    missing = [path] if path.parent.is_dir() else [*reversed(path.parents), path]
    for directory in missing:
        if not directory.is_dir():
            directory.mkdir(mode=_OWNER_WRITES, exist_ok=True)


def _mode_of(path: Path) -> int | None:
    try:
        return os.stat(path).st_mode
    except FileNotFoundError:
        return None


def _open_beside(path: Path, beside: Path | None) -> tuple[int, Path]:
    """A new file, and its name: never one that somebody else has put there."""
    if beside is None:
        descriptor, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
        return descriptor, Path(name)
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL
    try:
        return os.open(beside, flags, OWNER_ONLY), beside
    except FileExistsError:
        os.unlink(beside)
        return os.open(beside, flags, OWNER_ONLY), beside
