"""Notices to the user during a run, since nothing below the command line prints.

The caller of a run receives them by `telling_notices`; each is one line.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar

_TELL: ContextVar[Callable[[str], None] | None] = ContextVar("tell", default=None)


@contextmanager
def telling_notices(tell: Callable[[str], None]) -> Iterator[None]:
    """Context manager: calls `tell` with each notice."""
    token = _TELL.set(tell)
    try:
        yield
    finally:
        _TELL.reset(token)


def notice(text: str) -> None:
    """Sends a notice to the caller of this run; without a caller it is dropped."""
    tell = _TELL.get()
    if tell is not None:
        tell(text)
