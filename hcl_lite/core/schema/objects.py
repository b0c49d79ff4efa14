"""Objects on servers, as providers return them: content, origin, contained objects, names."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

from hcl_lite.core.places import Place
from hcl_lite.core.values import JsonValue, Secret, Value

# What tells whether an object has moved since it was seen, such as {"id": 7, "version": 3}: compared, never read into.
Version = Mapping[str, JsonValue]


def count_in(version: Version) -> JsonValue:
    """Returns the number of changes in a version, to be shown; None where the server counts none."""
    return version.get("version")


@dataclass(frozen=True, slots=True)
class Mention:
    """A reference to another object: `kind` is the kind of object, `name` its uid or its name; empty among
    those that an object declares for names that are not known yet.

    `place` is that of the argument that holds it, where that is not a body; `refused` says that the server takes no
    write that names a missing object there.
    """

    kind: str
    name: str
    place: Place = field(default=(), compare=False)
    refused: bool = field(default=False, compare=False)


@dataclass(frozen=True, slots=True)
class Reference:
    """An argument, outside of bodies, that names another object: the value at `place`, or with `in_key` the end of the
    key there, such as team:2. `mention` says which; its kind may be the name of a type, where its uids are numbers.
    With `offered` the body of the object names it, and the argument, which no answer has, may say so."""

    place: Place
    mention: Mention
    in_key: bool = False
    offered: bool = False


@dataclass(frozen=True, slots=True)
class Revision:
    """The author of a version of an object, its time (UTC, ISO 8601) and its message; each empty where it is not
    known."""

    by: str = ""
    at: str = ""
    message: str = ""

    def or_else(self, other: Revision) -> Revision:
        """Returns this revision, with empty fields filled from `other`, one of the same version."""
        return Revision(self.by or other.by, self.at or other.at, self.message or other.message)


@dataclass(frozen=True, slots=True)
class Bound:
    """Arguments whose names of other objects are bound to what their server knows these by. `spelled` says how each of
    those is written: {Mention("grafana_user", "4"): "user:ada"}."""

    values: Mapping[str, Value]
    spelled: Mapping[Mention, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Live:
    """An object as the server has it: `content` in the form that `ResourceType.content` gives for what is wanted.

    `content` is None where the object was only surveyed, not read; `attributes` are then incomplete. `secret_keys` are
    the names of the secrets that it keeps and gives to nobody, None where nobody has looked; `silent` are the
    attributes of which no answer tells whether there is one. `secrets` are the computed attributes that are secret:
    other blocks may have them, nothing keeps them.
    `warnings` are what whoever made it should know: it is there, but not all of it as it was meant.
    `unfinished` says that a write has made a part of what was asked for, and that an update makes the rest.
    `document` is the object as the server gave it, where it was read, without the secrets that are in it: what a backup
    keeps, and `ResourceType.values_of` makes values of. `revision` is who made it what it is. `fixed` is why no account
    can change or delete it: it comes from a file of the server's own; empty for most. `owner` is why it is somebody
    else's to change, such as a plugin's, though accounts can. `precondition` is by which its server refuses to delete
    another state of it than this one; empty where it cannot.
    """

    uid: str
    version: Version
    attributes: Mapping[str, JsonValue] = field(default_factory=dict)
    content: Value = None
    secret_keys: frozenset[str] | None = None
    silent: frozenset[str] = frozenset()
    secrets: Mapping[str, Secret] = field(default_factory=dict)
    warnings: tuple[str, ...] = ()
    document: JsonValue = field(default=None, compare=False, repr=False)
    unfinished: bool = field(default=False, compare=False)
    revision: Revision = field(default_factory=Revision, compare=False)
    fixed: str = field(default="", compare=False)
    owner: str = field(default="", compare=False)
    precondition: str = field(default="", compare=False)


@dataclass(frozen=True, slots=True)
class Distinct:
    """The unique names of a type: `uids` of the objects by their names as `compared` by the server, such as: title
    "A b" and title "a-B" are both slug "a-b". `alone` are the uids of the objects that have exclusive attributes."""

    uids: Mapping[str, str] = field(default_factory=dict)
    compared: Callable[[str], str] = lambda name: name
    alone: Mapping[str, str] = field(default_factory=dict)

    def holder(self, name: str) -> str | None:
        """Returns the uid of the object with a name; None for no object."""
        return self.uids.get(self.compared(name))

    def told(self, uid: str) -> str:
        """Returns an object by its name, as far as it is known: name "Main" (main)."""
        name = next((name for name, other in self.uids.items() if other == uid), "")
        return f"the one with {name} ({uid})" if name else f'"{uid}"'

    def is_among(self, name: str, names: Iterable[str]) -> bool:
        """Whether the server takes one of `names` for the same as `name`."""
        return self.compared(name) in map(self.compared, names)


Verb = Literal["create", "update", "delete"]
"""What a write does to an object."""

Made = Callable[[Live], Awaitable[None]]
"""Told what a write of several requests has made so far, before the next goes out, which may be refused."""


async def untold(_: Live) -> None:
    """Ignores a message."""


OnFound = Callable[[Live], None]
"""Told of an object of a survey as soon as it is found, before the others are; not of one of which the end of the
survey tells more."""


def ignore_found(_: object) -> None:
    """Ignores an object that is found."""


@dataclass(frozen=True, slots=True)
class Origin:
    """The URL of a server, and the number of an organisation where one is asked for."""

    url: str
    organisation: str = ""

    def __str__(self) -> str:
        return f"{self.url} (organisation {self.organisation})" if self.organisation else self.url


@dataclass(frozen=True, slots=True)
class Held:
    """An object inside of another one, which is deleted with that. `what` names it for people, such as: dashboard
    "API".

    `type` and `uid` are those that it would have if it were managed; empty where there is no such type. `placed_by` is
    the attribute of such an object that says where it lies; `parent` the uid of the held one that it lies in, empty
    where that is the object that was asked for. `pieces` are what it consists of, where that may be managed instead.
    """

    what: str
    type: str = ""
    uid: str = ""
    placed_by: str = ""
    parent: str = ""
    pieces: tuple[Held, ...] = ()


@dataclass(frozen=True, slots=True)
class Dependent:
    """An object that names another one, which is not to go before it. `what` names it for people, such as: dashboard
    "API" (api). `keys` are the types and uids as which it may be managed: itself, and the object that it is a piece of.
    """

    what: str
    keys: tuple[tuple[str, str], ...] = ()


Whole = tuple[str, str]
"""An object that others are pieces of: its type and its uid."""


@dataclass(frozen=True, slots=True)
class Listed:
    """An object in a list of all objects of its type: `title` is what people know it by, `folder` the uid of its
    folder; each empty where there is none. `keys` are its other ids, such as its number; `told` are the values of
    attributes that the list tells besides, to be shown: none that is secret. `whole` is the object that it is a piece
    of. `own` is why no take-over of a server is of it, such as that the run signs in by it; empty where it may be."""

    uid: str
    title: str = ""
    folder: str = ""
    keys: tuple[str, ...] = field(default=(), compare=False)
    told: Mapping[str, JsonValue] = field(default_factory=dict, compare=False)
    whole: Whole | None = field(default=None, compare=False)
    own: str = field(default="", compare=False)


@dataclass(frozen=True, slots=True)
class Described:
    """An object in the words of people: its `title`, and the uid of the `folder` that it lies in; each empty where
    there is none, or where it is not known yet."""

    title: str = ""
    folder: str = ""


@dataclass(frozen=True, slots=True)
class Resolved:
    """The object that a person means by an id: `live` as it was read, None where it is not there, or can be told only
    by what a block asks for. `detail` says what was looked for where nothing was found; `uid` is empty then, unless the
    id can be one itself."""

    uid: str
    live: Live | None = None
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Search:
    """A search by the server: a text, and tags that an object has all of."""

    query: str = ""
    tags: tuple[str, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.query or self.tags)


_TOLD = 10


def summarize(held: Sequence[Held]) -> str:
    """Returns a sentence on held objects: how many, and their names if they are few."""
    names = [*dict.fromkeys(one.what for one in held)]
    more = "" if len(names) <= _TOLD else f", and {len(names) - _TOLD} more"
    return f"{len(held)} {'object' if len(held) == 1 else 'objects'} ({', '.join(names[:_TOLD])}{more})"
