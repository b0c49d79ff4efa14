"""Directed graphs: the same answers as networkx gives."""

from __future__ import annotations

from graphlib import CycleError

import networkx as nx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hcl_lite.core.digraph import DiGraph, ancestors, cycle_in, descendants, has_path, topological_order

_EDGES = st.lists(st.tuples(st.integers(0, 9), st.integers(0, 9)), max_size=20)


@given(_EDGES)
def test_paths_are_those_of_networkx(edges: list[tuple[int, int]]) -> None:
    """With circles too: all ancestors, all descendants, and whether there is a path from each node to each."""
    ours, theirs = DiGraph(edges), nx.DiGraph(edges)
    assert list(ours.edges) == list(theirs.edges)
    for one in theirs:
        assert ancestors(ours, one) == nx.ancestors(theirs, one)
        assert descendants(ours, one) == nx.descendants(theirs, one)
        assert [has_path(ours, one, other) for other in theirs] == [nx.has_path(theirs, one, other) for other in theirs]


@given(_EDGES)
def test_the_order_is_that_of_networkx_or_there_is_a_circle(edges: list[tuple[int, int]]) -> None:
    """A circle is told by nodes that lead each to the next."""
    ours, theirs = DiGraph(edges), nx.DiGraph(edges)
    circle = cycle_in(ours)
    assert all((one, other) in ours.edges for one, other in zip(circle, [*circle[1:], *circle[:1]], strict=True))
    if nx.is_directed_acyclic_graph(theirs):
        assert circle == []
        assert topological_order(ours, key=lambda node: -node) == list(
            nx.lexicographical_topological_sort(theirs, key=lambda node: -node)
        )
    else:
        assert circle
        with pytest.raises(CycleError):
            topological_order(ours, key=lambda node: -node)


@given(_EDGES, st.sets(st.integers(0, 9)))
def test_a_part_of_a_graph_has_the_edges_between_its_nodes(edges: list[tuple[int, int]], nodes: set[int]) -> None:
    """And its nodes in the order of the whole."""
    ours, theirs = DiGraph(edges).subgraph(nodes), nx.DiGraph(edges).subgraph(nodes)
    assert list(ours) == [node for node in nx.DiGraph(edges) if node in nodes]
    assert set(ours.edges) == set(theirs.edges)
    assert [ours.in_degree(node) for node in ours] == [theirs.in_degree(node) for node in ours]


def test_what_is_said_of_an_edge_adds_up() -> None:
    """An edge that is added twice is one, and both ends know all that is said of it."""
    graph: DiGraph[str] = DiGraph()
    graph.add_edge("a", "b", why="first")
    graph.add_edge("a", "b", why="second", perhaps=True)
    assert graph.succ["a"]["b"] is graph.pred["b"]["a"]
    assert graph.edges == {("a", "b"): {"why": "second", "perhaps": True}}
