"""Reads and calls that only some servers have for the objects of a type; an api overrides those that it has.

What of it the engine asks for at all is declared by `hcl_lite.core.schema.Capabilities`.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Collection, Mapping, Sequence
from typing import Any, Protocol, TypeVar

from hcl_lite.core.schema import Dependent, Held, Live, OnFound, Revision, Search, Version
from hcl_lite.core.values import Value
from providers.transport.errors import NotFound
from providers.transport.http import HttpClient

Json = dict[str, Any]
Values = Mapping[str, Value]
Client = TypeVar("Client", bound=HttpClient)
ClientIn = TypeVar("ClientIn", bound=HttpClient, contravariant=True)


class Extras(Protocol[ClientIn]):
    """Methods raise ApiError. Those that give a Json give an object of the wire, as `Api.find` does."""

    # --- reading ------------------------------------------------------------------------------------------------------

    async def survey(
        self, client: ClientIn, known: Mapping[str, Version], on_found: OnFound
    ) -> Mapping[str, Live | None] | None:
        """Returns the objects that are `known` by uid, without their contents, as a list route tells them, given the
        remembered versions; None where there is no such route, so that each is read. `on_found`: see Reader.survey."""
        return None

    async def check_health(self, client: ClientIn, uid: str) -> str:
        """See Writer.check_health."""
        return ""

    async def contents(self, client: ClientIn, uid: str) -> Sequence[Held]:
        """Returns the objects inside of the object, which are deleted with it."""
        return ()

    async def dependents(self, client: ClientIn, uids: Collection[str]) -> Mapping[str, Sequence[Dependent]]:
        """See Reader.dependents."""
        return {}

    async def find_stored(self, client: ClientIn, uid: str, expected_version: Version | None) -> Json | None:
        """One object in the form in which the server keeps it, where that may be another one than `find` gives."""
        return None

    async def stored_pages(self, client: ClientIn, uids: Collection[str]) -> AsyncIterator[Sequence[Json]]:
        """Yields those of `uids` that a list by pages has, each as `find_stored` gives it."""
        none: Sequence[Sequence[Json]] = ()
        for page in none:
            yield page

    @property
    def is_converted(self) -> bool:
        """Whether `find_stored` gives what `find` does not."""
        return False

    # --- history ------------------------------------------------------------------------------------------------------

    async def find_past(self, client: ClientIn, uid: str, version: Version, desired: Values) -> Json | None:
        """The object as it was at a version, as far as its content; None where nobody knows."""
        return None

    async def search(self, client: ClientIn, search: Search) -> Sequence[Json]:
        """Searches by the server's own search, as far as it tells of each. Called for `Capabilities.search`."""
        return ()

    async def read_revision(self, client: ClientIn, live: Live) -> Revision:
        """Returns the author and the time of the live version: those that came with it."""
        return live.revision

    async def resaved(self, client: ClientIn, uid: str, past: Value, there: Value) -> str:
        """See Reader.resaved."""
        return ""

    async def read_sent(self, client: ClientIn, uid: str, values: Values) -> Value:
        """See Reader.read_sent."""
        return None

    # --- trash --------------------------------------------------------------------------------------------------------

    async def is_trashed(self, client: ClientIn, uid: str) -> bool:
        """Whether the object was deleted and can be restored."""
        return False

    async def restore(self, client: ClientIn, uid: str, body: Json) -> None:
        """Brings it back as it was, where `body` says. Raises NotFound where it is not in the trash."""
        raise NotFound("GET", uid, 404, "this server has no trash")
