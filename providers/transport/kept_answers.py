"""Answers that are given again to whoever asks the same within a piece of work: a plan of what was just read."""

from __future__ import annotations

import json
from collections.abc import Iterator, MutableMapping
from contextlib import contextmanager
from contextvars import ContextVar

from providers.transport.connection import Connection
from providers.transport.receiving import Answer, Request

_KEPT: ContextVar[MutableMapping[str, Answer] | None] = ContextVar("kept answers", default=None)


@contextmanager
def keeping_answers() -> Iterator[None]:
    """GETs inside of the block, of all clients and also of tasks that begin there, are sent once each."""
    token = _KEPT.set({})
    try:
        yield
    finally:
        _KEPT.reset(token)


def kept_answer(connection: Connection, request: Request) -> Answer | None:
    """Returns the answer to the same request; None where none is kept."""
    kept = _KEPT.get()
    return None if kept is None or request.method != "GET" else kept.get(_name(connection, request))


def keep_answer(connection: Connection, request: Request, answer: Answer) -> None:
    """`answer` is given again, where it is a good one to a GET."""
    kept = _KEPT.get()
    if kept is not None and request.method == "GET" and answer.status_code < 300:
        kept[_name(connection, request)] = answer


def _name(connection: Connection, request: Request) -> str:
    """Returns the key of a request: the address, the account and organisation, and what is accepted as an answer."""
    who = (connection.auth, sorted(connection.headers.items()))
    return json.dumps((request.url, sorted((request.params or {}).items()), who, request.headers.get("Accept", "")))
