"""Directed graphs, as far as a plan needs them: what comes before what, and in which order.

networkx, with its 280 modules, takes longer to load than a small plan takes; it is loaded where more is needed, such
as what to do with circles (`engine.planning.arranging`).
"""

from __future__ import annotations

import heapq
from collections.abc import Callable, Collection, Hashable, Iterable, Iterator, Mapping
from graphlib import CycleError, TopologicalSorter
from typing import Any, Generic, TypeVar

Node = TypeVar("Node", bound=Hashable)
Edge = dict[str, Any]


class DiGraph(Generic[Node]):
    """Nodes in the order in which they were added, and edges with what is said of them; methods are named as those of
    networkx are."""

    def __init__(self, edges: Iterable[tuple[Node, Node]] = ()) -> None:
        self.succ: dict[Node, dict[Node, Edge]] = {}
        self.pred: dict[Node, dict[Node, Edge]] = {}
        self.add_edges_from(edges)

    def __iter__(self) -> Iterator[Node]:
        return iter(self.succ)

    def __len__(self) -> int:
        return len(self.succ)

    def __contains__(self, node: object) -> bool:
        return node in self.succ

    def add_node(self, node: Node) -> None:
        """Adds a node, unless it is there."""
        self.succ.setdefault(node, {})
        self.pred.setdefault(node, {})

    def add_nodes_from(self, nodes: Iterable[Node]) -> None:
        """Adds nodes."""
        for node in nodes:
            self.add_node(node)

    def add_edge(self, before: Node, after: Node, **said: Any) -> None:
        """Adds an edge, and its nodes; what is said of one that is there is said of it, too."""
        self.add_node(before)
        self.add_node(after)
        edge = self.succ[before].setdefault(after, said)
        if edge is not said:
            edge.update(said)
        self.pred[after][before] = edge

    def add_edges_from(self, edges: Iterable[tuple[Node, Node]]) -> None:
        """Adds edges, and their nodes."""
        for before, after in edges:
            self.add_edge(before, after)

    @property
    def edges(self) -> Mapping[tuple[Node, Node], Edge]:
        """All edges, with what is said of each."""
        return {(before, after): edge for before, edges in self.succ.items() for after, edge in edges.items()}

    def successors(self, node: Node) -> Iterator[Node]:
        """The nodes to which an edge of `node` leads."""
        return iter(self.succ[node])

    def predecessors(self, node: Node) -> Iterator[Node]:
        """The nodes of which an edge leads to `node`."""
        return iter(self.pred[node])

    def in_degree(self, node: Node) -> int:
        """The number of predecessors."""
        return len(self.pred[node])

    def subgraph(self, nodes: Collection[Node]) -> DiGraph[Node]:
        """Returns the graph of those of its nodes that are among `nodes`, and of the edges between them."""
        small: DiGraph[Node] = DiGraph()
        small.succ = _between(self.succ, nodes)
        small.pred = _between(self.pred, nodes)
        return small


def _between(neighbours: Mapping[Node, Mapping[Node, Edge]], nodes: Collection[Node]) -> dict[Node, dict[Node, Edge]]:
    return {
        node: {other: edge for other, edge in edges.items() if other in nodes}
        for node, edges in neighbours.items()
        if node in nodes
    }


def ancestors(graph: DiGraph[Node], node: Node) -> set[Node]:
    """Returns all nodes from which a path leads to `node`, without itself."""
    return _reached(graph.pred, [node]) - {node}


def descendants(graph: DiGraph[Node], node: Node) -> set[Node]:
    """Returns all nodes to which a path leads from `node`, without itself."""
    return _reached(graph.succ, [node]) - {node}


def with_descendants(graph: DiGraph[Node], nodes: Collection[Node]) -> set[Node]:
    """Returns `nodes`, also those that the graph has not, and all to which a path leads from one of them."""
    return _reached(graph.succ, [node for node in nodes if node in graph]).union(nodes)


def _reached(neighbours: Mapping[Node, Collection[Node]], starts: Collection[Node]) -> set[Node]:
    found, open_ = set(starts), list(starts)
    while open_:
        new = [node for node in neighbours[open_.pop()] if node not in found]
        found.update(new)
        open_.extend(new)
    return found


def has_path(graph: DiGraph[Node], start: Node, goal: Node) -> bool:
    """Whether edges lead from `start` to `goal`; looked for from both ends, where there is less to look at."""
    ahead, behind = {start}, {goal}
    seen_ahead, seen_behind = {start}, {goal}
    while ahead and behind:
        if not (ahead.isdisjoint(seen_behind) and behind.isdisjoint(seen_ahead)):
            return True
        if len(ahead) <= len(behind):
            ahead = set().union(*(graph.succ[node] for node in ahead)) - seen_ahead
            seen_ahead |= ahead
        else:
            behind = set().union(*(graph.pred[node] for node in behind)) - seen_behind
            seen_behind |= behind
    return False


def topological_order(graph: DiGraph[Node], key: Callable[[Node], Any]) -> list[Node]:
    """Returns the nodes, each after its predecessors, and as far as these leave it open by `key`. Raises CycleError."""
    sorter = TopologicalSorter(graph.pred)
    sorter.prepare()
    ranks = {node: rank for rank, node in enumerate(sorted(graph, key=key))}
    nodes = list(ranks)
    order: list[Node] = []
    ready: list[int] = []
    while sorter.is_active():
        for node in sorter.get_ready():
            heapq.heappush(ready, ranks[node])
        node = nodes[heapq.heappop(ready)]
        sorter.done(node)
        order.append(node)
    return order


def cycle_in(graph: DiGraph[Node]) -> list[Node]:
    """Returns the nodes of a circle, each before that to which an edge of it leads; none where there is no circle."""
    try:
        TopologicalSorter(graph.pred).prepare()
    except CycleError as error:
        circle: list[Node] = error.args[1]  # the first is the last, too
        return circle[:-1]
    return []
