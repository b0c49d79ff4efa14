"""An answer of a server, received whole and within limits: of bytes as they are sent and unpacked, of what they become
as values, and of time."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import httpx

LARGEST_ANSWER = 256 * 1024 * 1024
"""Bytes of an answer once it is unpacked: no answer of Grafana comes near."""

DENSEST = 200
"""How many times as large an answer of some megabytes may become: JSON of Grafana is packed 5 to 40 to 1."""

_SMALL = 8 * 1024 * 1024

LARGEST_VALUES = 512 * 1024 * 1024
"""Bytes that an answer may need as values of Python: 10,000 dashboards in a list need 20 MB."""

LARGEST_AT_ONCE = 2 * LARGEST_VALUES
"""The same for all answers that come in at once, of one provider."""

ENCODINGS = ("gzip", "deflate")
"""What an answer may be packed with, and once: each of them makes a piece a thousand times as large at most."""


Trace = Callable[[str, Mapping[str, Any]], Awaitable[None]]


class Refusal(Exception):
    """An answer that came, and was not taken: what is wrong with it."""


@dataclass(frozen=True, slots=True)
class Request:
    """One call as each of its tries sends it. `url` is what messages say; `reads` that it changes nothing."""

    id: str
    method: str
    path: str
    url: str
    headers: Mapping[str, str]
    params: Mapping[str, str] | None
    content: bytes | None
    reads: bool


@dataclass(frozen=True, slots=True)
class Answer:
    """One answer: `content` is unpacked."""

    status_code: int
    headers: Mapping[str, str]
    content: bytes

    @property
    def text(self) -> str:
        """`content` as UTF-8, with U+FFFD for what is none."""
        return self.content.decode("utf-8", "replace")


class Room:
    """The memory that all answers under way need together."""

    def __init__(self) -> None:
        self._taken = 0

    @contextmanager
    def share(self) -> Iterator[Callable[[int], None]]:
        """For one answer: a function that is told how much it needs by now. That raises Refusal."""
        mine = 0

        def take(needed: int) -> None:
            nonlocal mine
            self._taken += needed - mine
            mine = needed
            if mine > LARGEST_VALUES:
                raise Refusal(
                    f"the values in the answer need more than {LARGEST_VALUES} bytes, the most that are taken"
                )
            if self._taken > LARGEST_AT_ONCE:
                raise Refusal(
                    f"the answers that come at once need more than {LARGEST_AT_ONCE} bytes; lower parallelism"
                )

        try:
            yield take
        finally:
            self._taken -= mine


async def receive(
    client: httpx.AsyncClient, request: Request, seconds: float, room: Room, trace: Trace | None = None
) -> Answer:
    """The whole answer to one request. Raises Refusal, TimeoutError, and what httpx raises.

    `trace` is told of the steps on the connection (httpx's trace extension), and of the answer.

    httpx's own time-outs are those of single steps: a server that sends a byte now and then meets only `seconds`.
    """
    sent = client.stream(
        request.method,
        request.path,
        content=request.content,
        params=request.params,
        headers=request.headers,
        extensions=None if trace is None else {"trace": trace},
    )
    async with asyncio.timeout(seconds), sent as answer:
        if trace is not None:
            await trace("answer.head", {"status": answer.status_code})
        encoding = answer.headers.get("Content-Encoding", "identity").strip().lower()
        if encoding not in ("identity", "", *ENCODINGS):
            raise Refusal(f"the answer is packed as {encoding!r}, which was not asked for")
        pieces, size, needed = [], 0, 0
        with room.share() as take:
            async for piece in answer.aiter_bytes():
                pieces.append(piece)
                size += len(piece)
                needed += len(piece) + needed_by(piece)
                if size > LARGEST_ANSWER:
                    raise Refusal(f"the answer has more than {LARGEST_ANSWER} bytes, the most that are taken")
                if encoding in ENCODINGS and size > max(_SMALL, DENSEST * answer.num_bytes_downloaded):
                    raise Refusal(f"the answer is packed more than {DENSEST} to 1, as none of Grafana's is")
                take(needed)
        if trace is not None:
            await trace("answer.end", {"received": answer.num_bytes_downloaded})
        return Answer(answer.status_code, answer.headers, b"".join(pieces))


def needed_by(piece: bytes) -> int:
    """About how many bytes the values of a piece of JSON take, besides its own: each has a comma or bracket before it.

    Marks inside of texts count, too: what Grafana's dashboards have of them is far from the limit.
    """
    return 48 * piece.count(b",") + 160 * piece.count(b"{") + 64 * piece.count(b"[") + 16 * piece.count(b":")
