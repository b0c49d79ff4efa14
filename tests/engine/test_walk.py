"""Visits in order, side by side, and what happens when one of them fails."""

from __future__ import annotations

import asyncio

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hcl_lite.core.digraph import DiGraph, descendants, topological_order
from hcl_lite.engine.walk import in_order, walk


@st.composite
def _graphs(draw: st.DrawFn) -> DiGraph[int]:
    graph: DiGraph[int] = DiGraph()
    graph.add_nodes_from(range(draw(st.integers(1, 9))))
    for low in graph:
        graph.add_edges_from((low, high) for high in graph if high > low and draw(st.booleans()))
    return graph


def _run(graph: DiGraph[int], parallelism: int, bad: int = -1) -> tuple[list[int], list[int], int]:
    """Visited, skipped, and how many were visited at once at the most."""
    visited: list[int] = []
    skipped: list[int] = []
    busy = [0, 0]

    async def visit(node: int) -> bool:
        busy[0] += 1
        busy[1] = max(busy)
        await asyncio.sleep(0)
        busy[0] -= 1
        visited.append(node)
        return node != bad

    asyncio.run(walk(graph, visit, skipped.append, parallelism, order=lambda node: node))
    return visited, skipped, busy[1]


@given(_graphs(), st.integers(1, 4))
def test_every_node_comes_after_what_it_needs(graph: DiGraph[int], parallelism: int) -> None:
    """And no more are visited at once than allowed."""
    visited, skipped, most = _run(graph, parallelism)
    assert sorted(visited) == sorted(graph)
    assert skipped == []
    assert most <= parallelism
    assert all(visited.index(a) < visited.index(b) for a, b in graph.edges)


@given(_graphs())
def test_one_failure_skips_just_what_comes_after_it(graph: DiGraph[int]) -> None:
    """Everything else is visited."""
    visited, skipped, _ = _run(graph, 2, bad=0)
    assert set(skipped) == descendants(graph, 0)
    assert set(visited) == set(graph) - set(skipped)


@given(_graphs())
def test_one_at_a_time_the_order_is_always_the_same(graph: DiGraph[int]) -> None:
    """By `order` among those that are ready."""
    assert _run(graph, 1)[0] == topological_order(graph, key=lambda node: node)


def test_once_stopped_nothing_new_begins() -> None:
    """What is under way is finished."""
    graph: DiGraph[int] = DiGraph()
    graph.add_nodes_from(range(5))
    visited: list[int] = []
    skipped: list[int] = []

    async def main() -> None:
        stop = asyncio.Event()

        async def visit(node: int) -> bool:
            stop.set()
            await asyncio.sleep(0)
            visited.append(node)
            return True

        await walk(graph, visit, skipped.append, 2, order=lambda node: node, stop=stop)

    asyncio.run(main())
    assert (sorted(visited), sorted(skipped)) == ([0, 1], [2, 3, 4])


def test_an_exception_of_a_visit_is_the_walks() -> None:
    """After the visits that were under way."""
    graph: DiGraph[int] = DiGraph()
    graph.add_nodes_from(range(2))
    done: list[int] = []

    async def visit(node: int) -> bool:
        if node == 0:
            raise LookupError("ours")
        await asyncio.sleep(0.01)
        done.append(node)
        return True

    with pytest.raises(LookupError, match="ours"):
        asyncio.run(walk(graph, visit, lambda _: None, 2, order=lambda node: node))
    assert done == [1]


def test_the_first_fault_in_the_order_of_the_work_is_raised_when_all_of_it_has_ended() -> None:
    """Whichever comes first in time; without one there are all results, in order."""
    ended: list[int] = []

    async def work(number: int, steps: int) -> int:
        for _ in range(steps):
            await asyncio.sleep(0)
        ended.append(number)
        if steps % 2:
            raise ValueError(str(number))
        return number

    async def run(*steps: int) -> list[int]:
        return await in_order(work(number, count) for number, count in enumerate(steps))

    assert asyncio.run(run(4, 2, 0)) == [0, 1, 2]
    assert ended == [2, 1, 0]
    with pytest.raises(ValueError, match="1"):
        asyncio.run(run(6, 5, 3))
    assert ended[3:] == [2, 1, 0]
