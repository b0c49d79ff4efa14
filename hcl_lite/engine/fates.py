"""What becomes of each secret of an object: it is told by fingerprints, since neither state nor server gives it."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import replace

from hcl_lite.engine.case import Case
from hcl_lite.engine.lifecycle import ignores_secrets
from state.fingerprint import fingerprint, matches


async def with_fates(case: Case, environment: Mapping[str, str]) -> Case:
    """`case` with the fate of each secret, and the fingerprints of those that stay as they are.

    `environment` may hold the key of the fingerprints.
    """
    wanted, record = case.type.secrets(case.values), case.record
    if record is not None and ignores_secrets(case.block, case.type):
        return replace(case, secrets={}, fingerprints=record.secrets)
    # Of an object that cannot be changed, and was not made by these arguments as far as is known, there is no
    # telling which secrets it was given: they are taken to be these, rather than making it anew.
    unknown = record.applied == "" if record is not None else case.ours != ""
    if case.type.immutable and unknown:
        made = [asyncio.to_thread(fingerprint, text, environment) for text in wanted.values()]
        fingerprints = dict(zip(wanted, await asyncio.gather(*made), strict=True))
        return replace(case, secrets=dict.fromkeys(wanted, "unchanged"), fingerprints=fingerprints)
    known = record.secrets if record is not None else {}
    there = case.live.secret_keys if case.live is not None else frozenset()
    lost = set(known) - there if case.live is not None and case.live.content is not None else set()
    same = await asyncio.gather(
        *(asyncio.to_thread(matches, text, known.get(name, ""), environment) for name, text in wanted.items())
    )
    fates: dict[str, str] = {}
    for name, unchanged in zip(wanted, same, strict=True):
        if name not in known or name in lost:
            fates[name] = "set"
        else:
            fates[name] = "unchanged" if unchanged else "rotated"
    fates.update(dict.fromkeys(sorted((set(known) | there) - set(wanted)), "removed"))
    kept = {name: known[name] for name, fate in fates.items() if fate == "unchanged"}
    return replace(case, secrets=fates, fingerprints=kept)
