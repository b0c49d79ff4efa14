"""How the objects of a type are reached: plain routes, with or without one for each object.

Every answer is an object of the wire: one JSON object with all keys at one level.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Generic, Protocol, TypeVar
from urllib.parse import quote

from providers.transport.errors import NotFound
from providers.transport.http import HttpClient

Json = dict[str, Any]
Client = TypeVar("Client", bound=HttpClient)
ClientIn = TypeVar("ClientIn", bound=HttpClient, contravariant=True)


class Api(Protocol[ClientIn]):
    """The calls of a type. Methods raise ApiError."""

    @property
    def is_listed(self) -> bool:
        """Whether one list has all of every object, so that nothing else is read."""

    @property
    def locks(self) -> bool:
        """Whether an update with an old version is refused by the server itself."""

    @property
    def has_parts(self) -> bool:
        """Whether a write is of one part of an object, so that it may take several to make all of it right."""

    async def find(self, client: ClientIn, uid: str) -> Json | None:
        """One object; None where it is not there."""

    async def list(self, client: ClientIn) -> Sequence[Json]:
        """All objects, as far as a list tells of each."""

    async def create(self, client: ClientIn, body: Json) -> Json | None:
        """What the answer has of the object that was made, which may be no more than its identity; None for nothing."""

    async def update(self, client: ClientIn, uid: str, body: Json) -> None: ...

    async def delete(self, client: ClientIn, uid: str) -> None:
        """Raises NotFound where it is not there."""


@dataclass(frozen=True, slots=True)
class EachByItself:
    """GET {path}/{uid}."""


@dataclass(frozen=True, slots=True)
class FromList:
    """No route has one object: the one whose `key` is the uid, of the list at `path`."""

    key: str = "uid"


@dataclass(frozen=True, slots=True)
class Rest(Generic[Client]):
    """POST {path}, GET, PUT and DELETE {path}/{uid}; `items` is the key that the list has in its answer, empty for
    none; `page` asks for all of it; `made` says which keys the answer of a create has other names for."""

    path: str
    read: EachByItself | FromList = field(default_factory=EachByItself)
    list_path: str = ""
    items: str = ""
    page: Mapping[str, str] = field(default_factory=dict)
    made: Mapping[str, str] = field(default_factory=dict)
    locks: bool = False
    has_parts: bool = False

    @property
    def is_listed(self) -> bool:
        return isinstance(self.read, FromList)

    async def find(self, client: Client, uid: str) -> Json | None:
        if isinstance(self.read, FromList):
            key = self.read.key
            return next((item for item in await self.list(client) if str(item[key]) == uid), None)
        try:
            found: Json = await client.call("GET", self.path_of(uid))
        except NotFound:
            return None
        return found

    async def list(self, client: Client) -> Sequence[Json]:
        answer = await client.call("GET", self.list_path or self.path, params=self.page or None)
        found: Sequence[Json] = answer[self.items] if self.items else answer
        return found

    async def create(self, client: Client, body: Json) -> Json | None:
        answer = await client.call("POST", self.path, body=body)
        if not isinstance(answer, Mapping):
            return None
        return {self.made.get(key, key): value for key, value in answer.items()}

    async def update(self, client: Client, uid: str, body: Json) -> None:
        await client.call("PUT", self.path_of(uid), body=body)

    async def delete(self, client: Client, uid: str) -> None:
        await client.call("DELETE", self.path_of(uid))

    def path_of(self, uid: str) -> str:
        """The route of one object."""
        return f"{self.path}/{quote(uid, safe='')}"
