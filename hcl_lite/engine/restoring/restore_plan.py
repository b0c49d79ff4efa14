"""The steps that take a run back, and their order. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from hcl_lite.core.addrs import Address
from hcl_lite.core.digraph import DiGraph, has_path
from hcl_lite.core.values import Value
from hcl_lite.engine.plan import Action, Change, Plan
from hcl_lite.engine.planning.unique_names import Names
from state.backups import Backup, Entry
from state.model import ObjectKey

Values = Mapping[str, Value]


@dataclass(frozen=True, slots=True, eq=False)
class Step:
    """One object taken back: `values` are those to be written, `backup` is None for a deletion. `names` are its
    unique names, now and afterwards; `needs` the objects that it depends on afterwards, `needed` those that it
    depends on until then; `dependencies` the addresses of `needs`."""

    entry: Entry
    change: Change
    values: Values = field(default_factory=dict)
    backup: Backup | None = None
    names: Names = field(default_factory=Names)
    needs: frozenset[ObjectKey] = frozenset()
    needed: frozenset[ObjectKey] = frozenset()
    dependencies: tuple[Address, ...] = ()

    @property
    def key(self) -> ObjectKey:
        """The key of the object."""
        return self.entry.identity.key

    @property
    def makes(self) -> bool:
        """Whether the object is missing now."""
        return self.change.action is Action.CREATE

    @property
    def removes(self) -> bool:
        """Whether the object is deleted."""
        return self.change.action is Action.DELETE


@dataclass(frozen=True, slots=True)
class Restoration:
    """The plan for people, and its steps. `settled` are entries with nothing to do, `refused` the addresses of
    objects that stay as they are. `asides` are objects that get a temporary name before all else, since another one
    takes theirs."""

    plan: Plan
    steps: tuple[Step, ...]
    asides: tuple[Step, ...] = ()
    settled: tuple[Entry, ...] = ()
    refused: tuple[Address, ...] = ()

    def graph(self) -> DiGraph[Step]:
        """Returns the order of steps: what an object depended on is there before it is put back, and what it no
        longer depends on is deleted after it."""
        graph: DiGraph[Step] = DiGraph()
        graph.add_nodes_from(self.steps)
        for before, after in _orders(self.steps):
            if before is not after and not has_path(graph, after, before):
                graph.add_edge(before, after)
        return graph


def _orders(steps: Sequence[Step]) -> Iterator[tuple[Step, Step]]:
    """Pairs of steps, the first to be done before the second; those that matter most come first."""
    removing = {step.key: step for step in steps if step.removes}
    returning = {step.key: step for step in steps if not step.removes}
    for key in removing.keys() & returning.keys():  # to make room for what had the same uid
        yield removing[key], returning[key]
    for step in returning.values():
        yield from ((returning[key], step) for key in sorted(step.needs & returning.keys()))
    for step in removing.values():  # what a part leaves behind is of the place where the object, of its uid, will be
        uid = step.entry.identity.uid
        yield from ((returning[key], step) for key in sorted(step.needed & returning.keys()) if key[-1] == uid)
    for step in steps:
        yield from ((step, removing[key]) for key in sorted(step.needed & removing.keys()))
