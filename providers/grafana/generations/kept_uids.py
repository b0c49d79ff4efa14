"""Objects of a server that gives them no uids: ours is kept in the object itself, and found again by whatever stays."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import ClassVar

from hcl_lite.core.schema import Version
from providers.grafana.client import GrafanaClient
from providers.grafana.generations.generation import Json
from providers.grafana.places import Index


class KeptUids(ABC):
    """Finds an object, in turn,

    1. where it was seen last: the state remembers its number. So neither a rename in the UI loses it, nor a save there,
       which may drop what the UI does not know;
    2. under the name that it should have, where that one has its uid: just created, and the answer was lost;
    3. as the object that has its uid; of copies, which have it too, the oldest;
    4. where it was never seen, under the uid as its name, unless that one has another uid of ours: to be imported. Not
       later: what has the name then may be a colleague's.

    A place is such as {"id": 7, "slug": "web"}: the number, and what else the server wants to hear.
    """

    __slots__ = ()
    _kind: ClassVar[str]

    async def find(
        self, client: GrafanaClient, uid: str, hint: str = "", expected_version: Version | None = None
    ) -> Json | None:
        """The object with `uid`; `hint` is the name that it should have, `expected_version` a place of it.

        Raises ApiError.
        """
        place = client.places.at(self._kind, uid) or expected_version
        wire = await self._read(client, place) if place else None
        if wire is None and hint:
            named = await self._read_named(client, hint)
            wire = named if named is not None and self._kept(named) == uid else None
        if wire is None:
            index = await client.places.index(self._kind, lambda: self._make_index(client))
            wire = await self._read(client, index[uid]) if uid in index else None
        if wire is None and not place:
            named = await self._read_called(client, uid)
            wire = named if named is not None and self._kept(named) in ("", uid) else None
        if wire is None:
            return None
        client.places.put(self._kind, uid, self._place(wire))
        return self._with_uid(wire, uid)

    async def _make_index(self, client: GrafanaClient) -> Index:
        objects = await self._read_all(client)
        newest_first = sorted(objects, key=lambda wire: int(str(self._place(wire)["id"])), reverse=True)
        return {self._kept(wire): self._place(wire) for wire in newest_first if self._kept(wire)}

    @abstractmethod
    def _kept(self, wire: Json) -> str:
        """Our uid in an answer of the server; empty for none."""

    @abstractmethod
    def _with_uid(self, wire: Json, uid: str) -> Json:
        """An answer of the server as an adapter gives it."""

    @abstractmethod
    def _place(self, wire: Json) -> Version:
        """Returns the place of the object of an answer."""

    @abstractmethod
    async def _read(self, client: GrafanaClient, place: Version) -> Json | None:
        """The object with the number of `place`, wherever it is now."""

    @abstractmethod
    async def _read_named(self, client: GrafanaClient, name: str) -> Json | None:
        """The object with the name that people see."""

    @abstractmethod
    async def _read_called(self, client: GrafanaClient, name: str) -> Json | None:
        """The object with the name that the server goes by."""

    @abstractmethod
    async def _read_all(self, client: GrafanaClient) -> list[Json]: ...
