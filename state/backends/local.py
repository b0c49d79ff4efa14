"""The state in a file beside the configuration: written whole, with the one before it kept, under an OS lock."""

from __future__ import annotations

import contextlib
import getpass
import json
import os
import socket
import tempfile
import uuid
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

from hcl_lite.core.diags import Diagnostic, HclError
from hcl_lite.core.files import read_file
from state.encryption import Cipher, Plain
from state.file import decode, encode
from state.journal import replay
from state.model import State

DEFAULT_PATH = "hcl-lite.state.json"


class LocalStore:
    """Implements state.store.StateStore. Files beside `path`: .backup, .journal, .lock and .lock.info."""

    def __init__(self, path: Path, cipher: Cipher | None = None) -> None:
        self._path = path
        self.cipher = cipher or Plain()

    @property
    def journal_path(self) -> Path:
        return self._beside(".journal")

    def read(self) -> State:
        try:
            name = str(self._path)
            state = decode(self.cipher.open(read_file(self._path), "state", name), name)
        except FileNotFoundError:
            state = State(lineage=str(uuid.uuid4()))
        except OSError as error:
            hint = "Make it a file that this account can read, or name another in [hcl_lite.backend]."
            summary = f"Cannot read the state {self._path}"
            raise HclError(Diagnostic(summary, f"{error.strerror}.", hint=hint)) from error
        return replay(state, self.journal_path, self.cipher)

    def write(self, state: State) -> None:
        try:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            if self._path.exists():
                _replace(self._beside(".backup"), self._path.read_bytes())
            _replace(self._path, self.cipher.seal(encode(state), "state"))
        except OSError as error:
            hint = f"What was done is safe in {self.journal_path}; the next run goes on from there."
            raise HclError(
                Diagnostic(f"Cannot write the state {self._path}", f"{error.strerror}.", hint=hint)
            ) from error

    @contextlib.contextmanager
    def lock(self, command: str, timeout: float) -> Iterator[None]:
        from filelock import FileLock, Timeout  # noqa: PLC0415 - loads asyncio and more: only where something is written

        self._path.parent.mkdir(parents=True, exist_ok=True)
        lock = FileLock(self._beside(".lock"))
        try:
            lock.acquire(timeout=timeout, poll_interval=0.1)
        except Timeout as error:
            raise HclError(
                Diagnostic(
                    "The state is locked",
                    f"{self._holder()} is changing {self._path}.",
                    hint="Wait for it, or say how long to wait with --lock-timeout.",
                )
            ) from error
        info = self._beside(".lock.info")
        try:
            info.write_text(json.dumps(_describe(command)))
            yield
        finally:
            info.unlink(missing_ok=True)
            lock.release()

    def _holder(self) -> str:
        try:
            info = json.loads(self._beside(".lock.info").read_text())
            return f"{info['who']} (pid {info['pid']}, {info['command']}, since {info['since']})"
        except (OSError, ValueError, KeyError):
            return "Another run"

    def _beside(self, suffix: str) -> Path:
        return self._path.with_name(self._path.name + suffix)


def _describe(command: str) -> dict[str, str | int]:
    try:
        user = getpass.getuser()
    except (OSError, KeyError):  # a uid without a name, as in some containers
        user = str(os.getuid())
    who = f"{user}@{socket.gethostname()}"
    return {
        "who": who,
        "pid": os.getpid(),
        "command": command,
        "since": datetime.now(UTC).isoformat(timespec="seconds"),
    }


def _replace(path: Path, data: bytes) -> None:
    """Write a file whole or not at all: beside it first, synced, then renamed over it, and the name synced."""
    descriptor, temporary = tempfile.mkstemp(dir=path.parent, prefix=path.name + ".")
    try:
        with os.fdopen(descriptor, "wb") as file:
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
