"""Fates of the secrets of an object, told by fingerprints, since neither the state nor the server has the secrets.

| remembered | there | wanted        | fate                                                       |
|------------|-------|---------------|------------------------------------------------------------|
| no         | any   | a text        | set                                                        |
| yes        | no    | a text        | set: somebody has taken it away                            |
| yes        | yes   | the same text | unchanged                                                  |
| yes        | yes   | another text  | rotated                                                    |
| any        | yes   | empty         | removed                                                    |
| any        | no    | empty         | unchanged: that it is not there is what is asked for       |
| yes        | yes   | no            | removed: it was given once, unless it is a lasting one     |
| no         | yes   | no            | kept: nobody has given it here, and every update leaves it |

What ignore_changes leaves to others has no fate. `to_send` is what plan and apply go by alike: what it does not mention
stays on the server as it is.
"""

from __future__ import annotations

import asyncio
from collections.abc import Collection, Mapping

from hcl_lite.core.fingerprint import fingerprint, matches
from hcl_lite.core.values import UNKNOWN, Value
from hcl_lite.engine.desired import Desired
from hcl_lite.engine.plan import Fate
from hcl_lite.engine.planning.inputs import Observed, Remembered, SecretChanges, Wanted
from hcl_lite.engine.planning.lifecycle import leaves_secret
from hcl_lite.lang.config.block import Block
from state.model import Record

_UNNAMED = "secrets"  # of which not even the names are known


def to_send(block: Block, wanted: Desired, record: Record | None) -> Mapping[str, Value]:
    """Returns the secrets that an update of the object of `record` sends, by name: the desired ones, and an empty
    text for those that were set before and are not any more. UNKNOWN for what only the apply can tell."""
    given, known = wanted.type.secrets(wanted.values), _known(record)
    if given is UNKNOWN:
        given = dict.fromkeys(known or (_UNNAMED,), UNKNOWN)
    gone = (name for name in sorted(known.keys() - given.keys()) if not _is_lasting(wanted, name))
    asked = {**given, **dict.fromkeys(gone, "")}
    return {name: text for name, text in asked.items() if not leaves_secret(block, wanted, name)}


def without_unmoved(wanted: Desired, sent: Mapping[str, Value], moved: Collection[str]) -> Mapping[str, Value]:
    """Returns the secrets of `sent` without lasting ones that are as they were; `moved` are those that are not."""
    return {name: text for name, text in sent.items() if name in moved or not _is_lasting(wanted, name)}


def _is_lasting(wanted: Desired, name: str) -> bool:
    return name in wanted.type.attrs and wanted.type.attrs[name].lasting


def fates_of(
    sent: Mapping[str, Value], known: Collection[str], there: frozenset[str] | None, same: Collection[str]
) -> Mapping[str, Fate]:
    """Returns what happens to each secret when `sent` is sent. `known` are the names in the state, `there` those on
    the server (None where nobody has looked), `same` those whose text is the one that was sent last."""
    found = frozenset(known) if there is None else there

    def fate(name: str, text: Value) -> Fate:
        if text is UNKNOWN:
            return Fate.UNKNOWN
        if text == "":
            return Fate.REMOVED if name in found else Fate.UNCHANGED
        if name not in known or name not in found:
            return Fate.SET
        return Fate.UNCHANGED if name in same else Fate.ROTATED

    return {name: fate(name, text) for name, text in sent.items()}


async def secret_changes(
    wanted: Wanted, remembered: Remembered, observed: Observed, environment: Mapping[str, str]
) -> SecretChanges:
    """Returns the fate of each secret, and the fingerprints of unchanged ones. `environment` may hold the key of
    fingerprints."""
    record, known, desired = remembered.record, _known(remembered.record), observed.desired
    # Of an object that cannot be changed, and was not made by these arguments as far as is known, there is no
    # telling which secrets it was given: they are taken to be these, rather than making it anew.
    unknown = record.applied == "" if record is not None else wanted.adopt_reason != ""
    if desired.type.immutable and unknown:
        given = desired.type.secrets(desired.values)
        texts = {} if given is UNKNOWN else {name: text for name, text in given.items() if text is not UNKNOWN}
        return SecretChanges(dict.fromkeys(texts, Fate.UNCHANGED), await fingerprints_of(texts, environment))
    sent = to_send(wanted.block, desired, record)
    texts = {name: text for name, text in sent.items() if text is not UNKNOWN and text and name in known}
    same = await asyncio.gather(
        *(asyncio.to_thread(matches, text, known[name], environment) for name, text in texts.items())
    )
    unmoved = [name for name, unchanged in zip(texts, same, strict=True) if unchanged]
    fates = fates_of(sent, known, _there(record, observed), unmoved)
    left = {name: text for name, text in known.items() if name not in sent}
    kept = {**left, **{name: known[name] for name in unmoved if fates[name] is Fate.UNCHANGED}}
    return SecretChanges({**fates, **_beside(wanted, record, observed, [*fates, *left])}, kept)


async def fingerprints_of(texts: Mapping[str, str], environment: Mapping[str, str]) -> Mapping[str, str]:
    """Returns a new fingerprint for each of `texts`, by name."""
    made = await asyncio.gather(*(asyncio.to_thread(fingerprint, text, environment) for text in texts.values()))
    return dict(zip(texts, made, strict=True))


def _known(record: Record | None) -> Mapping[str, str]:
    return record.secrets if record is not None else {}


def _there(record: Record | None, observed: Observed) -> frozenset[str] | None:
    """The names of the secrets that the object has, as far as it tells, and otherwise those that are remembered; None
    where nobody has looked."""
    live = observed.live
    if live is None:
        return None if observed.deferred_provider else frozenset()
    if live.secret_keys is None or not live.silent:
        return live.secret_keys
    untold = (name for name in _known(record) if name.partition(".")[0] in live.silent)
    return live.secret_keys.union(untold)


def _beside(wanted: Wanted, record: Record | None, observed: Observed, ours: Collection[str]) -> Mapping[str, Fate]:
    """Returns the secrets that the object has beside `ours`, once: when it is adopted, and after somebody else has
    saved it."""
    live = observed.live
    if live is None or (record is not None and record.applied and record.version == live.version):
        return {}
    beside = sorted((live.secret_keys or frozenset()).difference(ours))
    ignored = (name for name in beside if leaves_secret(wanted.block, observed.desired, name))
    return dict.fromkeys(sorted({*beside} - {*ignored}), Fate.KEPT)
