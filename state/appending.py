"""Lines on their way to a log: those that come side by side share one append."""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Callable
from contextlib import suppress

from hcl_lite.core.diags import Diagnostic, HclError
from state.backend import Changed, Log

# Seconds that a line which nobody waits for waits for others, where each append is a call.
_SOON = 0.2

Explain = Callable[[Log, Changed | HclError], Diagnostic]


class Appender:
    """Appends to `log`, with a pause between two appends where each is a call; `explain` says what it means where one
    comes to nothing.

    Once lines could not be appended, no others are: what is there stays readable to its end.
    """

    def __init__(self, log: Log, explain: Explain) -> None:
        self._log = log
        self._explain = explain
        self._waiting: list[bytes] = []
        self._added = 0
        self._appended = 0
        self._synced = 0
        self._next = 0.0
        self._turn = asyncio.Lock()
        self._appending = threading.Lock()  # an append goes on where the task that waits for it was cancelled
        self._ended = False
        self._failure: HclError | None = None
        self._later: asyncio.Task[None] | None = None

    @property
    def is_quick(self) -> bool:
        """Whether an append costs no call."""
        return not self._log.pause

    def add(self, line: bytes) -> None:
        """Let it go with whatever is appended next."""
        self._waiting.append(line)
        self._added += 1

    async def append(self, line: bytes) -> None:
        """Appends a line durably: it is on the disk when this returns. Raises HclError where that fails."""
        self.add(line)
        mine = self._added
        await self._append_upto(mine)
        if self._synced < mine:
            self._raise_failure()

    async def note(self, line: bytes) -> None:
        """Appends a line that outlives the process when this returns, and the machine once a line after it is durable;
        where that costs a call, a moment later. Raises HclError where that fails."""
        if not self.is_quick:
            self.soon(line)
            return
        self._raise_failure()
        self.add(line)
        mine = self._added
        async with self._turn:
            if self._failure is None and self._appended < mine:
                self._attempt(self._added, self._take(), synced=False)
        if self._appended < mine:
            self._raise_failure()

    def soon(self, line: bytes) -> None:
        """Appends a line that becomes durable a moment later. Raises HclError where an earlier append has failed."""
        self._raise_failure()
        self.add(line)
        if self._later is None or self._later.done():
            self._later = asyncio.create_task(self._append_later())

    def flush(self) -> None:
        """Append what waits, now. Raises HclError."""
        if self._waiting:
            self._write(self._take())

    def end(self) -> None:
        """Append what waits, as far as that can be done, and no more; the log stays."""
        if self._failure is None:
            with suppress(HclError):
                self.flush()
        self.close()

    def close(self) -> None:
        """Append no more; the log stays."""
        with self._appending:
            self._ended = True
            self._log.close()

    def remove(self) -> None:
        """Append no more, and delete the log. Raises HclError."""
        with self._appending:
            self._ended = True
            self._log.remove()

    async def _append_later(self) -> None:
        await asyncio.sleep(_SOON)
        await self._append_upto(self._added)

    async def _append_upto(self, upto: int) -> None:
        """Append what waits, unless as many lines as `upto` are durable already."""
        async with self._turn:
            if self._failure is not None or self._synced >= upto:
                return
            if self._log.pause:
                await asyncio.sleep(self._next - time.monotonic())
                self._next = time.monotonic() + self._log.pause
            upto, data = self._added, self._take()
            await asyncio.to_thread(self._attempt, upto, data)

    def _attempt(self, upto: int, data: bytes, *, synced: bool = True) -> None:
        """Append `data`, with which there are as many lines as `upto`; a failure is that of all later lines."""
        try:
            self._write(data, synced=synced)
        except HclError as error:
            self._failure = error
        else:
            self._appended = max(self._appended, upto)
            self._synced = max(self._synced, upto) if synced else self._synced

    def _raise_failure(self) -> None:
        if self._failure is not None:
            raise HclError(*self._failure.diagnostics) from self._failure

    def _take(self) -> bytes:
        data, self._waiting = b"".join(self._waiting), []
        return data

    def _write(self, data: bytes, *, synced: bool = True) -> None:
        with self._appending:
            if self._ended:
                return
            try:
                self._log.append(data, synced=synced)
            except (Changed, HclError) as error:
                raise HclError(self._explain(self._log, error)) from error
