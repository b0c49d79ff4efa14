"""A server that is open: resource types and lookups, carried out by one client.

A write whose answer is lost is settled here: identities are known before the call, so the object is read back. It was
done where the object holds what was sent; where it does not, nothing is taken for ours, and nothing overwritten.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import Generic, TypeVar

from hcl_lite.core.lazy_table import with_value
from hcl_lite.core.schema import (
    Attr,
    Bound,
    Conflict,
    Dependent,
    Distinct,
    Held,
    Listed,
    Live,
    Made,
    Mention,
    OnFound,
    Origin,
    Resolved,
    Revision,
    Search,
    Verb,
    Version,
    ignore_found,
    untold,
)
from hcl_lite.core.schema.provider import ListOf
from hcl_lite.core.values import JsonValue, Value
from providers.kit.answer_check import check_live
from providers.kit.observe import read_changed
from providers.kit.resolve import resolve
from providers.kit.resource import Resource
from providers.plugins import blamed
from providers.transport.connection import split_url
from providers.transport.errors import ApiError, NotFound, Unexpected
from providers.transport.http import HttpClient, last_write, noting_writes
from providers.transport.misread import Called, Misread, reading

Values = Mapping[str, Value]
T = TypeVar("T")
Client = TypeVar("Client", bound=HttpClient)


@dataclass(frozen=True, slots=True)
class Lookup(Generic[Client]):
    """A kind of data block: `find` gives its attributes, or raises ValueProblem where nothing matches."""

    name: str
    doc: str
    attrs: Mapping[str, Attr]
    find: Callable[[Client, Values], Awaitable[Mapping[str, JsonValue]]]


_TRIES = 4
# The server's own word that it is done with a write; the other 5xx may be those of a proxy, behind which it goes on.
_REFUSED = 500


class OpenProvider(Generic[Client]):
    """Implements hcl_lite.core.schema.Writer. `what` it is says the message about an answer that makes no sense; `name`
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
        self._turns: dict[str, asyncio.Semaphore] = {}

    def add_type(self, type_: Resource) -> None:
        """Know one more type, that of a plugin. Call it before any other method."""
        self._types = with_value(self._types, type_.name, type_)

    def _turn(self, type_: Resource) -> asyncio.Semaphore:
        at_once = 1 if type_.kept_in else type_.writes_at_once or self._client.connection.parallelism
        return self._turns.setdefault(type_.kept_in or type_.name, asyncio.Semaphore(at_once))

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
