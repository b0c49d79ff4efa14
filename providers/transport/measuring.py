"""The measures of a request: by httpx's trace extension, which tells of each step on a connection."""

from __future__ import annotations

import time
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from hcl_lite.core.measuring import Call, measured_by
from hcl_lite.core.progress import current_step
from providers.transport.receiving import Answer, Request, Room, receive
from providers.transport.tally import count_request

if TYPE_CHECKING:
    import httpx

_CONNECTS = ("connect_tcp", "connect_unix_socket", "start_tls")
_SENDS = ("send_request_headers", "send_request_body")


async def receive_measured(client: httpx.AsyncClient, request: Request, seconds: float, room: Room) -> Answer:
    """Receives as `receive` does, and notes the call where somebody measures."""
    count_request()
    note = measured_by()
    if note is None:
        return await receive(client, request, seconds, room)
    watch = Stopwatch()
    try:
        return await receive(client, request, seconds, room, watch)
    finally:
        note(watch.call(request))


class Stopwatch:
    """The times of one request, told by the events of its connection; a transport that tells of none, such as that of
    the embedded server, has no connection and sends at once."""

    def __init__(self) -> None:
        self._begun = time.monotonic()
        self._at: dict[str, float] = {}
        self._connect = 0.0
        self._status, self._received = 0, 0

    async def __call__(self, event: str, info: Mapping[str, Any]) -> None:
        """Takes in one event, such as http11.send_request_body.complete."""
        now = time.monotonic()
        *_, step, end = event.split(".")
        if step in _CONNECTS and end == "complete":
            self._connect += now - self._at.get(f"{step}.started", now)
        self._at[f"{step}.{end}"] = now
        self._status = info.get("status", self._status)
        self._received = info.get("received", self._received)

    def call(self, request: Request) -> Call:
        """Returns the measures of the request, which has ended now."""
        now = time.monotonic()
        begins = self._begun + self._connect
        sending = self._at.get(f"{_SENDS[0]}.started", begins)
        sent = max((self._at.get(f"{step}.complete", sending) for step in _SENDS), default=sending)
        head = self._at.get("answer.head", now)
        return Call(
            request.method,
            request.path,
            current_step(),
            self._status,
            self._begun,
            now,
            self._connect,
            sent - sending,
            head - sent,
            now - head,
            len(request.content or b""),
            self._received,
        )
