"""Diagnostics of decisions that are refused, with the ways out. Pure."""

from __future__ import annotations

import shlex
from collections.abc import Mapping, Sequence

from hcl_lite.core.diags import Diagnostic
from hcl_lite.core.schema import ResourceType
from hcl_lite.core.schema.attributes import chosen_identity
from hcl_lite.core.values import Value
from hcl_lite.engine.diff import Difference
from hcl_lite.engine.plan import Outside
from hcl_lite.engine.planning.inputs import Inputs
from hcl_lite.lang.config.block import Block
from state.model import Record


def may_take_over(block: Block, type_: ResourceType, values: Mapping[str, Value]) -> bool:
    """Whether `block` adopts an existing object, whoever created it."""
    return block.on_exists == "adopt" or type_.capabilities.overwrites(values)


def exists_already(block: Block, type_: ResourceType, uid: Value) -> Diagnostic:
    """An object exists that is not in the state, and the block does not adopt it."""
    command = shlex.join(["hcl-lite", "import", str(block.address), str(uid)])
    identity = chosen_identity(type_.attrs)
    other = f" Or give another {identity}." if identity else ""
    return Diagnostic(
        f'{block.address.type} "{uid}" exists already, and is not in the state',
        "Nothing that was made elsewhere is overwritten without being asked.",
        block.place(),
        f'{command} takes it over; so does on_exists = "adopt".{other}',
        str(block.address),
    )


def protected_from(inputs: Inputs, reason: str) -> Diagnostic:
    """lifecycle.prevent_destroy forbids a replacement, which is needed for `reason`."""
    place = inputs.block.value_place("lifecycle", "prevent_destroy")
    detail = f"It would have to be replaced: {reason}. lifecycle.prevent_destroy forbids that."
    hint = "Undo what makes it another object, or set prevent_destroy = false."
    return Diagnostic(f"{inputs.block.address} is protected", detail, place, hint, str(inputs.block.address))


def cannot_be_replaced(inputs: Inputs, reason: str) -> Diagnostic:
    """A replacement is needed for `reason`, and no call deletes such an object."""
    address = inputs.block.address
    detail = f"It would have to be: {reason}. But {inputs.type.undeletable_reason}."
    hint = f"hcl-lite state rm {address} forgets it, so that the block stands for another one."
    return Diagnostic(f"{address} cannot be replaced", detail, inputs.block.place(), hint, str(address))


def cannot_be_changed(inputs: Inputs, differences: Sequence[Difference], why: str) -> Diagnostic:
    """The server lets no account change or replace the object; `why` is its reason."""
    paths = ", ".join(difference.path for difference in differences[:5])
    more = "…" if len(differences) > 5 else ""
    changes = f" It differs in: {paths}{more}." if inputs.live is not None and paths else ""
    hint = "Make the block as it is there, or let it go: a data block refers to it, [[removed]] forgets it."
    address = str(inputs.block.address)
    return Diagnostic(
        f"{address} cannot be changed", f"On its server {why}.{changes}", inputs.block.place(), hint, address
    )


def cannot_be_deleted(record: Record, block: Block | None, why: str) -> Diagnostic:
    """The server lets no account delete the object; `why` is its reason. `block` is None where there is none."""
    address = str(record.address)
    hint = f'[[removed]] from = "{address}" with destroy = false forgets it; so does hcl-lite state rm {address}.'
    place = block.place() if block is not None else None
    return Diagnostic(f"{address} cannot be deleted", f"On its server {why}.", place, hint, address)


def drift_refused(inputs: Inputs, outside: Outside, differences: Sequence[Difference]) -> Diagnostic:
    """The object has drifted, and on_drift = "fail"; tells what was changed and by whom."""
    paths = ", ".join(difference.path for difference in differences[:5])
    changed = f" Changed: {paths}{'…' if len(differences) > 5 else ''}." if paths else ""
    return Diagnostic(
        f"{inputs.block.address} was changed outside of hcl-lite",
        f'{outside.told("It was changed")}.\non_drift = "fail" stands in the way.{changed}',
        inputs.block.place(),
        "Bring the change into the configuration, undo it on the server, or set on_drift.",
        str(inputs.block.address),
    )
