"""The lock of a state in a file: the operating system's, and beside it a record of whose it is.

    PATH.lock         what the system locks: that ends with the process, however it ends
    PATH.lock.info    the record, which is made where none is

Not every file system has locks, and those of some are only of one machine (FUSE, 9p, NFS with local_lock). There the
record is the lock: it is taken over where its process was one of this kernel and has ended, and otherwise stays until
somebody ends it by its ID, as in a bucket.
"""

from __future__ import annotations

import contextlib
import errno
import hashlib
import os
import sys
import uuid
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from hcl_lite.core.diags import Diagnostic, HclError
from hcl_lite.core.files import OWNER_ONLY, read_file, write_private
from state.backend import not_this_lock
from state.lock import Claim, LockInfo, decode_lock, encode_lock, is_alive, is_gone, is_of_this_kernel

_TAKEN = frozenset({errno.EACCES, errno.EAGAIN, errno.EWOULDBLOCK, getattr(errno, "EDEADLOCK", errno.EDEADLK)})
_MISSING = frozenset({errno.ENOSYS, errno.ENOLCK, errno.EOPNOTSUPP, errno.ENOTSUP, errno.EINVAL})

_SOMEBODY = LockInfo("", "Another run")

# File systems whose locks every machine sees that reaches the same files: most are of one machine alone.
_DISKS = (
    "apfs",
    "bcachefs",
    "btrfs",
    "exfat",
    "ext2",
    "ext3",
    "ext4",
    "f2fs",
    "fuseblk",
    "jfs",
    "ntfs",
    "ntfs3",
    "vfat",
)
_SEEN_BY_ALL = frozenset((*_DISKS, "xfs", "zfs", "overlay", "ramfs", "tmpfs", "ceph", "gfs2", "ocfs2"))

if sys.platform == "win32":
    import msvcrt

    def _lock(descriptor: int) -> None:
        msvcrt.locking(descriptor, msvcrt.LK_NBLCK, 1)
else:
    import fcntl

    def _lock(descriptor: int) -> None:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)


class FileLock:
    """The lock of the state in `path`. Methods raise OSError where the files cannot be used."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._descriptor: int | None = None
        self._held = ""  # the ID of the lock that this object has

    def acquire(self, info: LockInfo) -> Claim:
        """Ask for it once."""
        is_locked = self._lock_file()
        if is_locked is None:
            return Claim(held_by=self._record() or _SOMEBODY, ends_with_run=True)
        try:
            claim = self._claim(info, is_locked)
        except BaseException:
            self._unlock_file()
            raise
        if claim.held_by is not None:
            self._unlock_file()
        else:
            self._held = info.id
        return claim

    def release(self, lock_id: str) -> None:
        """End the lock `lock_id`. Raises HclError where another is held, or one of a process that goes on."""
        holder = self._record()
        if self._held:
            try:
                if holder is None or holder.id != self._held:
                    raise not_this_lock(str(self._path), lock_id, holder)
                self._info.unlink(missing_ok=True)
            finally:
                self._held = ""
                self._unlock_file()
            return
        if holder is None or holder.id != lock_id:
            raise not_this_lock(str(self._path), lock_id, holder)
        if self._lock_file() is None or is_alive(holder):
            self._unlock_file()
            hint = "The lock ends with that process, however it ends."
            raise HclError(Diagnostic("The run that has the lock is still going on", f"{holder}.", hint=hint))
        self._info.unlink(missing_ok=True)
        self._over(holder).unlink(missing_ok=True)
        self._unlock_file()

    def _claim(self, info: LockInfo, is_locked: bool) -> Claim:
        holder = self._record()
        if holder is not None and not self._has_ended(holder, is_locked):
            return Claim(held_by=holder)
        if is_locked and _is_seen_by_all(self._path):
            write_private(self._info, encode_lock(info, str(self._path)), self._beside(".lock.info.new"))
            return Claim(taken_from=holder)
        info = replace(info, by_record=True)
        if self._make(self._info, info) if holder is None else self._take_over(holder, info):
            return Claim(taken_from=holder)
        return Claim(held_by=self._record() or holder or _SOMEBODY)

    def _has_ended(self, holder: LockInfo, is_locked: bool) -> bool:
        """Whether the run of the record that is there has surely ended; `is_locked`: the system's lock is ours."""
        if is_gone(holder):
            return True
        reaches = is_of_this_kernel(holder) or (_is_seen_by_all(self._path) and not holder.by_record)
        return is_locked and reaches and not is_alive(holder)

    # --- the system's lock --------------------------------------------------------------------------------------------

    def _lock_file(self) -> bool | None:
        """True where it is ours, None where somebody else's, False where this file system has none."""
        while True:
            flags = os.O_RDWR | os.O_CREAT | getattr(os, "O_NOFOLLOW", 0)
            descriptor = os.open(self._beside(".lock"), flags, OWNER_ONLY)
            is_locked: bool | None = True
            try:
                _lock(descriptor)
            except OSError as error:
                if error.errno not in _TAKEN | _MISSING:
                    os.close(descriptor)
                    raise
                is_locked = None if error.errno in _TAKEN else False
            if is_locked and not self._is_there(descriptor):
                os.close(descriptor)  # somebody has removed it since: another one is locked by now
                continue
            if is_locked:
                self._descriptor = descriptor
            else:
                os.close(descriptor)
            return is_locked

    def _is_there(self, descriptor: int) -> bool:
        with contextlib.suppress(FileNotFoundError):
            return os.path.samestat(os.fstat(descriptor), os.stat(self._beside(".lock")))
        return False

    def _unlock_file(self) -> None:
        if self._descriptor is not None:
            os.close(self._descriptor)
            self._descriptor = None

    # --- the record ---------------------------------------------------------------------------------------------------

    def _record(self) -> LockInfo | None:
        try:
            return decode_lock(read_file(self._info))
        except FileNotFoundError:
            return None
        except OSError:
            return LockInfo("", "Somebody whose record cannot be read")

    def _make(self, path: Path, info: LockInfo) -> bool:
        """Make a record where none is, whole or not at all."""
        fresh = path.with_name(f"{path.name}.{uuid.uuid4().hex}")
        try:
            write_private(fresh, encode_lock(info, str(self._path)))
            try:
                os.link(fresh, path)
            except FileExistsError:
                return False
            except OSError as error:
                if error.errno not in (errno.EPERM, errno.EMLINK, *_MISSING):
                    raise
                return self._make_without_links(path, info)
        finally:
            fresh.unlink(missing_ok=True)
        return True

    def _make_without_links(self, path: Path, info: LockInfo) -> bool:
        try:
            descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, OWNER_ONLY)
        except FileExistsError:
            return False
        with os.fdopen(descriptor, "wb") as file:
            file.write(encode_lock(info, str(self._path)))
        return True

    def _take_over(self, gone: LockInfo, info: LockInfo) -> bool:
        """Replace the record of a run that is gone; of many that see it so, one does."""
        over = self._over(gone)
        if not self._make(over, info):
            return False
        try:
            found = self._record()
            if found is None or found.id != gone.id:
                return False
            write_private(self._info, encode_lock(info, str(self._path)))
        finally:
            over.unlink(missing_ok=True)
        return True

    def _over(self, gone: LockInfo) -> Path:
        return self._beside(f".lock.over-{hashlib.sha256(gone.id.encode()).hexdigest()[:16]}")

    @property
    def _info(self) -> Path:
        return self._beside(".lock.info")

    def _beside(self, suffix: str) -> Path:
        return self._path.with_name(self._path.name + suffix)


def _is_seen_by_all(path: Path) -> bool:
    """Whether a lock on the file system of `path` keeps out other machines too, where they reach it; True where only
    Linux could tell."""
    try:
        lines = Path("/proc/self/mountinfo").read_text(errors="replace").splitlines()
    except OSError:
        return True
    kind, options = mount_of(Path(os.path.realpath(path)), lines)
    return kind in _SEEN_BY_ALL or (
        kind in ("nfs", "nfs4") and "local_lock=none" in options and "nolock" not in options
    )


def mount_of(path: Path, mountinfo: Sequence[str]) -> tuple[str, Sequence[str]]:
    """The type of the file system that has `path`, and its options, by the lines of /proc/self/mountinfo (proc(5))."""
    best, found = -1, ("", "")
    for line in mountinfo:
        fields, _, more = line.partition(" - ")
        point = Path(fields.split()[4].encode().decode("unicode_escape"))
        if path.is_relative_to(point) and len(point.parts) >= best:  # of two at one place, the later one is on top
            kind, _, options = more.split()[:3]
            best, found = len(point.parts), (kind, options)
    return found[0], found[1].split(",")
