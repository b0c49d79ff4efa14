"""Results of the writes of an earlier run that ended before their answers, told by the live object. Pure.

| intent | there                              | what is remembered from then on                                 |
|--------|------------------------------------|-----------------------------------------------------------------|
| create | no                                 | what was before: nothing, or a record of what was to be restored |
| create | as it was sent                     | the record that the intent has                                  |
| create | otherwise                          | that it is ours, and what it holds now                          |
| update | as it was sent                     | the record that the intent has                                  |
| update | in part as before, in part as sent | the record from before, and what the object holds now           |
| update | otherwise                          | the record from before: what others did shows up as such        |
| delete | no                                 | that it is gone by our own doing                                |
| delete | yes                                | the record from before                                          |

A write that changed no content, as one that only sends another secret, cannot be told from what is there: it is made
once more.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from hcl_lite.core.contents import holds
from hcl_lite.core.diags import Diagnostic, Severity
from hcl_lite.core.equality import hash_of, same
from hcl_lite.core.schema import Live
from hcl_lite.core.values import Value
from hcl_lite.engine.hashes import Hashes
from hcl_lite.engine.sensitive import refreshed
from state.model import Identity, Intent, Record

DELETED = "an interrupted run had deleted it"
_DOING = {"create": "created", "update": "updated", "delete": "deleted"}
_NOT_LOOKED_AT = "this plan does not look at it"


@dataclass(frozen=True, slots=True)
class Outcome:
    """The result of an interrupted write: the `record` that the plan uses, and `words` for the user. `deleted` says
    that the run had deleted the object."""

    record: Record | None
    words: str
    deleted: bool = False


def reconcile(
    intent: Intent, record: Record | None, live: Live | None, found: Value, sent: Value, hashes: Hashes, told: str = ""
) -> Outcome:
    """Returns the result of the write of `intent`. `live` is the whole object, None where it is missing; `found` its
    content as far as the block asks for it.

    `sent` is the content of the write, where the server fills in what it is sent and the block still asks for the same:
    `found` may hold more than that. None otherwise. `told` is the secret of which only the answer to a create tells;
    empty for none.
    """
    if intent.write == "delete":
        return Outcome(record, "it is still there" if live is not None else "it is gone", deleted=live is None)
    if live is None:
        return Outcome(record, "it is not there" if intent.write == "create" else "it is no longer there")
    known = intent.record.content
    if live.content is not None and not hashes.is_of(known, hash_of(found)):
        known = hashes.of(hash_of(found), record.content if record else "", sensitive=bool(intent.record.sensitive))
    is_sent = known == intent.record.content or (sent is not None and holds(found, sent))
    if intent.write == "create":
        taken = _done if is_sent else _begun
        words = f"it is there, and nobody has got its {told}" if told else "it is there, and is taken over"
        return Outcome(taken(intent.record, live, known), words)
    if record is None or intent.record.content == record.content:
        return Outcome(record, "what is there does not tell whether that was done")
    if known == record.content:
        return Outcome(record, "it has not been")
    if is_sent:
        return Outcome(_done(intent.record, live, known), "it has been")
    if _is_between(found, record, intent.record):
        return Outcome(_begun(record, live, known), "it has been, in part")
    return Outcome(record, "it is neither as it was nor as it was to be")


def _done(record: Record, live: Live, content: str) -> Record:
    attributes = refreshed(record.attributes, live.attributes, record.sensitive)
    return replace(record, version=live.version, content=content, attributes=attributes)


def _begun(record: Record, live: Live, content: str) -> Record:
    """The object is ours as it is there, and no arguments have made it so."""
    return _done(record, live, content).without_write()


def _is_between(found: Value, before: Record, after: Record) -> bool:
    """Whether each part of the object is as it was, or as it was to be; parts that the state does not keep differ."""
    if not isinstance(found, Mapping):
        return False
    sides = (before.attributes, after.attributes)
    return all(any(key in side and same(found[key], side[key]) for side in sides) for key in found)


def interrupted_warnings(pending: Sequence[Intent], outcomes: Mapping[Identity, str]) -> Iterator[Diagnostic]:
    """Returns a warning on the writes of `pending` that were under way when an earlier run ended, with their
    `outcomes`."""
    if not pending:
        return
    count = len(pending)
    writes = "1 write was" if count == 1 else f"{count} writes were"
    lines = [
        f"{i.record.address} ({i.record.uid}) was being {_DOING[i.write]}: {outcomes.get(i.identity, _NOT_LOOKED_AT)}."
        for i in pending
    ]
    yield Diagnostic(
        f"An earlier run ended before it knew what came of all that it did: {writes} under way",
        "\n".join(lines),
        severity=Severity.WARNING,
    )
