"""The parts of a review. Frozen, fit to be shown: made by `build`, shown by views, asked by policies."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from hcl_lite.core.diags import Diagnostic
from hcl_lite.engine.plan import Action, Change, OutputChange
from hcl_lite.engine.policies import PolicyResult
from hcl_lite.engine.skipped_servers import SkippedServer


class Mode(StrEnum):
    """The kind of a plan: to do what the configuration says, to delete all, or to bring the state up to date."""

    APPLY = "apply"
    DESTROY = "destroy"
    REFRESH_ONLY = "refresh-only"


class RiskKind(StrEnum):
    """The kinds of risk, the worst first.

    DELETION: an object goes, and what lies in it. REPLACEMENT: it goes, and another comes in its place. OVERWRITE: what
    somebody has changed outside of hcl-lite is overwritten. ACCESS: somebody may do more, or less. SECRET: a secret is
    rotated or removed.
    """

    DELETION = "deletion"
    REPLACEMENT = "replacement"
    OVERWRITE = "overwrite"
    ACCESS = "access"
    SECRET = "secret"


@dataclass(frozen=True, slots=True)
class Risk:
    """One reason to look twice: its `kind`, and a `text` that says what happens, such as: deleted, and with it 2
    dashboards that are not managed here."""

    kind: RiskKind
    text: str


@dataclass(frozen=True, slots=True)
class Folder:
    """A folder: its `uid`, empty for the root and for what lies in none; and its `title`, with those of the folders
    above, such as: Team/Services. The uid where the title is not known."""

    uid: str = ""
    title: str = ""


@dataclass(frozen=True, slots=True)
class Row:
    """One object of a plan: the `change`, the `title` of the object (its uid or the end of its address where it has
    none; of a part, such as permissions, that of the whole), the `folder` that it lies in (a folder lies
    in the one above it), and the `risks`, the worst first."""

    change: Change
    title: str
    folder: Folder = field(default_factory=Folder)
    risks: tuple[Risk, ...] = ()

    @property
    def address(self) -> str:
        return str(self.change.address)

    @property
    def known_title(self) -> str:
        """The title where it says more than the uid and the address."""
        return "" if self.title in (self.change.uid, self.address.rpartition(".")[2]) else self.title

    @property
    def type(self) -> str:
        return self.change.address.type


@dataclass(frozen=True, slots=True)
class Review:
    """A plan as people review it: `rows` for all objects that there is something to say of, in the order of the plan;
    `outputs` that change; `diagnostics`, of which an error stands in the way of an apply.

    `version` is the hcl-lite that has made the plan, `id` that of a saved plan, `time` when it was made (ISO 8601).
    `unnamed` are the numbers of objects by action that no row is of, such as those that stay as they are. `policies`
    are the results of those that the plan was held to. `skipped` are the servers that it could not look at: it is
    partial then.
    """

    rows: tuple[Row, ...]
    outputs: tuple[OutputChange, ...] = ()
    diagnostics: tuple[Diagnostic, ...] = ()
    mode: Mode = Mode.APPLY
    is_empty: bool = True
    id: str = ""
    version: str = ""
    time: str = ""
    unnamed: Mapping[Action, int] = field(default_factory=dict)
    policies: tuple[PolicyResult, ...] = ()
    skipped: tuple[SkippedServer, ...] = ()

    @property
    def counts(self) -> Mapping[Action, int]:
        """The number of objects by action, in the order of the actions; those that no row is of are not counted."""
        found = Counter(row.change.action for row in self.rows)
        return {action: found[action] for action in Action if found[action]}

    @property
    def deleted(self) -> int:
        """The number of objects that are deleted: also those that go along, and those that are replaced."""
        risky = (Action.DELETE, Action.REPLACE)
        return sum(1 + len(row.change.takes) for row in self.rows if row.change.action in risky)

    @property
    def risky(self) -> Sequence[Row]:
        """The rows with risks: the worst first, in the order of the plan among equals."""
        order = list(RiskKind)
        return sorted((row for row in self.rows if row.risks), key=lambda row: order.index(row.risks[0].kind))

    @property
    def folders(self) -> Mapping[Folder, Mapping[Action, int]]:
        """The number of objects by folder and action, for those that lie in one; by title."""
        found: dict[Folder, Counter[Action]] = {}
        for row in self.rows:
            if row.folder.uid:
                found.setdefault(row.folder, Counter())[row.change.action] += 1
        return {
            folder: {action: counts[action] for action in Action if counts[action]}
            for folder, counts in sorted(found.items(), key=lambda item: (item[0].title, item[0].uid))
        }
