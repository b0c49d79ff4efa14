"""Providers: before they have their settings, open for reading, and open for writing."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from hcl_lite.core.run_context import RunContext
from hcl_lite.core.schema.attributes import Attr
from hcl_lite.core.schema.objects import (
    Distinct,
    Held,
    Listed,
    Live,
    Made,
    Mention,
    Origin,
    Revision,
    Verb,
    Version,
    untold,
)
from hcl_lite.core.schema.resource_type import LookupType, ResourceType
from hcl_lite.core.values import JsonValue, Value


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

    async def list(self, type_: str) -> Sequence[Listed]:
        """All objects of a type that there are, as far as the account may see them."""

    async def survey(self, type_: str, known: Mapping[str, Version]) -> Mapping[str, Live | None]:
        """What is there of the uids in `known`, with as few calls as the server allows; None for what is not there.

        `known` has the version that is remembered of each, {} for none: where a server keeps no uids, its number tells
        which object is meant.
        """

    async def read(
        self, type_: str, uid: str, desired: Mapping[str, Value] | None = None, expected_version: Version | None = None
    ) -> Live | None:
        """The whole object, in the form of `desired` where the server has several; None when it is not there.

        `expected_version` is a version at which it was seen: what `known` is to a survey.
        """

    async def original(self, type_: str, uid: str, expected_version: Version | None = None) -> Live | None:
        """The whole object, in the form in which the server keeps it; None when it is not there.

        `expected_version` as for read.
        """

    async def read_baseline(self, type_: str, uid: str, version: Version, desired: Mapping[str, Value]) -> Value:
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
        self, type_: str, uid: str, values: Mapping[str, Value], expected_version: Version, made: Made = untold
    ) -> Live:
        """Bring the object to `values`; raises Conflict when it is no longer at version `expected_version`."""

    async def delete(
        self,
        type_: str,
        uid: str,
        attributes: Mapping[str, JsonValue],
        deleted_with_parent: bool = False,
        expected_version: Version | None = None,
    ) -> None:
        """Idempotent delete. Raises Refused where more than the object would go, and Conflict when it is no longer at
        `expected_version`, where one is given.

        What goes with the object that it is part of (`deleted_with_parent`) is left to the deletion of that.
        """

    async def check_health(self, type_: str, uid: str) -> str:
        """Whether an object that is there also works: raises ProviderError where it does not.

        What there is to warn of where the server cannot tell, otherwise empty. `Capabilities.health_check` asks for it.
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
