"""A server that is open for reading: resource types and lookups, asked by one client. An answer that makes no sense is
a fault of the server, or of the proxy before it."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable, Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Generic, TypeVar

from hcl_lite.core.lazy_table import with_value
from hcl_lite.core.schema import (
    Bound,
    Dependent,
    Distinct,
    Held,
    Listed,
    Live,
    Mention,
    OnFound,
    Origin,
    Resolved,
    Revision,
    Search,
    Verb,
    Version,
    ignore_found,
)
from hcl_lite.core.schema.provider import ListOf
from hcl_lite.core.values import JsonValue, Value
from providers.kit.answer_check import check_live
from providers.kit.extras import Client, Values
from providers.kit.lookup import Lookup
from providers.kit.resolve import resolve
from providers.kit.resource import Resource
from providers.plugins import blamed
from providers.transport.connection import split_url
from providers.transport.errors import ApiError, Unexpected
from providers.transport.misread import Called, Misread, reading

T = TypeVar("T")


class OpenReader(Generic[Client]):
    """Implements hcl_lite.core.schema.Reader. `what` it is says the message about an answer that makes no sense; `name`
    is that of the provider block, which errors have."""

    def __init__(
        self,
        client: Client,
        types: Mapping[str, Resource],
        lookups: Mapping[str, Lookup[Client]],
        what: str,
        name: str = "",
    ) -> None:
        self._client = client
        self._types = types
        self._lookups = lookups
        self._what = what
        self._name = name

    def add_type(self, type_: Resource) -> None:
        """Know one more type, that of a plugin. Call it before any other method."""
        self._types = with_value(self._types, type_.name, type_)

    @property
    def origin(self) -> Origin:
        return Origin(split_url(self._client.connection.url)[0])

    async def check_settings(self) -> None:
        """Checks the settings against the server; does nothing unless a provider overrides it."""

    async def resolve(self, type_: str, id_: str, listed: ListOf) -> Resolved:
        with self._understood(f"Looking for {type_} {id_} on"):
            return await resolve(self._types[type_], self._client, id_, self.origin, self.organisation, listed)

    async def organisation(self) -> str:
        """Returns the number of the organisation in which calls work; empty where there is none, or nobody tells."""
        return self.origin.organisation

    async def bind(self, type_: str, values: Values, is_coming: Callable[[Mention], bool]) -> Bound:
        with self._understood(f"Looking for what {type_} names on"):
            return await self._types[type_].naming.bind(self._client, values, is_coming)

    async def spellings(self, type_: str, mentions: Collection[Mention]) -> Mapping[Mention, str]:
        with self._understood(f"Looking for what {type_} names on"):
            return await self._types[type_].naming.spellings(self._client, mentions)

    async def check_supported(self, type_: str, given: Values, values: Values, live: Live | None) -> None:
        with self._understood(f"Asking which {type_} there can be on"):
            await self._types[type_].check_supported(self._client, given, values, live)

    async def list(self, type_: str) -> Sequence[Listed]:
        with self._understood(f"Listing {type_} on"):
            return await self._types[type_].list(self._client)

    async def search(self, type_: str, search: Search) -> Sequence[Listed]:
        with self._understood(f"Searching for {type_} on"):
            return await self._types[type_].search(self._client, search)

    async def survey(
        self, type_: str, known: Mapping[str, Version], on_found: OnFound = ignore_found
    ) -> Mapping[str, Live | None]:
        with self._understood(f"Listing {type_} on"):
            kind = self._types[type_]
            found = await kind.survey(self._client, known, lambda live: on_found(check_live(kind, live)))
            return {uid: live and check_live(kind, live, uid) for uid, live in found.items()}

    async def read(
        self, type_: str, uid: str, desired: Values | None = None, expected_version: Version | None = None
    ) -> Live | None:
        with self._understood(f"Reading {type_} {uid} from"):
            kind = self._types[type_]
            live = await kind.read(self._client, uid, desired, expected_version)
            return live and check_live(kind, live, uid)

    async def original(self, type_: str, uid: str, expected_version: Version | None = None) -> Live | None:
        with self._understood(f"Reading {type_} {uid} from"):
            kind = self._types[type_]
            live = await kind.original(self._client, uid, expected_version)
            return live and check_live(kind, live, uid)

    async def originals(self, type_: str, uids: Collection[str]) -> AsyncIterator[Sequence[Live]]:
        kind = self._types[type_]
        pages = kind.originals(self._client, uids)
        while True:
            with self._understood(f"Listing {type_} on"):
                page = await anext(pages, None)
                found = [check_live(kind, live) for live in page or ()]
            if page is None:
                return
            yield found

    async def read_baseline(self, type_: str, uid: str, version: Version, desired: Values) -> Value:
        with self._understood(f"Reading the history of {type_} {uid} from"):
            return await self._types[type_].read_baseline(self._client, uid, version, desired)

    async def resaved(self, type_: str, uid: str, past: Value, there: Value) -> str:
        with self._understood(f"Asking what an editor makes of {type_} {uid} on"):
            return await self._types[type_].resaved(self._client, uid, past, there)

    async def read_revision(self, type_: str, live: Live) -> Revision:
        with self._understood(f"Reading who changed {type_} {live.uid} on"):
            return await self._types[type_].read_revision(self._client, live)

    async def read_sent(self, type_: str, uid: str, values: Values) -> Value:
        with self._understood(f"Asking what would become of {type_} {uid} on"):
            return await self._types[type_].read_sent(self._client, uid, values)

    async def is_trashed(self, type_: str, uid: str) -> bool:
        with self._understood(f"Looking for {type_} {uid} in the trash of"):
            return await self._types[type_].is_trashed(self._client, uid)

    async def named(self, type_: str) -> Distinct | None:
        with self._understood(f"Listing the names of {type_} on"):
            return await self._types[type_].named(self._client)

    async def contents(self, type_: str, uid: str) -> Sequence[Held]:
        with self._understood(f"Looking into {type_} {uid} on"):
            return await self._types[type_].contents(self._client, uid)

    async def dependents(self, type_: str, uids: Collection[str]) -> Mapping[str, Sequence[Dependent]]:
        with self._understood(f"Looking for what names {type_} on"):
            return await self._types[type_].dependents(self._client, uids)

    async def missing(self, mentions: Collection[Mention]) -> Mapping[Mention, Collection[str]]:
        """Returns those of `mentions` that the server does not have; none unless a provider can ask."""
        return {}

    async def forbidden(self, writes: Collection[tuple[str, Verb]]) -> Mapping[tuple[str, Verb], str]:
        """Returns the writes that the account may not make, with the reasons; none unless a provider can ask."""
        return {}

    async def lookup(self, type_: str, values: Values) -> Mapping[str, JsonValue]:
        with self._understood(f"Looking up {type_} on"):
            return await self._lookups[type_].find(self._client, values)

    async def check_health(self, type_: str, uid: str) -> str:
        with self._understood(f"Checking {type_} {uid} on"):
            return await self._types[type_].check_health(self._client, uid)

    async def ask(self, work: Callable[[Client], Awaitable[T]]) -> T:
        """Returns the result of `work`, for calls outside of plans. Raises ProviderError, and ValueProblem as `work`
        does."""
        with self._understood("Asking"):
            return await work(self._client)

    @contextmanager
    def _understood(self, doing: str) -> Iterator[None]:
        """Raises what cannot be read in an answer as a fault of the server, or of the proxy before it."""
        try:
            with reading():
                yield
        except ApiError as error:
            error.provider = self._name
            raise
        except Misread as misread:
            raise self._unexpected(doing, misread) from misread.fault

    def _unexpected(self, doing: str, misread: Misread) -> ApiError:
        call = misread.call or Called(doing, self._client.connection.url, "")
        failure = Unexpected(call.method, call.url, misread.fault, self._what)
        failure.provider, failure.request_id = self._name, call.request_id
        explained, plugin = self._client.explained(failure), blamed(misread.fault)
        if plugin is not None:
            explained.advice = f"It was read by the plugin {plugin}: where the answer is right, that has a bug."
        return explained

    def stop_waiting(self) -> None:
        self._client.stop_waiting()

    async def close(self) -> None:
        await self._client.close()
