"""What a provider tells the rest of the project: its settings, its resource types, its lookups, and how to use them.

The language checks blocks against these declarations, the engine carries out plans through these protocols, and neither
knows any provider by name.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal, Protocol

from hcl_lite.core.paths import ObjectPath, Step
from hcl_lite.core.places import Place
from hcl_lite.core.values import JsonValue, Secret, Value

# What tells whether an object has moved since it was seen, such as {"id": 7, "version": 3}: compared, never read into.
Version = Mapping[str, JsonValue]


@dataclass(frozen=True, slots=True)
class Attr:
    """One attribute of a block.

    `type` is "string", "number", "bool", "list(…)", "map(…)" or "any".

    | field      | what it means                                                                        |
    |------------|--------------------------------------------------------------------------------------|
    | computed   | filled by the server or by hcl-lite; with `optional`, only when the user leaves it out |
    | replaces   | another value means another object                                                   |
    | body       | large: kept out of the state                                                         |
    | remembered | a body that the state keeps all the same: it is small, and no server has its history |
    | secret     | kept out of everything but the call that needs it; computed, read whenever it is needed |
    | settles    | steers how hcl-lite works, and is not part of the object                             |
    | triggers   | with `settles`: what is done where it has another value than the last one; by an update |
    | exclusive  | true for one object of an organisation at the most: who gets it takes it from another  |
    | steady     | computed, and the same for as long as the object lives                               |
    | json       | text that is JSON: what of it is known counts, also where not all of it is yet      |
    | slug_of    | computed, a path that ends with what the server makes of this part of the content    |
    | wire       | the attribute's key in the server's JSON                                             |
    | example    | a value to show in the documentation, where the type's own sample would say nothing  |
    """

    type: str = "string"
    doc: str = ""
    required: bool = False
    computed: bool = False
    replaces: bool = False
    body: bool = False
    remembered: bool = False
    secret: bool = False
    settles: bool = False
    triggers: str = ""
    steady: bool = False
    json: bool = False
    exclusive: bool = False
    default: JsonValue = None
    choices: tuple[str, ...] = ()
    wire: str = ""
    slug_of: Place = ()

    optional: bool = False
    example: JsonValue = None

    @property
    def settable(self) -> bool:
        """Whether a user may give it: all but those that only the server fills in."""
        return self.optional or not self.computed


@dataclass(frozen=True, slots=True)
class Mention:
    """A name that a body uses for another object: `kind` is what it may name, `name` its uid or its name there."""

    kind: str
    name: str


@dataclass(frozen=True, slots=True)
class Revision:
    """Who made an object what it is, when (UTC, ISO 8601) and with which message; each empty where nobody tells."""

    by: str = ""
    at: str = ""
    message: str = ""

    def or_else(self, other: Revision) -> Revision:
        """What is told here, and for the rest what `other` tells of the same version."""
        return Revision(self.by or other.by, self.at or other.at, self.message or other.message)


@dataclass(frozen=True, slots=True)
class Live:
    """An object as the server has it: `content` in the form that `ResourceType.content` gives for what is wanted.

    `content` is None where the object was only surveyed, not read; `attributes` are then incomplete. `secret_keys` are
    the names of the secrets that it keeps and gives to nobody, None where nobody has looked. `secrets` are the computed
    attributes that are secret: other blocks may have them, nothing keeps them.
    `warnings` are what whoever made it should know: it is there, but not all of it as it was meant.
    `unfinished` says that a write has made a part of what was asked for, and that an update makes the rest.
    `document` is the object as the server gave it, where it was read, without the secrets that are in it: what a backup
    keeps, and `ResourceType.values_of` makes values of. `revision` is who made it what it is. `fixed` is why no account
    can change or delete it: it comes from a file of the server's own; empty for most.
    """

    uid: str
    version: Version
    attributes: Mapping[str, JsonValue] = field(default_factory=dict)
    content: Value = None
    secret_keys: frozenset[str] | None = None
    secrets: Mapping[str, Secret] = field(default_factory=dict)
    warnings: tuple[str, ...] = ()
    document: JsonValue = field(default=None, compare=False, repr=False)
    unfinished: bool = field(default=False, compare=False)
    revision: Revision = field(default_factory=Revision, compare=False)
    fixed: str = field(default="", compare=False)


@dataclass(frozen=True, slots=True)
class Distinct:
    """Names of which a server has each but once: the `uids` of the objects that have them, by what it has `compared` of
    the names that `known_as` tells, such as: title "A  b" and title "a-B" are both slug "a-b"."""

    uids: Mapping[str, str] = field(default_factory=dict)
    compared: Callable[[str], str] = lambda name: name

    def holder(self, name: str) -> str | None:
        """The uid of the object that has a name; None where none has."""
        return self.uids.get(self.compared(name))

    def is_among(self, name: str, names: Iterable[str]) -> bool:
        """Whether one of `names` is the same to the server."""
        return self.compared(name) in map(self.compared, names)


Verb = Literal["create", "update", "delete"]
"""What a write does to an object."""

Made = Callable[[Live], Awaitable[None]]
"""Told what a write of several requests has made so far, before the next goes out, which may be refused."""


async def untold(_: Live) -> None:
    """Nobody has to know."""


@dataclass(frozen=True, slots=True)
class Origin:
    """Where objects come from: the URL of a server, and the number of an organisation where one is asked for."""

    url: str
    organisation: str = ""

    def __str__(self) -> str:
        return f"{self.url} (organisation {self.organisation})" if self.organisation else self.url


@dataclass(frozen=True, slots=True)
class Held:
    """What an object holds, and takes along when it goes. `what` is a person's word for it, such as: dashboard "API".

    `type` and `uid` are those that it would have if it were managed; empty where there is no such type. `placed_by` is
    the attribute of such an object that says where it lies; `parent` the uid of the held one that it lies in, empty
    where that is the object that was asked for.
    """

    what: str
    type: str = ""
    uid: str = ""
    placed_by: str = ""
    parent: str = ""


_TOLD = 10


def told_of(held: Sequence[Held]) -> str:
    """What is held, in a sentence: how many, and their names as long as they are few."""
    names = [*dict.fromkeys(one.what for one in held)]
    more = "" if len(names) <= _TOLD else f", and {len(names) - _TOLD} more"
    return f"{len(held)} {'object' if len(held) == 1 else 'objects'} ({', '.join(names[:_TOLD])}{more})"


class ResourceType(Protocol):
    """A kind of object that can be managed. Pure: the calls are made by the provider that has the type."""

    @property
    def name(self) -> str: ...
    @property
    def doc(self) -> str: ...
    @property
    def attrs(self) -> Mapping[str, Attr]: ...
    @property
    def create_first(self) -> bool:
        """Whether a replacement is made before the old object goes (both can exist at once)."""

    @property
    def immutable(self) -> bool:
        """Whether no call changes such an object, so that any change of its content means another one."""

    @property
    def stays(self) -> str:
        """Why no call deletes such an object, so that it is only forgotten; empty where one does."""

    @property
    def part_of(self) -> str:
        """The type of the object that has the same uid, and without which there is none of these; empty for most."""

    @property
    def leaves(self) -> str:
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

    def names(self, values: Mapping[str, Value]) -> Iterable[Mention]:
        """By which names other objects' bodies may speak of this one."""

    def mentions(self, values: Mapping[str, Value]) -> Iterable[Mention]:
        """Which other objects the bodies in `values` may speak of; more than there are is fine, fewer is not."""

    def uses(self, values: Mapping[str, Value]) -> Iterable[Mention]:
        """Which other objects the bodies in completed `values` cannot do without; each that is said has to be there."""

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


class ValueProblem(Exception):
    """A value that its type allows and its meaning does not; `attribute` says which, `hint` what to do.

    `offset` is where in the attribute's text, for text that has a syntax of its own; -1 for nowhere in particular.
    """

    def __init__(self, attribute: str, summary: str, detail: str = "", hint: str = "", offset: int = -1) -> None:
        super().__init__(summary)
        self.attribute = attribute
        self.summary = summary
        self.detail = detail
        self.hint = hint
        self.offset = offset


class Reader(Protocol):
    """A provider that is open for reading. Every method raises ProviderError for a fault of the server."""

    @property
    def origin(self) -> Origin:
        """The server, without asking it."""

    async def check_settings(self) -> None:
        """Ask the server what only it can tell of the settings; no call where there is nothing to ask.

        Raises a ProviderError with `setting` for one that does not fit.
        """

    async def resolve(self, type_: str, name: str) -> str | None:
        """The uid of the object that a person calls `name`, such as name:Prometheus; None where there is none.

        A name that can only be a uid is given back as it is: whether there is such an object, `read` says.
        """

    async def check_supported(
        self, type_: str, given: Mapping[str, Value], values: Mapping[str, Value], live: Live | None
    ) -> None:
        """Raises ValueProblem where a block asks for what this server cannot have, or cannot change `live` to.

        `given` are the arguments as they are written, `values` the completed ones; `live` is None for a new object.
        """

    async def survey(self, type_: str, known: Mapping[str, Version]) -> Mapping[str, Live | None]:
        """What is there of the uids in `known`, with as few calls as the server allows; None for what is not there.

        `known` has the version that is remembered of each, {} for none: where a server keeps no uids, its number tells
        which object is meant.
        """

    async def read(
        self, type_: str, uid: str, like: Mapping[str, Value] | None = None, seen: Version | None = None
    ) -> Live | None:
        """The whole object, in the form of `like` where the server has several; None when it is not there.

        `seen` is a version at which it was seen: what `known` is to a survey.
        """

    async def original(self, type_: str, uid: str, seen: Version | None = None) -> Live | None:
        """The whole object, in the form in which the server keeps it; None when it is not there. `seen` as for read."""

    async def read_baseline(self, type_: str, uid: str, version: Version, like: Mapping[str, Value]) -> Value:
        """The content that the object had at `version`, where the server has a history and shows it; otherwise None."""

    async def read_revision(self, type_: str, live: Live) -> Revision:
        """`live.revision` as far as the server tells, by one call at the most; it is asked for what was changed."""

    async def resaved(self, type_: str, uid: str, past: Value, there: Value) -> str:
        """What has made a content `there` of `past`, if that is nobody's change but what the server's own editor fills
        in, whatever it saves, such as: saved in Grafana without a visible change. Otherwise empty."""

    async def read_sent(self, type_: str, uid: str, values: Mapping[str, Value]) -> Value:
        """The content that the object would have after an update to `values`, where the server rewrites what it is sent
        and can be asked what it would make of that. Otherwise None: what is sent is what will be there.
        """

    async def is_trashed(self, type_: str, uid: str) -> bool:
        """Whether the object was deleted, and `Writer.restore` can bring it back."""

    async def contents(self, type_: str, uid: str) -> Sequence[Held]:
        """What goes with the object when it goes; nothing for most types."""

    async def named(self, type_: str) -> Distinct | None:
        """The names of all objects of a type of which the server has each but once; None for a type whose names may be
        there twice."""

    async def missing(self, mentions: Collection[Mention]) -> Collection[Mention]:
        """Those of `mentions` of which the server has no object; none that it cannot be asked for."""

    async def forbidden(self, writes: Collection[tuple[str, Verb]]) -> Mapping[tuple[str, Verb], str]:
        """Those of `writes`, which are all that a plan has of this provider, that the account may not make, whatever
        the object of that type, and what each takes; none where the server does not tell, and none that is in doubt."""

    async def lookup(self, type_: str, values: Mapping[str, Value]) -> Mapping[str, JsonValue]:
        """The attributes of a data block. Raises ValueProblem where nothing, or more than one thing, matches."""

    def stop_waiting(self) -> None:
        """Try no call again from now on: one that waits for its next try has failed at once."""

    async def close(self) -> None: ...


class Writer(Reader, Protocol):
    """A provider that is open for writing. A write is safe to repeat: the identity is known before the call."""

    async def create(self, type_: str, values: Mapping[str, Value], made: Made = untold) -> Live: ...

    async def restore(self, type_: str, values: Mapping[str, Value], made: Made = untold) -> Live:
        """Bring a deleted object back, and to `values`; make it anew where it is no longer to be had."""

    async def update(
        self, type_: str, uid: str, values: Mapping[str, Value], seen: Version, made: Made = untold
    ) -> Live:
        """Bring the object to `values`; raises Conflict when it is no longer at version `seen`."""

    async def delete(self, type_: str, uid: str, attributes: Mapping[str, JsonValue], goes_along: bool = False) -> None:
        """Gone after this, also when it was gone before. Raises Refused where more than the object would go.

        What `goes_along` with the object that it is part of is left to the deletion of that.
        """

    async def check_health(self, type_: str, uid: str) -> str:
        """Whether an object that is there also works: raises ProviderError where it does not.

        What there is to warn of where the server cannot tell, otherwise empty. Asked for by `check_health = true`.
        """


@dataclass(frozen=True, slots=True)
class ProviderType:
    """A provider before it has its settings."""

    name: str
    doc: str
    settings: Mapping[str, Attr]
    resources: Mapping[str, ResourceType]
    lookups: Mapping[str, LookupType]
    open: Callable[[str, Mapping[str, Value], bool], Writer]
    """open(instance name, settings, read_only): makes no call. Raises ValueProblem for settings that cannot work."""
    embedded: Callable[[str, str], Mapping[str, Value]] | None = None
    """embedded(directory, instance name): the settings of a server of its own that lives in `directory`, for tests."""


class ProviderError(Exception):
    """A fault of the server or of the way to it: the base of the tree in providers/errors.py.

    `unclear` says whether the call may have done its work all the same; `setting` is the one of the provider block that
    has to be another, where that is the fault; `suspects` those that may be the fault, the likeliest first, and
    `provider` the name of its block, empty where that is not known; `request_id` is by what the server's own log knows
    the call, empty where none was made.
    """

    unclear = False
    setting = ""
    suspects: tuple[str, ...] = ()
    provider = ""
    request_id = ""

    @property
    def hint(self) -> str:
        return ""


class Conflict(ProviderError):
    """The object is not at the version that the plan saw."""


class Taken(Conflict):
    """Another object has the name or the identity that is asked for."""

    @property
    def hint(self) -> str:
        return "Choose another name, or take over what is there: hcl-lite import."


class Refused(ProviderError):
    """The call was not made, because it would have done more than the plan says."""
