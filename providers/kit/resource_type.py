"""A resource type whose attributes are keys of one JSON object. Pure."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from hcl_lite.core.paths import ObjectPath, Step, keep
from hcl_lite.core.places import Place, without
from hcl_lite.core.schema import Attr, Capabilities, Live, Mention, Revision, ValueProblem, Version
from hcl_lite.core.schema.secrecy import declared_secrets, name_of
from hcl_lite.core.schema.type_text import type_of
from hcl_lite.core.values import UNKNOWN, JsonValue, Secret, Value, derive_uid, reveal
from providers.kit.access import Access
from providers.kit.secrets import holds_secrets, leaves_secret, opened, secrets_of, with_secrets
from providers.kit.wire import (
    Json as Json,  # for those who say a type
)
from providers.kit.wire import (
    compared,
    filled,
    from_wire,
    has_marks,
    redacted_in,
    to_wire,
    wire_places,
    without_redacted,
)
from providers.transport.http import HttpClient


def name_aside(name: str, uid: str, most: int) -> str:
    """What an object goes by for the moment, in at most so many characters."""
    mark = f" (hcl-lite {uid})"
    return name[: most - len(mark)] + mark


@dataclass(frozen=True, kw_only=True)
class WireType:
    """A resource type whose attributes are keys of one JSON object. Pure.

    `version` names the keys of the wire object that tell whether it has moved.
    """

    name: str
    doc: str
    attrs: Mapping[str, Attr]
    capabilities: Capabilities = field(default_factory=Capabilities)
    version: tuple[str, ...] = ("id", "version")
    create_first: bool = False
    immutable: bool = False
    undeletable_reason: str = ""
    part_of: str = ""
    delete_note: str = ""
    writes_at_once: int = 0
    access: Access | None = None
    mention_kind: str = ""
    from_wire: Callable[[Json], Json] = field(default=lambda wire: wire)

    def complete(self, address: str, name: str, values: Mapping[str, Value], uid: str) -> Mapping[str, Value]:
        complete = self.with_defaults(values)
        given = complete.get("uid")
        if given is None or (isinstance(given, str) and not given):
            complete["uid"] = uid or self.new_uid(address, name)
        return complete

    def with_defaults(self, values: Mapping[str, Value]) -> dict[str, Value]:
        """`values` with defaults, and open as far as there may be declared secrets in them."""
        return opened(self.attrs, filled(self.attrs, values))

    @property
    def identity_keys(self) -> Sequence[str]:
        """The attributes that are identity, and no part of what is compared."""
        return ("uid",)

    @property
    def server_given(self) -> bool:
        return False

    def uid_of(self, found: Json) -> str:
        """The uid of an object of the wire."""
        uid: str = found["uid"]
        return uid

    def version_of(self, found: Json) -> Version:
        """The version of an object of the wire."""
        return {key: found[key] for key in self.version}

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
        return to_wire(self.attrs, values)

    def content(self, values: Mapping[str, Value]) -> Json:
        """What is compared: the normal form by attribute names, without identity and secrets."""
        return self._comparable({key: value for key, value in values.items() if self._is_on_wire(key)})

    def _is_on_wire(self, key: str) -> bool:
        return key in self.attrs and self.attrs[key].wire != "" and not self.attrs[key].client_only

    def _comparable(self, values: Mapping[str, Value]) -> Json:
        open_ = without(values, [*declared_secrets(self.attrs, values)])
        own = {key: attr for key, attr in self.attrs.items() if attr.wire and key not in self.identity_keys}
        return {key: without_redacted(type_of(own[key]), value) for key, value in compared(own, open_).items()}

    def declared(self, values: Mapping[str, Value]) -> Sequence[Place]:
        return ()

    def without(self, values: Mapping[str, Value], places: Collection[Place]) -> Mapping[str, Value]:
        return values

    def values_of(self, uid: str, document: JsonValue) -> Mapping[str, Value]:
        assert isinstance(document, Mapping)
        given = {key: attr for key, attr in self.attrs.items() if attr.settable}
        return {**from_wire(given, document), "uid": uid}

    def in_document(self, place: Place) -> Iterable[Place]:
        yield from wire_places(self.attrs, place)

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
        return secrets_of(self._given_secrets, values)

    def with_secrets(self, values: Mapping[str, Value], secrets: Mapping[str, Value]) -> Mapping[str, Value]:
        return with_secrets(self._given_secrets, values, secrets)

    def leaves_secret(self, values: Mapping[str, Value], path: ObjectPath, name: str) -> bool:
        return leaves_secret(self._given_secrets, path, name)

    @property
    def _given_secrets(self) -> Mapping[str, Attr]:
        """The attributes that are sent and may have secrets in them; those that a server tells are none of these."""
        return {key: attr for key, attr in self.attrs.items() if attr.settable and self._is_on_wire(key)}

    def names(self, values: Mapping[str, Value], uid: str) -> Iterable[Mention]:
        if self.mention_kind and uid:
            yield Mention(self.mention_kind, uid)

    def mentions(self, values: Mapping[str, Value]) -> Iterable[Mention]:
        return ()

    def uses(self, values: Mapping[str, Value]) -> Iterable[Mention]:
        return ()

    def doubts(self, values: Mapping[str, Value]) -> Iterable[ValueProblem]:
        return ()

    async def read_baseline(
        self, client: HttpClient, uid: str, version: Version, desired: Mapping[str, Value]
    ) -> Value:
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
        found = self.from_wire(wire)
        known = from_wire(self.attrs, found)
        secret = [*declared_secrets(self.attrs, known)]
        told = {key: without_redacted(type_of(self.attrs[key]), v) for key, v in without(known, secret).items()}
        chosen = {key for key in self.identity_keys if key in self.attrs and self.attrs[key].replaces}
        kept_apart = {*chosen, *(key for key, attr in self.attrs.items() if attr.body or attr.secret)}
        return Live(
            uid=self.uid_of(found),
            version=self.version_of(found),
            attributes={key: value for key, value in told.items() if key not in kept_apart},
            content=self._comparable(known),
            secret_keys=self._secret_keys(known, secret),
            silent=frozenset(
                key for key, attr in self._given_secrets.items() if holds_secrets(attr) and not has_marks(type_of(attr))
            ),
            secrets={
                key: Secret(known[key])
                for key, attr in self.attrs.items()
                if attr.secret and attr.computed and key in known
            },
            document=without(wire, [one for place in secret for one in self.in_document(place)]),
        )

    def _secret_keys(self, known: Mapping[str, Value], secret: Collection[Place]) -> frozenset[str] | None:
        """The names of the secrets that an object has, where an answer tells: by what stands for them."""
        marked = [
            (key, *place) for key, value in known.items() for place in redacted_in(type_of(self.attrs[key]), value)
        ]
        tells = any(has_marks(type_of(attr)) for attr in self.attrs.values())
        return frozenset(map(name_of, (*secret, *marked))) if tells else None
