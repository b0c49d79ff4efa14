"""Requests, findings and reports of a bulk import. Frozen."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from hcl_lite.core.schema.objects import Search

if TYPE_CHECKING:  # a command that only names a selection loads no engine
    from hcl_lite.core.addrs import Address
    from hcl_lite.core.diags import Diagnostic
    from hcl_lite.core.schema import Live, Mention, ResourceType
    from hcl_lite.core.values import JsonValue, Value
    from hcl_lite.engine.plan import Plan

Key = tuple[str, str, str]
"""Provider, type and uid of an object."""


@dataclass(frozen=True, slots=True)
class Selection:
    """Which objects: all, where nothing is said. `types` are names of types, with or without their provider's before
    it; `folders` uids, titles or paths of titles; `excluded` patterns of shells for a type, a uid, a title or a path;
    `providers` names of provider blocks. With a `search` only objects that their
    server finds by it; `everything` is also what no take-over is of: what the server forgets by itself, of which only a
    block says what is meant, and what the run itself goes by."""

    types: tuple[str, ...] = ()
    folders: tuple[str, ...] = ()
    excluded: tuple[str, ...] = ()
    providers: tuple[str, ...] = ()
    search: Search = field(default_factory=Search)
    everything: bool = False

    def has_type(self, name: str) -> bool:
        """Whether objects of a type are asked for."""
        noun = name.partition("_")[2]
        return not self.types or any(one in (name, noun, f"{noun}s") for one in self.types)

    def names_type(self, name: str) -> bool:
        """Whether objects of a type are asked for by its name."""
        return self.types != () and self.has_type(name)


@dataclass(frozen=True, slots=True)
class Start:
    """A server to begin a configuration with: its `url`, and a reference to where its token is kept, such as env:NAME;
    each is left to the environment where it is empty."""

    url: str = ""
    auth: str = ""


@dataclass(frozen=True, slots=True)
class Wish:
    """The wishes of a source for the block of an object; the rest is chosen here.

    `name` is the name of the block; another is taken where a block has it. Objects of a type with the same name and a
    `key` each are instances of one block, which has the arguments that all of them share. `file` is where the block
    goes, `bodies` where the texts go that arguments read, by argument, and `texts` are such texts where the server's is
    not to be laid out anew. `arguments` stand in place of what the object says: values, or expressions as `Code`, also
    for_each, depends_on and lifecycle; None leaves an argument out. With `may_differ` the block is written also where
    the next apply creates or updates the object. `secrets` are references to where secrets are kept, by their names,
    for the comment that says how to manage them; `remarks` are comments at the end of the block. Where a plan has
    something to do for the object all the same, `otherwise` is wished for it instead, and for all instances of its
    block. With `is_instance` the block `name` is there already, and has an
    instance `key` once the body of the object is: none is written.
    """

    name: str = ""
    key: str | int | None = None
    file: str = ""
    bodies: Mapping[str, str] = field(default_factory=dict)
    texts: Mapping[str, str] = field(default_factory=dict)
    arguments: Mapping[str, Any] = field(default_factory=dict)
    may_differ: bool = False
    secrets: Mapping[str, str] = field(default_factory=dict)
    is_instance: bool = False
    remarks: tuple[str, ...] = ()
    otherwise: Wish | None = None


@dataclass(frozen=True, slots=True)
class Found:
    """An object on a server: `path` are the titles of what it lies in, from the outside; `told` is what its list tells
    of it besides, `own` why no take-over is of it; `live`, `values` and `spellings`, the names of what they mention by
    number, are there once it has been read. One that is told of and on no server has `values` alone."""

    provider: str
    type: ResourceType
    uid: str
    title: str = ""
    path: tuple[str, ...] = ()
    live: Live | None = None
    values: Mapping[str, Value] = field(default_factory=dict)
    wish: Wish = field(default_factory=Wish)
    told: Mapping[str, JsonValue] = field(default_factory=dict, compare=False)
    own: str = field(default="", compare=False)
    spellings: Mapping[Mention, str] = field(default_factory=dict, compare=False)

    @property
    def key(self) -> Key:
        return self.provider, self.type.name, self.uid

    def __str__(self) -> str:
        title = f' "{self.title}"' if self.title and self.title != self.uid else ""
        return f"{self.type.name} {self.uid}{title}"


@dataclass(frozen=True, slots=True)
class Update:
    """The texts that bring a managed object up to date: `bodies` are whole files by path; in `file` the text `before`,
    its block, is to be `after`."""

    address: Address
    bodies: Mapping[str, str] = field(default_factory=dict)
    file: str = ""
    before: str = ""
    after: str = ""


@dataclass(frozen=True, slots=True)
class LeftOut:
    """An object, or several, that no block was written for; `is_own` where the run itself goes by it."""

    what: str
    reason: str
    is_own: bool = False


@dataclass(frozen=True, slots=True)
class Declaration:
    """A block that is for no object, such as a local or an output: its `address`, the header and the arguments of its
    table, the file that it goes into. It is left out where one of the blocks that it `needs`, by address, is."""

    address: str
    header: tuple[str, ...]
    arguments: Mapping[str, Any]
    file: str
    comments: Sequence[str] = ()
    needs: Collection[str] = ()


@dataclass(frozen=True, slots=True)
class Beside:
    """Additions to the blocks of objects: other blocks, and the texts of files that expressions read, by path."""

    declarations: Sequence[Declaration] = ()
    texts: Mapping[str, str] = field(default_factory=dict)

    def __add__(self, other: Beside) -> Beside:
        return Beside((*self.declarations, *other.declarations), {**self.texts, **other.texts})


@dataclass(frozen=True, slots=True)
class Inventory:
    """The objects that were found, in the order of types and titles; `left` are those that cannot be blocks, `updates`
    are for managed ones that have changed, `notes` are told of what is taken over; `beside` goes with it."""

    found: Sequence[Found] = ()
    left: Sequence[LeftOut] = ()
    managed: int = 0
    updates: Sequence[Update] = ()
    notes: Sequence[LeftOut] = ()
    beside: Beside = field(default_factory=Beside)

    def __add__(self, other: Inventory) -> Inventory:
        found, left, notes = (*self.found, *other.found), (*self.left, *other.left), (*self.notes, *other.notes)
        updates, beside = (*self.updates, *other.updates), self.beside + other.beside
        return Inventory(found, left, self.managed + other.managed, updates, notes, beside)


@dataclass(frozen=True, slots=True)
class Report:
    """The result of a take-over.

    `taken` are the objects that are managed now, and were not before, `adopted` those of them whose blocks were there;
    `waiting` are blocks for what the next apply creates or updates, `updated` those that have what changed on servers;
    `managed` is how many were managed before; `kept` are the names of the secrets that stay on the server, by block;
    `files` what was written, with how many blocks; `plan` is that for the configuration as it is now, None for a dry
    run, and where it cannot be made, as `problems` say.
    """

    taken: Sequence[Address] = ()
    adopted: Sequence[Address] = ()
    waiting: Sequence[Address] = ()
    updated: Sequence[Address] = ()
    managed: int = 0
    left: Sequence[LeftOut] = ()
    notes: Sequence[LeftOut] = ()
    kept: Mapping[Address, Sequence[str]] = field(default_factory=dict)
    files: Mapping[str, int] = field(default_factory=dict)
    requests: int = 0
    is_dry_run: bool = False
    plan: Plan | None = None
    problems: tuple[Diagnostic, ...] = ()
