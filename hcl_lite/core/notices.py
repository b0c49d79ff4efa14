"""What a person is told while a run goes on: nothing below the command line prints.

Whoever begins a run says with `telling_notices` what is done with a notice; a text of one line.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar

_TELL: ContextVar[Callable[[str], None] | None] = ContextVar("tell", default=None)


@contextmanager
def telling_notices(tell: Callable[[str], None]) -> Iterator[None]:
    """Inside, `tell` is given each notice."""
    token = _TELL.set(tell)
    try:
        yield
    finally:
        _TELL.reset(token)


def notice(text: str) -> None:
    """Let whoever began this run know; outside of one, nobody."""
    tell = _TELL.get()
    if tell is not None:
        tell(text)
