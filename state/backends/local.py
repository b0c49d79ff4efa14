"""The state in a file beside the configuration: written whole, with those before it kept, under an OS lock."""

from __future__ import annotations

import contextlib
import errno
import hashlib
import os
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path

from hcl_lite.core.diags import Diagnostic, HclError
from hcl_lite.core.files import make_directory, read_file, write_private
from hcl_lite.core.schema import Attr
from hcl_lite.core.values import Value
from state.backend import (
    DEFAULT_WORKSPACE,
    HISTORY,
    JOURNAL,
    BackendType,
    Changed,
    NotKept,
    Stored,
    Version,
)
from state.backends.file_lock import FileLock
from state.file_log import FileLog
from state.lock import Claim, LockInfo
from state.workspace import Workspace

DEFAULT_PATH = "hcl-lite.state.json"
_SUFFIX = ".state.json"


class LocalStorage:
    """Implements state.backend.Storage. Files beside `path`: .history/, .journal, .lock and .lock.info.

    A path that is a link stands for the file that it leads to, beside which all these are: whoever comes by another
    way to that file meets the same lock.
    """

    def __init__(self, path: Path, history: int = 50) -> None:
        self._path = Path(os.path.realpath(path)) if path.is_symlink() else path
        self._history = history
        self._lock = FileLock(self._path)

    @property
    def name(self) -> str:
        return str(self._path)

    @property
    def path(self) -> Path | None:
        return self._path

    def read(self) -> Stored | None:
        with _explained(f"Cannot read the state {self._path}"):
            try:
                data = read_file(self._path)
            except FileNotFoundError:
                return None
        return Stored(data, _revision(data))

    def write(self, data: bytes, serial: int, after: str) -> str:
        with _explained(f"Cannot write the state {self._path}"):
            current = self.read()
            if (current.revision if current else "") != after:
                raise Changed
            make_directory(self._path.parent)
            spoilt = self._keep(data, serial)
            _replace(self._path, data)
        self.forget([version.serial for version in self.versions()[: -self._history - 1]])
        if spoilt is not None:
            raise NotKept(_revision(data), f"{spoilt.strerror}.") from spoilt
        return _revision(data)

    def _keep(self, data: bytes, serial: int) -> OSError | None:
        """Put a copy into the history; what hinders that is no reason to lose the state itself."""
        try:
            make_directory(self._beside(".history"))
            _replace(self._version_path(serial), data)
        except OSError as error:
            return error
        return None

    @property
    def keeps_backups(self) -> bool:
        return False

    def log(self, name: str = JOURNAL) -> FileLog:
        return FileLog(self._beside(f".{name}"))

    def logs(self, below: str) -> Sequence[str]:
        directory = self._beside(f".{below}")
        return sorted(f"{below}/{path.relative_to(directory)}" for path in directory.rglob("*") if path.is_file())

    def versions(self) -> Sequence[Version]:
        found = []
        for path in self._beside(".history").glob("*.json"):
            if path.stem.isdecimal():
                written = datetime.fromtimestamp(path.stat().st_mtime, UTC).isoformat(timespec="seconds")
                found.append(Version(int(path.stem), written))
        return sorted(found, key=lambda version: version.serial)

    def version(self, serial: int) -> bytes | None:
        with _explained(f"Cannot read serial {serial} of {self._path}"):
            try:
                return read_file(self._version_path(serial))
            except FileNotFoundError:
                return None

    def forget(self, serials: Sequence[int]) -> None:
        with _explained(f"Cannot delete what was before in {self._path}"):
            for serial in serials:
                self._version_path(serial).unlink(missing_ok=True)

    def acquire(self, info: LockInfo) -> Claim:
        with _explained(f"Cannot lock the state {self._path}"):
            make_directory(self._path.parent)
            return self._lock.acquire(info)

    def release(self, lock_id: str) -> None:
        with _explained(f"Cannot unlock the state {self._path}"):
            self._lock.release(lock_id)

    def stop_waiting(self) -> None:
        """Does nothing: no call is tried again here."""

    def delete(self) -> None:
        """The state and its history."""
        self.forget([version.serial for version in self.versions()])
        with _explained(f"Cannot delete the state {self._path}"):
            for path in (self._path, self._beside(".journal")):
                path.unlink(missing_ok=True)

    def _version_path(self, serial: int) -> Path:
        return self._beside(".history") / f"{serial}.json"

    def _beside(self, suffix: str) -> Path:
        return self._path.with_name(self._path.name + suffix)


class LocalBackend:
    """Implements state.backend.Backend. The workspaces but the default one are files in PATH.workspaces/."""

    def __init__(self, path: Path, history: int) -> None:
        self._path = path
        self._history = history

    def storage(self, workspace: str) -> LocalStorage:
        path = self._path if workspace == DEFAULT_WORKSPACE else self._directory / f"{workspace}{_SUFFIX}"
        return LocalStorage(path, self._history)

    def workspaces(self) -> Sequence[str]:
        found = [DEFAULT_WORKSPACE] if self._path.exists() else []
        names = (path.name.removesuffix(_SUFFIX) for path in self._directory.glob(f"*{_SUFFIX}"))
        return sorted([*found, *names])

    def delete(self, workspace: str) -> None:
        self.storage(workspace).delete()

    @property
    def _directory(self) -> Path:
        return self._path.with_name(self._path.name + ".workspaces")


def local_workspace(path: Path) -> Workspace:
    """The state in one file, without a configuration that names it."""
    return Workspace(LocalStorage(path), path.parent)


def _open(settings: Mapping[str, Value]) -> LocalBackend:
    return LocalBackend(Path(str(settings["path"])), int(settings["history"]))


BACKEND = BackendType(
    name="local",
    doc="A file on this machine.",
    settings={"path": Attr(doc="The state file.", default=DEFAULT_PATH), "history": HISTORY},
    open=_open,
    files=("path",),
)


@contextlib.contextmanager
def _explained(summary: str) -> Iterator[None]:
    """Raises the errors of the operating system as HclError."""
    try:
        yield
    except OSError as error:
        full = error.errno in (errno.ENOSPC, errno.EDQUOT)
        hint = (
            "Make room there."
            if full
            else "Make it a file that this account can use, or name another in [hcl_lite.backend]."
        )
        raise HclError(Diagnostic(summary, f"{error.strerror}.", hint=hint)) from error


def _revision(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def _replace(path: Path, data: bytes) -> None:
    # One name for what is beside it: the lock lets only one write.
    write_private(path, data, path.with_name(path.name + ".new"))
