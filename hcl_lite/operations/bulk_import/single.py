"""import ADDRESS ID --write: one object, found by whichever id people hold, with a block for it."""

from __future__ import annotations

from dataclasses import replace

from hcl_lite.core.addrs import Address, Kind
from hcl_lite.core.diags import Diagnostic, HclError, did_you_mean_type
from hcl_lite.core.run_context import RunContext
from hcl_lite.core.schema import ValueProblem
from hcl_lite.operations.bulk_import.inventory import find_objects, read_objects
from hcl_lite.operations.bulk_import.model import Found, Inventory, Report, Selection, Wish
from hcl_lite.operations.bulk_import.takeover import Scene, take_over
from hcl_lite.operations.bulk_import.templates import Style
from hcl_lite.operations.bulk_import.wanted import Wanted
from hcl_lite.operations.caller import Caller
from hcl_lite.operations.operation import operation
from hcl_lite.operations.requests import Inputs, LockOptions

_STYLE = Style()


@operation
def import_and_write(
    context: RunContext,
    inputs: Inputs,
    wanted: Wanted,
    id_: str,
    lock: LockOptions,
    caller: Caller,
    *,
    style: Style = _STYLE,
    is_dry_run: bool = False,
) -> Report:
    """Take over the object that `id_` means, with a block and the files that it reads. Raises HclError, and
    ProviderError: nothing was taken over then, or the next run goes on."""

    async def find(scene: Scene) -> Inventory:
        _check_name(scene, wanted)
        found = await find_one(scene, wanted, id_)
        if found.type.capabilities.meant:
            reason = f"{found.type.capabilities.meant}."
            raise HclError(Diagnostic(f'{wanted.type} "{id_}" cannot be taken over without a block', reason))
        return await read_objects(scene.session, [found], scene.told)

    chosen = (wanted.provider,) if wanted.provider else ()
    report = take_over(context, inputs, lock, caller, find, providers=chosen, style=style, is_dry_run=is_dry_run)
    if not report.taken:
        reason = report.left[0].reason if report.left else "There is nothing to write."
        raise HclError(Diagnostic(f'{wanted.type} "{id_}" cannot be taken over', f"{reason}."))
    return report


def _check_name(scene: Scene, wanted: Wanted) -> None:
    address = Address(Kind.RESOURCE, wanted.name, wanted.type)
    block = scene.project.config.blocks.get(address)
    if wanted.name and block is not None:
        hint = f"It stands for the object with: hcl-lite import {address} ID, without --write."
        raise HclError(Diagnostic(f"{address} is declared already", "", block.place(), hint))


async def find_one(scene: Scene, wanted: Wanted, id_: str) -> Found:
    """The object that `id_` means, with its title and the way to it, unread. Raises HclError, and ProviderError."""
    provider, session = _provider_of(scene, wanted), scene.session
    type_ = session.resource_type(provider, wanted.type)
    try:
        resolved = await session.resolve(provider, wanted.type, id_)
    except ValueProblem as problem:
        raise HclError(Diagnostic(problem.summary, problem.detail, hint=problem.hint)) from problem
    if resolved.live is None:
        raise HclError(Diagnostic(f'There is no {wanted.type} "{id_}"', resolved.detail))
    if (provider, wanted.type, resolved.uid) in scene.known.managed:
        named = [str(a) for a, r in scene.state.records.items() if (a.type, r.uid) == (wanted.type, resolved.uid)]
        by = f", by {named[0]}" if named else ""
        raise HclError(Diagnostic(f"{resolved.uid} is managed already{by}"))
    listed = await find_objects(session, [provider], (), Selection((wanted.type,), everything=True), scene.told)
    found = next((one for one in listed.found if one.uid == resolved.uid), Found(provider, type_, resolved.uid))
    return replace(found, wish=Wish(name=wanted.name))


def _provider_of(scene: Scene, wanted: Wanted) -> str:
    """The provider that has the type. Raises HclError where none has, or several have."""
    types = {name: scene.session.type_of(name).resources for name in scene.providers}
    having = [name for name, known in types.items() if wanted.type in known]
    if not having:
        known = sorted({name for one in types.values() for name in one})
        raise HclError(Diagnostic(f'There is no resource type "{wanted.type}"', did_you_mean_type(wanted.type, known)))
    if len(having) > 1:
        detail = f"Objects of {wanted.type} may be of {', '.join(having)}."
        raise HclError(Diagnostic("Which provider is meant?", detail, hint=f"Such as: --provider {having[0]}"))
    return having[0]
