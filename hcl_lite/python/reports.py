"""Results of what reads whole servers, for Python: frozen values without secrets, whose text is the command line's."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from hcl_lite.cli.views.comparison_text import render_comparison
from hcl_lite.cli.views.drift_text import render_drift
from hcl_lite.cli.views.import_text import render_report
from hcl_lite.cli.views.plain import unstyled
from hcl_lite.core.diags import Diagnostic
from hcl_lite.core.schema import Revision
from hcl_lite.core.values import JsonValue
from hcl_lite.engine.diff import Difference
from hcl_lite.operations.bulk_import.model import Found
from hcl_lite.operations.bulk_import.model import Report as MadeReport
from hcl_lite.operations.drifting.model import Drift as MadeDrift
from hcl_lite.operations.drifting.model import Drifted
from hcl_lite.operations.getting.model import Got, Item
from hcl_lite.operations.promotion.model import Comparison as MadeComparison
from hcl_lite.python.conversions import plan_of
from hcl_lite.python.results import Plan


@dataclass(frozen=True, slots=True)
class LeftOut:
    """An object, or several, for which no block was written, or that do not carry over; and the reason."""

    what: str
    reason: str


@dataclass(frozen=True, slots=True)
class Report:
    """The result of import_all and copy. `taken` are the addresses of the objects that are managed now and were not
    before, `adopted` those of them that blocks were there for, `waiting` blocks for what the next apply creates or
    updates, `updated` blocks that were brought up to date; `managed` is the number of objects managed before.
    `left_out` are objects without a block; `secrets` the names of those that stay on the server, by address; `files`
    the number of blocks written to each file, 0 for one that a block reads. `plan` is that of the configuration
    afterwards: None for a dry run, and where `problems` keep it from being made. str() is the text of the command
    line."""

    taken: tuple[str, ...] = ()
    adopted: tuple[str, ...] = ()
    waiting: tuple[str, ...] = ()
    updated: tuple[str, ...] = ()
    managed: int = 0
    left_out: tuple[LeftOut, ...] = ()
    secrets: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    files: Mapping[str, int] = field(default_factory=dict)
    requests: int = 0
    is_dry_run: bool = False
    plan: Plan | None = None
    problems: tuple[Diagnostic, ...] = ()
    text: str = field(default="", repr=False, compare=False)

    def __str__(self) -> str:
        return self.text


@dataclass(frozen=True, slots=True)
class ServerObject:
    """An object on a server; `path` are the titles of the folders that it lies in, from the outside."""

    type: str
    uid: str
    title: str = ""
    path: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class FoundObject:
    """An object on a server. `address` is that of the block which manages it here, empty where none does. `arguments`
    are what a block for it would say, and `attributes` the others, where it was read; `block` is such a block as TOML.
    Of one that was only listed `attributes` are what the list tells; `reason` says why one could not be read, or,
    without a uid, why there is no list of a type."""

    type: str
    uid: str
    title: str = ""
    path: tuple[str, ...] = ()
    address: str = ""
    arguments: Mapping[str, JsonValue] = field(default_factory=dict)
    attributes: Mapping[str, JsonValue] = field(default_factory=dict)
    block: str = field(default="", repr=False)
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Differing:
    """An object of both servers, and what would have to change on the target."""

    object: ServerObject
    differences: tuple[Difference, ...] = ()


@dataclass(frozen=True, slots=True)
class Comparison:
    """The objects of two providers beside each other: `missing` are on the source alone, `extra` on the target alone,
    `same` is the number of those that are equal; `obstacles` do not carry over. str() is the text of the command
    line."""

    source: str
    target: str
    missing: tuple[ServerObject, ...] = ()
    extra: tuple[ServerObject, ...] = ()
    differing: tuple[Differing, ...] = ()
    same: int = 0
    obstacles: tuple[LeftOut, ...] = ()
    text: str = field(default="", repr=False, compare=False)

    @property
    def is_equal(self) -> bool:
        """Whether nothing of what was asked for differs."""
        return not (self.missing or self.extra or self.differing)

    def __str__(self) -> str:
        return self.text


@dataclass(frozen=True, slots=True)
class DriftedObject:
    """A managed object that is not as the last apply left it, or is gone: `by`, `at` (UTC, ISO 8601) and `message` as
    far as its server tells; `secrets_may_have_changed` where no server would tell."""

    address: str
    uid: str
    provider: str = ""
    reason: str = ""
    by: str = ""
    at: str = ""
    message: str = ""
    differences: tuple[Difference, ...] = ()
    secrets_may_have_changed: bool = False
    is_gone: bool = False


@dataclass(frozen=True, slots=True)
class Drift:
    """The result of drift: `unmanaged` are objects in managed folders that nobody manages, `unseen` the problems of
    providers that could not be looked at, by name; `in_step` is how many objects are as they were left. str() is the
    text of the command line."""

    changed: tuple[DriftedObject, ...] = ()
    unmanaged: tuple[ServerObject, ...] = ()
    unseen: Mapping[str, tuple[Diagnostic, ...]] = field(default_factory=dict)
    in_step: int = 0
    text: str = field(default="", repr=False, compare=False)

    @property
    def is_empty(self) -> bool:
        """Whether all that was looked at is in step."""
        return not (self.changed or self.unmanaged)

    def __str__(self) -> str:
        return self.text


def found_of(made: Got) -> tuple[FoundObject, ...]:
    """Converts the objects of a server; a type of which there is no list is one without a uid."""
    unlisted = (FoundObject(name, "", reason=reason) for name, reason in made.unlisted.items())
    return (*map(_found_of, made.items), *unlisted)


def _found_of(one: Item) -> FoundObject:
    known = FoundObject(one.type, one.uid, one.title, one.path, one.address, attributes=one.told, reason=one.reason)
    if one.content is None:
        return known
    content = one.content
    return replace(known, arguments=content.arguments, attributes=content.attributes, block=content.block)


def drift_of(made: MadeDrift) -> Drift:
    """Converts what a look for drift has found."""
    return Drift(
        changed=tuple(map(_drifted_of, made.changed)),
        unmanaged=tuple(ServerObject(one.type, one.uid, one.title, one.path) for one in made.unmanaged),
        unseen={one.provider: one.problems for one in made.unseen},
        in_step=made.in_step,
        text=unstyled(render_drift(made)),
    )


def _drifted_of(one: Drifted) -> DriftedObject:
    revision = one.outside.revision if one.outside is not None else Revision()
    return DriftedObject(
        *(str(one.address), one.uid, one.provider, one.reason, revision.by, revision.at, revision.message),
        differences=one.differences,
        secrets_may_have_changed=one.has_secrets and not one.is_gone,
        is_gone=one.is_gone,
    )


def report_of(made: MadeReport) -> Report:
    """Converts the report of an import or a copy."""
    taken, adopted, waiting, updated = (
        tuple(map(str, addresses)) for addresses in (made.taken, made.adopted, made.waiting, made.updated)
    )
    return Report(
        *(taken, adopted, waiting, updated),
        managed=made.managed,
        left_out=tuple(LeftOut(one.what, one.reason) for one in made.left),
        secrets={str(address): tuple(names) for address, names in made.kept.items()},
        files=dict(made.files),
        requests=made.requests,
        is_dry_run=made.is_dry_run,
        plan=None if made.plan is None else plan_of(made.plan),
        problems=made.problems,
        text=unstyled(render_report(made)),
    )


def comparison_of(made: MadeComparison) -> Comparison:
    """Converts a comparison."""
    return Comparison(
        made.source,
        made.target,
        missing=tuple(map(_object_of, made.missing)),
        extra=tuple(map(_object_of, made.extra)),
        differing=tuple(Differing(_object_of(one.found), tuple(one.differences)) for one in made.differing),
        same=made.same,
        obstacles=tuple(LeftOut(one.what, one.reason) for one in made.obstacles),
        text=unstyled(render_comparison(made)),
    )


def _object_of(found: Found) -> ServerObject:
    return ServerObject(found.type.name, found.uid, found.title, tuple(found.path))
