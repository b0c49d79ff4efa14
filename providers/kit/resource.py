"""A resource type that is declared: who chooses its identity, how it is reached, what tells its version, what it has.

| what goes wrong                               | what the kit does                                              |
|-----------------------------------------------|----------------------------------------------------------------|
| another has changed the object since the plan | reads and compares before a write, where the API has no lock   |
| another has made it since the plan            | refuses a create that would write over it                      |
| the answer to a create is lost, and with it   | looks for the one object that has its natural key and all that |
| the uid                                       | was sent                                                       |
| a secret that nobody gave here                | sends what stands for it, where a write replaces all           |
| the answer of a write is no object            | reads it back                                                  |
| what is read back is older than the write     | reads it again, for a moment                                   |
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, TypeVar

from hcl_lite.core.contents import holds, without_unasked
from hcl_lite.core.places import Place, at, without
from hcl_lite.core.schema import (
    Attr,
    Conflict,
    Dependent,
    Distinct,
    Held,
    Listed,
    Live,
    OnFound,
    Revision,
    Search,
    Version,
    ignore_found,
)
from hcl_lite.core.schema.secrecy import declared_secrets
from hcl_lite.core.schema.type_text import type_of
from hcl_lite.core.values import UNKNOWN, Value, reveal
from providers.kit.access import Access
from providers.kit.api import Api, Occupied
from providers.kit.declaration import Declaration, Values
from providers.kit.declaration_check import check_declaration
from providers.kit.listing import holders_alone, listed, names_of
from providers.kit.observe import read_changed, survey_each
from providers.kit.secrets import put
from providers.kit.wire import Json, from_wire, redacted_in
from providers.transport.errors import NotFound
from providers.transport.http import HttpClient
from providers.transport.misread import last_call

Supported = Callable[[Any, Values], Awaitable[None]]
Changeable = Callable[[Any, Values, Values, Live | None], Awaitable[None]]


async def everywhere(client: Any, values: Values) -> None:
    """Every server has whatever there is of the type."""


async def as_supported(client: Any, given: Values, values: Values, live: Live | None) -> None:
    """Accepts all values: the default of `changeable`."""


@dataclass(frozen=True, kw_only=True)
class Resource(Declaration):
    """A declaration, carried out.

    | field          | what it says                                                                |
    |----------------|-----------------------------------------------------------------------------|
    | api            | how objects are reached: `api.py`, `parts.py`, `always_there.py`            |
    | supported      | raises ValueProblem where a server cannot have what is asked for            |
    | changeable     | the same by the arguments as written, the completed ones, and what is there |
    | access         | what its writes take of the account                                         |
    | writes_at_once | how many writes the server bears side by side; 0 for any number             |
    | kept_in        | what the server keeps objects of several types in: one write at a time      |
    | conflict       | what is said where another has changed it since the plan: {uid}, by {call}  |
    """

    api: Api[Any]
    supported: Supported = everywhere
    changeable: Changeable = as_supported
    access: Access | None = None
    writes_at_once: int = 0
    kept_in: str = ""
    conflict: str = ""

    async def check_supported(self, client: Any, given: Values, values: Values, live: Live | None) -> None:
        await self.supported(client, values)
        await self.changeable(client, given, values, live)

    async def check_health(self, client: HttpClient, uid: str) -> str:
        """Whether an object works; asked for where the type declares that."""
        return await self.api.check_health(client, uid)

    async def contents(self, client: HttpClient, uid: str) -> Sequence[Held]:
        """Returns the objects inside of the object; called where the type declares the capability `content`."""
        return await self.api.contents(client, uid)

    async def dependents(self, client: HttpClient, uids: Collection[str]) -> Mapping[str, Sequence[Dependent]]:
        """Returns what names the objects with `uids`; called where the type declares that none goes before that."""
        return await self.api.dependents(client, uids)

    async def original(self, client: HttpClient, uid: str, expected_version: Version | None = None) -> Live | None:
        """An object in the form in which the server keeps it."""
        if not self.api.is_converted:
            return await self.read(client, uid, expected_version=expected_version)
        wire = await self.api.find_stored(client, uid, expected_version)
        return None if wire is None else self.live(wire)

    async def originals(self, client: HttpClient, uids: Collection[str]) -> AsyncIterator[Sequence[Live]]:
        """Objects in that form, by the pages of a list."""
        async for page in self.api.stored_pages(client, uids):
            yield [self.live(wire) for wire in page]

    async def read_baseline(self, client: HttpClient, uid: str, version: Version, desired: Values) -> Value:
        wire = await self.api.find_past(client, uid, version, desired)
        return None if wire is None else self.content_of(wire)

    def content_of(self, wire: Json) -> Value:
        """Returns the content of an object of the wire that is compared."""
        return self.live(wire).content

    async def read_revision(self, client: HttpClient, live: Live) -> Revision:
        return await self.api.read_revision(client, live)

    async def read_sent(self, client: HttpClient, uid: str, values: Values) -> Value:
        return await self.api.read_sent(client, uid, values)

    async def resaved(self, client: HttpClient, uid: str, past: Value, there: Value) -> str:
        """Returns how an editor of the server has changed an object by saving it."""
        return await self.api.resaved(client, uid, past, there)

    async def is_trashed(self, client: HttpClient, uid: str) -> bool:
        """Whether an object was deleted and can be restored; asked for where the type declares a trash."""
        return await self.api.is_trashed(client, uid)

    async def restore(self, client: HttpClient, values: Values) -> Live:
        """An object brought back from the trash. Raises NotFound where it is not in it."""
        uid = str(self.uid(values))
        await self.api.restore(client, uid, self.to_wire(values))
        live = await self.read(client, uid, values)
        if live is None:
            raise NotFound("GET", uid, 404, "it was restored, and is not there")
        return live

    async def named(self, client: HttpClient) -> Distinct | None:
        """The names that are taken, where the server has each but once."""
        if self.told_apart is not None:
            return await self.told_apart.named(client)
        if not self.distinct:
            return None
        wires = await self.api.list(client)
        return Distinct(names_of(self, wires), alone=dict(holders_alone(self, wires)))

    async def list(self, client: HttpClient) -> Sequence[Listed]:
        """Lists all objects."""
        return [listed(self, wire) for wire in await self.api.list(client)]

    async def search(self, client: HttpClient, search: Search) -> Sequence[Listed]:
        """Lists the objects that the server's own search finds."""
        return [listed(self, wire) for wire in await self.api.search(client, search)]

    async def survey(
        self, client: HttpClient, known: Mapping[str, Version], on_found: OnFound = ignore_found
    ) -> Mapping[str, Live | None]:
        """One list where that has all of every object, or the versions of all; otherwise one GET each, in parallel."""
        if not known:
            return {}
        surveyed = await self.api.survey(client, known, on_found)
        if surveyed is not None:
            return surveyed
        if self.api.is_listed:
            found = {self.uid_of(wire): self.live(wire) for wire in map(self.from_wire, await self.api.list(client))}
            return {uid: found.get(uid) for uid in known}
        there = await survey_each(self, lambda uid, version: self.read(client, uid, expected_version=version), known)
        if not self.api.is_shared:
            return there
        return {uid: live and Live(uid, live.version) for uid, live in there.items()}  # not all of it is ours

    async def read(
        self, client: HttpClient, uid: str, desired: Values | None = None, expected_version: Version | None = None
    ) -> Live | None:
        """An object that was never seen is found by what it was to be, where its uid was never heard."""
        if not self.identity.may_be(uid):
            return None
        wire = await self.api.find(client, uid, desired, expected_version) if self._may_be_given(uid) else None
        if wire is not None:
            return self._own(self.live(wire), desired)
        if not self.server_given or not desired or expected_version:
            return None
        return await self._find_intended(client, desired)

    def _may_be_given(self, uid: str) -> bool:
        """Whether the server can have given `uid`: an intended one is no number, and some refuse to look for it."""
        numbers = (self.attrs[key].type == "number" for key in self.identity.keys if key in self.attrs)
        return uid.isdecimal() or not (self.server_given and any(numbers))

    def _own(self, live: Live, wanted: Values | None) -> Live:
        """`live`, with those attributes alone that are asked for, where the rest is nobody's here."""
        if wanted is None or not self.api.is_shared:
            return live
        return replace(live, attributes={key: value for key, value in live.attributes.items() if key in wanted})

    async def _find_intended(self, client: HttpClient, wanted: Values) -> Live | None:
        """The one object that is all that a create of `wanted` makes; None where there is none, or more than one."""
        key = self.identity.natural_key
        name = reveal(wanted.get(key))
        named = [one.uid for one in await self.list(client) if one.title == name] if name is not UNKNOWN else []
        there = [live for uid in named if (live := await self.read(client, uid)) is not None]
        later = {key for key, attr in self.attrs.items() if attr.wire in self.api.later}
        made = {key: value for key, value in wanted.items() if key not in later}
        same = [live for live in there if self.is_as_sent(live, made)]
        return self._finished(same[0], wanted) if len(same) == 1 else None

    def is_as_sent(self, live: Live, values: Values) -> bool:
        """Whether an object is what completed `values` ask for; one that nobody can read back is taken to be."""
        sent = self.content(values)
        return live.content is None or holds(without_unasked(self.attrs, live.content, sent), sent)

    async def create(self, client: HttpClient, values: Values) -> Live:
        body = _without_empty(self.attrs, values)
        try:
            answer = await self.api.create(client, self.to_wire(body))
        except Occupied:
            raise self._changed(str(self.uid(values))) from None
        if answer is not None and self.api.tells_made:
            made = self._finished(self._own(self.live(answer), values), values)
            return replace(made, unfinished=True) if self._has_unasked(made, values) else made
        uid = str(self.uid(values))
        if self.server_given:
            if answer is None:
                raise ValueError("the answer has no identity")
            uid = self.uid_of(self.from_wire(answer))
        return self._finished(await self._read_back(client, uid, values), values)

    async def update(self, client: HttpClient, uid: str, values: Values, expected_version: Version) -> Live:
        body = self.to_wire(values if self.api.keeps_unsent else _without_empty(self.attrs, values))
        there = None
        if not self.api.locks:
            there = await self.api.find(client, uid, values, expected_version)
            if there is None or self.version_before(client, self.live(there)) != expected_version:
                raise self._changed(uid)
            body = self._with_kept_secrets(body, there, values)
        if self.api.locks:
            answer = await self.api.update_locked(client, uid, body, expected_version)
        else:
            answer = await self.api.update(client, uid, body, there)
        if answer is not None:
            return self._finished(self._own(self.live(answer), values), values)

        def is_as_before(found: Live) -> bool:
            # Of parts the one that was written may have been right before.
            return found.version == expected_version and not self.api.has_parts and not self.is_as_sent(found, values)

        async def read_back() -> Live:
            return await self._read_back(client, uid, values, expected_version)

        return self._finished(await read_changed(client, read_back, is_as_before), values)

    def version_before(self, client: HttpClient, live: Live) -> Version:
        """The version of an object without what the server has changed in it along with other writes of this run."""
        wire = live.document
        there = self.api.before(client, wire) if isinstance(wire, dict) else wire
        return live.version if there is wire or not isinstance(there, dict) else self.live(there).version

    async def delete(self, client: HttpClient, uid: str, attributes: Mapping[str, Any], precondition: str = "") -> None:
        try:
            if precondition:
                await self.api.delete_unchanged(client, uid, attributes, precondition)
            else:
                await self.api.delete(client, uid, attributes)
        except NotFound:
            return

    def _changed(self, uid: str) -> Conflict:
        said = self.conflict or f"The {_noun(self.name)} has been changed by someone else since the plan."
        call = last_call()
        return Conflict(said.format(uid=uid, call=f"{call.method} {call.url}" if call is not None else "the server"))

    def _has_unasked(self, made: Live, values: Values) -> bool:
        """Whether what was made has got what one of all has alone, though it was not to: as the first of them."""
        alone = (key for key, attr in self.attrs.items() if attr.exclusive)
        return any(values.get(key) is False and made.attributes.get(key) is True for key in alone)

    def _finished(self, live: Live, values: Values) -> Live:
        """`live`, which is unfinished where it is in parts, and not all of them are as they should be."""
        if not self.api.has_parts:
            return live
        return replace(live, unfinished=not self.is_as_sent(live, values))

    async def _read_back(
        self, client: HttpClient, uid: str, values: Values, expected_version: Version | None = None
    ) -> Live:
        wire = await self.api.find(client, uid, values, expected_version)
        if wire is None:
            raise Conflict(f"The {_noun(self.name)} was deleted by someone else while it was written.")
        return self._own(self.live(wire), values)

    def _with_kept_secrets(self, body: Json, there: Json, values: Values) -> Json:
        """`body` with what stands for each secret that is there and is not spoken of."""
        spoken_of = {*declared_secrets(self.attrs, values)}
        known = from_wire(self.attrs, self.from_wire(there))
        for key, value in known.items():
            for below in redacted_in(type_of(self.attrs[key]), value):
                place, mark = (key, *below), at(known, (key, *below))
                if place not in spoken_of and self._may_hold(values, place, mark):
                    (where,) = self.in_document(place)
                    body = put(body, where, mark)
        return body

    def _may_hold(self, values: Values, place: Place, mark: Value) -> bool:
        """Whether what is asked for can have the secret at all: a contact point of another type cannot."""
        return isinstance(at(values, place[:-1]), Mapping) and place in declared_secrets(
            self.attrs, put(values, place, mark)
        )


Odd = TypeVar("Odd", bound=Resource)


def resource(name: str, doc: str, *, attrs: Mapping[str, Attr], **declared: Any) -> Resource:
    """A declared type: an attribute is by its own name on the wire, where it says no other and steers nothing."""
    return odd_resource(Resource, name, doc, attrs=attrs, **declared)


def odd_resource(kind: type[Odd], name: str, doc: str, *, attrs: Mapping[str, Attr], **declared: Any) -> Odd:
    """The same of a type that has pure code of its own."""
    on_wire = {key: attr if attr.wire or attr.client_only else replace(attr, wire=key) for key, attr in attrs.items()}
    made = kind(name=name, doc=doc, attrs=on_wire, **declared)
    check_declaration(made)
    return made


def _without_empty(attrs: Mapping[str, Attr], values: Values) -> Values:
    """`values` without the secrets that are to be removed: a write replaces all, and what is left out is gone."""
    empty = [place for place in declared_secrets(attrs, values) if reveal(at(values, place)) == "" and len(place) > 1]
    kept: Values = without(values, empty)
    return kept


def _noun(name: str) -> str:
    """Returns the noun of the type, such as contact point."""
    return name.partition("_")[2].replace("_", " ")
