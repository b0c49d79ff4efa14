"""Changes of outputs. Pure."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping

from hcl_lite.core.addrs import Kind
from hcl_lite.core.digraph import ancestors
from hcl_lite.core.values import JsonValue, Value, conceal, is_secret
from hcl_lite.engine.diff import ABSENT
from hcl_lite.engine.graph import Graph
from hcl_lite.engine.plan import GOES, Change, OutputChange
from hcl_lite.engine.planning.options import Options


def output_changes(
    options: Options, old: Mapping[str, JsonValue], new: Mapping[str, Value], gone: Collection[str]
) -> tuple[OutputChange, ...]:
    """Compares `old` outputs with `new` ones; with targets, only those of the targets and the `gone` ones. Secret
    outputs are not stored, and not compared."""
    if options.refresh_only:
        return ()
    if options.targets:
        old = {name: value for name, value in old.items() if name in new or (options.destroy and name in gone)}
    changes = []
    for name in [*new, *(name for name in old if name not in new)]:
        before, after = old.get(name, ABSENT), new.get(name, ABSENT)
        if is_secret(after):
            continue
        if before != after:
            changes.append(OutputChange(name, before, conceal(after)))
    return tuple(changes)


def outputs_of_what_goes(graph: Graph, changes: Iterable[Change]) -> Iterator[str]:
    """Returns the names of outputs that depend on objects which `changes` delete."""
    goes = {change.address.written for change in changes if change.action in GOES}
    for address in (a for a in graph if a.kind is Kind.OUTPUT and not a.module):
        if any(needed.written in goes for needed in ancestors(graph, address)):
            yield address.name
