"""Lock records: who holds a state. Every backend keeps one beside its lock, in the form of Terraform's lock info."""

from __future__ import annotations

import contextlib
import getpass
import json
import os
import socket
import uuid
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from hcl_lite.version import __version__


@dataclass(frozen=True, slots=True)
class LockInfo:
    """One lock. `who` is user@host, `since` an ISO time in UTC; `process` tells one process of one kernel from all
    others, and is empty where that cannot be told. `by_record` says that nothing but its record keeps others out.
    """

    id: str
    who: str = "somebody"
    command: str = ""
    since: str = ""
    pid: int = 0
    process: str = ""
    by_record: bool = False

    def __str__(self) -> str:
        facts = [self.command, f"pid {self.pid}" if self.pid else "", f"since {self.since}" if self.since else ""]
        return f"{self.who} ({', '.join(fact for fact in facts if fact) or 'nothing else is known'})"


@dataclass(frozen=True, slots=True)
class Claim:
    """The result of asking for a lock: `held_by` somebody else, or acquired, perhaps `taken_from` a run that is gone.

    `ends_with_run` says that the system ends the other's lock, however its run ends.
    """

    held_by: LockInfo | None = None
    taken_from: LockInfo | None = None
    ends_with_run: bool = False


def describe_run(command: str) -> LockInfo:
    """The lock info of this process, with a new ID."""
    try:
        user = getpass.getuser()
    except (OSError, KeyError):  # a uid without a name, as in some containers
        user = str(os.getuid())
    now = datetime.now(UTC).isoformat(timespec="seconds")
    who = f"{user}@{socket.gethostname()}"
    return LockInfo(str(uuid.uuid4()), who, command, now, os.getpid(), _process(os.getpid()))


def encode_lock(info: LockInfo, path: str) -> bytes:
    """Terraform's lock info, as its HTTP backend sends it; `path` is what is locked."""
    return json.dumps(lock_document(info, path)).encode()


def lock_document(info: LockInfo, path: str) -> dict[str, str]:
    """The same, as a part of another document."""
    return {
        "ID": info.id,
        "Operation": info.command,
        "Info": f"pid {info.pid}",
        "Who": info.who,
        "Version": __version__,
        "Created": info.since,
        "Path": path,
        "Process": info.process,
        **({"Lock": "record"} if info.by_record else {}),
    }


def decode_lock(data: bytes | str) -> LockInfo:
    """Decodes a lock record as far as it can be read: a server may keep less, and a foreign record may be there."""
    try:
        found = json.loads(data)
    except ValueError:
        found = None
    return read_lock(found)


def read_lock(found: object) -> LockInfo:
    """The same of a document."""
    if not isinstance(found, dict):
        return LockInfo("")
    text = {key: value for key, value in found.items() if isinstance(value, str)}
    word, _, number = text.get("Info", "").partition(" ")
    return LockInfo(
        text.get("ID", ""),
        text.get("Who") or "somebody",
        text.get("Operation", ""),
        text.get("Created", ""),
        int(number) if word == "pid" and number.isdecimal() else 0,
        text.get("Process", ""),
        text.get("Lock") == "record",
    )


def is_gone(info: LockInfo) -> bool:
    """Whether the process that took the lock has surely ended: it was one of this kernel, and is there no more.

    False where that cannot be told: it ran on another machine or in another container, or before a restart.
    """
    place, _, _ = info.process.rpartition("/")
    return bool(place) and place == _place() and _process(info.pid) != info.process


def is_alive(info: LockInfo) -> bool:
    """Whether another process, the one that took the lock, surely runs; False where that cannot be told."""
    return info.process != "" and not is_own(info) and _process(info.pid) == info.process


def is_of_this_kernel(info: LockInfo) -> bool:
    """Whether the process that took the lock was one of this boot of this machine, in whatever container."""
    boot, _, _ = info.process.partition("/")
    return bool(boot) and boot == _place().partition("/")[0]


def is_own(info: LockInfo) -> bool:
    """Whether this very process took the lock."""
    return info.process != "" and info.process == _process(os.getpid())


def _process(pid: int) -> str:
    """`pid` with its kernel, its pid namespace and when it began, as Linux tells it; empty elsewhere, and for one that
    has ended and that nobody has waited for yet."""
    place = _place()
    try:
        # Field 3 is the state, field 22 the start in clock ticks; field 2 is a name in brackets, which may hold blanks.
        fields = Path(f"/proc/{pid}/stat").read_text(errors="replace").rpartition(")")[2].split()
        state, began = fields[0], fields[19]
    except (OSError, IndexError):
        return ""
    return f"{place}/{pid}@{began}" if place and state not in ("Z", "X") else ""


def _place() -> str:
    """This boot of this kernel, and the pid namespace: within it, equal pids are one process."""
    with contextlib.suppress(OSError):
        boot = Path("/proc/sys/kernel/random/boot_id").read_text().strip()
        return f"{boot}/{os.readlink('/proc/self/ns/pid')}"
    return ""
