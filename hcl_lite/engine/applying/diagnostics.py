"""Diagnostics of apply steps that failed, or were done in part. Pure."""

from __future__ import annotations

from hcl_lite.core.addrs import Address
from hcl_lite.core.diags import Diagnostic, Severity
from hcl_lite.core.places import marked
from hcl_lite.core.schema import Conflict, Live, ProviderError, Refused, Taken, Version, count_in
from hcl_lite.core.values import Value, is_unknown, shown
from hcl_lite.engine.desired import Values
from hcl_lite.engine.diff import ABSENT, Difference, diff
from hcl_lite.engine.plan import Change
from hcl_lite.engine.server_faults import fault_text
from hcl_lite.lang.config.block import Block
from hcl_lite.lang.config.config import Config

_PLACES_SHOWN = 5


def step_failed(address: Address, config: Config, error: ProviderError, *, deleting: bool) -> Diagnostic:
    """The step at `address` failed with `error`; a deleted object may have no block."""
    block = config.blocks.get(address)
    what = "delete" if deleting else "change"
    summary = f"{address} was not deleted" if isinstance(error, Refused) else f"Cannot {what} {address}"
    place = block.place() if block else None
    return Diagnostic(summary, fault_text(error, config), place, error.hint, str(address), request_id=error.request_id)


def plan_mismatch(block: Block, why: str) -> Diagnostic:
    """The configuration or the state differs from the one that the plan was made from."""
    summary = f"The plan for {block.address} no longer fits"
    return Diagnostic(summary, why, block.place(), "Plan again.", str(block.address))


def still_unknown(block: Block, values: Values) -> Diagnostic:
    """Some of `values` are unknown although everything that they depend on is applied."""
    names = ", ".join(key for key, value in values.items() if is_unknown(value))
    return Diagnostic(f"{names} of {block.address} is still not known", "", block.place())


def taken(block: Block, error: Taken, holder: Address | None = None) -> Diagnostic:
    """Another object has the name or uid that the block asks for: that of `holder`, where it is managed."""
    detail = str(error) if holder is None else f"{error}\nIt is that of {holder}, which keeps it."
    hint = error.hint if holder is None else "Give one of them another name."
    return Diagnostic(f"Cannot change {block.address}", detail, block.place(), hint, str(block.address))


def conflict_found(block: Block, change: Change, wanted: Value, live: Live | None, error: Conflict) -> Diagnostic:
    """The server refused a write, since the object has another version than the plan saw.

    Shows all sides: the applied version, the planned one, and `live`, which is there now (None where that is unknown),
    compared with the content `wanted`.
    """
    lines = [str(error)]
    if live is not None:
        last = change.record.version if change.record else {}
        versions = {"applied last": last, "seen by the plan": change.expected_version, "live now": live.version}
        if any(count_in(version) is not None for version in versions.values()):
            told = "; ".join(f"{when}: {_version(version)}" for when, version in versions.items())
            lines.append(f"Version {told}.")
        came_of_secrets = change.record.sensitive if change.record else ()
        there = marked(live.content, came_of_secrets, anywhere=True)
        differences = diff(there, wanted) if there is not None else ()
        if differences:
            lines.append(f"It differs from what is wanted in {len(differences)} places:")
        lines += [f"  {d.path}: {_told(d)}" for d in differences[:_PLACES_SHOWN]]
    return Diagnostic(
        f"{block.address} is not as the plan saw it",
        "\n".join(lines),
        block.place(),
        "Nothing was overwritten. Plan again to decide on what is there now.",
        str(block.address),
        request_id=error.request_id,
    )


def incomplete(block: Block, warnings: tuple[str, ...]) -> Diagnostic:
    """Warning: the object was created without the parts that `warnings` name."""
    return Diagnostic(
        f"{block.address} was made, but not all of it",
        "\n".join(warnings),
        block.place(),
        address=str(block.address),
        severity=Severity.WARNING,
    )


def not_healthy(block: Block, argument: str, error: ProviderError) -> Diagnostic:
    """The object was created and fails the health check that `argument` asks for."""
    return Diagnostic(
        f"{block.address} is not healthy",
        str(error),
        block.key_place(argument),
        "It stays in the state as it is; the next apply checks it again.",
        str(block.address),
        request_id=error.request_id,
    )


def _version(version: Version) -> str:
    return str(count_in(version) if count_in(version) is not None else "none")


def _told(difference: Difference) -> str:
    if difference.to:
        return (
            f"{', '.join(difference.moved)} moved {difference.to}" if difference.moved else f"moved to {difference.to}"
        )
    return f"live {_short(difference.before)}, wanted {_short(difference.after)}"


def _short(value: Value) -> str:
    return repr(value) if value is ABSENT else shown(value)
