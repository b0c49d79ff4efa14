"""A declared resource type: what its objects are, how they are told apart, compared and named. Pure.

Its attributes are keys of one JSON object, the wire.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from hcl_lite.core.paths import ObjectPath, Step, keep
from hcl_lite.core.places import Place, at, without
from hcl_lite.core.schema import (
    Attr,
    Capabilities,
    Described,
    Live,
    Mention,
    Reference,
    Revision,
    ValueProblem,
    Whole,
)
from hcl_lite.core.schema.secrecy import declared_secrets, holds_secrets, name_of
from hcl_lite.core.schema.type_text import type_of
from hcl_lite.core.values import UNKNOWN, JsonValue, Secret, Value, reveal
from providers.kit.hooks import Needed, ToldApart, as_given, as_sent, free, meant, name_aside, standalone, unsigned
from providers.kit.identity import Identity, Singleton, Uid
from providers.kit.ids import Ids
from providers.kit.naming import Naming, NoNames, names_at
from providers.kit.secrets import leaves_secret, opened, secrets_of, with_secrets
from providers.kit.version import Digest, VersionOf
from providers.kit.wire import (
    Json,
    as_given_in,
    comparable,
    compared,
    filled,
    from_wire,
    has_blocks,
    has_marks,
    redacted_in,
    to_wire,
    wire_places,
    without_redacted,
)

Values = Mapping[str, Value]


@dataclass(frozen=True, kw_only=True)
class Declaration:
    """Implements hcl_lite.core.schema.ResourceType; what that has of these fields, it explains.

    | field         | what it says                                                                           |
    |---------------|----------------------------------------------------------------------------------------|
    | identity      | what tells one from all others, and who chooses it                                     |
    | versioned     | what tells that one has moved                                                          |
    | irrecoverable | why no object can be made again as it was                                              |
    | whole         | the object that one with such values is a piece of                                     |
    | distinct      | the attribute of which the server has each value but once                              |
    | most_name     | how many characters it may have                                                        |
    | told_apart    | how names tell objects apart, where that takes more than `distinct`                    |
    | mention_kind  | as what others mention such an object: by its uid, or by each attribute of `mention_by`|
    | mentioned     | the attributes that name other objects, with their kinds, Needed for what has to exist;|
    |               | the kind of those that go by numbers is the name of their type                         |
    | naming        | the arguments that may name other objects by what their server alone can tell          |
    | stands_on     | what has to be there although no attribute names it                                    |
    | title, folder | the keys of the wire by which people know an object, and where it lies                 |
    | shown         | the attributes that are shown of a new object, where that is not what is compared      |
    | check         | raises ValueProblem for completed values that cannot be meant                          |
    | made_of       | completed values with what follows from them, such as text that is read; raises so too |
    | normal        | completed values as the server will have them, used for comparing only                 |
    | from_wire     | an object of the wire by the keys that the attributes have there                       |
    | tells_secrets | whether an object of the wire has something for each secret that is set, at its place  |
    | derived       | the keys of the wire that are made of others: no backup has them                       |
    | own           | why no take-over is of an object, of the wire of a list: the run itself goes by it     |
    | fixed         | why nobody can change an object, of the wire                                           |
    | revision      | who has changed an object and when, of the wire                                        |
    """

    name: str
    doc: str
    attrs: Mapping[str, Attr]
    identity: Identity = field(default_factory=Uid)
    ids: Ids = field(default_factory=Ids)
    versioned: VersionOf = field(default_factory=Digest)
    capabilities: Capabilities = field(default_factory=Capabilities)
    create_first: bool = False
    immutable: bool = False
    undeletable_reason: str = ""
    irrecoverable: str = ""
    part_of: str = ""
    delete_note: str = ""
    whole: Callable[[Values], Whole | None] = standalone
    distinct: str = ""
    most_name: int = 190
    told_apart: ToldApart | None = None
    mention_kind: str = ""
    mention_by: tuple[str, ...] = ()
    mentioned: Mapping[str, str | Needed] = field(default_factory=dict)
    naming: Naming = field(default_factory=NoNames)
    stands_on: Sequence[Mention] = ()
    title: str = "name"
    folder: str = ""
    shown: Sequence[str] = ()
    check: Callable[[Values], None] = meant
    made_of: Callable[[Values], Values] = as_given
    normal: Callable[[Values], Values] = as_sent
    from_wire: Callable[[Json], Json] = field(default=lambda wire: wire)
    tells_secrets: bool = False
    derived: Collection[str] = ()
    own: Callable[[Json], str] = free
    fixed: Callable[[Json], str] = free
    revision: Callable[[Json], Revision] = unsigned

    # --- identity and names -------------------------------------------------------------------------------------------

    @property
    def server_given(self) -> bool:
        return self.identity.natural_key != ""

    @property
    def only_uid(self) -> str:
        """The uid of the one object of the type; empty where there may be several."""
        return self.identity.word if isinstance(self.identity, Singleton) else ""

    @property
    def _left_out(self) -> Sequence[str]:
        """The attributes of the identity that may be left out: no part of what is compared."""
        return [key for key in self.identity.keys if key in self.attrs and self.attrs[key].computed]

    def complete(self, address: str, name: str, values: Values, uid: str) -> Values:
        given = {key: value for key, value in values.items() if value is not None}
        whole = opened(self.attrs, filled(self.attrs, given))
        complete = self.identity.complete(whole, uid, self.new_uid(address, name))
        self.check(complete)
        return self.made_of(complete)

    def new_uid(self, address: str, name: str) -> str:
        return self.identity.new_uid(address, name)

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
        return self.told_values(uid, document)

    def told_values(self, uid: str, document: JsonValue) -> Values:
        assert isinstance(document, Mapping)
        given = {key: attr for key, attr in self.attrs.items() if attr.settable}
        return self.identity.complete(from_wire(given, document), uid, uid)

    def summary(self, values: Values) -> Values:
        if self.shown:
            return {key: values.get(key) if self.attrs[key].settable else UNKNOWN for key in self.shown}
        content = self.content(values)
        identity = {key: values[key] for key in self.identity.keys if key in values}
        given = {
            key: as_given_in(type_of(self.attrs[key]), content[key], values[key]) for key in content if key in values
        }
        return {**identity, **given}

    def names(self, values: Values, uid: str) -> Iterable[Mention]:
        if self.mention_kind and uid:
            given = [name for key in self.mention_by if isinstance(name := values.get(key), str)]
            yield from (Mention(self.mention_kind, name) for name in given or (uid,))

    def mentions(self, values: Values) -> Iterable[Mention]:
        yield from self.stands_on
        for key, kind in self.mentioned.items():
            named = kind.kind if isinstance(kind, Needed) else kind
            yield from (Mention(named, name) for _, name in names_at(values, tuple(key.split("."))))
        yield from (reference.mention for reference in self.naming.references(values))

    def uses(self, values: Values) -> Iterable[Mention]:
        for key, needed in self.mentioned.items():
            if isinstance(needed, Needed):
                for place, name in names_at(values, tuple(key.split("."))):
                    if name not in needed.built_in:
                        yield Mention(needed.kind, name, place, needed.refused)

    def references(self, values: Values) -> Iterable[Reference]:
        for key, kind in self.mentioned.items():
            named = kind.kind if isinstance(kind, Needed) else kind
            for place, name in names_at(values, tuple(key.split("."))):
                yield Reference(place, Mention(named, name))
        yield from self.naming.references(values)

    def unbound(self, values: Values) -> Sequence[Reference]:
        return self.naming.unbound(values)

    def spelled(self, values: Values, spellings: Mapping[Mention, str]) -> Values:
        return self.naming.spelled(values, spellings)

    def uid_of(self, found: Json) -> str:
        return self.identity.of(from_wire(self.attrs, found))

    # --- the wire, and what is compared of it -------------------------------------------------------------------------

    def to_wire(self, values: Values) -> Json:
        """Completed values as the body of a write."""
        return {key: reveal(value) for key, value in to_wire(self.attrs, values).items()}

    def content(self, values: Values) -> Json:
        """Returns the content that is compared: the normal form by attribute names, without identity and secrets."""
        normal = self.normal(values)
        return self._comparable({key: value for key, value in normal.items() if self._is_on_wire(key)})

    def _is_on_wire(self, key: str) -> bool:
        return key in self.attrs and self.attrs[key].wire != "" and not self.attrs[key].client_only

    def _comparable(self, values: Values) -> Json:
        open_, left_out = without(values, [*declared_secrets(self.attrs, values)]), self._left_out
        own = {key: attr for key, attr in self.attrs.items() if attr.wire and key not in left_out}
        return {key: without_redacted(type_of(own[key]), value) for key, value in compared(own, open_).items()}

    def declared(self, values: Values) -> Sequence[Place]:
        return ()

    def without(self, values: Values, places: Collection[Place]) -> Values:
        return values

    def in_document(self, place: Place) -> Iterable[Place]:
        yield from wire_places(self.attrs, place)

    def described(self, values: Values) -> Described:
        return Described(self._text_of(values, self.title), self._text_of(values, self.folder))

    def _text_of(self, values: Values, wire: str) -> str:
        """The value of the attribute that is called `wire` there; empty for none, and for one that is not known."""
        found = next((values.get(key) for key, attr in self.attrs.items() if wire and attr.wire == wire), None)
        return found if isinstance(found, str) else ""

    def outline(self, values: Values) -> Values:
        return {}

    def has_path(self, path: ObjectPath) -> bool:
        attr = self.attrs.get(str(path.steps[0]))
        return attr is not None and attr.settable

    def kept(self, values: Values, live: Value, path: ObjectPath) -> Values:
        kept: Values = keep(values, live, self.steps(values, path))
        return kept

    def steps(self, values: Values, path: ObjectPath) -> Sequence[Step]:
        return path.steps

    def secrets(self, values: Values) -> Value:
        return secrets_of(self._given_secrets, values)

    def with_secrets(self, values: Values, secrets: Values) -> Values:
        return with_secrets(self._given_secrets, values, secrets)

    def leaves_secret(self, values: Values, path: ObjectPath, name: str) -> bool:
        return leaves_secret(self._given_secrets, path, name)

    @property
    def _given_secrets(self) -> Mapping[str, Attr]:
        """The attributes that are sent and may have secrets in them; those that a server tells are none of these."""
        return {key: attr for key, attr in self.attrs.items() if attr.settable and self._is_on_wire(key)}

    def doubts(self, values: Values) -> Iterable[ValueProblem]:
        return ()

    def live(self, wire: Json) -> Live:
        """An object of the wire as the engine knows it."""
        found = self.from_wire(wire)
        known = from_wire(self.attrs, found)
        secret = [*declared_secrets(self.attrs, known)]
        told = {key: without_redacted(type_of(self.attrs[key]), v) for key, v in without(known, secret).items()}
        hidden = [one for place in secret for one in self.in_document(place)]
        chosen = {key for key in self._left_out if self.attrs[key].replaces}
        kept_apart = {*chosen, *(key for key, attr in self.attrs.items() if attr.body or attr.secret)}
        return Live(
            uid=self.uid_of(found),
            version=self.versioned(found),
            attributes={
                key: comparable(self.attrs[key], value) if has_blocks(type_of(self.attrs[key])) else value
                for key, value in told.items()
                if key not in kept_apart
            },
            content=self._comparable(known),
            secret_keys=self._secret_keys(known, secret),
            silent=frozenset(
                key
                for key, attr in self._given_secrets.items()
                if holds_secrets(attr) and not (self.tells_secrets or has_marks(type_of(attr)))
            ),
            secrets={
                key: Secret(known[key])
                for key, attr in self.attrs.items()
                if attr.secret and attr.computed and key in known
            },
            document=without(wire, [*hidden, *((key,) for key in self.derived)]),
            fixed=self.fixed(wire),
            revision=self.revision(wire),
        )

    def _secret_keys(self, known: Values, secret: Collection[Place]) -> frozenset[str] | None:
        """The names of the secrets that an object has, where an answer tells: by what stands for them."""
        marked = [
            (key, *place) for key, value in known.items() for place in redacted_in(type_of(self.attrs[key]), value)
        ]
        tells = self.tells_secrets or any(has_marks(type_of(attr)) for attr in self.attrs.values())
        there = (place for place in (*secret, *marked) if at(known, place) != "")
        return frozenset(map(name_of, there)) if tells else None
