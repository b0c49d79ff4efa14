"""A log in a file of this machine."""

from __future__ import annotations

import io
import os
from pathlib import Path

from hcl_lite.core.diags import Diagnostic, HclError
from hcl_lite.core.files import make_directory, private, read_file
from state.backend import Changed


class FileLog:
    """Implements state.backend.Log."""

    pause = 0.0

    def __init__(self, path: Path) -> None:
        self.path = path
        self._file: io.FileIO | None = None

    @property
    def name(self) -> str:
        return str(self.path)

    @property
    def way_out(self) -> str:
        return f"Move {self.path} away to go on without it."

    def exists(self) -> bool:
        return self.path.exists()

    def read(self) -> bytes:
        try:
            return read_file(self.path)
        except FileNotFoundError:
            return b""
        except OSError as error:
            hint = "Make it readable: it records what an interrupted run did. " + self.way_out
            detail = f"{error.strerror}."
            raise HclError(Diagnostic(f"Cannot read the journal {self.path}", detail, hint=hint)) from error

    def append(self, data: bytes, *, synced: bool = True) -> None:
        try:
            is_new = self._file is None
            file = self._opened()
            if not self._is_ours(file):
                raise Changed
            while data:
                data = data[os.write(file.fileno(), data) :]
            if synced:
                os.fsync(file.fileno())
            if is_new:
                _sync_directory(self.path.parent)
        except OSError as error:
            raise HclError(Diagnostic(f"Cannot write {self.path}", f"{error.strerror}.")) from error

    def remove(self) -> None:
        self.close()
        self.path.unlink(missing_ok=True)

    def close(self) -> None:
        if self._file is not None:
            self._file.close()
            self._file = None

    def _opened(self) -> io.FileIO:
        if self._file is None:
            make_directory(self.path.parent)
            try:
                self._file = open(self.path, "xb", buffering=0, opener=private)  # noqa: SIM115 - close() closes it
            except FileExistsError:
                raise Changed from None
        return self._file

    def _is_ours(self, file: io.FileIO) -> bool:
        """Whether the name still stands for the file that this run has begun."""
        try:
            return os.path.samestat(os.fstat(file.fileno()), os.stat(self.path))
        except FileNotFoundError:
            return False


def _sync_directory(path: Path) -> None:
    """Makes a new name in the directory last (POSIX; other systems need no such thing)."""
    if os.name == "posix":
        descriptor = os.open(path, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
