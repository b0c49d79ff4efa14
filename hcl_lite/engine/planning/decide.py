"""Decides the action on one object from the configuration, the state and the live object. Pure.

| remembered | there | wanted             | action                                                       |
|------------|-------|--------------------|--------------------------------------------------------------|
| no         | no    | yes                | CREATE                                                       |
| no         | yes   | yes                | refused, or as below with on_exists = "adopt"                |
| yes        | no    | yes                | CREATE, from the trash if it is there; nothing for one       |
|            |       |                    | that has expired                                             |
| yes        | yes   | the same           | NOOP; REFRESH where the object moved and came to the same    |
| yes        | yes   | different          | UPDATE                                                       |
| yes        | yes   | as another object  | REPLACE; also where an attribute differs that no update      |
|            |       |                    | changes                                                      |
| yes        | yes   | no                 | DELETE                                                       |
| yes        | no    | no                 | FORGET                                                       |

Where nobody can look, since the provider is only opened by the apply, what is remembered is taken for what is there.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
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
from hcl_lite.engine.planning.fixed_attributes import replaced_for
from hcl_lite.engine.planning.inputs import Inputs
from hcl_lite.engine.planning.interrupted import DELETED
from hcl_lite.engine.planning.lifecycle import ignores_all
from hcl_lite.engine.planning.records import refreshed_record, wants_check


def decide(inputs: Inputs) -> Change:
    """Returns the change for one block. Raises HclError where the user has to decide."""
    change = _decided(inputs)
    # Of what stays nobody is told; to tell places, a whole file is gone through.
    is_told = change.action is not Action.NOOP or change.note != ""
    return replace(change, place=inputs.block.place()) if is_told else change


def _decided(inputs: Inputs) -> Change:
    change = Change(
        address=inputs.block.address,
        action=Action.NOOP,
        provider=inputs.wanted.provider,
        uid=_known_uid(inputs),
        record=inputs.record,
        wanted=inputs.wanted.arguments.hash,
        # One that stands where the old object stands has no room beside it.
        create_first=_creates_first(inputs) and not inputs.is_same_object,
        secrets={key: fate for key, fate in inputs.secrets.fates.items() if fate != Fate.UNCHANGED},
        dependencies=inputs.wanted.dependencies,
    )
    if inputs.observed.deferred_provider:
        return _decide_unseen(inputs, change)
    if inputs.live is None:
        return _decide_missing(inputs, change)
    if inputs.record is None and not (
        inputs.wanted.adopt_reason or may_take_over(inputs.block, inputs.type, inputs.values)
    ):
        raise HclError(exists_already(inputs.block, inputs.type, inputs.uid))
    if told := inputs.record is None and inputs.remembered.interrupted and inputs.type.capabilities.told_once:
        reason = f"its {told} was told to a run that has ended: what that has made goes"
        return replace(change, action=Action.CREATE, uid="", reason=reason, differences=_summary(inputs))
    change = replace(change, expected_version=inputs.live.version, uid=_kept_uid(inputs))
    reason = _replacement(inputs)
    return _decide_replaced(inputs, change, reason) if reason else _decide_present(inputs, inputs.live, change)


def _decide_missing(inputs: Inputs, change: Change) -> Change:
    record = inputs.record
    change = replace(change, differences=_summary(inputs))
    if record is None:
        return replace(change, action=Action.CREATE)
    if inputs.remembered.deleted:
        return replace(change, action=Action.CREATE, reason=DELETED)
    expiry = inputs.type.capabilities.expiry
    has_expired = expiry is not None and expiry.has_passed(record.attributes, inputs.observed.time)
    if (
        expiry is not None
        and has_expired
        and not asks(expiry.recreate, inputs.values)
        and not inputs.wanted.replace_reason
    ):
        note = f"It has expired. It is made again with {expiry.recreate} = true, or with --replace."
        return replace(change, note=note, differences=(), secrets={})
    reason = "it was deleted outside of hcl-lite"
    restores = inputs.observed.trashed and not inputs.wanted.replace_reason
    if restores:
        reason += "; it is in the trash and will be restored"
    return replace(change, action=Action.CREATE, reason=reason, drifted=True, restores=restores)


def _decide_unseen(inputs: Inputs, change: Change) -> Change:
    record = inputs.record
    provider = f"provider.{inputs.observed.deferred_provider}"
    note = f"{provider} is set up during the apply: what is on its server is not looked at before."
    change = replace(change, note=note)
    if record is None:
        return replace(change, action=Action.CREATE, differences=_summary(inputs))
    change = replace(change, expected_version=record.version, uid=_kept_uid(inputs))
    reason = _replacement(inputs)
    if reason:
        return _decide_replaced(inputs, change, reason)
    if record.drifted and inputs.block.on_drift == "fail":
        raise HclError(drift_refused(inputs, Outside(), ()))
    if record.drifted and inputs.block.on_drift == "keep":
        return replace(change, secrets={}, note=f"{note} {_KEPT}")
    unchanged = inputs.type.immutable or inputs.wanted.arguments.made(record)
    return change if unchanged and not change.changes_secrets else replace(change, action=Action.UPDATE)


def _decide_replaced(inputs: Inputs, change: Change, reason: str) -> Change:
    if inputs.wanted.protected:
        raise HclError(protected_from(inputs, reason))
    if inputs.type.undeletable_reason:
        raise HclError(cannot_be_replaced(inputs, reason))
    if inputs.live is not None and inputs.live.fixed:
        raise HclError(
            cannot_be_changed(inputs, (), f"{inputs.live.fixed}, and it would have to be replaced: {reason}")
        )
    change = replace(
        change, action=Action.REPLACE, reason=reason, differences=_summary(inputs), may_stay=_may_stay(inputs)
    )
    if inputs.record is not None and inputs.live is not None and not inputs.remembered.interrupted:
        change = change.noted(saved_since(inputs.record, inputs.live))
    beside = (
        (inputs.live.secret_keys or frozenset()) - inputs.secrets.fates.keys()
        if inputs.live is not None
        else frozenset()
    )
    if not beside:
        return change
    return change.noted(f"Secrets that are not managed here go with the old one: {', '.join(sorted(beside))}.")


def _decide_present(inputs: Inputs, live: Live, change: Change) -> Change:
    desired = inputs.desired.content
    found = without_unasked(inputs.type.attrs, live.content, desired)
    unchanged = inputs.is_unchanged
    differences = () if ignores_all(inputs.block) else _differences(inputs, found, desired, unchanged)
    asked = (*_unknown_uid(inputs, differences), *_triggered(inputs))
    drifted = has_drifted(inputs, live, found, differences, unchanged)
    if not differences and not asked and not change.changes_secrets:
        new = refreshed_record(inputs, live, _content(inputs, live, found))
        if new == inputs.record and not is_unknown(inputs.wanted.arguments.values):
            return replace(change, secrets={})
        return replace(change, action=Action.REFRESH, record=new, note=_refresh_note(inputs, live))
    note = " ".join(
        inputs.type.attrs[key].triggers for key in (d.path for d in asked) if inputs.type.attrs[key].triggers
    )
    if inputs.uid is UNKNOWN:
        note = f"It is protected: an apply that finds another {_named_uid(inputs)} will be refused."
    if inputs.observed.resaved:
        note = f"{note} It was {outside_of(inputs.record, live).told(inputs.observed.resaved)}.".strip()
    change = replace(change, action=Action.UPDATE, differences=(*differences, *asked), drifted=drifted, note=note)
    if inputs.record is not None and is_unknown(inputs.values) and not change.changes_secrets:
        change = replace(
            change, may_stay=found is not None and inputs.remembered.hashes.is_of(inputs.record.content, hash_of(found))
        )
    if drifted:
        is_undone = unchanged and inputs.block.on_drift != "keep"  # what is undone tells it
        drift = (
            ()
            if is_undone or inputs.record is None
            else drift_of(inputs.type.attrs, inputs.record, inputs.observed.baseline, found)
        )
        outside = outside_of(inputs.record, live)
        change = replace(change, reason=OUTSIDE, outside=outside, drift=drift)
        if inputs.block.on_drift == "fail":
            raise HclError(drift_refused(inputs, outside, drift or differences))
        if inputs.block.on_drift == "keep":
            note = _KEPT if unchanged else f"{_KEPT} {_NOT_APPLIED}"
            return replace(change, action=Action.NOOP, differences=(), secrets={}, note=note)
    if live.fixed:
        raise HclError(cannot_be_changed(inputs, change.differences, live.fixed))
    return change


_KEPT = 'It was changed outside of hcl-lite and stays so: on_drift = "keep".'
_NOT_APPLIED = (
    "Its block or file has changed too, and that is not applied: both cannot be had. Take over what was changed there, "
    'or set on_drift = "overwrite".'
)


def _content(inputs: Inputs, live: Live, found: Value) -> str:
    """Returns the content hash for the state; a content that was not read cannot have changed."""
    record = inputs.record
    known = record.content if record is not None else ""
    sensitive = bool(inputs.desired.sensitive)
    if live.content is None and record is not None and inputs.is_unchanged and live.version == record.version:
        return known if is_fingerprint(known) else inputs.remembered.hashes.of(known, sensitive=sensitive)
    if live.content is None and not inputs.type.immutable:
        raise AssertionError("a comparison needs the whole object")
    plain = hash_of(found) if live.content is not None else inputs.desired.hash
    return inputs.remembered.hashes.of(plain, known, sensitive=sensitive)


def _summary(inputs: Inputs) -> tuple[Difference, ...]:
    """Returns the summary of a new object as differences from nothing."""
    return tuple(
        Difference(key, ABSENT, conceal(value))
        for key, value in _spelled(inputs, inputs.type.summary(inputs.values)).items()
        if value is not None
    )


def _differences(inputs: Inputs, found: Value, desired: Value, unchanged: bool) -> tuple[Difference, ...]:
    """Returns the differences that an update would make; where the arguments are unchanged, the drift on the server."""
    if found is None:
        return ()
    sent = desired if inputs.observed.reading is None else inputs.observed.reading
    if not unchanged:
        return diff(_spelled(inputs, found), _spelled(inputs, sent))
    if inputs.record is not None and inputs.remembered.hashes.is_of(inputs.record.content, hash_of(found)):
        return ()
    before = sent if inputs.observed.baseline is None else inputs.observed.baseline
    return diff(_spelled(inputs, found), _spelled(inputs, before))


def _spelled(inputs: Inputs, content: Value) -> Value:
    """Returns a content with the names that its block writes."""
    spelled = inputs.wanted.arguments.spelled
    return inputs.type.spelled(content, spelled) if spelled and isinstance(content, Mapping) else content


def _triggered(inputs: Inputs) -> tuple[Difference, ...]:
    """Attributes that ask for an update by having another value than the one that is remembered."""
    if inputs.record is None:
        return ()
    known = inputs.record.attributes
    given = {key: inputs.values.get(key) for key, attr in inputs.type.attrs.items() if attr.triggers}
    return tuple(
        Difference(key, known.get(key, ABSENT), conceal(value))
        for key, value in given.items()
        if value is not None and not same(value, known.get(key))
    )


def _replacement(inputs: Inputs) -> str:
    """Returns the reason why the object has to be replaced, or may have to be; empty for none."""
    record = inputs.record
    if record is None:
        return ""
    if inputs.wanted.replace_reason:
        return inputs.wanted.replace_reason
    if inputs.wanted.provider != record.provider:
        return f"it moves from provider {record.provider} to {inputs.wanted.provider}"
    uid = inputs.uid
    if uid is UNKNOWN:
        stays = "it stays if nothing else changes" if inputs.type.immutable else "it is updated and not replaced"
        return (
            ""
            if inputs.wanted.protected
            else f"{_named_uid(inputs)} is known only after apply; if it is {record.uid} then, {stays}"
        )
    if uid != record.uid:
        return f"{_named_uid(inputs) or 'its identity'} changes from {record.uid} to {uid}"
    if not inputs.type.immutable:
        live = inputs.live.attributes if inputs.live is not None else {}
        return replaced_for(inputs.type, inputs.values, {**record.attributes, **live})
    if not inputs.desired.is_known:
        return "parts of it are known only after apply, and it cannot be changed; if they are as they were, it stays"
    if (told := inputs.type.capabilities.told_once) and not record.content:  # as the writer remembers it then
        return f"its {told} was not delivered: nobody has got it"
    is_same = inputs.remembered.hashes.is_of(record.content, inputs.desired.hash)
    if not is_same or any(fate != Fate.UNCHANGED for fate in inputs.secrets.fates.values()):
        return "its content changes, and it cannot be changed in place"
    return ""


def _may_stay(inputs: Inputs) -> bool:
    """Whether nothing but what is not known yet calls for a replacement."""
    same_server = inputs.record is not None and inputs.wanted.provider == inputs.record.provider
    return same_server and not inputs.wanted.replace_reason and (inputs.uid is UNKNOWN or not inputs.desired.is_known)


def _kept_uid(inputs: Inputs) -> str:
    """The uid that the plan goes by: what is protected keeps its own, and an apply that finds another refuses."""
    return (
        inputs.record.uid
        if inputs.uid is UNKNOWN and inputs.wanted.protected and inputs.record is not None
        else _known_uid(inputs)
    )


def _unknown_uid(inputs: Inputs, differences: Sequence[Difference]) -> tuple[Difference, ...]:
    """The uid of what is protected, where only the apply can tell it: it is no part of what is compared."""
    if inputs.uid is not UNKNOWN or inputs.record is None or any(d.path == _named_uid(inputs) for d in differences):
        return ()
    return (Difference(_named_uid(inputs), inputs.record.uid, conceal(UNKNOWN)),)


def _named_uid(inputs: Inputs) -> str:
    """Returns the argument that gives the uid."""
    uid, attrs = inputs.uid, inputs.type.attrs
    named = [key for key, attr in attrs.items() if attr.replaces and inputs.values.get(key) is uid]
    return next((key for key in named if attrs[key].stable), named[0] if named else chosen_identity(attrs))


def _creates_first(inputs: Inputs) -> bool:
    asked = inputs.block.lifecycle.create_before_destroy
    return inputs.type.create_first if asked is None else asked


def _known_uid(inputs: Inputs) -> str:
    uid = inputs.uid
    return uid if isinstance(uid, str) else ""


def _refresh_note(inputs: Inputs, live: Live) -> str:
    if inputs.record is None or inputs.wanted.adopt_reason:
        taken = inputs.wanted.adopt_reason or "It was there already, as declared; it is taken over."
        return f"{taken} It cannot be changed here: {live.fixed}." if live.fixed else taken
    if inputs.type.capabilities.checks_health(inputs.values) and not wants_check(inputs.type, inputs.record):
        return "Its health will be checked."
    if inputs.observed.resaved:
        return f"It was {outside_of(inputs.record, live).told(inputs.observed.resaved)}."
    if live.version != inputs.record.version:
        secret = ", ".join(inputs.record.secrets)
        unsure = f"; its secrets may have changed outside, the server does not tell: {secret}" if secret else ""
        return f"It was saved outside of hcl-lite and is as declared{unsure}."
    return ""
