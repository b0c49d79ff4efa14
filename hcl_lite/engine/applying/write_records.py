"""Records of what is written: as it will be before the call, and as the server has made it. What the state keeps of an
object comes of these."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import replace

from hcl_lite.core.contents import without_unasked
from hcl_lite.core.equality import hash_of
from hcl_lite.core.schema import Live, Made
from hcl_lite.core.values import Value, is_secret
from hcl_lite.engine.desired import Desired
from hcl_lite.engine.evaluate import Arguments
from hcl_lite.engine.hashes import Hashes
from hcl_lite.engine.plan import Action, Change
from hcl_lite.engine.planning.records import left_by, stored_attributes, unchecked
from hcl_lite.engine.planning.secret_changes import fingerprints_of
from hcl_lite.lang.config.block import Block
from state.model import Intent, Record
from state.store import Ledger


async def record_expected(
    block: Block,
    arguments: Arguments,
    declared: Desired,
    wanted: Desired,
    change: Change,
    secrets: Mapping[str, str],
    hashes: Hashes,
    *,
    protected: bool,
) -> Record:
    """Returns the record of what is about to be written with `secrets`: what only the answer tells is as it was before.

    `declared` is what the block asks for, `wanted` what is written.
    """
    old = change.record if change.action is Action.UPDATE else None
    known = old.secrets if old is not None else {}
    stay = {name: print_ for name, print_ in known.items() if name not in change.secrets and secrets.get(name) != ""}
    fresh = {name: text for name, text in secrets.items() if text and name not in stay}
    made = await fingerprints_of(fresh, hashes.environment)
    before, content = old.content if old is not None else "", wanted.hash
    asked = declared.hash
    if wanted.sensitive:
        content = await asyncio.to_thread(hashes.of, content, before, sensitive=True)
    if declared.sensitive:
        asked = await asyncio.to_thread(hashes.of, asked, content, sensitive=True)
    attributes = {**(old.attributes if old else {}), **_kept(wanted)}
    return Record(
        address=block.address,
        provider=change.provider,
        uid=str(wanted.uid),
        version=change.expected_version if old is not None else {},
        applied=arguments.hash,
        content=content,
        attributes=stored_attributes(wanted, attributes, wanted.sensitive),
        secrets={**stay, **made},
        dependencies=change.dependencies,
        protected=protected,
        sensitive=wanted.sensitive,
        asked=asked,
        declared=wanted.places,
        left=left_by(wanted, wanted.content, wanted.sensitive),
    )


def partial_write_recorder(ledger: Ledger, expected: Record, wanted: Desired, hashes: Hashes) -> Made:
    """Returns a callback for the steps of a write: it puts what was made so far into the ledger, and an intent for the
    rest."""

    async def tell(live: Live) -> None:
        record = replace(unchecked(wanted.type, record_found(expected, wanted, live, hashes)), asked="")
        await ledger.put(record)
        if record.identity != expected.identity:
            await ledger.fail(expected.identity)
        await ledger.intend(Intent("update", replace(expected, uid=live.uid, version=live.version)))

    return tell


def record_found(expected: Record, wanted: Desired, live: Live, hashes: Hashes) -> Record:
    """Returns the record of what was written, as the server has it."""
    content, left = expected.content, expected.left
    if live.content is not None and live.content != wanted.content:
        left = left_by(wanted, live.content, expected.sensitive)
        plain = hash_of(without_unasked(wanted.type.attrs, live.content, wanted.content))
        content = hashes.of(plain, content, sensitive=bool(expected.sensitive))
    attributes = stored_attributes(wanted, live.attributes, expected.sensitive)
    return replace(expected, uid=live.uid, version=live.version, content=content, attributes=attributes, left=left)


def record_untold(record: Record, live: Live) -> Record:
    """Returns the record of an object whose secret nobody has got: no arguments and no content have made it."""
    return replace(record, uid=live.uid, version=live.version, applied="", asked="", content="")


def _kept(wanted: Desired) -> Mapping[str, Value]:
    """Returns the part of the content that the state may keep: no bodies and no secrets."""
    content, attrs = wanted.content, wanted.type.attrs
    known = attrs.keys() & (content.keys() if isinstance(content, Mapping) else ())
    open_ = (key for key in sorted(known) if not attrs[key].body and not is_secret(content[key]))
    return {key: content[key] for key in open_}
