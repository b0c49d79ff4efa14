"""Reading files that anybody may have put there: never more than a stated number of bytes, and nothing that blocks."""

from __future__ import annotations

import contextlib
import errno
import os
import stat
from collections.abc import Iterable
from pathlib import Path

LARGEST_FILE = 256 * 1024 * 1024
"""Bytes: states, plans, journals and files of the configuration are refused beyond it."""


class LeadsOut(PermissionError):
    """A link leads to a file that is not to be read. What is in that file is not known to who gets this."""

    def __init__(self, path: Path) -> None:
        super().__init__(errno.EACCES, "It is a link that leads out of what may be read", str(path))


def read_file(
    path: Path, most: int = LARGEST_FILE, *, pipes: bool = False, below: Iterable[Path] | None = None
) -> bytes:
    """The bytes of a regular file; with `pipes`, also of what a shell's <(…) gives. With `below`, links have to end
    below one of these directories, whose own links have been followed.

    Raises OSError, also for a file of more than `most` bytes, and for a device or a pipe: some have no end, and to open
    one may take for ever.
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
    return any(Path(real).is_relative_to(directory) for directory in directories)
