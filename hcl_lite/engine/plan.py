"""The parts of a plan. Frozen: made by planning, shown by views, carried out by applying."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum

from hcl_lite.core.addrs import Address
from hcl_lite.core.diags import Diagnostic, Place, Severity
from hcl_lite.core.schema import Revision, Version
from hcl_lite.core.values import JsonValue, Value
from hcl_lite.engine.diff import Difference
from hcl_lite.engine.policies import PolicyResult
from hcl_lite.engine.seals import Seal
from hcl_lite.engine.skipped_servers import SkippedServer
from state.backups import Copy
from state.model import ObjectKey, Record


class Action(StrEnum):
    """The action on one object.

    REFRESH changes the state only: the object has changed, or is adopted, and is as desired. FORGET removes a record
    whose object is gone, RELEASE one whose object stays. READ is a lookup that only the apply can read.
    """

    NOOP = "no-op"
    REFRESH = "refresh"
    READ = "read"
    CREATE = "create"
    UPDATE = "update"
    REPLACE = "replace"
    DELETE = "delete"
    FORGET = "forget"
    RELEASE = "release"


class Fate(StrEnum):
    """The change of one secret of an object. KEPT is a secret that exists on the server and was never configured here;
    UNKNOWN one that is known only after apply."""

    SET = "set"
    ROTATED = "rotated"
    REMOVED = "removed"
    UNCHANGED = "unchanged"
    KEPT = "kept"
    UNKNOWN = "known after apply"


class Access(StrEnum):
    """The change of who may do what: more is allowed, or less, or it cannot be told in a word."""

    OPENS = "opens"
    CLOSES = "closes"
    CHANGES = "changes"


# Those that call for a server to be changed.
WRITES = frozenset({Action.CREATE, Action.UPDATE, Action.REPLACE, Action.DELETE})
# Those that take an object out of the state.
GOES = frozenset({Action.DELETE, Action.FORGET, Action.RELEASE})
# Those that make an object that is not there yet.
MAKES = frozenset({Action.CREATE, Action.REPLACE})
# Those that take an object away, also where another one comes in its place.
TAKES_AWAY = frozenset({Action.DELETE, Action.REPLACE})


@dataclass(frozen=True, slots=True)
class Outside:
    """A change made outside of hcl-lite, as far as it is known: its `revision`, and the version numbers `before` and
    `now`, None where the server counts none."""

    revision: Revision = field(default_factory=Revision)
    before: int | None = None
    now: int | None = None

    def told(self, what: str) -> str:
        """Returns `what` with all details that are known: changed by anna, 2026-11-26 10:12:05 UTC, version 4 → 5:
        "more room"."""
        text = f"{what} by {self.revision.by}" if self.revision.by else what
        at = self.revision.at.replace("T", " ").replace("Z", " UTC")
        versions = "" if self.before is None else f"version {self.before} → {self.now}"
        text = ", ".join(part for part in (text, at, versions) if part)
        return f"{text}: {json.dumps(self.revision.message, ensure_ascii=False)}" if self.revision.message else text


@dataclass(frozen=True, slots=True)
class Change:
    """The planned change of the object at `address`.

    `record` is what is to be remembered without a write (REFRESH), or what was remembered before (others);
    `expected_version` the live version that a write relies on; `wanted` the hash of the arguments, empty while parts
    of them are unknown;
    `moved_from` is the address at which the state knows the object so far; `drift` is what somebody else has changed
    since the last write, where that stays or the block asks for something else, as far as it is known; `outside` says
    who has; `restores` says that a CREATE brings back what was deleted, `may_stay` that nothing calls for a REPLACE or
    an UPDATE but what only the apply will tell: where that is as it was, nothing is done. `takes` is what goes along
    with a deleted object without being managed here, `along` the types and uids of that, which no saved plan has;
    `holds` what lies in it or names it and is managed here, or takes along what does, and leaves it in the same run.
    `goes_with` is the address of the object that it is part of, and whose deletion takes it along. `secrets` are those
    that a write sets, rotates or removes, and those that are told to be kept. `files` are those that the arguments of
    what is updated are read from, `after` the uids of objects that give up a name which this one takes over. `title` is
    what people know the object by, `folder` the uid of the folder that it lies in; `access` is told of what says who
    may do what. `outline` is what lies in an object when it is made or changed, by path, a few values of each part,
    `outline_before` the same before a change; None where they are left out since many are written. `body` is all of a
    new object as JSON, fit to be shown, where it was asked for; `content_before` and
    `content_after` are what is compared, without secrets, where policies ask for them, and which no saved plan has.
    """

    address: Address
    action: Action
    provider: str = ""
    uid: str = ""
    record: Record | None = None
    expected_version: Version = field(default_factory=dict)
    wanted: str = ""
    create_first: bool = False
    restores: bool = False
    may_stay: bool = False
    differences: tuple[Difference, ...] = ()
    drift: tuple[Difference, ...] = ()
    secrets: Mapping[str, Fate] = field(default_factory=dict)
    reason: str = ""
    note: str = ""
    drifted: bool = False
    outside: Outside | None = None
    deposed: bool = False
    moved_from: Address | None = None
    takes: tuple[str, ...] = ()
    along: tuple[tuple[str, str], ...] = field(default=(), compare=False, repr=False)
    after: tuple[str, ...] = ()
    holds: tuple[ObjectKey, ...] = ()
    goes_with: Address | None = None
    dependencies: tuple[Address, ...] = ()
    place: Place | None = None
    files: tuple[str, ...] = ()
    title: str = ""
    folder: str = ""
    access: Access | None = None
    outline: Mapping[str, Value] | None = field(default_factory=dict)
    outline_before: Mapping[str, Value] | None = field(default_factory=dict)
    body: str = field(default="", compare=False, repr=False)
    content_before: Value = field(default=None, compare=False, repr=False)
    content_after: Value = field(default=None, compare=False, repr=False)

    @property
    def changes_secrets(self) -> bool:
        """Whether secrets alone make a write necessary."""
        return any(fate != Fate.KEPT for fate in self.secrets.values())

    def noted(self, sentence: str) -> Change:
        """Returns the change with `sentence` added to its note; itself for an empty one."""
        return replace(self, note=f"{self.note} {sentence}".strip()) if sentence else self


@dataclass(frozen=True, slots=True)
class OutputChange:
    """An output before and after; ABSENT where it does not exist. Values are fit to be shown."""

    name: str
    before: Value
    after: Value


@dataclass(frozen=True, slots=True)
class Plan:
    """Everything that an apply would do, and what it relies on: the state's `lineage` and `serial`.

    `evaluated` are the outputs that the apply computes: all, or with `targets` those that come of nothing but what is
    targeted and what is as it was applied.
    `inputs` are the variables that the plan was made with, without the sensitive ones; `time` is what timestamp() gave.
    `warnings` are told with it; an error among them stands in the way of an apply. `skipped` are the servers that could
    not be looked at: the plan is partial then. `copies` are the objects that are to be updated, as far as they were
    read; `given` the arguments that are to be written and have secrets in them, and the servers of the providers.
    `policies` are the results of those that it was held to, `policy_sources` where the shared ones among them are. A
    saved plan is without both; it has an `id`, the `version` of hcl-lite that made it, the fingerprints of the
    configuration's `files`, and `seals` of what was given.
    """

    changes: tuple[Change, ...]
    outputs: tuple[OutputChange, ...] = ()
    evaluated: tuple[str, ...] = ()
    warnings: tuple[Diagnostic, ...] = ()
    lineage: str = ""
    serial: int = 0
    destroy: bool = False
    refresh_only: bool = False
    targets: tuple[Address, ...] = ()
    replacing: tuple[Address, ...] = ()
    refresh: bool = True
    skipped: tuple[SkippedServer, ...] = ()
    inputs: Mapping[str, JsonValue] = field(default_factory=dict)
    time: str = ""
    id: str = ""
    version: str = ""
    files: Mapping[str, str] = field(default_factory=dict)
    seals: Mapping[str, Seal] = field(default_factory=dict)
    policies: tuple[PolicyResult, ...] = ()
    policy_sources: tuple[str, ...] = ()
    copies: Mapping[Address, Copy] = field(default_factory=dict, compare=False, repr=False)
    given: Mapping[str, Value] = field(default_factory=dict, compare=False, repr=False)

    @property
    def refusals(self) -> Sequence[Diagnostic]:
        """The errors for which an apply is refused."""
        return [one for one in self.warnings if one.severity is Severity.ERROR]

    @property
    def writes(self) -> Sequence[Change]:
        """The changes that write to a server."""
        return [change for change in self.changes if change.action in WRITES]

    @property
    def deletions(self) -> Sequence[Change]:
        """The changes that delete an object, also as part of a replacement."""
        return [change for change in self.changes if change.action in TAKES_AWAY]

    @property
    def deleted(self) -> Sequence[str]:
        """Everything that is deleted, by name: managed objects, and what is deleted with them."""
        return [
            name
            for change in self.deletions
            for name in (str(change.address), *(f"{held} in {change.address}" for held in change.takes))
        ]

    @property
    def is_empty(self) -> bool:
        """Whether an apply would change nothing that a user can see: no object and no output."""
        seen = WRITES | {Action.RELEASE} | ({Action.REFRESH, Action.FORGET} if self.refresh_only else frozenset())
        return not any(change.action in seen for change in self.changes) and not self.outputs

    @property
    def is_partial(self) -> bool:
        """Whether there are objects that it did not look at, since their server could not be reached."""
        return bool(self.skipped)

    @property
    def is_settled(self) -> bool:
        """Whether an apply would not change the state either."""
        return all(c.action is Action.NOOP and c.moved_from is None for c in self.changes) and not self.outputs

    def count(self, *actions: Action) -> int:
        """Returns how many changes have one of `actions`."""
        return sum(1 for change in self.changes if change.action in actions)
