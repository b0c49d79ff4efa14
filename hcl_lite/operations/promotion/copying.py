"""copy: blocks for one server, for what another has: the next apply brings it there."""

from __future__ import annotations

from hcl_lite.core.run_context import RunContext
from hcl_lite.operations.bulk_import.model import Found, Inventory, LeftOut, Report, Wish
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
        managed = [one for one in view.carried if (asked.target, one.source.type.name, one.uid) in scene.known.managed]
        found = [_wanted(one, asked.target) for one in view.carried if one not in managed and one.is_whole]
        left = [LeftOut(str(one.source), f"a block manages it on {asked.target} already") for one in managed]
        return Inventory(found, (*view.obstacles, *left), managed=0)

    providers = (asked.source, asked.target)
    return take_over(context, inputs, lock, caller, find, providers=providers, is_dry_run=is_dry_run, command="copy")


def _wanted(one: Carried, target: str) -> Found:
    """The object as its block for the target says it."""
    there, source = one.target, one.source
    return Found(
        target,
        source.type,
        one.uid,
        source.title,
        source.path,
        live=there.live if there is not None else None,
        values=one.values,
        wish=Wish(may_differ=True),
    )
