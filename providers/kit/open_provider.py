"""A server that is open: what its reader does, and writes.

A write whose answer is lost is settled here: identities are known before the call, so the object is read back. It was
done where the object holds what was sent; where it does not, nothing is taken for ours, and nothing overwritten.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import replace
from functools import cached_property
from typing import TypeVar

from hcl_lite.core.schema import (
    Conflict,
    Live,
    Made,
    Version,
    untold,
)
from hcl_lite.core.values import JsonValue
from providers.kit.answer_check import check_live
from providers.kit.extras import Client, Values
from providers.kit.observe import read_changed
from providers.kit.open_reader import OpenReader
from providers.kit.resource import Resource
from providers.transport.errors import ApiError, NotFound
from providers.transport.http import last_write, noting_writes

T = TypeVar("T")

_TRIES = 4
# The server's own word that it is done with a write; the other 5xx may be those of a proxy, behind which it goes on.
_REFUSED = 500


class OpenProvider(OpenReader[Client]):
    """Implements hcl_lite.core.schema.Writer."""

    @cached_property
    def _turns(self) -> dict[str, asyncio.Semaphore]:
        """The writes that the server bears side by side, by what it keeps together."""
        return {}

    async def create(self, type_: str, values: Values, made: Made = untold) -> Live:
        kind = self._types[type_]
        uid = kind.uid(values)

        async def create() -> Live:
            live = check_live(kind, await kind.create(self._client, values))
            if live.uid == uid or kind.immutable or kind.server_given:
                return live
            # In other letters, or made under another uid: then it is made all the same.
            return await self.read(type_, str(uid), values) or live

        async def done(failure: ApiError) -> Live | None:
            live = await self.read(type_, uid, values)
            if live is None or live.unfinished or kind.is_as_sent(live, values):
                return live
            raise failure

        begun = await self._settled(kind, f"Creating {type_} {uid} on", create, done)
        return await self._finished(type_, values, begun, made)

    async def restore(self, type_: str, values: Values, made: Made = untold) -> Live:
        kind = self._types[type_]
        uid = kind.uid(values)

        async def restore() -> Live:
            return check_live(kind, await kind.restore(self._client, values), uid)

        async def done(_: ApiError) -> Live | None:
            return await self.read(type_, uid, values)

        try:
            back = await self._settled(kind, f"Restoring {type_} {uid} on", restore, done)
        except NotFound:
            return await self.create(type_, values, made)
        return await self._finished(type_, values, replace(back, unfinished=True), made)

    async def update(
        self, type_: str, uid: str, values: Values, expected_version: Version, made: Made = untold
    ) -> Live:
        return await self._finished(type_, values, await self._update(type_, uid, values, expected_version), made)

    async def _finished(self, type_: str, values: Values, live: Live, made: Made) -> Live:
        """`live` once it is all that `values` ask for; `made` is told what there is before each further request."""
        with self._understood(f"Finishing {type_} {live.uid} on"):
            for _ in range(_TRIES):
                if not live.unfinished:
                    return live
                await made(live)
                live = await self._update(type_, live.uid, values, live.version)
            if live.unfinished:
                raise ValueError(f"after {_TRIES} more writes it is still not what was sent")
        return live

    async def _update(self, type_: str, uid: str, values: Values, expected_version: Version) -> Live:
        kind = self._types[type_]

        async def update() -> Live:
            return check_live(kind, await kind.update(self._client, uid, values, expected_version), uid)

        async def done(_: ApiError) -> Live | None:
            live = await self.read(type_, uid, values, expected_version)
            if live is None or live.version == expected_version or not kind.is_as_sent(live, values):
                return None
            return live

        return await self._settled(kind, f"Updating {type_} {uid} on", update, done)

    async def delete(
        self,
        type_: str,
        uid: str,
        attributes: Mapping[str, JsonValue],
        deleted_with_parent: bool = False,
        expected_version: Version | None = None,
        precondition: str = "",
    ) -> None:
        if deleted_with_parent:
            return
        kind = self._types[type_]
        if expected_version:
            there = await self.read(type_, uid, expected_version=expected_version)
            if there is not None and kind.version_before(self._client, there) != expected_version:
                raise Conflict.between(expected_version, there.version)

        async def delete() -> bool:
            await kind.delete(self._client, uid, attributes, precondition)
            written = last_write()
            if written is not None and not written.is_told:  # Grafana says what it has done: this may be a proxy's word
                await read_changed(self._client, look, lambda live: live is not None)
            return True

        async def look() -> Live | None:
            """Returns the live object; None where it cannot be read, as by an editor in a folder that is gone
            (12.4)."""
            try:
                return await self.read(type_, uid)
            except ApiError:
                return None

        async def done(_: ApiError) -> bool | None:
            return True if await self.read(type_, uid) is None else None

        await self._settled(kind, f"Deleting {type_} {uid} on", delete, done)

    async def _settled(
        self,
        kind: Resource,
        doing: str,
        write: Callable[[], Awaitable[T]],
        done: Callable[[ApiError], Awaitable[T | None]],
    ) -> T:
        """Returns the result of `write`; where its answer is lost or makes no sense, the result of `done`, and failing
        that, of a second `write`. Raises the unclear error where neither tells."""
        async with self._turn(kind):
            for attempt in range(_TRIES):
                with noting_writes() as written:
                    try:
                        with self._understood(doing):
                            return await write()
                    except ApiError as error:
                        if not error.unclear and not written:
                            raise
                        lost, error.unclear = error, True
                try:
                    found = await done(lost)
                except ApiError:
                    raise lost from None
                if found is not None:
                    return found
                if written:  # it was done, and then something else was refused
                    raise lost
                if attempt == _TRIES - 1 or not await self._client.pause(attempt):
                    break
            lost.unclear = lost.status != _REFUSED
            raise lost

    def _turn(self, type_: Resource) -> asyncio.Semaphore:
        at_once = 1 if type_.kept_in else type_.writes_at_once or self._client.connection.parallelism
        return self._turns.setdefault(type_.kept_in or type_.name, asyncio.Semaphore(at_once))
