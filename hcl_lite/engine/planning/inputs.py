"""The inputs of a decision about one block, in three parts: wanted, remembered, observed.

Made by resource_planner.py, decided by decide.py.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from hcl_lite.core.addrs import Address
from hcl_lite.core.schema import Live, ResourceType
from hcl_lite.core.values import Value
from hcl_lite.engine.desired import Desired, Values
from hcl_lite.engine.evaluate import Arguments
from hcl_lite.engine.hashes import Hashes
from hcl_lite.engine.plan import Fate
from hcl_lite.lang.config.block import Block
from state.model import Record


@dataclass(frozen=True, slots=True)
class Wanted:
    """The configuration's side of a decision.

    `declared` is the object that the block asks for. `adopt_reason` says why an object without a record may be adopted,
    `replace_reason` why the object is replaced in any case; `protected` (prevent_destroy) forbids that.
    """

    block: Block
    provider: str
    arguments: Arguments
    declared: Desired
    dependencies: tuple[Address, ...] = ()
    adopt_reason: str = ""
    replace_reason: str = ""
    protected: bool = False


@dataclass(frozen=True, slots=True)
class Remembered:
    """The state's side of a decision: the `record` of the object, None for none.

    `interrupted` says that an earlier run ended while it wrote the object, `deleted` that it had deleted it.
    """

    record: Record | None
    hashes: Hashes = field(default_factory=Hashes)
    interrupted: bool = False
    deleted: bool = False

    def is_asked_for(self, wanted: Wanted) -> bool:
        """Whether the block asks for the same as at the last write, however it is written now."""
        record = self.record
        if record is None:
            return False
        return wanted.arguments.asked(record) or self.hashes.is_of(record.asked, wanted.declared.hash)

    def is_object_of(self, wanted: Wanted) -> bool:
        """Whether the block asks for the remembered object, by provider and uid."""
        record = self.record
        return record is not None and (wanted.provider, wanted.declared.uid) == (record.provider, record.uid)


@dataclass(frozen=True, slots=True)
class Observed:
    """The server's side of a decision.

    `live` has its content, unless that cannot have changed; None for no object. `desired` is the declared object, with
    the parts that ignore_changes leaves to others as they are on the server. `baseline` is the content at the
    remembered version, where the object has changed since and the server has a history; `resaved` says how it changed,
    where that was no change by a person: `live` has the baseline then. `reading` is the content that the server would
    make of `desired`, where it tells. `trashed` says that the object was deleted and can be restored.
    `deferred_provider` is the provider that only the apply opens: nothing was read, and `live` is as remembered. `time`
    is when the plan looks.
    """

    live: Live | None
    desired: Desired
    baseline: Value = None
    resaved: str = ""
    reading: Value = None
    trashed: bool = False
    deferred_provider: str = ""
    time: datetime | None = None


@dataclass(frozen=True, slots=True)
class SecretChanges:
    """The fate of each secret by name, and the fingerprints of unchanged ones."""

    fates: Mapping[str, Fate] = field(default_factory=dict)
    fingerprints: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Inputs:
    """The three parts, and what follows from them for the secrets of the object."""

    wanted: Wanted
    remembered: Remembered
    observed: Observed
    secrets: SecretChanges = field(default_factory=SecretChanges)

    @property
    def block(self) -> Block:
        return self.wanted.block

    @property
    def record(self) -> Record | None:
        return self.remembered.record

    @property
    def live(self) -> Live | None:
        return self.observed.live

    @property
    def desired(self) -> Desired:
        return self.observed.desired

    @property
    def type(self) -> ResourceType:
        return self.desired.type

    @property
    def values(self) -> Values:
        """The completed arguments."""
        return self.desired.values

    @property
    def uid(self) -> Value:
        """The uid that the block asks for; UNKNOWN where only the apply can tell."""
        return self.desired.uid

    @property
    def is_unchanged(self) -> bool:
        """Whether the block asks for the same as at the last write."""
        return self.remembered.is_asked_for(self.wanted)

    @property
    def is_same_object(self) -> bool:
        """Whether the block asks for the remembered object."""
        return self.remembered.is_object_of(self.wanted)
