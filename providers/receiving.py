"""An answer of a server, received whole and within limits: of bytes as they are sent and unpacked, and of time."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import httpx

LARGEST_ANSWER = 256 * 1024 * 1024
"""Bytes of an answer once it is unpacked: no answer of Grafana comes near."""

ENCODINGS = ("gzip", "deflate")
"""What an answer may be packed with, and once: each of them makes a piece a thousand times as large at most."""


class Refusal(Exception):
    """An answer that came, and was not taken: what is wrong with it."""


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


async def receive(client: httpx.AsyncClient, method: str, path: str, seconds: float, **request: Any) -> Answer:
    """The whole answer to one request. Raises Refusal, TimeoutError, and what httpx raises.

    httpx's own time-outs are those of single steps: a server that sends a byte now and then meets only `seconds`.
    """
    async with asyncio.timeout(seconds), client.stream(method, path, **request) as answer:
        encoding = answer.headers.get("Content-Encoding", "identity").strip().lower()
        if encoding not in ("identity", "", *ENCODINGS):
            raise Refusal(f"the answer is packed as {encoding!r}, which was not asked for")
        pieces, size = [], 0
        async for piece in answer.aiter_bytes():
            pieces.append(piece)
            size += len(piece)
            if size > LARGEST_ANSWER:
                raise Refusal(f"the answer has more than {LARGEST_ANSWER} bytes, the most that are taken")
        return Answer(answer.status_code, answer.headers, b"".join(pieces))
