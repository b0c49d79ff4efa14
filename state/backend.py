"""Protocols of backends: a type with its settings opens a storage with workspaces, each of them bytes under a lock.

A backend knows nothing of what a state is. `state.workspace.Workspace` reads, writes and locks through these protocols,
and holds every rule that all backends share.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

from hcl_lite.core.diags import Diagnostic, HclError
from hcl_lite.core.schema import Attr
from hcl_lite.core.values import Value
from state.lock import Claim, LockInfo

DEFAULT_WORKSPACE = "default"

# The log that the runs on a workspace write, one after the other.
JOURNAL = "journal"
# Below it are the logs of what runs have kept of objects.
BACKUPS = "backups"

# How many of the states before it a backend keeps beside the one that counts, where it keeps them.
HISTORY = Attr("number", doc="How many earlier states are kept.", default=50, client_only=True)

KEEPS_BACKUPS = Attr(
    "bool", doc="Keep backups there, too, instead of on the machine that runs.", default=False, client_only=True
)


class Changed(Exception):
    """Somebody else has written since; nothing was written."""


class NotKept(Exception):
    """The state is written, and has the revision `revision`; its copy in the history is not, for `reason`."""

    def __init__(self, revision: str, reason: str) -> None:
        super().__init__(reason)
        self.revision = revision
        self.reason = reason


@dataclass(frozen=True, slots=True)
class Stored:
    """The bytes of a state; `revision` differs after every write."""

    data: bytes
    revision: str


@dataclass(frozen=True, slots=True)
class Version:
    """One entry of the history: `written` is an ISO time in UTC."""

    serial: int
    written: str


class Log(Protocol):
    """Lines that one run appends while it goes on, and that the next one reads where it has ended early.

    Every method raises HclError where the place cannot be used.
    """

    @property
    def name(self) -> str:
        """The name shown to people: a path, s3://bucket/key.journal."""

    @property
    def way_out(self) -> str:
        """A sentence on how to go on without the log."""

    @property
    def pause(self) -> float:
        """Seconds between two appends, each of which is a call; 0 where lines are on disk before more could come."""

    def exists(self) -> bool:
        """Whether there is one, as far as was seen when it was read last."""

    def read(self) -> bytes:
        """All of it; empty where there is none."""

    def append(self, data: bytes, *, synced: bool = True) -> None:
        """Make whole lines last, after those that this object has appended before; the first ones begin a new log.
        Where it costs no call, those that are not `synced` outlive the process, and with the next synced ones the
        machine.

        Raises Changed where another run has begun one, or has taken this one away.
        """

    def remove(self) -> None:
        """Delete it, whoever has written it."""

    def close(self) -> None:
        """Append no more, and leave it as it is."""


class Storage(Protocol):
    """The bytes of one workspace, and its lock. Every method raises HclError where the backend cannot be used."""

    @property
    def name(self) -> str:
        """The name shown to people: a path, s3://bucket/key."""

    @property
    def path(self) -> Path | None:
        """The file, where it is one on this machine."""

    def read(self) -> Stored | None:
        """None where nothing was written yet."""

    def write(self, data: bytes, serial: int, after: str) -> str:
        """Replace what has the revision `after`, whole or not at all; "" is for nothing there. Gives the new revision.

        Raises Changed where another one is there; NotKept where all is done but for the history.
        """

    @property
    def keeps_backups(self) -> bool:
        """Whether what runs keep of objects goes there, too: the user has said so."""

    def log(self, name: str = JOURNAL) -> Log | None:
        """A log that is kept beside the state, not yet read; None where the backend has no place for one."""

    def logs(self, below: str) -> Sequence[str]:
        """The names of the logs that are there and begin with `below`/, in order."""

    def versions(self) -> Sequence[Version]:
        """Lists the versions in the history, oldest first; the last one is the current one. Empty where no history is
        kept."""

    def version(self, serial: int) -> bytes | None:
        """One entry of the history."""

    def forget(self, serials: Sequence[int]) -> None:
        """Delete entries of the history."""

    def acquire(self, info: LockInfo) -> Claim:
        """Ask for the lock once."""

    def release(self, lock_id: str) -> None:
        """End the lock `lock_id`, whoever took it. Raises HclError where another is held, or a living process's own."""

    def stop_waiting(self) -> None:
        """A call that fails from now on is not tried again: somebody wants the run to end."""


class Backend(Protocol):
    """An open backend."""

    def storage(self, workspace: str) -> Storage:
        """One workspace, whether it is there or not. Raises HclError where the backend has none but the default one."""

    def workspaces(self) -> Sequence[str] | None:
        """All in which something was written, in order; None where the backend cannot tell."""

    def delete(self, workspace: str) -> None:
        """Delete a workspace with its history; its lock stays as it is."""


@dataclass(frozen=True, slots=True)
class BackendType:
    """`settings` are what [hcl_lite.backend] takes besides `type`; `environment` has other tools' names for them;
    `files` are those that name a file.

    `check` gives what is wrong with a setting's value, as (setting, problem, what to do).
    """

    name: str
    doc: str
    settings: Mapping[str, Attr]
    open: Callable[[Mapping[str, Value]], Backend]
    environment: Mapping[str, str] = field(default_factory=dict)
    check: Callable[[Mapping[str, Value]], tuple[str, str, str] | None] = lambda settings: None
    files: tuple[str, ...] = ()


def missing_library(backend: str, library: str) -> HclError:
    """For a library that is an extra of this distribution, and is not installed."""
    return HclError(
        Diagnostic(
            f'The backend "{backend}" needs {library}, which is not installed',
            hint=f"pip install 'hcl-lite[{backend}]'",
        )
    )


def not_this_lock(name: str, lock_id: str, held: LockInfo | None) -> HclError:
    """For a lock that is to be ended, and is not the one that is held."""
    if held is None:
        return HclError(Diagnostic(f"{name} is not locked"))
    return HclError(Diagnostic(f"{name} is not locked with the ID {lock_id}", f"Its lock is {held.id}, of {held}."))
