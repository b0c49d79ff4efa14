"""Routes of the objects of a type: plain ones, with or without a route for each object.

Every answer is an object of the wire: one JSON object with all keys at one level.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Generic, Protocol
from urllib.parse import quote

from hcl_lite.core.schema import Version
from providers.kit.extras import Client as Client  # for those who say an api
from providers.kit.extras import ClientIn, Extras
from providers.kit.extras import Json as Json
from providers.kit.extras import Values as Values
from providers.transport.errors import NotFound


class Occupied(Exception):
    """There is something already that a create would write over: such an API makes and changes by the same call."""


class Api(Extras[ClientIn], Protocol[ClientIn]):
    """The calls of a type; those who inherit have a route for each object that tells all of it. Methods raise ApiError.

    `desired` are completed values of the object, and `expected_version` is a version at which it was seen, where there
    are any: some servers tell only with these which object is meant.
    """

    @property
    def is_listed(self) -> bool:
        """Whether one list has all of every object, so that nothing else is read."""
        return False

    @property
    def is_shared(self) -> bool:
        """Whether a write leaves alone what it does not speak of: that is nobody's here then, and not remembered."""
        return False

    @property
    def locks(self) -> bool:
        """Whether nothing is compared before an update: the server refuses an old version, or there is nothing that
        it could write over."""
        return False

    @property
    def has_parts(self) -> bool:
        """Whether a write is of one part of an object, so that it may take several to make all of it right."""
        return False

    @property
    def later(self) -> Collection[str]:
        """The keys of the wire that a create leaves to updates."""
        return ()

    @property
    def keeps_unsent(self) -> bool:
        """Whether an update leaves secrets as they are that it does not speak of, so that those that are to go are sent
        empty."""
        return False

    @property
    def tells_made(self) -> bool:
        """Whether a create gives the whole object, so that it is not read back."""
        return False

    async def find(
        self, client: ClientIn, uid: str, desired: Values | None = None, expected_version: Version | None = None
    ) -> Json | None:
        """One object; None where it is not there."""

    def before(self, client: ClientIn, there: Json) -> Json:
        """`there` as it was before the server changed it along with what `client` has written, such as the name of an
        object that it names; `there` itself where it has not."""
        return there

    async def list(self, client: ClientIn) -> Sequence[Json]:
        """All objects, as far as a list tells of each."""

    async def create(self, client: ClientIn, body: Json) -> Json | None:
        """Creates the object and returns what the answer has of it, which may be its identity alone; None for nothing.
        Raises Occupied."""

    async def update(self, client: ClientIn, uid: str, body: Json, there: Json | None) -> Json | None:
        """`there` is what was found and compared right before; None where nothing was. Gives the whole object, where
        the answer has it; None where it is to be read back."""

    async def delete(self, client: ClientIn, uid: str, attributes: Mapping[str, Any]) -> None:
        """`attributes` are those that the state remembers. Raises NotFound where it is not there."""

    async def delete_unchanged(
        self, client: ClientIn, uid: str, attributes: Mapping[str, Any], precondition: str
    ) -> None:
        """The same, refused by the server where the object is no longer what `precondition` is of (Live)."""
        await self.delete(client, uid, attributes)

    async def update_locked(self, client: ClientIn, uid: str, body: Json, expected_version: Version) -> Json | None:
        """An update of an API that `locks`: refused by the server where the object is not at this version."""
        return await self.update(client, uid, body, None)


@dataclass(frozen=True, slots=True)
class EachByItself:
    """GET {path}/{uid}."""


@dataclass(frozen=True, slots=True)
class FromList:
    """No route has one object: the one whose `key` is the uid, of the list at `path`. What has it empty is the server's
    own, such as the contact point that Grafana comes with before 12."""

    key: str = "uid"


@dataclass(frozen=True, slots=True)
class Rest(Api[Client], Generic[Client]):
    """POST {path}, GET, PUT and DELETE {path}/{uid}; `items` is the key that the list has in its answer, empty for
    none; `page` asks for all of it; `made` says which keys the answer of a create has other names for; `along` are the
    keys of what is there that an update sends along, such as the version that the server compares."""

    path: str
    read: EachByItself | FromList = field(default_factory=EachByItself)
    list_path: str = ""
    items: str = ""
    page: Mapping[str, str] = field(default_factory=dict)
    made: Mapping[str, str] = field(default_factory=dict)
    along: Collection[str] = ()

    @property
    def is_listed(self) -> bool:
        return isinstance(self.read, FromList)

    async def find(
        self, client: Client, uid: str, desired: Values | None = None, expected_version: Version | None = None
    ) -> Json | None:
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
        return [item for item in found if item[self.read.key] != ""] if isinstance(self.read, FromList) else found

    async def create(self, client: Client, body: Json) -> Json | None:
        answer = await client.call("POST", self.path, body=body)
        if not isinstance(answer, Mapping):
            return None
        return {self.made.get(key, key): value for key, value in answer.items()}

    async def update(self, client: Client, uid: str, body: Json, there: Json | None) -> None:
        kept = {key: there[key] for key in self.along if there is not None}
        await client.call("PUT", self.path_of(uid), body={**kept, **body})

    async def delete(self, client: Client, uid: str, attributes: Mapping[str, Any]) -> None:
        await client.call("DELETE", self.path_of(uid))

    def path_of(self, uid: str) -> str:
        """The route of one object."""
        return f"{self.path}/{quote(uid, safe='')}"
