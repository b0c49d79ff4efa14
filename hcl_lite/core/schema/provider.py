"""The protocols of a provider: before it has its settings, open for reading, and open for writing."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from hcl_lite.core.run_context import RunContext
from hcl_lite.core.schema.attributes import Attr
from hcl_lite.core.schema.lint import Lint
from hcl_lite.core.schema.objects import (
    Bound,
    Dependent,
    Distinct,
    Held,
    Listed,
    Live,
    Made,
    Mention,
    OnFound,
    Origin,
    Resolved,
    Revision,
    Search,
    Verb,
    Version,
    ignore_found,
    untold,
)
from hcl_lite.core.schema.resource_type import LookupType, ResourceType
from hcl_lite.core.values import JsonValue, Value

ListOf = Callable[[str], Awaitable[Sequence[Listed]]]
"""The objects of a type, by its name."""


class Reader(Protocol):
    """A provider that is open for reading. Every method raises ProviderError for a fault of the server."""

    @property
    def origin(self) -> Origin:
        """The server and organisation, without a call."""

    async def check_settings(self) -> None:
        """Checks those settings that only the server can check; no call where there are none.

        Raises ProviderError with `setting` for one that does not fit.
        """

    async def resolve(self, type_: str, id_: str, listed: ListOf) -> Resolved:
        """Returns the object that a person means by `id_`: its uid, number, name or title, Terraform's ORG:id, or the
        URL of its page. `listed` gives all objects of a type, as `list` does, asked for once.

        Raises ValueProblem where several objects have it, and where it is of another server or organisation.
        """

    async def bind(self, type_: str, values: Mapping[str, Value], is_coming: Callable[[Mention], bool]) -> Bound:
        """Returns the arguments `values` with the names of other objects (`ResourceType.unbound`) bound to what this
        server knows these by; UNKNOWN where there is none that `is_coming` says the apply makes.

        Raises ValueProblem for a name that nothing has, and where the account may not look it up.
        """

    async def spellings(self, type_: str, mentions: Collection[Mention]) -> Mapping[Mention, str]:
        """Returns how those of `mentions` are written by name that are known by number; none that the account may not
        look up."""

    async def check_supported(
        self, type_: str, given: Mapping[str, Value], values: Mapping[str, Value], live: Live | None
    ) -> None:
        """Raises ValueProblem where this server does not support what a block asks for, or cannot change `live` to it.

        `given` are the arguments as written, `values` the completed ones; `live` is None for a new object.
        """

    async def list(self, type_: str) -> Sequence[Listed]:
        """Returns all objects of a type, as far as the account may see them."""

    async def search(self, type_: str, search: Search) -> Sequence[Listed]:
        """Returns the objects that the server's own search finds. Called for `Capabilities.search`."""

    async def survey(
        self, type_: str, known: Mapping[str, Version], on_found: OnFound = ignore_found
    ) -> Mapping[str, Live | None]:
        """Returns each known object without its content, None where it is missing, in as few calls as possible. Calls
        `on_found` with those that are found before the end.

        `known` has the remembered version of each uid, {} for none: where a server has no uids, the number in the
        version identifies the object.
        """

    async def read(
        self, type_: str, uid: str, desired: Mapping[str, Value] | None = None, expected_version: Version | None = None
    ) -> Live | None:
        """Returns the whole object, in the form of `desired` where the server has several; None where it is missing.

        `expected_version` is a version at which it was seen: as `known` of survey.
        """

    async def original(self, type_: str, uid: str, expected_version: Version | None = None) -> Live | None:
        """Returns the whole object in the form in which the server stores it; None where it is missing.

        `expected_version` as for read.
        """

    def originals(self, type_: str, uids: Collection[str]) -> AsyncIterator[Sequence[Live]]:
        """Yields those of `uids` that a list by pages has whole, in its order, each as `original` gives it: for many
        that costs less than a call each. Those that do not come are left to `original`."""

    async def read_baseline(self, type_: str, uid: str, version: Version, desired: Mapping[str, Value]) -> Value:
        """Returns the content that the object had at `version`, from the history of the server; None where that is
        not available."""

    async def read_revision(self, type_: str, live: Live) -> Revision:
        """Returns `live.revision`, completed by at most one call; asked only for changed objects."""

    async def resaved(self, type_: str, uid: str, past: Value, there: Value) -> str:
        """Returns how the content `there` came of `past`, where only the editor of the server has filled in keys
        when saving, such as: saved in Grafana without a visible change. Empty otherwise."""

    async def read_sent(self, type_: str, uid: str, values: Mapping[str, Value]) -> Value:
        """Returns the content that the object would have after an update to `values`, by a dry run; None where the
        server stores what it is sent, or has no dry run."""

    async def is_trashed(self, type_: str, uid: str) -> bool:
        """Whether the object was deleted and `Writer.restore` can restore it."""

    async def contents(self, type_: str, uid: str) -> Sequence[Held]:
        """Returns the objects that are deleted with an object; none for most types."""

    async def dependents(self, type_: str, uids: Collection[str]) -> Mapping[str, Sequence[Dependent]]:
        """Returns the objects that name those with `uids`, which are all of the type that go, by the uid of what they
        name. Called for `Capabilities.kept_if_named`."""

    async def named(self, type_: str) -> Distinct | None:
        """Returns the unique names of all objects of a type; None for a type whose names are not unique."""

    async def missing(self, mentions: Collection[Mention]) -> Mapping[Mention, Collection[str]]:
        """Returns those of `mentions` whose object does not exist, each with the names of its kind that do, where a
        list was read; none that the server cannot be asked for."""

    async def forbidden(self, writes: Collection[tuple[str, Verb]]) -> Mapping[tuple[str, Verb], str]:
        """Returns those of `writes`, all writes that a plan has for this provider, for which the account has no
        permission, whatever the object, and the permission that each takes. None that the server does not tell, or
        that are in doubt."""

    async def lookup(self, type_: str, values: Mapping[str, Value]) -> Mapping[str, JsonValue]:
        """Returns the attributes of a data block. Raises ValueProblem where no object, or more than one, matches."""

    def stop_waiting(self) -> None:
        """Ends all waits for a retry: calls that wait fail at once, and no call is tried again."""

        """Closes connections. The provider is not used afterwards."""

    async def close(self) -> None: ...


class Writer(Reader, Protocol):
    """A provider that is open for writing. Writes can be repeated: the identity is known before the call."""

    async def create(self, type_: str, values: Mapping[str, Value], made: Made = untold) -> Live: ...

    async def restore(self, type_: str, values: Mapping[str, Value], made: Made = untold) -> Live:
        """Restores a deleted object from the trash and updates it to `values`; creates it where it is no longer in
        the trash."""

    async def update(
        self, type_: str, uid: str, values: Mapping[str, Value], expected_version: Version, made: Made = untold
    ) -> Live:
        """Updates the object to `values`. Raises Conflict where it is no longer at `expected_version`."""

    async def delete(
        self,
        type_: str,
        uid: str,
        attributes: Mapping[str, JsonValue],
        deleted_with_parent: bool = False,
        expected_version: Version | None = None,
        precondition: str = "",
    ) -> None:
        """Idempotent delete. Raises Refused where more than the object would go, and Conflict when it is no longer at
        `expected_version`, where one is given, or its server says that it is no longer what `precondition` is of.

        What goes with the object that it is part of (`deleted_with_parent`) is left to the deletion of that.
        """

    async def check_health(self, type_: str, uid: str) -> str:
        """Checks whether an object works. Raises ProviderError where it does not.

        Returns a warning where the server cannot tell, otherwise empty. Called for `Capabilities.health_check`.
        """


@dataclass(frozen=True, slots=True)
class ProviderType:
    """A provider before it has its settings."""

    name: str
    doc: str
    settings: Mapping[str, Attr]
    resources: Mapping[str, ResourceType]
    lookups: Mapping[str, LookupType]
    open: Callable[[str, Mapping[str, Value], bool, RunContext], Writer]
    """open(instance name, settings, read_only, context): makes no call. Raises ValueProblem for settings that cannot
    work."""
    embedded: Callable[[str, str], Mapping[str, Value]] | None = None
    """embedded(directory, instance name): the settings of a server of its own that lives in `directory`, for tests."""
    lint: Callable[[], Lint] | None = None
    """lint(): the rules that find what is doubtful in valid blocks, loaded by the first call."""
