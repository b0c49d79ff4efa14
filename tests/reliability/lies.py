"""What a server may do to a call: the kinds of lies, each a way to answer. See `liar`."""

from __future__ import annotations

import asyncio
import json
import socket
import struct
from collections.abc import Callable
from contextlib import closing
from typing import Any

from providers.embedded.app import EmbeddedApp
from tests.reliability.liar import Asked, Liar, Say, Told, Truth


def asks(method: str = "", path: str = "") -> Callable[[Asked], bool]:
    """The calls of a method ("" for any) with `path` in theirs; "write" is whatever changes something."""

    def picks(asked: Asked) -> bool:
        fits = asked.writes if method == "write" else method in ("", asked.method)
        return fits and path in asked.target

    return picks


def says(*pieces: bytes, every: float = 0.0) -> Say:
    """These bytes, then the end; `every` so many seconds one piece."""

    async def say(asked: Asked, truth: Truth, writer: asyncio.StreamWriter) -> None:
        for piece in pieces:
            writer.write(piece)
            await writer.drain()
            await asyncio.sleep(every)

    return say


def answers(answer: Told, **headers: str) -> Say:
    """This answer, without any work."""
    return says(answer.raw(**headers))


def changes(change: Callable[[Told, Asked], Told | bytes]) -> Say:
    """The true answer, after the work, made into another."""

    async def say(asked: Asked, truth: Truth, writer: asyncio.StreamWriter) -> None:
        answer = change(await truth(), asked)
        writer.write(answer if isinstance(answer, bytes) else answer.raw())

    return say


def changes_document(change: Callable[[Any], Any]) -> Say:
    """The true answer, after the work, with another document where it is one."""

    def changed(answer: Told, asked: Asked) -> Told:
        if answer.status >= 300 or not answer.body:
            return answer
        return Told(answer.status, json.dumps(change(answer.document)).encode(), answer.headers)

    return changes(changed)


async def silence(asked: Asked, truth: Truth, writer: asyncio.StreamWriter) -> None:
    """Nothing, for ever."""
    await asyncio.sleep(3600)


async def reset(asked: Asked, truth: Truth, writer: asyncio.StreamWriter) -> None:
    """The connection is reset, without any work."""
    sock: socket.socket = writer.get_extra_info("socket")
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    writer.transport.abort()


async def reset_after(asked: Asked, truth: Truth, writer: asyncio.StreamWriter) -> None:
    """The connection is reset once the work is done."""
    await truth()
    await reset(asked, truth, writer)


def ages() -> Say:
    """Whatever was read once is read for ever, whatever is written."""
    read: dict[str, Told] = {}

    async def say(asked: Asked, truth: Truth, writer: asyncio.StreamWriter) -> None:
        if asked.target not in read:
            read[asked.target] = await truth()
        writer.write(read[asked.target].raw())

    return say


def drips(head: bool = False, every: float = 1.0) -> Say:
    """The true answer at a byte a second: all of it, or what comes after its head."""

    async def say(asked: Asked, truth: Truth, writer: asyncio.StreamWriter) -> None:
        raw = (await truth()).raw()
        at = 0 if head else raw.index(b"\r\n\r\n") + 4
        writer.write(raw[:at])
        await says(*(raw[n : n + 1] for n in range(at, len(raw))), every=every)(asked, truth, writer)

    return say


def loses(liar: Liar, make_twin: Callable[[], EmbeddedApp]) -> Say:
    """The answer of a twin that is as the server is, and is thrown away: nothing is kept of the work."""

    async def say(asked: Asked, truth: Truth, writer: asyncio.StreamWriter) -> None:
        with closing(make_twin()) as twin:
            writer.write((await liar.pass_on(asked, twin)).raw())

    return say


_LABELS = '"labels":{"grafana.app/deprecatedInternalID":"7"},"annotations":{"grafana.app/folder":""}'
_ITEM = f'{{"metadata":{{"name":"NAME","resourceVersion":"1","generation":1,{_LABELS}}}}}'


def pages(name: Callable[[int], str], token: Callable[[int], str], pause: float = 0.0, per_page: int = 10) -> Say:
    """A list of the app platform, made up: `per_page` items a page, whatever is asked for, and its continue token: it
    ends with the number of the next page."""

    async def say(asked: Asked, truth: Truth, writer: asyncio.StreamWriter) -> None:
        page = int(asked.target.rpartition("-")[2]) if "continue=" in asked.target else 0
        numbers = range(page * per_page, (page + 1) * per_page)
        items = ",".join(_ITEM.replace("NAME", name(number)) for number in numbers)
        await asyncio.sleep(pause)
        body = f'{{"metadata":{{"continue":"{token(page)}"}},"items":[{items}]}}'
        writer.write(Told(200, body.encode()).raw())

    return say
