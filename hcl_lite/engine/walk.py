"""Visit a graph in order: whatever does not wait for something else goes on side by side."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Hashable
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    import networkx as nx

Node = TypeVar("Node", bound=Hashable)


async def walk(
    graph: nx.DiGraph[Node],
    visit: Callable[[Node], Awaitable[bool]],
    skip: Callable[[Node], None],
    parallelism: int,
    order: Callable[[Node], object],
    stop: asyncio.Event | None = None,
) -> None:
    """Visit every node after those that lead to it, at most `parallelism` at a time, ready ones in `order`.

    What comes after a node whose visit gave False is skipped; once `stop` is set, so is everything that has not begun.
    An exception of a visit ends the walk after the visits that are under way.
    """
    waits_for = {node: graph.in_degree(node) for node in graph}
    ready = sorted((node for node, count in waits_for.items() if count == 0), key=order, reverse=True)  # type: ignore[arg-type]
    spoiled: set[Node] = set()
    running: dict[asyncio.Task[bool], Node] = {}
    try:
        while ready or running:
            while ready and len(running) < parallelism:
                node = ready.pop()
                if node in spoiled or (stop is not None and stop.is_set()):
                    skip(node)
                    _finish(graph, node, False, waits_for, ready, spoiled)
                else:
                    running[asyncio.ensure_future(visit(node))] = node
            if not running:
                continue
            done, _ = await asyncio.wait(running, return_when=asyncio.FIRST_COMPLETED)
            for task in done:
                node = running.pop(task)
                _finish(graph, node, task.result(), waits_for, ready, spoiled)
    finally:
        if running:
            await asyncio.gather(*running, return_exceptions=True)


def _finish(
    graph: nx.DiGraph[Node], node: Node, good: bool, waits_for: dict[Node, int], ready: list[Node], spoiled: set[Node]
) -> None:
    for after in graph.successors(node):
        if not good:
            spoiled.add(after)
        waits_for[after] -= 1
        if waits_for[after] == 0:
            ready.append(after)
