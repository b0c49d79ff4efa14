"""Unique names that one object gives up and another takes, when objects are put back."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

from hcl_lite.core.schema import Live, ResourceType
from hcl_lite.engine.open_providers import Session
from hcl_lite.engine.plan import Change
from hcl_lite.engine.planning.unique_names import Group, Names, group_of
from hcl_lite.engine.restoring.restore_plan import Step, Values


async def asides_of(session: Session, steps: Sequence[Step]) -> tuple[Step, ...]:
    """Returns the steps whose objects get a temporary name first, since another step takes their name.

    Only for types with unique names. Raises ProviderError.
    """
    groups = {group_of(step.change) for step in steps if step.names.taken}
    listed = {group: await session.named(*group) for group in sorted(groups)}
    unique = {group: named for group, named in listed.items() if named is not None}

    def compared(step: Step, names: Iterable[str]) -> set[tuple[Group, str]]:
        group = group_of(step.change)
        return {(group, unique[group].compared(name)) for name in names} if group in unique else set()

    wanted = {name for step in steps for name in compared(step, step.names.taken)}
    return tuple(
        step for step in steps if wanted & (compared(step, step.names.held) - compared(step, step.names.wanted))
    )


def change_after(step: Step, asides: Iterable[Step]) -> Change:
    """Returns the change of `step`, with the objects that give up their names for it."""
    group = group_of(step.change)
    uids = (one.entry.identity.uid for one in asides if one is not step and group_of(one.change) == group)
    return replace(step.change, after=tuple(uids)) if step.names.taken else step.change


def names_of(type_: ResourceType, values: Values | None, live: Live | None) -> Names:
    """Returns the names that an object will have with `values`, and those that it has now; None for no object."""
    wanted = type_.known_as(type_.content(values)) if values is not None else ()
    held = type_.known_as(live.content if live.content is not None else live.attributes) if live is not None else ()
    return Names(frozenset(wanted), frozenset(held))
