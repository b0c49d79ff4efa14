"""Settings that a server always has: the object is there while any of its keys is set, and gone when none is.

A write, which replaces all that the server has at the route, is of what is there with what the block gives; what it
does not speak of stays as it is, and is nobody's here. A deletion empties what the state remembers to have been set.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Generic

from hcl_lite.core.schema import Version
from providers.kit.api import Api, Client, Json, Occupied, Values

Get = Callable[[Client, str], Awaitable[Json]]
Put = Callable[[Client, str, Json, Json], Awaitable[None]]


async def get_all(client: Any, path: str) -> Json:
    """GET {path}."""
    found: Json = await client.call("GET", path)
    return found


async def put_all(client: Any, path: str, there: Json, given: Json) -> None:
    """PUT {path} of what is there, with what is given."""
    await client.call("PUT", path, body={**there, **given})


@dataclass(frozen=True, slots=True)
class AlwaysThere(Api[Client], Generic[Client]):
    """GET and PUT {path}: `keys` are those of the object, by the name that the state has for each; all are texts."""

    path: str
    keys: Mapping[str, str]
    get: Get[Client] = get_all
    put: Put[Client] = put_all

    @property
    def is_shared(self) -> bool:
        return True

    async def find(
        self, client: Client, uid: str, desired: Values | None = None, expected_version: Version | None = None
    ) -> Json | None:
        return self._set(await self.get(client, self.path))

    async def list(self, client: Client) -> Sequence[Json]:
        found = await self.find(client, "")
        return () if found is None else (found,)

    async def create(self, client: Client, body: Json) -> Json | None:
        there = await self.get(client, self.path)
        if self._set(there) is not None:
            raise Occupied
        await self.put(client, self.path, there, body)
        return None

    async def update(self, client: Client, uid: str, body: Json, there: Json | None) -> None:
        await self.put(client, self.path, there or {}, body)

    async def delete(self, client: Client, uid: str, attributes: Mapping[str, Any]) -> None:
        there = await self.get(client, self.path)
        await self.put(client, self.path, there, {self.keys[key]: "" for key in self.keys if key in attributes})

    def _set(self, there: Json) -> Json | None:
        own = {key: there.get(key) or "" for key in self.keys.values()}
        return {**there, **own} if any(own.values()) else None
