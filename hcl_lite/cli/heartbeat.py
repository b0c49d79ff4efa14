"""A heartbeat: what is done now and then while a run says nothing of itself."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import copy_context

from hcl_lite.core.diags import Diagnostic, HclError

VARIABLE = "HCL_LITE_HEARTBEAT"


def interval(default: float) -> float:
    """Returns the seconds between two heartbeats: HCL_LITE_HEARTBEAT, or `default`; 0 for none. Raises HclError."""
    text = os.environ.get(VARIABLE, "")
    try:
        seconds = float(text) if text else default
    except ValueError:
        seconds = -1.0
    if not 0 <= seconds < threading.TIMEOUT_MAX:
        detail = "Expected the seconds between two lines, such as 10, or 0 for none."
        raise HclError(Diagnostic(f'{VARIABLE} cannot be "{text}"', detail))
    return seconds


@contextmanager
def heartbeat(seconds: float, beat: Callable[[], None]) -> Iterator[None]:
    """Context manager: calls `beat` every `seconds`, in a thread of its own, until the end of the block. Where `beat`
    meets a pipe that nobody reads any more, it is called no more: the run itself says so."""
    if not seconds:
        yield
        return
    ended = threading.Event()

    def run() -> None:
        try:
            while not ended.wait(seconds):
                beat()
        except OSError:
            return

    thread = threading.Thread(target=copy_context().run, args=(run,), name="heartbeat", daemon=True)
    thread.start()
    try:
        yield
    finally:
        ended.set()
        thread.join()
