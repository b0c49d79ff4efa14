"""What the decision about one block rests on, in three parts: what is wanted, what is remembered, what is observed.

Put together by resource_planner.py, decided by decide.py.
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
    """What the configuration asks for.

    `declared` is the object that the block asks for. `adopt_reason` says why an object without a record may be taken
    over, `replace_reason` why the object has to be made anew, whatever it is; `protected` forbids that.
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
    """What the state knows of the object: its `record`, None for an object that it does not know.

    `interrupted` says that an earlier run was writing the object when it ended, `deleted` that it had deleted it.
    """

    record: Record | None
    hashes: Hashes = field(default_factory=Hashes)
    interrupted: bool = False
    deleted: bool = False

    def is_asked_for(self, wanted: Wanted) -> bool:
        """Whether the block asks for what it asked for when the object was written last, however it is written now."""
        record = self.record
        if record is None:
            return False
        return wanted.arguments.asked(record) or self.hashes.is_of(record.asked, wanted.declared.hash)

    def is_object_of(self, wanted: Wanted) -> bool:
        """Whether the block asks for the very object that is remembered."""
        record = self.record
        return record is not None and (wanted.provider, wanted.declared.uid) == (record.provider, record.uid)


@dataclass(frozen=True, slots=True)
class Observed:
    """What is on the server.

    `live` has its content, unless it cannot have changed; None for no object. `desired` is what is declared, with what
    the block leaves to others (ignore_changes) as it is there. `baseline` is the content at the remembered version,
    where the object is another one now and the server tells; `resaved` says how it became that, where nobody has
    changed it: `live` has the baseline then. `reading` is what the server would make of what is desired, where it
    tells. `trashed` says that the object was deleted, and that its server can bring it back. `deferred_provider` names
    the provider that is only opened by the apply: nothing was looked at, and `live` is as remembered.
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
    """The fate of each secret, by name, and the fingerprints of those that stay as they are."""

    fates: Mapping[str, Fate] = field(default_factory=dict)
    fingerprints: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Inputs:
    """The parts, and what follows from all of them for the secrets of the object."""

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
        return self.remembered.is_asked_for(self.wanted)

    @property
    def is_same_object(self) -> bool:
        return self.remembered.is_object_of(self.wanted)
