"""Walks a graph in dependency order, independent nodes concurrently."""

from __future__ import annotations

import asyncio
import heapq
from collections.abc import Awaitable, Callable, Iterable
from typing import TypeVar

from hcl_lite.core.digraph import DiGraph, Node

Result = TypeVar("Result")


async def in_order(work: Iterable[Awaitable[Result]]) -> list[Result]:
    """Returns the results of all `work`, done side by side. Where some of it fails, raises what the first of that has
    raised, once all of it has ended."""
    outcomes = await asyncio.gather(*work, return_exceptions=True)
    for outcome in outcomes:
        if isinstance(outcome, BaseException):
            raise outcome
    return [outcome for outcome in outcomes if not isinstance(outcome, BaseException)]


_BEGUN_AT_ONCE = 8
"""Visits that are begun before answers to calls under way are taken: a visit may compute for a millisecond."""


async def walk(
    graph: DiGraph[Node],
    visit: Callable[[Node], Awaitable[bool]],
    skip: Callable[[Node], None],
    parallelism: int,
    order: Callable[[Node], object],
    stop: asyncio.Event | None = None,
) -> None:
    """Visits every node after its predecessors, at most `parallelism` at a time, ready ones in `order`.

    Successors of a node whose visit returned False are skipped; once `stop` is set, so is everything that has not
    begun. An exception of a visit ends the walk after the visits under way; cancelling the walk cancels these.
    """
    ranks = {node: rank for rank, node in enumerate(sorted(graph, key=order))}  # type: ignore[arg-type]
    nodes = list(ranks)
    waits_for = {node: graph.in_degree(node) for node in graph}
    ready = [ranks[node] for node in nodes if waits_for[node] == 0]
    spoiled: set[Node] = set()
    running: dict[asyncio.Task[bool], Node] = {}
    ended: asyncio.Queue[asyncio.Task[bool]] = asyncio.Queue()

    def begin(node: Node) -> None:
        task = asyncio.ensure_future(visit(node))
        task.add_done_callback(ended.put_nowait)
        running[task] = node

    def finish(node: Node, good: bool) -> None:
        for after in graph.successors(node):
            if not good:
                spoiled.add(after)
            waits_for[after] -= 1
            if waits_for[after] == 0:
                heapq.heappush(ready, ranks[after])

    try:
        while ready or running:
            while ready and len(running) < parallelism:
                node = nodes[heapq.heappop(ready)]
                if node in spoiled or (stop is not None and stop.is_set()):
                    skip(node)
                    finish(node, False)
                else:
                    begin(node)
                    if len(running) % _BEGUN_AT_ONCE == 0:
                        await asyncio.sleep(0)
            if running:
                task = await ended.get()
                finish(running.pop(task), task.result())
    except asyncio.CancelledError:
        for task in running:
            task.cancel()
        raise
    finally:
        if running:
            await asyncio.gather(*running, return_exceptions=True)
