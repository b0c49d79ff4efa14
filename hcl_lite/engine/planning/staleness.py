"""Checks whether a saved plan may still be applied: once, to the state, configuration and objects that it was made
for. Pure: the caller makes the current plan to compare with."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace

from hcl_lite.core.addrs import in_order
from hcl_lite.core.diags import Diagnostic, HclError
from hcl_lite.core.fingerprint import is_fingerprint, matches
from hcl_lite.core.schema import Version
from hcl_lite.engine.plan import GOES, Change, Plan
from hcl_lite.engine.seals import broken, in_threads
from state.model import State

_MOST = 10


def check_unused(plan: Plan, state: State) -> None:
    """Raises HclError for a plan that was applied before."""
    if plan.id and plan.id == state.plan:
        raise HclError(
            Diagnostic(
                "The saved plan was carried out already",
                "A plan is good for one apply, also where that has failed or ended early.",
                hint="Plan again: what is left to do is in the new plan.",
            )
        )


def check_state(plan: Plan, state: State) -> None:
    """Raises HclError where the state is another one, or has changed; says how."""
    if (plan.lineage, plan.serial) == (state.lineage, state.serial):
        return
    if plan.serial == 0 and state.serial == 0 and not state.records:
        return  # no state yet, then as now: a lineage is only chosen when the first one is written
    if plan.lineage != state.lineage:
        raise _stale(f"The plan is of another state: its lineage is {plan.lineage}, the state's {state.lineage}.")
    lines = [f"The state has changed since: its serial was {plan.serial}, and is {state.serial}."]
    raise _stale(*lines, *_shortened(list(_changed_records(plan, state))))


def check_files(plan: Plan, files: Mapping[str, str], environment: Mapping[str, str]) -> None:
    """Raises HclError where the configuration has changed. `files` are hashes by name; `environment` may hold the
    key of fingerprints."""
    gone = [f"{name} is gone." for name in plan.files if name not in files]
    fresh = [f"{name} is new." for name in files if name not in plan.files]
    here = [name for name in plan.files if name in files]
    same = in_threads(lambda name: matches(files[name], plan.files[name], environment), here)
    changed = [f"{name} has changed." for name, is_same in zip(here, same, strict=True) if not is_same]
    if gone or fresh or changed:
        raise _stale("The configuration is not the one that was planned:", *_shortened([*changed, *fresh, *gone]))


def check_given(plan: Plan, now: Plan, environment: Mapping[str, str]) -> None:
    """Raises HclError where arguments with secrets, or the servers of providers, have changed; names them.
    `environment` may hold the key of fingerprints."""
    lines = [
        f"{name}: {_given_otherwise(name, hidden)}." for name, hidden in broken(plan.seals, now.given, environment)
    ]
    if lines:
        raise _stale("What is given is not what was planned with:", *_shortened(lines))


def _given_otherwise(name: str, hidden: bool) -> str:
    if name.startswith("provider."):
        return "it is not the server that was planned for"
    return "its secrets are not those that were planned" if hidden else "its arguments have changed"


def check_plans(plan: Plan, now: Plan) -> None:
    """Raises HclError where a plan made `now` differs from the saved one; says of each object how."""
    then_, now_ = _by_object(plan), _by_object(now)
    lines = [
        f"{address}{f' ({uid})' if uid else ''}: {_difference(then_.get((address, uid)), now_.get((address, uid)))}."
        for address, uid in sorted({*then_, *now_})
        if not _is_same(then_.get((address, uid)), now_.get((address, uid)))
    ]
    if lines:
        raise _stale("What is there is not what was planned for:", *_shortened(lines))


def _by_object(plan: Plan) -> Mapping[tuple[str, str], Change]:
    """Returns the changes by object: a deleted object may share its address with another one."""
    return {(str(c.address), c.uid if c.deposed or c.action in GOES else ""): c for c in plan.changes}


def _is_same(then_: Change | None, now: Change | None) -> bool:
    return then_ is not None and now is not None and _essence(then_) == _essence(now)


def _essence(change: Change) -> Change:
    """Returns the part of a change that an apply depends on, without fingerprints, which differ between two runs."""
    record = change.record
    if record is not None:
        content = "" if is_fingerprint(record.content) else record.content
        record = replace(record, secrets=dict.fromkeys(record.secrets, ""), content=content)
    change = replace(change, record=record, differences=(), drift=(), outside=None, outline={}, outline_before={})
    return replace(change, reason="", note="", drifted=False, place=None, title="", folder="", access=None)


def _difference(then_: Change | None, now: Change | None) -> str:
    if then_ is None:
        return "it was not in the plan"
    if now is None:
        return "it is no longer declared"
    if then_.wanted != now.wanted:
        return "its arguments, or a file that they name, have changed"
    if then_.action != now.action:
        return f'"{then_.action.value}" was planned, and it would be "{now.action.value}" now'
    before, after = _seen(then_), _seen(now)
    if before != after:
        moved = [key for key in {**before, **after} if before.get(key) != after.get(key)]
        sides = (", ".join(f"{key} {side.get(key, 'none')}" for key in moved) for side in (before, after))
        return "on its server it was at {}, and is at {} now".format(*sides)
    if then_.secrets != now.secrets:
        return "its secrets are not those that were planned"
    return "it would be done in another way now"


def _seen(change: Change) -> Version:
    """The version of the object that the change is for; what is only to be remembered is at that of its record."""
    return change.expected_version or (change.record.version if change.record is not None else {})


def _changed_records(plan: Plan, state: State) -> Iterator[str]:
    """Which objects the state knows otherwise than it did, as far as the plan tells."""
    planned = {c.moved_from or c.address: c.record for c in plan.changes if not c.deposed and c.record is not None}
    for address in in_order({*planned, *state.records}):
        then_, now = planned.get(address), state.records.get(address)
        if then_ is None:
            yield f"{address} is new in it."
        elif now is None:
            yield f"{address} is no longer in it."
        elif (then_.uid, then_.version) != (now.uid, now.version):
            yield f"{address} has changed in it."


def _shortened(lines: list[str]) -> list[str]:
    return [*lines[:_MOST], f"… and {len(lines) - _MOST} more."] if len(lines) > _MOST else lines


def _stale(*lines: str) -> HclError:
    return HclError(Diagnostic("The saved plan is stale", "\n".join(lines), hint="Plan again."))
