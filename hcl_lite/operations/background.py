"""Work in a thread of its own: where an event loop is running already, and beside other work of the same process.

Signals reach the main thread only, so that nothing of the work changes how the process takes them. Whoever waits for
the work can have it stopped in good order: calls that are under way are finished and saved.
"""

from __future__ import annotations

import asyncio
import contextlib
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from contextlib import contextmanager
from contextvars import Context, ContextVar
from dataclasses import dataclass, field
from typing import TypeVar

from hcl_lite.operations.stopping import Stopper

T = TypeVar("T")


@dataclass
class Stops:
    """Stops what runs in another thread: before it has begun to write, and then in good order."""

    is_asked: bool = False
    _lock: threading.Lock = field(default_factory=threading.Lock)
    _stop: Callable[[], None] | None = None

    def ask(self) -> None:
        """From any thread."""
        with self._lock:
            self.is_asked = True
            if self._stop is not None:
                self._stop()

    @contextmanager
    def stopping(self, stopper: Stopper) -> Iterator[None]:
        """Around what writes, inside of its event loop."""
        loop = asyncio.get_running_loop()
        with self._lock:
            self._stop = lambda: _soon(loop, stopper.stop)
            if self.is_asked:
                stopper.stop()
        try:
            yield
        finally:
            with self._lock:
                self._stop = None


def _soon(loop: asyncio.AbstractEventLoop, act: Callable[[], None]) -> None:
    with contextlib.suppress(RuntimeError):  # it has ended in this moment
        loop.call_soon_threadsafe(act)


_GIVEN: ContextVar[Stops | None] = ContextVar("stops", default=None)


def begin(work: Callable[[Stops], T]) -> tuple[Future[T], Stops]:
    """Start `work` in a thread of its own, with nothing of its caller's context."""
    future: Future[T] = Future()
    stops = Stops()

    def run() -> None:
        __tracebackhide__ = True
        future.set_running_or_notify_cancel()
        try:
            result = Context().run(work, stops)
        except BaseException as error:  # noqa: BLE001 - raised where somebody waits for it
            future.set_exception(error)
        else:
            future.set_result(result)

    threading.Thread(target=run, name="hcl-lite", daemon=True).start()
    return future, stops


def call(work: Callable[[Stops], T]) -> T:
    """Returns the result of `work` in a thread. Ctrl-C stops it in good order, a second one at once. Within
    `call_async` it runs in the same thread."""
    __tracebackhide__ = True
    given = _GIVEN.get()
    if given is not None:
        _GIVEN.set(None)  # what is called from inside of it has a thread of its own again
        return work(given)
    future, stops = begin(work)
    try:
        return future.result()
    except KeyboardInterrupt:
        stops.ask()
        future.exception()
        raise


async def call_async(function: Callable[[], T]) -> T:
    """Returns the result of `function`, which makes one `call`, while the caller's event loop goes on. Cancelled, it
    stops in good order first."""

    def work(stops: Stops) -> T:
        _GIVEN.set(stops)
        return function()

    future, stops = begin(work)
    waiting = asyncio.wrap_future(future)
    try:
        return await asyncio.shield(waiting)
    except asyncio.CancelledError:
        stops.ask()
        await asyncio.wait([waiting])
        if not waiting.cancelled():
            waiting.exception()  # looked at, so that nobody is told that nobody has
        raise
