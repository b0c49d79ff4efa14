"""The contents of objects before and after a change, for policies to look at. Pure."""

from __future__ import annotations

from dataclasses import replace

from hcl_lite.core.schema import Live
from hcl_lite.core.values import conceal_secrets
from hcl_lite.engine.desired import Desired
from hcl_lite.engine.plan import MAKES, Action, Change


def with_contents(change: Change, wanted: Desired, live: Live | None = None) -> Change:
    """Returns `change` with the contents that are compared, title and folder as they will be: without secrets, with
    UNKNOWN where only the apply can tell. An object that is not made, and was not read, is before as it is after."""
    told = wanted.type.described(wanted.values)
    after = conceal_secrets(wanted.content)
    there = live.content if live is not None else None
    before = None if change.action is Action.CREATE else conceal_secrets(there) if there is not None else None
    if before is None and change.action not in MAKES:
        before = after if change.action is Action.NOOP else None
    title, folder = change.title or told.title, change.folder or told.folder
    return replace(change, content_before=before, content_after=after, title=title, folder=folder)
