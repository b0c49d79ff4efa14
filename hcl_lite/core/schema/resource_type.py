"""Kinds of blocks: what is managed (`resource`), and what is only read (`data`)."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Protocol

from hcl_lite.core.paths import ObjectPath, Step
from hcl_lite.core.places import Place
from hcl_lite.core.schema.attributes import Attr
from hcl_lite.core.schema.capabilities import Capabilities
from hcl_lite.core.schema.errors import ValueProblem
from hcl_lite.core.schema.objects import Mention
from hcl_lite.core.values import JsonValue, Value


class ResourceType(Protocol):
    """A kind of object that can be managed. Pure: the calls are made by the provider that has the type."""

    @property
    def name(self) -> str: ...
    @property
    def doc(self) -> str: ...
    @property
    def attrs(self) -> Mapping[str, Attr]: ...
    @property
    def capabilities(self) -> Capabilities:
        """What such objects can do beside being written, such as expire."""

    @property
    def create_first(self) -> bool:
        """Whether a replacement is made before the old object goes (both can exist at once)."""

    @property
    def immutable(self) -> bool:
        """Whether no call changes such an object, so that any change of its content means another one."""

    @property
    def undeletable_reason(self) -> str:
        """Why no call deletes such an object, so that it is only forgotten; empty where one does."""

    @property
    def part_of(self) -> str:
        """The type of the object that has the same uid, and without which there is none of these; empty for most."""

    @property
    def server_given(self) -> bool:
        """Whether the server chooses the uid of what it makes: until it has, an object goes by an intended one."""

    @property
    def delete_note(self) -> str:
        """What a deletion leaves on the server, which a plan says; empty where nothing is left."""

    def complete(self, address: str, name: str, values: Mapping[str, Value], uid: str) -> Mapping[str, Value]:
        """`values` with defaults filled in, and with the identity `uid` where they give none.

        An empty `uid` means that the object is new: the identity is derived from the address, or UNKNOWN until
        `new_uid` is asked for it.

        Raises ValueProblem for what the attributes' types cannot say, such as text that is not JSON.
        """

    def new_uid(self, address: str, name: str) -> str:
        """An identity for a new object that the user gave none."""

    def uid(self, values: Mapping[str, Value]) -> Value:
        """The identity that completed `values` ask for; UNKNOWN where only the apply will choose it."""

    def given_uid(self, values: Mapping[str, Value]) -> Value:
        """The identity that a user gives in `values`, which are not completed: empty for none, UNKNOWN where that is
        not known yet. Every plan asks for it: no body is parsed where that can be avoided."""

    def aside(self, values: Mapping[str, Value]) -> Mapping[str, Value]:
        """Completed `values` under a name that no other object has: for the moment, while names are exchanged."""

    def known_as(self, content: Value) -> Iterable[str]:
        """By what people tell such an object from all others, such as: name "Main". `content` is as that of `content`,
        or the attributes that are remembered; nothing where they do not tell."""

    def content(self, values: Mapping[str, Value]) -> Value:
        """Completed `values` in canonical form, for comparing with `Live.content`; never what is sent."""

    def declared(self, values: Mapping[str, Value]) -> Sequence[Place]:
        """The places in `content` of what completed `values` declare where others may have put more beside it; nothing
        for most types, whose objects are written as a whole."""

    def without(self, values: Mapping[str, Value], places: Collection[Place]) -> Mapping[str, Value]:
        """Completed `values` that take away what was declared at `places` and is not any more; `values` itself where
        that is nothing."""

    def values_of(self, uid: str, document: JsonValue) -> Mapping[str, Value]:
        """Completed values that make the object again which the server gave as `document`: all but its secrets.

        Raises ValueProblem where that cannot be.
        """

    def in_document(self, place: Place) -> Iterable[Place]:
        """Where in `Live.document` there may be what `content` has at `place`."""

    def summary(self, values: Mapping[str, Value]) -> Mapping[str, Value]:
        """What a person is shown of a new object: a few short values."""

    def outline(self, values: Mapping[str, Value]) -> Mapping[str, Value]:
        """What lies in a new object besides, by path: of each part a few values that say what it is."""

    def has_path(self, path: ObjectPath) -> bool:
        """Whether `path`, an entry of ignore_changes, can lead to something in such an object."""

    def kept(self, values: Mapping[str, Value], live: Value, path: ObjectPath) -> Mapping[str, Value]:
        """Completed `values` with what lies at `path`, which the user leaves to others, taken from `Live.content`."""

    def steps(self, values: Mapping[str, Value], path: ObjectPath) -> Sequence[Step]:
        """Where in `content` such a path leads."""

    def secrets(self, values: Mapping[str, Value]) -> Value:
        """The secrets among completed `values` that the server keeps but never gives back: a mapping of names to texts,
        UNKNOWN for what only the apply can tell, also for all of them."""

    def with_secrets(self, values: Mapping[str, Value], secrets: Mapping[str, Value]) -> Mapping[str, Value]:
        """Completed `values` for an update with these `secrets`: an empty one is removed, and what is not mentioned
        stays on the server as it is."""

    def leaves_secret(self, values: Mapping[str, Value], path: ObjectPath, name: str) -> bool:
        """Whether `path`, an entry of ignore_changes, leads to the secret `name`."""

    def names(self, values: Mapping[str, Value], uid: str) -> Iterable[Mention]:
        """By which names other objects' bodies may speak of this one, which has the `uid`, empty where nobody knows it,
        and `values` as far as they are known."""

    def mentions(self, values: Mapping[str, Value]) -> Iterable[Mention]:
        """Which other objects the bodies in `values` may speak of; more than there are is fine, fewer is not."""

    def uses(self, values: Mapping[str, Value]) -> Iterable[Mention]:
        """Which other objects completed `values` cannot do without; each that is said has to be there."""

    def doubts(self, values: Mapping[str, Value]) -> Iterable[ValueProblem]:
        """What completed `values` can mean, and hardly are meant to: a warning each."""


class LookupType(Protocol):
    """A kind of `data` block."""

    @property
    def name(self) -> str: ...
    @property
    def doc(self) -> str: ...
    @property
    def attrs(self) -> Mapping[str, Attr]: ...
