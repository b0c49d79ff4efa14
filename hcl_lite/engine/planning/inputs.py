"""Everything that the decision about one block rests on: put together by resource_planner.py, decided by decide.py."""

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
class Case:
    """What is wanted, what is remembered and what is there of the object that one block stands for.

    `declared` is what the block asks for, `wanted` the same with what it leaves to others as that is on the server;
    `live` is whole where it is not None; `baseline` the content at the remembered version, where the object is another
    one now and the server tells; `resaved` how it became that, where nobody has changed it: `live` has the baseline
    then; `reading` what the server would make of what is wanted, where it tells; `secrets` the fate of each secret;
    `fingerprints` what is to be remembered of them. `adopt_reason` says why an object without a record may
    be taken over, `replace` why the object has to be made anew, whatever it is; `protected` forbids that.
    `deferred_provider` names the provider that is only opened by the apply, so that `live` says nothing. `trashed` says
    that the object was deleted, and that its server can bring it back. `interrupted` says that an earlier run was
    writing the object when it ended, `deleted` that it had deleted it.
    """

    block: Block
    provider: str
    arguments: Arguments
    declared: Desired
    wanted: Desired
    record: Record | None
    live: Live | None
    baseline: Value = None
    resaved: str = ""
    reading: Value = None
    secrets: Mapping[str, Fate] = field(default_factory=dict)
    fingerprints: Mapping[str, str] = field(default_factory=dict)
    dependencies: tuple[Address, ...] = ()
    adopt_reason: str = ""
    replace: str = ""
    protected: bool = False
    deferred_provider: str = ""
    trashed: bool = False
    interrupted: bool = False
    deleted: bool = False
    now: datetime | None = None
    hashes: Hashes = field(default_factory=Hashes)

    @property
    def type(self) -> ResourceType:
        return self.wanted.type

    @property
    def values(self) -> Values:
        """The completed arguments."""
        return self.wanted.values

    @property
    def uid(self) -> Value:
        """The uid that the block asks for; UNKNOWN where only the apply can tell."""
        return self.wanted.uid

    @property
    def is_unchanged(self) -> bool:
        """Whether the block asks for what it asked for when the object was written last, however it is written now."""
        record = self.record
        if record is None:
            return False
        return self.arguments.asked(record) or self.hashes.is_of(record.asked, self.declared.hash)

    @property
    def is_same_object(self) -> bool:
        """Whether the block asks for the very object that is remembered."""
        record = self.record
        return record is not None and (self.provider, self.uid) == (record.provider, record.uid)
