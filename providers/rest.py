"""Objects that a server manages by plain routes: a resource type as a declaration, carried out here.

A declaration says which attribute is which key on the wire, and by which calls the object is made, read, changed and
deleted. What is odd about a type is a small pure function (`to_wire`, `from_wire`) or an override in a subclass. A type
whose calls differ from server to server is a WireType with calls of its own.
"""

from __future__ import annotations

import asyncio
import hashlib
import json
from collections.abc import Awaitable, Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Generic, TypeVar
from urllib.parse import quote

from hcl_lite.core.paths import ObjectPath, Step, keep
from hcl_lite.core.places import Place
from hcl_lite.core.schema import Attr, Live, Mention, Revision, ValueProblem, Version
from hcl_lite.core.schema.type_text import type_of
from hcl_lite.core.values import UNKNOWN, JsonValue, Secret, Value, derive_uid, reveal
from providers.errors import ApiError, NotFound
from providers.http import HttpClient

Json = dict[str, Any]
Client = TypeVar("Client", bound=HttpClient)


_EMPTY: Mapping[str, JsonValue] = {"string": "", "bool": False, "list": [], "map": {}}


def digest_of(document: Mapping[str, Any]) -> str:
    """What stands for the version of an object whose server counts none."""
    return hashlib.sha256(json.dumps(document, sort_keys=True).encode()).hexdigest()[:16]


def name_aside(name: str, uid: str, most: int) -> str:
    """What an object goes by for the moment, in at most so many characters."""
    mark = f" (hcl-lite {uid})"
    return name[: most - len(mark)] + mark


@dataclass(frozen=True, slots=True)
class Call:
    """One call of an API: `path` with {uid} in it, `envelope` the key of the answer that holds the object."""

    method: str
    path: str
    envelope: str = ""

    async def send(self, client: HttpClient, uid: str = "", body: Any = None) -> Any:
        answer = await client.call(self.method, self.path.format(uid=quote(uid, safe="")), body=body)
        return answer[self.envelope] if self.envelope else answer


async def send_settled(
    send: Callable[[], Awaitable[Json]], read: Callable[[], Awaitable[Json]], is_done: Callable[[Json], bool]
) -> Json:
    """What `send` gives, which is one call of several that make a write; each of these is settled by itself, since
    what those before it have done would look like somebody else's doing. Where its answer is lost: what is read, and
    if that is not it, `send` once more."""
    try:
        return await send()
    except ApiError as error:
        if not error.unclear:
            raise
    found = await read()
    return found if is_done(found) else await send()


@dataclass(frozen=True, kw_only=True)
class WireType:
    """A resource type whose attributes are keys of one JSON object. Pure.

    `version` names the keys of the wire object that tell whether it has moved.
    """

    name: str
    doc: str
    attrs: Mapping[str, Attr]
    version: tuple[str, ...] = ("id", "version")
    create_first: bool = False
    immutable: bool = False
    stays: str = ""
    part_of: str = ""
    leaves: str = ""
    writes_at_once: int = 0
    mention_kind: str = ""
    from_wire: Callable[[Json], Json] = field(default=lambda wire: wire)

    def complete(self, address: str, name: str, values: Mapping[str, Value], uid: str) -> Mapping[str, Value]:
        filled = {key: attr.default for key, attr in self.attrs.items() if attr.default is not None}
        filled.update({key: value for key, value in values.items() if value is not None})
        filled.setdefault("uid", uid or self.new_uid(address, name))
        return filled

    def new_uid(self, address: str, name: str) -> str:
        return derive_uid(name, address)

    def uid(self, values: Mapping[str, Value]) -> Value:
        return values["uid"]

    def given_uid(self, values: Mapping[str, Value]) -> Value:
        """Where there is no such attribute, or it has to be given, the uid is what completed values say."""
        try:
            uid = values.get("uid") if "uid" in self.attrs else self.uid(values)
        except KeyError:
            return UNKNOWN
        return "" if uid is None else uid if isinstance(uid, str) else UNKNOWN

    def aside(self, values: Mapping[str, Value]) -> Mapping[str, Value]:
        return values

    def known_as(self, content: Value) -> Iterable[str]:
        return ()

    def to_wire(self, values: Mapping[str, Value]) -> Json:
        """Completed values as the body of a create."""
        return {key: reveal(value) for key, value in self._wire(values).items()}

    def _wire(self, values: Mapping[str, Value]) -> Json:
        return {
            attr.wire: values[key]
            for key, attr in self.attrs.items()
            if attr.wire and not attr.settles and key in values
        }

    def content(self, values: Mapping[str, Value]) -> Json:
        """What is compared: the wire form by attribute names, without identity and secrets."""
        return self._comparable(self._wire(values))

    def _comparable(self, wire: Json) -> Json:
        """What is left to the server is there as far as it is given, all other arguments always: one that is not given
        is sent and kept as the empty value of its type, from which no answer tells it apart (3.2 to 12.4)."""
        compared = {
            key: attr
            for key, attr in self.attrs.items()
            if attr.wire and attr.settable and not (attr.settles or attr.secret) and key != "uid"
        }
        given = {key: wire.get(attr.wire) for key, attr in compared.items() if attr.wire in wire or not attr.computed}
        return {key: _empty(compared[key]) if value is None else value for key, value in given.items()}

    def declared(self, values: Mapping[str, Value]) -> Sequence[Place]:
        return ()

    def without(self, values: Mapping[str, Value], places: Collection[Place]) -> Mapping[str, Value]:
        return values

    def values_of(self, uid: str, document: JsonValue) -> Mapping[str, Value]:
        assert isinstance(document, Mapping)
        given = {
            key: document[attr.wire] for key, attr in self.attrs.items() if attr.settable and attr.wire in document
        }
        return {**given, "uid": uid}

    def in_document(self, place: Place) -> Iterable[Place]:
        attr = self.attrs.get(str(place[0])) if place else None
        yield place if attr is None else (attr.wire, *place[1:])

    def summary(self, values: Mapping[str, Value]) -> Mapping[str, Value]:
        content = self.content(values)
        return {"uid": values["uid"], **{key: content[key] for key in content if key in values}}

    def outline(self, values: Mapping[str, Value]) -> Mapping[str, Value]:
        return {}

    def has_path(self, path: ObjectPath) -> bool:
        attr = self.attrs.get(str(path.steps[0]))
        return attr is not None and attr.settable

    def kept(self, values: Mapping[str, Value], live: Value, path: ObjectPath) -> Mapping[str, Value]:
        kept: Mapping[str, Value] = keep(values, live, self.steps(values, path))
        return kept

    def steps(self, values: Mapping[str, Value], path: ObjectPath) -> Sequence[Step]:
        return path.steps

    def secrets(self, values: Mapping[str, Value]) -> Value:
        return {}

    def with_secrets(self, values: Mapping[str, Value], secrets: Mapping[str, Value]) -> Mapping[str, Value]:
        return values

    def leaves_secret(self, values: Mapping[str, Value], path: ObjectPath, name: str) -> bool:
        return False

    def names(self, values: Mapping[str, Value]) -> Iterable[Mention]:
        if self.mention_kind and isinstance(values.get("uid"), str):
            yield Mention(self.mention_kind, values["uid"])

    def mentions(self, values: Mapping[str, Value]) -> Iterable[Mention]:
        return ()

    def uses(self, values: Mapping[str, Value]) -> Iterable[Mention]:
        return ()

    def doubts(self, values: Mapping[str, Value]) -> Iterable[ValueProblem]:
        return ()

    async def read_baseline(self, client: HttpClient, uid: str, version: Version, like: Mapping[str, Value]) -> Value:
        """None: there is no history of such objects."""
        return None

    async def read_revision(self, client: HttpClient, live: Live) -> Revision:
        """What came with the object is all that there is to know."""
        return live.revision

    async def read_sent(self, client: HttpClient, uid: str, values: Mapping[str, Value]) -> Value:
        """None: such objects are kept as they are sent."""
        return None

    def live(self, wire: Json) -> Live:
        """An object of the wire as the engine knows it."""
        known = self.from_wire(wire)
        attributes = {
            key: known[attr.wire]
            for key, attr in self.attrs.items()
            if attr.wire and not attr.secret and attr.wire in known
        }
        secret = {attr.wire for attr in self.attrs.values() if attr.secret}
        kept_apart = {"uid", *(key for key, attr in self.attrs.items() if attr.body)}
        return Live(
            uid=known["uid"],
            version={key: known[key] for key in self.version},
            attributes={key: value for key, value in attributes.items() if key not in kept_apart},
            content=self._comparable(known),
            secrets={
                key: Secret(known[attr.wire])
                for key, attr in self.attrs.items()
                if attr.secret and attr.computed and attr.wire in known
            },
            document={key: value for key, value in wire.items() if key not in secret},
        )


def _empty(attr: Attr) -> JsonValue:
    """What stands for an argument that is not given."""
    return _EMPTY.get(type_of(attr).name)


@dataclass(frozen=True, kw_only=True)
class RestType(WireType, Generic[Client]):
    """A WireType whose objects have one route each, the same on every server."""

    create_call: Call
    read_call: Call
    update_call: Call
    delete_call: Call | None  # None where nothing deletes it: `stays` says why

    async def check_supported(
        self, client: Client, given: Mapping[str, Value], values: Mapping[str, Value], live: Live | None
    ) -> None:
        """Every server has whatever there is of it, unless a type knows better."""

    async def survey(self, client: Client, known: Mapping[str, Version]) -> Mapping[str, Live | None]:
        """One GET each, in parallel: for objects of which there are few."""
        found = await asyncio.gather(*(self.read(client, uid) for uid in known))
        return dict(zip(known, found, strict=True))

    async def read(
        self, client: Client, uid: str, like: Mapping[str, Value] | None = None, seen: Version | None = None
    ) -> Live | None:
        try:
            return self.live(await self.read_call.send(client, uid))
        except NotFound:
            return None

    async def create(self, client: Client, values: Mapping[str, Value]) -> Live:
        """Where the answer has another uid than was asked for, the server says which there is: what it makes under
        another one is made all the same."""
        live = self.live(await self.create_call.send(client, body=self.to_wire(values)))
        if live.uid == self.uid(values):
            return live
        return await self.read(client, str(self.uid(values))) or live

    async def update(self, client: Client, uid: str, values: Mapping[str, Value], seen: Version) -> Live:
        return self.live(await self.update_call.send(client, uid, self.to_wire(values)))

    async def delete(self, client: Client, uid: str, attributes: Mapping[str, Any]) -> None:
        if self.delete_call is None:
            return
        try:
            await self.delete_call.send(client, uid)
        except NotFound:
            return
