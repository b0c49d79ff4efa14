"""Plans to take a run back: objects restored as its backups have them, and for undo the objects that it created
deleted.

| what the run did | there now                   | undo, restore                                                 |
|------------------|-----------------------------|---------------------------------------------------------------|
| created it       | as the run left it          | DELETE (undo only)                                            |
|                  | gone                        | nothing                                                       |
| updated it       | as the run left it          | UPDATE                                                        |
|                  | as it was before            | nothing                                                       |
|                  | gone                        | refused; CREATE where we deleted it ourselves, or if told     |
| deleted it       | gone                        | CREATE, from the trash if it is there                         |
|                  | as it was before            | nothing                                                       |
| replaced it      | as the run left it          | UPDATE; DELETE and CREATE (undo only) of what is not updated  |
| any              | changed since               | refused; if told, as above                                    |

"As the run left it" is by the version that its write led to; restore also takes for ours what a later apply left.
"Replaced" is made anew under the same uid: what is there is given what the old one had, since a backup may lack what it
takes to make one, and what is in it would go along.
"""

from __future__ import annotations

import asyncio
from collections.abc import Collection
from dataclasses import dataclass, replace

from hcl_lite.core.addrs import Address
from hcl_lite.core.diags import Diagnostic, Severity
from hcl_lite.core.equality import hash_of
from hcl_lite.core.paths import parse_path
from hcl_lite.core.places import marked
from hcl_lite.core.schema import Live, ResourceType, Stays, ValueProblem, Version, count_in
from hcl_lite.core.values import JsonValue, Secret, Value, without_known_secrets
from hcl_lite.engine.desired import Desired
from hcl_lite.engine.diff import ABSENT, Difference, diff
from hcl_lite.engine.hashes import Hashes
from hcl_lite.engine.open_providers import Session
from hcl_lite.engine.plan import Action, Change, Fate, Plan
from hcl_lite.engine.planning.described import described
from hcl_lite.engine.planning.outlines import Outliner
from hcl_lite.engine.restoring.asides import asides_of, change_after, names_of
from hcl_lite.engine.restoring.backup_content import added_secrets, lacks_what_is_needed, note, sensitive_places
from hcl_lite.engine.restoring.current_addresses import CurrentAddresses, Moved
from hcl_lite.engine.restoring.restore_plan import Restoration, Step, Values
from hcl_lite.engine.secret_paths import filled, hide_sensitive, secret_paths
from state.backups import Backup, BackupStore, End, Entry, Run, Write
from state.model import Record, State

_SENSITIVE = repr(Secret(None))
_SECRETS = "An apply sets those of the configuration."


class _Refused(Exception):
    """The reason why an object is not restored; `hint` says what to do about it."""

    def __init__(self, why: str, hint: str = "") -> None:
        super().__init__(why)
        self.hint = hint


@dataclass
class RestorePlanner:
    """Plans the undo of one run, or the restore of the objects at `addresses`. The session is open for reading."""

    backups: BackupStore
    run: Run
    state: State
    session: Session
    undoing: bool
    overwrite: bool = False
    addresses: Collection[Address] = ()
    moved: Moved = lambda address: address
    full: bool = False

    def __post_init__(self) -> None:
        self.hashes = Hashes(self.session.context.environment)
        self.outliner = Outliner(self.full, without_known_secrets)
        self.records = {record.key: record for record in self.state.all_records()}
        self.made = {entry.identity.key: entry for entry in self.run.entries if entry.write is Write.CREATE}
        deletions = [entry for entry in self.run.entries if entry.write is Write.DELETE]
        self.deleted = {entry.identity.key for entry in deletions}
        self.returning = {entry.identity.key for entry in deletions if self._is_wanted(entry)}
        self.now = CurrentAddresses(self.state, self.run.entries, self.moved)

    async def make(self) -> Restoration:
        """Returns the plan and its steps. Raises HclError where a provider cannot be opened, and ProviderError."""
        hide_sensitive(self.state.all_records(), self.session.resource_type)
        wanted = [entry for entry in self.run.entries if self._is_wanted(entry)]
        found = await asyncio.gather(*map(self._plan, wanted))
        steps = self.now.settled([step for step in found if isinstance(step, Step)])
        refusals = [problem for problem in found if isinstance(problem, Diagnostic)]
        settled = tuple(entry for entry, step in zip(wanted, found, strict=True) if step is None)
        asides = await asides_of(self.session, steps)
        changes = tuple(self._described(change_after(step, asides)) for step in reversed(steps))
        plan = Plan(changes, warnings=tuple(refusals))
        refused = tuple(e.identity.address for e, p in zip(wanted, found, strict=True) if isinstance(p, Diagnostic))
        return Restoration(plan, steps, asides, settled, refused)

    def _described(self, change: Change) -> Change:
        """A change as it is shown."""
        change = self.outliner.settled(change)
        if change.record is None:
            return change
        type_ = self.session.resource_type(change.provider, change.address.type)
        return described(change, type_, change.record.attributes)

    def _is_wanted(self, entry: Entry) -> bool:
        if self.addresses and not any(one.covers(entry.identity.address) for one in self.addresses):
            return False
        if self.undoing:
            return entry.end not in (End.FAILED, End.UNDONE)
        return entry.file != "" and entry.end is not End.FAILED

    async def _plan(self, entry: Entry) -> Step | Diagnostic | None:
        """Plans one object. Returns None where there is nothing to do, a Diagnostic where it is refused."""
        try:
            origin = self.session.get(entry.identity.provider).origin
            if origin != entry.origin:
                raise _Refused(
                    f"The run was on {entry.origin}, and provider {entry.identity.provider} is {origin} now."
                )
            if entry.write is Write.CREATE:
                return await self._plan_deletion(entry)
            step = await self._plan_return(entry, self.backups.read(self.run, entry))
            if step is not None:
                await self._check_place(step)
            return step
        except _Refused as refused:
            address = str(entry.identity.address)
            return Diagnostic(f"{address} stays as it is", str(refused), None, refused.hint, address, Severity.WARNING)

    async def _check_place(self, step: Step) -> None:
        """Raises _Refused for what cannot be put back: what it is part of, or lay in, is gone and does not return."""
        type_ = self.session.resource_type(step.key[0], step.key[1])
        for provider, needed, uid in sorted(step.needs - self.returning):
            holds = self.session.resource_type(provider, needed).capabilities.content or type_.part_of == needed
            if holds and uid in step.values.values() and await self.session.survey(provider, needed, uid) is None:
                why = f'{needed} "{uid}", which it belongs to, was deleted since.'
                raise _Refused(why, "Make that again before, by an apply of the configuration or by hcl-lite restore.")

    async def _plan_deletion(self, entry: Entry) -> Step | None:
        """Plans the deletion of an object that the run created."""
        identity, record = entry.identity, self.records.get(entry.identity.key)
        type_ = self.session.resource_type(identity.provider, identity.address.type)
        live = await self.session.get(identity.provider).original(type_.name, identity.uid, entry.after)
        if live is None or (identity.key in self.deleted and not type_.immutable):  # replaced: see _plan_return
            return None
        if any(intent.write == "create" and intent.identity == identity for intent in self.state.pending):
            raise _Refused("The run ended while it was being made.", "The next apply goes on from there.")
        if record is None:
            raise _Refused("It is no longer managed here.")
        if type_.undeletable_reason:
            raise _Refused(f"{type_.undeletable_reason}.")
        if record.protected:
            raise _Refused("lifecycle.prevent_destroy protects it.")
        self._check_unchanged(entry, live, record)
        change = Change(
            record.address,
            Action.DELETE,
            record.provider,
            record.uid,
            record,
            live.version,
            reason=f"{_told(self.run)} made it",
            note=type_.delete_note,
        )
        return Step(entry, change, names=names_of(type_, None, live), needed=self.now.needed_by(record))

    async def _plan_return(self, entry: Entry, backup: Backup) -> Step | None:
        """Plans the return of an object that the run updated or deleted."""
        identity, record = entry.identity, self.records.get(entry.identity.key)
        type_ = self.session.resource_type(identity.provider, identity.address.type)
        values = _values_of(type_, identity.uid, backup.document, record)
        # What is part of another object is there with that: it is gone as long as it is as it came with it.
        deleted_with_parent = entry.write is Write.DELETE and type_.part_of
        expected_version = None if deleted_with_parent else entry.after or backup.version
        live = await self.session.get(identity.provider).read(type_.name, identity.uid, values, expected_version)
        replacement = self.made.get(identity.key) if entry.write is Write.DELETE else None
        if live is not None and type_.immutable and self._is_back(backup, live, replacement, type_.content(values)):
            return None
        if live is not None and replacement is not None and type_.immutable and self.undoing:  # which goes before
            self._check_unchanged(replacement, live, record)
            live = None
        if live is None:
            return self._plan_remaking(entry, backup, type_, values, record)
        if live.version == backup.version and replacement is None:
            return None
        if backup.left_out:
            values = _values_of(type_, identity.uid, filled(backup.document, live.document, backup.left_out), record)
        values, stays = await self._as_far_as_it_goes(entry, type_, values, live)
        hidden = sensitive_places(record, backup)
        there, wanted = (marked(side, hidden, anywhere=True) for side in (live.content, type_.content(values)))
        differences = diff(there, wanted) if there is not None else ()
        if type_.immutable:
            raise _Refused("Another one has its uid now, and such objects cannot be changed.")
        added = added_secrets(backup, live, record)
        if not differences and not added:
            if stays:
                raise _Refused(stays)
            if entry.write is Write.UPDATE and (backup.left_out or live.secret_keys or backup.secret_keys):
                raise _Refused("Nothing but what is secret in it can have changed, and no backup has that.", _SECRETS)
            return None
        self._check_unchanged(replacement or entry, live, record)
        change = Change(
            record.address if record is not None else identity.address,
            Action.UPDATE,
            identity.provider,
            identity.uid,
            record,
            live.version,
            differences=tuple(self._shown(difference, type_, record) for difference in differences),
            secrets=dict.fromkeys(added, Fate.REMOVED),
            note=f"{stays} {note(backup, live, added)}".strip(),
        )
        values = type_.with_secrets(values, dict.fromkeys(added, "")) if added else values
        needs, needed = self.now.needs_of(backup), self.now.needed_by(record)
        return Step(entry, change, values, backup, names_of(type_, values, live), needs, needed)

    async def _as_far_as_it_goes(
        self, entry: Entry, type_: ResourceType, values: Values, live: Live
    ) -> tuple[Values, str]:
        """`values` with what the server keeps when nothing is sent for it as it is there, and a word on that."""
        try:
            await self.session.get(entry.identity.provider).check_supported(type_.name, values, values, live)
        except Stays as problem:
            for path in problem.paths:
                values = type_.kept(values, live.content, parse_path(path))
            return values, f"{problem.summary}: that stays."
        except ValueProblem as problem:
            raise _Refused(f"{problem.summary}.", problem.hint) from problem
        return values, ""

    def _plan_remaking(
        self, entry: Entry, backup: Backup, type_: ResourceType, values: Values, record: Record | None
    ) -> Step:
        """Plans to create an object again that is gone."""
        if record is not None and entry.write is Write.UPDATE and not self.overwrite:
            raise _Refused("It was deleted since.", "--overwrite makes it again.")
        if lacks_what_is_needed(type_, backup):
            why = "What it needs was secret, and is in no backup."
            raise _Refused(why, "The next apply makes it as the configuration says.")
        summary = {key: value for key, value in type_.summary(values).items() if value is not None}
        change = Change(
            record.address if record is not None else entry.identity.address,
            Action.CREATE,
            entry.identity.provider,
            entry.identity.uid,
            record or backup.record,
            differences=tuple(Difference(key, ABSENT, without_known_secrets(one)) for key, one in summary.items()),
            reason=f"{_told(self.run)} {entry.write} it",
            note=note(backup, None),
        )
        change = self.outliner.told(change, Desired(type_, values))
        return Step(entry, change, values, backup, names_of(type_, values, None), self.now.needs_of(backup))

    def _is_back(self, backup: Backup, live: Live, replacement: Entry | None, content: Value) -> bool:
        """Whether what is there, and of which nobody can read the content, is what was deleted: an undo that ended
        early had made it again, or an apply has."""
        if replacement is not None and replacement.after == live.version:
            return False
        key, before = backup.identity.key, backup.record.content if backup.record is not None else ""
        begun = (intent.record for intent in self.state.pending if intent.write == "create")
        records = [record for record in (*begun, self.records.get(key)) if record is not None and record.key == key]
        known = [record.content for record in records if record.content]
        return before in known or any(self.hashes.is_of(one, hash_of(content)) for one in known)

    def _was_set_aside(self, entry: Entry, live: Live) -> bool:
        """Whether what is there is what an undo before this was writing when it ended."""
        writes = (i.record for i in self.state.pending if i.write == "update" and i.record.key == entry.identity.key)
        return any(self.hashes.is_of(record.content, hash_of(live.content)) for record in writes)

    def _shown(self, difference: Difference, type_: ResourceType, record: Record | None) -> Difference:
        """Returns a difference between the live object and its backup with secrets replaced."""
        attr = type_.attrs.get(difference.path.partition(".")[0])
        if attr is not None and (attr.wire,) in secret_paths(type_, {}, record, None, {}):
            return replace(difference, before=_SENSITIVE, after=_SENSITIVE)
        return difference

    def _check_unchanged(self, entry: Entry, live: Live, record: Record | None) -> None:
        """Raises _Refused for an object that is not as we left it, unless that is to be written over; and for one that
        no account can change."""
        if live.fixed:
            raise _Refused(f"It cannot be changed: {live.fixed}.")
        known = record is not None and record.version == live.version and not record.drifted
        later = known and not self.undoing and record is not None and record.applied != ""
        saved = known and record is not None and record.written == entry.after  # without anybody's change
        if self.overwrite or live.version == entry.after or later or saved or (entry.end is End.OPEN and known):
            return
        if self._was_set_aside(entry, live):
            return
        by = f" by {live.revision.by}" if live.revision.by else ""
        left = f"the run left it at {_at(entry.after)}" if entry.after is not None else "the run did not end"
        why = f"It was changed since{by}: {left}, now it is at {_at(live.version)}."
        raise _Refused(why, "--overwrite takes it back all the same.")


def _values_of(type_: ResourceType, uid: str, document: JsonValue, record: Record | None) -> Values:
    """Returns the arguments that make the object as it was, without what has been put beside it since, as `record`
    tells."""
    try:
        return type_.without(type_.values_of(uid, document), record.declared if record is not None else ())
    except ValueProblem as problem:
        raise _Refused(f"{problem.summary}.") from problem


def _told(run: Run) -> str:
    return f"{run.command} of {run.started:%Y-%m-%d %H:%M:%S} UTC"


def _at(version: Version) -> str:
    return f"version {count}" if (count := count_in(version)) is not None else str(dict(version))
