"""What becomes of one object, from what is wanted, what is remembered and what is there. Pure.

| remembered | there | wanted             | action                                                       |
|------------|-------|--------------------|--------------------------------------------------------------|
| no         | no    | yes                | CREATE                                                       |
| no         | yes   | yes                | refused, or as below with on_exists = "adopt"                |
| yes        | no    | yes                | CREATE, from the trash if it is there; nothing for one       |
|            |       |                    | that has expired                                             |
| yes        | yes   | the same           | NOOP; REFRESH where the object moved and came to the same    |
| yes        | yes   | different          | UPDATE                                                       |
| yes        | yes   | as another object  | REPLACE                                                      |
| yes        | yes   | no                 | DELETE                                                       |
| yes        | no    | no                 | FORGET                                                       |

Where nobody can look, since the provider is only opened by the apply, what is remembered is taken for what is there.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from hcl_lite.core.contents import without_unasked
from hcl_lite.core.diags import HclError
from hcl_lite.core.equality import hash_of, same
from hcl_lite.core.fingerprint import is_fingerprint
from hcl_lite.core.schema import Live
from hcl_lite.core.schema.attributes import chosen_identity
from hcl_lite.core.schema.capabilities import asks
from hcl_lite.core.values import UNKNOWN, Value, conceal, is_unknown
from hcl_lite.engine.diff import ABSENT, Difference, diff
from hcl_lite.engine.plan import Action, Change, Fate, Outside
from hcl_lite.engine.planning.diagnostics import (
    cannot_be_changed,
    cannot_be_replaced,
    drift_refused,
    exists_already,
    may_take_over,
    protected_from,
)
from hcl_lite.engine.planning.drift import OUTSIDE, drift_of, has_drifted, outside_of, saved_since
from hcl_lite.engine.planning.inputs import Case
from hcl_lite.engine.planning.interrupted import DELETED
from hcl_lite.engine.planning.lifecycle import ignores_all
from hcl_lite.engine.planning.records import refreshed_record, wants_check


def decide(case: Case) -> Change:
    """The change for one block. Raises HclError where the user has to decide."""
    change = _decided(case)
    # Of what stays nobody is told; to tell places, a whole file is gone through.
    is_told = change.action is not Action.NOOP or change.note != ""
    return replace(change, place=case.block.place()) if is_told else change


def _decided(case: Case) -> Change:
    change = Change(
        address=case.block.address,
        action=Action.NOOP,
        provider=case.provider,
        uid=_known_uid(case),
        record=case.record,
        wanted=case.arguments.hash,
        # One that stands where the old object stands has no room beside it.
        create_first=_creates_first(case) and not case.is_same_object,
        secrets={key: fate for key, fate in case.secrets.items() if fate != Fate.UNCHANGED},
        dependencies=case.dependencies,
    )
    if case.deferred_provider:
        return _decide_unseen(case, change)
    if case.live is None:
        return _decide_missing(case, change)
    if case.record is None and not (case.adopt_reason or may_take_over(case.block, case.type, case.values)):
        raise HclError(exists_already(case.block, case.type, case.uid))
    change = replace(change, expected_version=case.live.version, uid=_kept_uid(case))
    reason = _replacement(case)
    return _decide_replaced(case, change, reason) if reason else _decide_present(case, case.live, change)


def _decide_missing(case: Case, change: Change) -> Change:
    record = case.record
    change = replace(change, differences=_summary(case))
    if record is None:
        return replace(change, action=Action.CREATE)
    if case.deleted:
        return replace(change, action=Action.CREATE, reason=DELETED)
    expiry = case.type.capabilities.expiry
    has_expired = expiry is not None and expiry.has_passed(record.attributes, case.now)
    if expiry is not None and has_expired and not asks(expiry.recreate, case.values) and not case.replace:
        note = f"It has expired. It is made again with {expiry.recreate} = true, or with --replace."
        return replace(change, note=note, differences=(), secrets={})
    reason = "it was deleted outside of hcl-lite"
    restores = case.trashed and not case.replace
    if restores:
        reason += "; it is in the trash and will be restored"
    return replace(change, action=Action.CREATE, reason=reason, drifted=True, restores=restores)


def _decide_unseen(case: Case, change: Change) -> Change:
    record = case.record
    note = (
        f"provider.{case.deferred_provider} is set up during the apply: what is on its server is not looked at before."
    )
    change = replace(change, note=note)
    if record is None:
        return replace(change, action=Action.CREATE, differences=_summary(case))
    change = replace(change, expected_version=record.version, uid=_kept_uid(case))
    reason = _replacement(case)
    if reason:
        return _decide_replaced(case, change, reason)
    if record.drifted and case.block.on_drift == "fail":
        raise HclError(drift_refused(case, Outside(), ()))
    if record.drifted and case.block.on_drift == "keep":
        return replace(change, secrets={}, note=f"{note} {_KEPT}")
    unchanged = case.type.immutable or case.arguments.made(record)
    return change if unchanged and not change.changes_secrets else replace(change, action=Action.UPDATE)


def _decide_replaced(case: Case, change: Change, reason: str) -> Change:
    if case.protected:
        raise HclError(protected_from(case, reason))
    if case.type.undeletable_reason:
        raise HclError(cannot_be_replaced(case, reason))
    if case.live is not None and case.live.fixed:
        raise HclError(cannot_be_changed(case, (), f"{case.live.fixed}, and it would have to be replaced: {reason}"))
    change = replace(change, action=Action.REPLACE, reason=reason, differences=_summary(case), may_stay=_may_stay(case))
    if case.record is not None and case.live is not None and not case.interrupted:
        change = change.noted(saved_since(case.record, case.live))
    beside = (case.live.secret_keys or frozenset()) - case.secrets.keys() if case.live is not None else frozenset()
    if not beside:
        return change
    return change.noted(f"Secrets that are not managed here go with the old one: {', '.join(sorted(beside))}.")


def _decide_present(case: Case, live: Live, change: Change) -> Change:
    wanted = case.wanted.content
    found = without_unasked(case.type.attrs, live.content, wanted)
    unchanged = case.is_unchanged
    differences = () if ignores_all(case.block) else _differences(case, found, wanted, unchanged)
    asked = (*_unknown_uid(case, differences), *_triggered(case))
    drifted = has_drifted(case, live, found, differences, unchanged)
    if not differences and not asked and not change.changes_secrets:
        new = refreshed_record(case, live, _content(case, live, found))
        if new == case.record and not is_unknown(case.arguments.values):
            return replace(change, secrets={})
        return replace(change, action=Action.REFRESH, record=new, note=_refresh_note(case, live))
    note = " ".join(case.type.attrs[key].triggers for key in (d.path for d in asked) if case.type.attrs[key].triggers)
    if case.uid is UNKNOWN:
        note = f"It is protected: an apply that finds another {_named_uid(case)} will be refused."
    if case.resaved:
        note = f"{note} It was {outside_of(case.record, live).told(case.resaved)}.".strip()
    change = replace(change, action=Action.UPDATE, differences=(*differences, *asked), drifted=drifted, note=note)
    if case.record is not None and is_unknown(case.values) and not change.changes_secrets:
        change = replace(change, may_stay=found is not None and case.hashes.is_of(case.record.content, hash_of(found)))
    if drifted:
        is_undone = unchanged and case.block.on_drift != "keep"  # what is undone tells it
        drift = () if is_undone or case.record is None else drift_of(case.record, case.baseline, found)
        outside = outside_of(case.record, live)
        change = replace(change, reason=OUTSIDE, outside=outside, drift=drift)
        if case.block.on_drift == "fail":
            raise HclError(drift_refused(case, outside, drift or differences))
        if case.block.on_drift == "keep":
            note = _KEPT if unchanged else f"{_KEPT} {_NOT_APPLIED}"
            return replace(change, action=Action.NOOP, differences=(), secrets={}, note=note)
    if live.fixed:
        raise HclError(cannot_be_changed(case, change.differences, live.fixed))
    return change


_KEPT = 'It was changed outside of hcl-lite and stays so: on_drift = "keep".'
_NOT_APPLIED = (
    "Its block or file has changed too, and that is not applied: both cannot be had. Take over what was changed there, "
    'or set on_drift = "overwrite".'
)


def _content(case: Case, live: Live, found: Value) -> str:
    """What is to be remembered of the content; one that was not read cannot have changed."""
    record = case.record
    known = record.content if record is not None else ""
    sensitive = bool(case.wanted.sensitive)
    if live.content is None and record is not None and case.is_unchanged and live.version == record.version:
        return known if is_fingerprint(known) else case.hashes.of(known, sensitive=sensitive)
    if live.content is None and not case.type.immutable:
        raise AssertionError("a comparison needs the whole object")
    plain = hash_of(found) if live.content is not None else case.wanted.hash
    return case.hashes.of(plain, known, sensitive=sensitive)


def _summary(case: Case) -> tuple[Difference, ...]:
    """What a new object is, as differences from nothing."""
    return tuple(
        Difference(key, ABSENT, conceal(value))
        for key, value in case.type.summary(case.values).items()
        if value is not None
    )


def _differences(case: Case, found: Value, wanted: Value, unchanged: bool) -> tuple[Difference, ...]:
    """What an update would change; where the arguments are as they were, what was changed since on the server."""
    if found is None:
        return ()
    sent = wanted if case.reading is None else case.reading
    if not unchanged:
        return diff(found, sent)
    if case.record is not None and case.hashes.is_of(case.record.content, hash_of(found)):
        return ()
    return diff(found, sent if case.baseline is None else case.baseline)


def _triggered(case: Case) -> tuple[Difference, ...]:
    """Attributes that ask for an update by having another value than the one that is remembered."""
    if case.record is None:
        return ()
    known = case.record.attributes
    given = {key: case.values.get(key) for key, attr in case.type.attrs.items() if attr.triggers}
    return tuple(
        Difference(key, known.get(key, ABSENT), conceal(value))
        for key, value in given.items()
        if value is not None and not same(value, known.get(key))
    )


def _replacement(case: Case) -> str:
    """Why the object has to become another one, or may have to; empty where it has not."""
    record = case.record
    if record is None:
        return ""
    if case.replace:
        return case.replace
    if case.provider != record.provider:
        return f"it moves from provider {record.provider} to {case.provider}"
    uid = case.uid
    if uid is UNKNOWN:
        stays = "it stays if nothing else changes" if case.type.immutable else "it is updated and not replaced"
        return (
            ""
            if case.protected
            else f"{_named_uid(case)} is known only after apply; if it is {record.uid} then, {stays}"
        )
    if uid != record.uid:
        return f"{_named_uid(case)} changes from {record.uid} to {uid}"
    if not case.type.immutable:
        return ""
    if not case.wanted.is_known:
        return "parts of it are known only after apply, and it cannot be changed; if they are as they were, it stays"
    is_same = case.hashes.is_of(record.content, case.wanted.hash)
    if not is_same or any(fate != Fate.UNCHANGED for fate in case.secrets.values()):
        return "its content changes, and it cannot be changed in place"
    return ""


def _may_stay(case: Case) -> bool:
    """Whether nothing but what is not known yet calls for a replacement."""
    same_server = case.record is not None and case.provider == case.record.provider
    return same_server and not case.replace and (case.uid is UNKNOWN or not case.wanted.is_known)


def _kept_uid(case: Case) -> str:
    """The uid that the plan goes by: what is protected keeps its own, and an apply that finds another refuses."""
    return case.record.uid if case.uid is UNKNOWN and case.protected and case.record is not None else _known_uid(case)


def _unknown_uid(case: Case, differences: Sequence[Difference]) -> tuple[Difference, ...]:
    """The uid of what is protected, where only the apply can tell it: it is no part of what is compared."""
    if case.uid is not UNKNOWN or case.record is None or any(d.path == _named_uid(case) for d in differences):
        return ()
    return (Difference(_named_uid(case), case.record.uid, conceal(UNKNOWN)),)


def _named_uid(case: Case) -> str:
    """What the uid is called among the arguments."""
    uid, attrs = case.uid, case.type.attrs
    named = [key for key, attr in attrs.items() if attr.replaces and case.values.get(key) is uid]
    return next((key for key in named if attrs[key].stable), named[0] if named else chosen_identity(attrs))


def _creates_first(case: Case) -> bool:
    asked = case.block.lifecycle.create_before_destroy
    return case.type.create_first if asked is None else asked


def _known_uid(case: Case) -> str:
    uid = case.uid
    return uid if isinstance(uid, str) else ""


def _refresh_note(case: Case, live: Live) -> str:
    if case.record is None or case.adopt_reason:
        taken = case.adopt_reason or "It was there already, as declared; it is taken over."
        return f"{taken} It cannot be changed here: {live.fixed}." if live.fixed else taken
    if case.type.capabilities.checks_health(case.values) and not wants_check(case.type, case.record):
        return "Its health will be checked."
    if case.resaved:
        return f"It was {outside_of(case.record, live).told(case.resaved)}."
    if live.version != case.record.version:
        secret = ", ".join(case.record.secrets)
        unsure = f"; its secrets may have changed outside, the server does not tell: {secret}" if secret else ""
        return f"It was saved outside of hcl-lite and is as declared{unsure}."
    return ""
