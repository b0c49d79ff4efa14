"""copy: blocks for one server, for what another has: the next apply brings it there."""

from __future__ import annotations

from hcl_lite.core.run_context import RunContext
from hcl_lite.core.schema.secrecy import holds_secrets
from hcl_lite.operations.bulk_import.model import Found, Inventory, LeftOut, Report, Wish
from hcl_lite.operations.bulk_import.names import noun_of
from hcl_lite.operations.bulk_import.takeover import Scene, take_over
from hcl_lite.operations.caller import Caller
from hcl_lite.operations.operation import operation
from hcl_lite.operations.promotion.look import Carried, look_at
from hcl_lite.operations.promotion.model import Promotion
from hcl_lite.operations.requests import Inputs, LockOptions


@operation
def copy(
    context: RunContext,
    inputs: Inputs,
    asked: Promotion,
    lock: LockOptions,
    caller: Caller,
    *,
    is_dry_run: bool = False,
) -> Report:
    """Write blocks that ask the target for what the source has. No server is written to: the plan at the end says what
    the next apply would do. Raises HclError, and ProviderError: nothing was written then."""

    async def find(scene: Scene) -> Inventory:
        view = await look_at(scene.session, asked, scene.told)
        found: list[Found] = []
        left = [*view.obstacles]
        for one in view.carried:
            reason = _why_not(one, asked, scene)
            if reason:
                left.append(LeftOut(str(one.source), reason))
            elif one.is_whole:
                found.append(_wanted(one, asked.target))
        return Inventory(found, left)

    providers = (asked.source, asked.target)
    return take_over(context, inputs, lock, caller, find, providers=providers, is_dry_run=is_dry_run, command="copy")


def _why_not(one: Carried, asked: Promotion, scene: Scene) -> str:
    """Returns the reason why no block is written for an object; empty for one that is wanted."""
    type_ = one.source.type
    if (asked.target, type_.name, one.uid) in scene.known.managed:
        return f"a block manages it on {asked.target} already"
    # What holds secrets is set up for its own environment: production's metrics are not staging's.
    if one.target is not None and not asked.selection.types and any(map(holds_secrets, type_.attrs.values())):
        return f"{asked.target} has its own: --type {noun_of(type_.name)} takes its settings all the same"
    return ""


def _wanted(one: Carried, target: str) -> Found:
    """The object as its block for the target says it: bodies stay as the source has them, beside what says which data
    sources they mean there, so that one file fits both."""
    there, source = one.target, one.source
    bodies = {key: value for key, value in source.values.items() if key in source.type.attrs and _is_text(source, key)}
    return Found(
        target,
        source.type,
        one.uid,
        source.title,
        source.path,
        live=there.live if there is not None else None,
        values={**one.values, **bodies},
        wish=Wish(may_differ=True),
    )


def _is_text(source: Found, key: str) -> bool:
    attr = source.type.attrs[key]
    return attr.body and attr.json
