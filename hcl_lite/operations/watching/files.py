"""Changes of files, by the notices of the system (watchfiles): inotify, FSEvents, or looking again and again where
there are none."""

from __future__ import annotations

import hashlib
import threading
import time
from collections.abc import Collection, Iterator
from pathlib import Path
from typing import Final

import watchfiles

from hcl_lite.operations.watching.model import Places

_DEBOUNCE: Final = 200  # milliseconds: an editor's save is several changes
_TICK: Final = 500
_BESIDE: Final = ("-journal", "-wal", "-shm")  # what SQLite has beside a database
_SQLITE: Final = b"SQLite format 3\0"


class FileWatcher:
    """Waits for changes of content: touching a file is none, and what a run writes itself is none. `stop` ends it, from
    another thread or a signal's handler."""

    def __init__(self) -> None:
        self._stopped = threading.Event()
        self._directories: tuple[Path, ...] = ()
        self._batches: Iterator[set[tuple[watchfiles.Change, str]]] = iter(())
        self._digests: dict[Path, bytes] = {}

    def stop(self) -> None:
        """Ends the waiting."""
        self._stopped.set()

    def __call__(self, places: Places, seconds: float | None) -> Collection[Path] | None:
        """Implements Wait. What changes while nobody waits is told by the next call."""
        if places.directories != self._directories:
            self._directories = places.directories
            self._batches = self._begin()
        until = None if seconds is None else time.monotonic() + seconds
        for batch in self._batches:
            added = {Path(name) for change, name in batch if change is watchfiles.Change.added}
            paths = {Path(name) for _, name in batch}
            changed = sorted(path for path in paths if self._is_news(path, places.own, path in added))
            if changed:
                return changed
            if until is not None and time.monotonic() >= until:
                return ()
        return None

    def _begin(self) -> Iterator[set[tuple[watchfiles.Change, str]]]:
        return watchfiles.watch(
            *self._directories,
            debounce=_DEBOUNCE,
            rust_timeout=_TICK,
            yield_on_timeout=True,
            stop_event=self._stopped,
            raise_interrupt=True,
        )

    def _is_news(self, path: Path, own: Collection[Path], is_added: bool) -> bool:
        """Whether the content of a file is another than at the last look, and not a run's own. What has been added and
        is gone already, such as the file from which an editor replaces another, is none."""
        if any(path.is_relative_to(one) or str(path).startswith(str(one)) for one in own):
            return False
        if path.name.endswith(_BESIDE):
            return False
        try:
            data = path.read_bytes()
        except OSError:  # it is gone, or a directory
            return self._digests.pop(path, b"") != b"" or not (is_added or path.exists())
        if data.startswith(_SQLITE):
            return False
        digest = hashlib.sha256(data).digest()
        known, self._digests[path] = self._digests.get(path), digest
        return known != digest
