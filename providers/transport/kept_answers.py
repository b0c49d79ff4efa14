"""Answers that are given again to whoever asks the same within a piece of work: a plan of what was just read. So are
objects that came in a list to whoever asks for one of them by itself."""

from __future__ import annotations

import json
import zlib
from collections.abc import Hashable, Iterator, Mapping, MutableMapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field

from hcl_lite.core.values import JsonValue, read_levelled_json, spell_json
from providers.transport.connection import Connection
from providers.transport.receiving import Answer, Request


@dataclass(frozen=True, slots=True)
class _Kept:
    """Answers by their requests, and the JSON of objects by their routes, compressed: it is that of all dashboards of a
    server, and takes a tenth so."""

    answers: MutableMapping[Hashable, Answer] = field(default_factory=dict)
    objects: MutableMapping[Hashable, bytes] = field(default_factory=dict)


_KEPT: ContextVar[_Kept | None] = ContextVar("kept answers", default=None)
_IS_ASKED_ONCE: ContextVar[bool] = ContextVar("answers that nobody asks for again", default=False)


@contextmanager
def keeping_answers() -> Iterator[None]:
    """GETs inside of the block, of all clients and also of tasks that begin there, are sent once each."""
    token = _KEPT.set(_Kept())
    try:
        yield
    finally:
        _KEPT.reset(token)


@contextmanager
def asking_once() -> Iterator[None]:
    """Context manager: keeps no answer inside of the block, such as a large page whose objects are kept."""
    token = _IS_ASKED_ONCE.set(True)
    try:
        yield
    finally:
        _IS_ASKED_ONCE.reset(token)


def is_keeping() -> bool:
    """Whether answers and objects are kept."""
    return _KEPT.get() is not None


def kept_answer(connection: Connection, request: Request) -> Answer | None:
    """Returns the answer to the same request; None where none is kept."""
    kept = _KEPT.get()
    return None if kept is None or request.method != "GET" else kept.answers.get(_name(connection, request))


def keep_answer(connection: Connection, request: Request, answer: Answer) -> None:
    """`answer` is given again, where it is a good one to a GET."""
    kept = _KEPT.get()
    if kept is not None and request.method == "GET" and answer.status_code < 300 and not _IS_ASKED_ONCE.get():
        kept.answers[_name(connection, request)] = answer


def kept_object(connection: Connection, path: str) -> JsonValue:
    """Returns the object of a route; None where none is kept."""
    kept = _KEPT.get()
    found = None if kept is None else kept.objects.get(_name_of_object(connection, path))
    return None if found is None else read_levelled_json(zlib.decompress(found))


def has_object(connection: Connection, path: str) -> bool:
    """Whether the object of a route is kept."""
    kept = _KEPT.get()
    return kept is not None and _name_of_object(connection, path) in kept.objects


def keep_object(connection: Connection, path: str, document: Mapping[str, JsonValue]) -> None:
    """`document` is given again as the object of a route."""
    kept = _KEPT.get()
    if kept is not None:
        kept.objects[_name_of_object(connection, path)] = zlib.compress(_spelled(document), zlib.Z_BEST_SPEED)


def _spelled(document: Mapping[str, JsonValue]) -> bytes:
    try:
        return spell_json(document)
    except TypeError:  # a whole number of more than 64 bits, or half of a surrogate pair
        return json.dumps(document).encode()


def _name(connection: Connection, request: Request) -> Hashable:
    """Returns the key of a request: the address, the account and organisation, and what is accepted as an answer."""
    params, accept = tuple(sorted((request.params or {}).items())), request.headers.get("Accept", "")
    return request.url, params, _who(connection), accept


def _name_of_object(connection: Connection, path: str) -> Hashable:
    return connection.url, path, _who(connection)


def _who(connection: Connection) -> Hashable:
    return connection.auth, tuple(sorted(connection.headers.items()))
