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

import itertools
from collections.abc import Awaitable, Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Protocol, TypeVar

from hcl_lite.core.contents import holds, without_unasked
from hcl_lite.core.places import Place, at, without
from hcl_lite.core.schema import (
    Attr,
    Conflict,
    Distinct,
    Held,
    Listed,
    Live,
    Mention,
    Revision,
    ValueProblem,
    Version,
)
from hcl_lite.core.schema.secrecy import declared_secrets
from hcl_lite.core.schema.type_text import type_of
from hcl_lite.core.values import UNKNOWN, JsonValue, Value, reveal
from providers.kit.api import Api, Occupied
from providers.kit.identity import Identity, Uid
from providers.kit.observe import read_changed, survey_each
from providers.kit.resource_type import WireType, name_aside
from providers.kit.secrets import put
from providers.kit.version import Digest, VersionOf
from providers.kit.wire import Json, from_wire, redacted_in
from providers.transport.errors import NotFound
from providers.transport.http import HttpClient

Values = Mapping[str, Value]
Supported = Callable[[Any, Values], Awaitable[None]]
Changeable = Callable[[Any, Values, Values, Live | None], Awaitable[None]]


class ToldApart(Protocol):
    """How a server tells objects apart by their names, where that is not by one attribute alone."""

    def known_as(self, content: Value) -> Iterable[str]:
        """See ResourceType.known_as."""

    async def named(self, client: Any) -> Distinct | None:
        """See Reader.named."""


@dataclass(frozen=True, slots=True)
class Needed:
    """The kind of the object that an attribute names, and that has to be there; `built_in` names what always is."""

    kind: str
    built_in: Collection[str] = ()


async def everywhere(client: Any, values: Values) -> None:
    """Every server has whatever there is of the type."""


async def as_supported(client: Any, given: Values, values: Values, live: Live | None) -> None:
    """What a server can have it can be changed to."""


def unsigned(wire: Json) -> Revision:
    """Nobody tells who has changed it."""
    return Revision()


def free(wire: Json) -> str:
    """Whoever may can change it."""
    return ""


def meant(values: Values) -> None:
    """Whatever is of its type can be meant."""


def as_given(values: Values) -> Values:
    """Nothing follows from arguments."""
    return values


def as_sent(values: Values) -> Values:
    """The server keeps what it is sent."""
    return values


@dataclass(frozen=True, kw_only=True)
class Resource(WireType):
    """A declaration, carried out.

    | field          | what it says                                                                           |
    |----------------|----------------------------------------------------------------------------------------|
    | api            | how objects are reached: `api.py`, `parts.py`, `always_there.py`                       |
    | identity       | what tells one from all others, and who chooses it                                     |
    | versioned      | what tells that one has moved                                                          |
    | distinct       | the attribute of which the server has each value but once                              |
    | most_name      | how many characters it may have                                                        |
    | told_apart     | how names tell objects apart, where that takes more than `distinct`                    |
    | mentioned      | the attributes that name other objects, with their kinds, Needed for what has to exist |
    | stands_on      | what has to be there although no attribute names it                                    |
    | title, folder  | the keys of the wire by which people know an object, and where it lies                 |
    | shown          | the attributes that are shown of a new object, where that is not what is compared      |
    | supported      | raises ValueProblem where a server cannot have what is asked for                       |
    | changeable     | the same by the arguments as written, the completed ones, and what is there            |
    | fixed          | why nobody can change an object, of the wire                                           |
    | revision       | who has changed an object and when, of the wire                                        |
    | derived        | the keys of the wire that are made of others: no backup has them                       |
    | check          | raises ValueProblem for completed values that cannot be meant                          |
    | made_of        | completed values with what follows from them, such as text that is read; raises so too |
    | normal         | completed values as the server will have them, used for comparing only                 |
    | conflict       | what is said where another has changed it since the plan                               |
    | irrecoverable  | why no object can be made again as it was                                              |
    """

    api: Api[Any]
    identity: Identity = field(default_factory=Uid)
    versioned: VersionOf = field(default_factory=Digest)
    distinct: str = ""
    most_name: int = 190
    told_apart: ToldApart | None = None
    mentioned: Mapping[str, str | Needed] = field(default_factory=dict)
    stands_on: Sequence[Mention] = ()
    title: str = "name"
    folder: str = ""
    shown: Sequence[str] = ()
    supported: Supported = everywhere
    changeable: Changeable = as_supported
    revision: Callable[[Json], Revision] = unsigned
    derived: Collection[str] = ()
    fixed: Callable[[Json], str] = free
    check: Callable[[Values], None] = meant
    made_of: Callable[[Values], Values] = as_given
    normal: Callable[[Values], Values] = as_sent
    conflict: str = ""
    irrecoverable: str = ""

    # --- pure ---------------------------------------------------------------------------------------------------------

    @property
    def server_given(self) -> bool:
        return self.identity.natural_key != ""

    @property
    def identity_keys(self) -> Sequence[str]:
        return [key for key in self.identity.keys if key in self.attrs and self.attrs[key].computed]

    def complete(self, address: str, name: str, values: Values, uid: str) -> Values:
        given = {key: value for key, value in values.items() if value is not None}
        complete = self.identity.complete(self.with_defaults(given), uid, self.new_uid(address, name))
        self.check(complete)
        return self.made_of(complete)

    def new_uid(self, address: str, name: str) -> str:
        return self.identity.new_uid(address, name)

    def content(self, values: Values) -> Json:
        return super().content(self.normal(values))

    def uid(self, values: Values) -> Value:
        return self.identity.uid(values)

    def given_uid(self, values: Values) -> Value:
        if self.server_given:
            return ""
        if any(values.get(key) is None for key in self.identity.keys):
            return "" if isinstance(self.identity, Uid) else UNKNOWN
        uid = self.uid(values)
        return uid if isinstance(uid, str) else UNKNOWN

    def aside(self, values: Values) -> Values:
        if not self.distinct:
            return values
        return {**values, self.distinct: name_aside(values[self.distinct], str(self.uid(values)), self.most_name)}

    def known_as(self, content: Value) -> Iterable[str]:
        if self.told_apart is not None:
            yield from self.told_apart.known_as(content)
            return
        key = self.distinct or self.identity.natural_key
        name = content.get(key) if key else None
        if isinstance(name, str):
            yield f'{key} "{name}"'

    def values_of(self, uid: str, document: JsonValue) -> Values:
        if self.irrecoverable:
            raise ValueProblem("", self.irrecoverable)
        assert isinstance(document, Mapping)
        given = {key: attr for key, attr in self.attrs.items() if attr.settable}
        return self.identity.complete(from_wire(given, document), uid, uid)

    def summary(self, values: Values) -> Values:
        if self.shown:
            return {key: values.get(key) if self.attrs[key].settable else UNKNOWN for key in self.shown}
        content = self.content(values)
        identity = {key: values[key] for key in self.identity.keys if key in values}
        return {**identity, **{key: content[key] for key in content if key in values}}

    def mentions(self, values: Values) -> Iterable[Mention]:
        yield from self.stands_on
        for key, kind in self.mentioned.items():
            named = kind.kind if isinstance(kind, Needed) else kind
            yield from (Mention(named, name) for name in _texts_at(values, tuple(key.split("."))))

    def uses(self, values: Values) -> Iterable[Mention]:
        for key, needed in self.mentioned.items():
            if isinstance(needed, Needed):
                named = _texts_at(values, tuple(key.split(".")))
                yield from (Mention(needed.kind, name, key) for name in named if name not in needed.built_in)

    def uid_of(self, found: Json) -> str:
        return self.identity.of(from_wire(self.attrs, found))

    def live(self, wire: Json) -> Live:
        live = super().live(wire)
        document = without(live.document, [(key,) for key in self.derived])
        return replace(live, fixed=self.fixed(wire), revision=self.revision(wire), document=document)

    def version_of(self, found: Json) -> Version:
        return self.versioned(found)

    # --- calls --------------------------------------------------------------------------------------------------------

    async def check_supported(self, client: Any, given: Values, values: Values, live: Live | None) -> None:
        await self.supported(client, values)
        await self.changeable(client, given, values, live)

    async def resolve(self, client: HttpClient, name: str) -> str | None:
        """The uid of the object that people call `name`."""
        return await self.api.resolve(client, name)

    async def check_health(self, client: HttpClient, uid: str) -> str:
        """Whether an object works; asked for where the type declares that."""
        return await self.api.check_health(client, uid)

    async def contents(self, client: HttpClient, uid: str) -> Sequence[Held]:
        """What lies in an object; asked for where the type declares that."""
        return await self.api.contents(client, uid)

    async def named(self, client: HttpClient) -> Distinct | None:
        """The names that are taken, where the server has each but once."""
        if self.told_apart is not None:
            return await self.told_apart.named(client)
        if not self.distinct:
            return None
        wires = await self.api.list(client)
        names = {f'{self.distinct} "{one.title}"': one.uid for one in map(self._listed, wires)}
        return Distinct(names, alone=dict(self._alone(wires)))

    def _alone(self, wires: Sequence[Json]) -> Iterable[tuple[str, str]]:
        """Which object has what each exclusive attribute gives to but one of them."""
        for key, attr in self.attrs.items():
            having = (wire for wire in wires if attr.exclusive and wire.get(attr.wire) is True)
            yield from ((key, self.uid_of(self.from_wire(wire))) for wire in itertools.islice(having, 1))

    async def list(self, client: HttpClient) -> Sequence[Listed]:
        """What is there."""
        return [self._listed(wire) for wire in await self.api.list(client)]

    def _listed(self, wire: Json) -> Listed:
        known = from_wire(self.attrs, self.from_wire(wire))
        title = known.get(self.distinct) if self.distinct else wire.get(self.title)
        return Listed(self.identity.of(known), str(title or ""), str(wire.get(self.folder) or ""))

    async def survey(self, client: HttpClient, known: Mapping[str, Version]) -> Mapping[str, Live | None]:
        """One list where that has all of every object, or the versions of all; otherwise one GET each, in parallel."""
        if not known:
            return {}
        surveyed = await self.api.survey(client, known)
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
        wire = await self.api.find(client, uid, desired, expected_version)
        if wire is not None:
            return self._own(self.live(wire), desired)
        if not self.server_given or not desired or expected_version:
            return None
        return await self._find_intended(client, desired)

    def _own(self, live: Live, wanted: Values | None) -> Live:
        """`live`, with those attributes alone that are asked for, where the rest is nobody's here."""
        if wanted is None or not self.api.is_shared:
            return live
        return replace(live, attributes={key: value for key, value in live.attributes.items() if key in wanted})

    async def _find_intended(self, client: HttpClient, wanted: Values) -> Live | None:
        """The one object that is all that `wanted` asks for; None where there is none, or more than one."""
        key = self.identity.natural_key
        name = reveal(wanted.get(key))
        named = [one.uid for one in await self.list(client) if one.title == name] if name is not UNKNOWN else []
        there = [live for uid in named if (live := await self.read(client, uid)) is not None]
        same = [live for live in there if self._is_as_sent(live, wanted)]
        return same[0] if len(same) == 1 else None

    def _is_as_sent(self, live: Live, values: Values) -> bool:
        sent = self.content(values)
        return holds(without_unasked(self.attrs, live.content, sent), sent)

    async def create(self, client: HttpClient, values: Values) -> Live:
        body = _without_empty(self.attrs, values)
        try:
            answer = await self.api.create(client, self.to_wire(body))
        except Occupied:
            raise self._changed(str(self.uid(values))) from None
        if answer is not None and self.api.tells_made:
            made = self._finished(self._own(self.live(answer), values), values)
            return replace(made, unfinished=made.unfinished or self._has_unasked(made, values))
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
            if there is None or self.live(there).version != expected_version:
                raise self._changed(uid)
            body = self._with_kept_secrets(body, there, values)
        answer = await self.api.update(client, uid, body, there)
        if answer is not None:
            return self._finished(self._own(self.live(answer), values), values)

        def is_as_before(found: Live) -> bool:
            # Of parts the one that was written may have been right before.
            return found.version == expected_version and not self.api.has_parts and not self._is_as_sent(found, values)

        async def read_back() -> Live:
            return await self._read_back(client, uid, values, expected_version)

        return self._finished(await read_changed(client, read_back, is_as_before), values)

    async def delete(self, client: HttpClient, uid: str, attributes: Mapping[str, Any]) -> None:
        try:
            await self.api.delete(client, uid, attributes)
        except NotFound:
            return

    def _changed(self, uid: str) -> Conflict:
        said = self.conflict or f"The {_noun(self.name)} has been changed by someone else since the plan."
        return Conflict(said.format(uid=uid))

    def _has_unasked(self, made: Live, values: Values) -> bool:
        """Whether what was made has got what one of all has alone, though it was not to: as the first of them."""
        alone = (key for key, attr in self.attrs.items() if attr.exclusive)
        return any(values.get(key) is False and made.attributes.get(key) is True for key in alone)

    def _finished(self, live: Live, values: Values) -> Live:
        """`live`, which is unfinished where it is in parts, and not all of them are as they should be."""
        if not self.api.has_parts:
            return live
        return replace(live, unfinished=not self._is_as_sent(live, values))

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
    return kind(name=name, doc=doc, attrs=on_wire, **declared)


def _without_empty(attrs: Mapping[str, Attr], values: Values) -> Values:
    """`values` without the secrets that are to be removed: a write replaces all, and what is left out is gone."""
    empty = [place for place in declared_secrets(attrs, values) if reveal(at(values, place)) == "" and len(place) > 1]
    kept: Values = without(values, empty)
    return kept


def _texts_at(value: Value, keys: tuple[str, ...]) -> Iterable[str]:
    if isinstance(value, list | tuple):
        for item in value:
            yield from _texts_at(item, keys)
    elif keys and isinstance(value, Mapping):
        yield from _texts_at(value.get(keys[0]), keys[1:])
    elif not keys and isinstance(value, str) and value:
        yield value


def _noun(name: str) -> str:
    """What people call an object of the type, such as contact point."""
    return name.partition("_")[2].replace("_", " ")
