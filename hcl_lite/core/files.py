"""Reading files that anybody may have put there: never more than a stated number of bytes, and nothing that blocks."""

from __future__ import annotations

import errno
import os
import stat
from pathlib import Path

LARGEST_FILE = 256 * 1024 * 1024
"""Bytes: states, plans, journals and files of the configuration are refused beyond it."""


def read_file(path: Path, most: int = LARGEST_FILE, *, pipes: bool = False) -> bytes:
    """The bytes of a regular file; with `pipes`, also of what a shell's <(…) gives.

    Raises OSError, also for a file of more than `most` bytes, and for a device or a pipe: some have no end, and to open
    one may take for ever.
    """
    descriptor = os.open(path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0))
    with os.fdopen(descriptor, "rb") as file:
        found = os.fstat(descriptor)
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
