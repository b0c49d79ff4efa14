"""Declarations of block types: managed ones (`resource`) and read-only ones (`data`)."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Protocol

from hcl_lite.core.paths import ObjectPath, Step
from hcl_lite.core.places import Place
from hcl_lite.core.schema.attributes import Attr
from hcl_lite.core.schema.capabilities import Capabilities
from hcl_lite.core.schema.errors import ValueProblem
from hcl_lite.core.schema.objects import Described, Mention, Reference, Whole
from hcl_lite.core.values import JsonValue, Value


class ResourceType(Protocol):
    """A type of managed objects. Pure: calls are made by the provider that has the type."""

    @property
    def name(self) -> str: ...
    @property
    def doc(self) -> str: ...
    @property
    def attrs(self) -> Mapping[str, Attr]: ...
    @property
    def capabilities(self) -> Capabilities:
        """The capabilities of the objects of the type beside being written, such as to expire."""

    @property
    def create_first(self) -> bool:
        """Whether a replacement is created before the old object is deleted (both can exist at once)."""

    @property
    def immutable(self) -> bool:
        """Whether no call updates such an object: any change of its content is a replacement."""

    @property
    def undeletable_reason(self) -> str:
        """The reason why no call deletes such an object, so that it is only removed from the state; empty for most."""

    @property
    def part_of(self) -> str:
        """The type of the object with the same uid that this one is part of; empty for most."""

    def whole(self, values: Mapping[str, Value]) -> Whole | None:
        """Returns the object that one with `values` is a piece of, by type and uid; None for none, or where that is not
        known yet."""

    @property
    def server_given(self) -> bool:
        """Whether the server chooses the uid: until it has, an object has an intended one."""

    @property
    def delete_note(self) -> str:
        """The note for the plan on what a deletion leaves on the server; empty for nothing."""

    def complete(self, address: str, name: str, values: Mapping[str, Value], uid: str) -> Mapping[str, Value]:
        """`values` with defaults filled in, and with the identity `uid` where they give none.

        An empty `uid` means that the object is new: the identity is derived from the address, or UNKNOWN until
        `new_uid` is asked for it.

        Raises ValueProblem for what the attributes' types cannot say, such as text that is not JSON.
        """

    def new_uid(self, address: str, name: str) -> str:
        """Returns a uid for a new object whose block gives none."""

    def uid(self, values: Mapping[str, Value]) -> Value:
        """Returns the uid of completed `values`; UNKNOWN where only the apply can tell."""

    def given_uid(self, values: Mapping[str, Value]) -> Value:
        """Returns the uid that the user gives in `values`, which are not completed: empty for none, UNKNOWN where it
        is not known yet. Called by every plan: avoids parsing bodies."""

    def aside(self, values: Mapping[str, Value]) -> Mapping[str, Value]:
        """Returns completed `values` with a temporary unique name, for objects that exchange their names."""

    def known_as(self, content: Value) -> Iterable[str]:
        """Returns the unique names of an object, such as: name "Main". `content` is that of `content`, or remembered
        attributes; empty where they do not tell."""

    def content(self, values: Mapping[str, Value]) -> Value:
        """Returns completed `values` in canonical form, for comparison with `Live.content`; never sent."""

    def declared(self, values: Mapping[str, Value]) -> Sequence[Place]:
        """Returns the places in `content` that completed `values` declare in an object to which others may add; none
        for most types, whose objects are written as a whole."""

    def without(self, values: Mapping[str, Value], places: Collection[Place]) -> Mapping[str, Value]:
        """Returns completed `values` that remove what was declared at `places` and is not any more; `values` itself
        where there is nothing to remove."""

    def values_of(self, uid: str, document: JsonValue) -> Mapping[str, Value]:
        """Returns completed values that create the object again which the server gave as `document`, without its
        secrets.

        Raises ValueProblem where that is impossible.
        """

    def told_values(self, uid: str, document: JsonValue) -> Mapping[str, Value]:
        """Returns what `document` tells of them, also of an object that cannot be created again. Raises ValueProblem
        where it tells too little."""

    def in_document(self, place: Place) -> Iterable[Place]:
        """Returns the places in `Live.document` that may hold what `content` has at `place`."""

    def summary(self, values: Mapping[str, Value]) -> Mapping[str, Value]:
        """Returns a few short values of a new object, to be shown."""

    def described(self, values: Mapping[str, Value]) -> Described:
        """Returns the title and the folder of an object with these completed `values`, or remembered attributes."""

    def outline(self, values: Mapping[str, Value]) -> Mapping[str, Value]:
        """Returns what an object contains, by path: a few values of each part."""

    def has_path(self, path: ObjectPath) -> bool:
        """Whether `path`, an entry of ignore_changes, can lead to anything in such an object."""

    def kept(self, values: Mapping[str, Value], live: Value, path: ObjectPath) -> Mapping[str, Value]:
        """Returns completed `values` with the value at `path`, an entry of ignore_changes, taken from
        `Live.content`."""

    def steps(self, values: Mapping[str, Value], path: ObjectPath) -> Sequence[Step]:
        """Returns where in `content` such a path leads."""

    def secrets(self, values: Mapping[str, Value]) -> Value:
        """Returns the secrets among completed `values` that the server stores and never returns, by name; UNKNOWN
        for what only the apply can tell, also for all of them."""

    def with_secrets(self, values: Mapping[str, Value], secrets: Mapping[str, Value]) -> Mapping[str, Value]:
        """Returns completed `values` for an update with these `secrets`: an empty one is removed, others stay on the
        server as they are."""

    def leaves_secret(self, values: Mapping[str, Value], path: ObjectPath, name: str) -> bool:
        """Whether `path`, an entry of ignore_changes, leads to the secret `name`."""

    def names(self, values: Mapping[str, Value], uid: str) -> Iterable[Mention]:
        """Returns the names by which the bodies of other objects may refer to this one; `uid` is empty where it is not
        known, `values` are those that are known."""

    def mentions(self, values: Mapping[str, Value]) -> Iterable[Mention]:
        """Returns the objects that bodies in `values` may refer to; too many are fine, too few are not."""

    def uses(self, values: Mapping[str, Value]) -> Iterable[Mention]:
        """Returns the objects that have to exist for completed `values` to work."""

    def references(self, values: Mapping[str, Value]) -> Iterable[Reference]:
        """Which arguments name other objects, and where: for whoever writes a block. Bodies are left out."""

    def unbound(self, values: Mapping[str, Value]) -> Sequence[Reference]:
        """Returns the references in arguments that name what their server knows by other means, such as a user by
        login: `Reader.bind` comes before anything is compared. None for most types."""

    def spelled(self, values: Mapping[str, Value], spellings: Mapping[Mention, str]) -> Mapping[str, Value]:
        """Returns arguments with what they mention written as `spellings` says: what `Reader.bind` does, undone."""

    def doubts(self, values: Mapping[str, Value]) -> Iterable[ValueProblem]:
        """Returns warnings about valid `values` that are hardly meant."""


class LookupType(Protocol):
    """A kind of `data` block."""

    @property
    def name(self) -> str: ...
    @property
    def doc(self) -> str: ...
    @property
    def attrs(self) -> Mapping[str, Attr]: ...
