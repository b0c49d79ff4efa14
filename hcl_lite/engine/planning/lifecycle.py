"""The `lifecycle` of a block: protection, ignored changes, requested replacements."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import replace

from hcl_lite.core.addrs import Address
from hcl_lite.core.diags import Diagnostic, HclError
from hcl_lite.core.paths import Everything
from hcl_lite.core.schema import Live
from hcl_lite.core.values import UNKNOWN, Secret, shown
from hcl_lite.engine.desired import Desired
from hcl_lite.engine.open_providers import Session
from hcl_lite.engine.plan import WRITES, Action, Change
from hcl_lite.lang.config.block import Block
from hcl_lite.lang.config.block_references import trigger_in
from hcl_lite.lang.evaluation.scope import Scope


def is_protected(scope: Scope, block: Block) -> bool:
    """Whether lifecycle.prevent_destroy is true. Raises HclError where it is not known."""
    value = scope.evaluate(block, block.lifecycle.prevent_destroy, ("lifecycle", "prevent_destroy"))
    if isinstance(value, bool):
        return value
    found = (
        "what is known only after apply"
        if value is UNKNOWN
        else "a secret"
        if isinstance(value, Secret)
        else shown(value)
    )
    place = block.value_place("lifecycle", "prevent_destroy")
    detail = f"Expected true or false, found {found}."
    raise HclError(Diagnostic("prevent_destroy has the wrong type", detail, place, "", str(block.address)))


def with_ignored(block: Block, declared: Desired, live: Live) -> Desired:
    """Returns `declared`, with the parts in ignore_changes as they are on the server."""
    ignored = block.lifecycle.ignore_changes
    if not ignored or ignores_all(block):
        return declared
    values = declared.values
    for path in ignored:
        values = declared.type.kept(values, live.content, path)
    return replace(declared, values=values)


def leaves_secret(block: Block, wanted: Desired, name: str) -> bool:
    """Whether ignore_changes includes the secret `name`."""
    ignored = block.lifecycle.ignore_changes
    return ignores_all(block) or any(wanted.type.leaves_secret(wanted.values, path, name) for path in ignored)


def ignores_all(block: Block) -> bool:
    """Whether ignore_changes includes the whole object."""
    return any(path.steps == (Everything(),) for path in block.lifecycle.ignore_changes)


def replacement_asked(block: Block, replacing: Sequence[Address], changes: Iterable[Change], session: Session) -> str:
    """Returns why --replace or replace_triggered_by asks for a replacement; empty for no reason.

    `replacing` are the addresses given to --replace, `changes` the planned changes of other blocks.
    """
    if any(target.covers(block.address) for target in replacing):
        return "--replace asks for it"
    for text in block.lifecycle.replace_triggered_by:
        address, attribute = trigger_in(block, text)
        for other in changes:
            if address.covers(other.address) and _triggers(other, attribute, session):
                return f"{other.address}{f'.{attribute}' if attribute else ''} changes (replace_triggered_by)"
    return ""


def _triggers(change: Change, name: str, session: Session) -> bool:
    """Whether a planned change is one of the object, or of the attribute, that another block is replaced by."""
    if change.action not in WRITES:
        return False
    if not name or change.action is not Action.UPDATE:
        return True
    attrs = session.resource_type(change.provider, change.address.type).attrs
    changed = {re.split(r"[.\[]", difference.path)[0] for difference in change.differences}
    if attrs[name].secret and attrs[name].settable:
        return change.changes_secrets
    if attrs[name].body:  # what it holds is compared under other names
        return any(key not in attrs or attrs[key].body for key in changed)
    return name in changed or not (attrs[name].settable or attrs[name].stable)
