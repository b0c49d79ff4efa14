"""Places of the boxes of a graph: clusters in rows, in each the groups of objects that are connected.

A group is laid out in layers by graphlay (PyPI, extra `graph`): its ranks, and within a rank the order with the fewest
crossings. docs/decisions/0008-graph-layout.md says why that one. Layers are wrapped here, since one of 200 dashboards
that need one data source is read by nobody.
"""

from __future__ import annotations

import importlib.util
import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import networkx as nx

from hcl_lite.core.addrs import Address
from hcl_lite.core.diags import Diagnostic, HclError
from hcl_lite.review.object_graph import Cluster, Edge, Node, ObjectGraph

WIDTH, HEIGHT = 196.0, 40.0  # of the box of an object
HEADER = 24.0  # of a cluster with a title
_GAP, _LAYER_GAP, _PADDING, _CLUSTER_GAP = 10.0, 44.0, 12.0, 28.0
_TALLEST = 8  # boxes of a layer above each other
_ASPECT = 1.5
EXTRA = "pip install 'hcl-lite[graph]'"


@dataclass(frozen=True, slots=True)
class Box:
    """A rectangle by its upper left corner."""

    x: float
    y: float
    width: float
    height: float


@dataclass(frozen=True, slots=True)
class Layout:
    """A picture of `width` and `height`: the box of each object and of each cluster, and the edges to be drawn."""

    width: float
    height: float
    objects: Sequence[tuple[Node, Box]]
    clusters: Sequence[tuple[Cluster, Box]]
    edges: Sequence[tuple[Edge, Box, Box]]


@dataclass(frozen=True, slots=True)
class _Group:
    """Boxes that are moved together."""

    width: float
    height: float
    boxes: Mapping[Address, Box]


def is_installed() -> bool:
    """Whether the library that makes layers is there."""
    return importlib.util.find_spec("graphlay") is not None


def lay_out(graph: ObjectGraph) -> Layout:
    """Returns the places of all objects of a graph; the same for the same graph. Raises HclError where the library is
    missing."""
    if not is_installed():
        detail = "The layout of a picture is made by the package graphlay; dot, mermaid and json need none."
        raise HclError(Diagnostic("graphlay is not installed", detail, hint=EXTRA))
    left_out = graph.shown_by_clusters()
    edges = [edge for edge in graph.edges if edge not in left_out]
    clusters = _needing_first(graph.clusters(), edges)
    groups = [_cluster_group(cluster, edges) for cluster in clusters]
    corners, width, height = _packed([(group.width, group.height) for group in groups], _CLUSTER_GAP)
    boxes: dict[Address, Box] = {}
    frames = []
    for cluster, group, (x, y) in zip(clusters, groups, corners, strict=True):
        frames.append((cluster, Box(x, y, group.width, group.height)))
        boxes |= _moved(group.boxes, x, y)
    return Layout(
        width,
        height,
        [(node, boxes[node.address]) for node in graph.nodes],
        frames,
        [(edge, boxes[edge[0]], boxes[edge[1]]) for edge in edges],
    )


def _needing_first(clusters: Sequence[Cluster], edges: Sequence[Edge]) -> Sequence[Cluster]:
    """Returns clusters before those that their objects need, as far as there is no circle; large ones first."""
    home = {node.address: index for index, cluster in enumerate(clusters) for node in cluster.nodes}
    between: nx.DiGraph[int] = nx.DiGraph()
    between.add_nodes_from(range(len(clusters)))
    between.add_edges_from((home[a], home[b]) for a, b in edges if home[a] != home[b])
    whole = nx.condensation(between)
    layers = nx.topological_generations(whole)
    order = [
        sorted(
            (one for part in layer for one in whole.nodes[part]["members"]), key=lambda i: (-len(clusters[i].nodes), i)
        )
        for layer in layers
    ]
    return [clusters[index] for layer in order for index in layer]


def _cluster_group(cluster: Cluster, edges: Sequence[Edge]) -> _Group:
    inner: nx.DiGraph[Address] = nx.DiGraph()
    inner.add_nodes_from(node.address for node in cluster.nodes)
    inner.add_edges_from(edge for edge in edges if edge[0] in inner and edge[1] in inner)
    order = {node.address: index for index, node in enumerate(cluster.nodes)}
    parts = [sorted(part, key=order.__getitem__) for part in nx.weakly_connected_components(inner)]
    first = cluster.nodes[0].address  # the folder
    parts.sort(key=lambda part: (first not in part, -len(part), order[part[0]]))
    groups = [_layered(part, inner) for part in parts]
    corners, width, height = _packed([(group.width, group.height) for group in groups], _GAP)
    top = HEADER if cluster.title else 0.0
    boxes: dict[Address, Box] = {}
    for group, (x, y) in zip(groups, corners, strict=True):
        boxes |= _moved(group.boxes, x + _PADDING, y + _PADDING + top)
    return _Group(width + 2 * _PADDING, height + 2 * _PADDING + top, boxes)


def _layered(nodes: Sequence[Address], graph: nx.DiGraph[Address]) -> _Group:
    """Returns connected nodes in layers, what needs others on the left. A layer that is too tall has more columns."""
    if len(nodes) == 1:
        return _Group(WIDTH, HEIGHT, {nodes[0]: Box(0, 0, WIDTH, HEIGHT)})
    layers = _layers(nodes, [(a, b) for a, b in graph.edges if a in set(nodes)])
    tallest = max(_TALLEST, math.ceil(math.sqrt(len(nodes))))
    height = max(min(len(layer), tallest) for layer in layers) * (HEIGHT + _GAP) - _GAP
    boxes: dict[Address, Box] = {}
    x = 0.0
    for layer in layers:
        columns = math.ceil(len(layer) / tallest)
        rows = math.ceil(len(layer) / columns)
        for start in range(0, len(layer), rows):
            column = layer[start : start + rows]
            y = (height - len(column) * (HEIGHT + _GAP) + _GAP) / 2
            boxes |= {one: Box(x, y + i * (HEIGHT + _GAP), WIDTH, HEIGHT) for i, one in enumerate(column)}
            x += WIDTH + _GAP * 2
        x += _LAYER_GAP - _GAP * 2
    return _Group(x - _LAYER_GAP, height, boxes)


def _layers(nodes: Sequence[Address], edges: Iterable[Edge]) -> Sequence[Sequence[Address]]:
    """Returns the nodes by rank, in the order with the fewest crossings."""
    import graphlay  # noqa: PLC0415 - optional

    number = {node: index for index, node in enumerate(nodes)}
    request = graphlay.Graph()
    for index in range(len(nodes)):
        request.node(index, width=WIDTH, height=HEIGHT)
    for user, needed in edges:
        request.edge(number[user], number[needed])
    placed = graphlay.layout(request, options={"direction": "leftright"}).nodes
    found: dict[int, list[tuple[int, Address]]] = {}
    for node, place in zip(nodes, placed, strict=True):
        found.setdefault(place["rank"], []).append((place["order"], node))
    return [[node for _, node in sorted(found[rank], key=lambda one: one[0])] for rank in sorted(found)]


_Rows = tuple[Sequence[tuple[float, float]], float, float]


def _packed(sizes: Sequence[tuple[float, float]], gap: float) -> _Rows:
    """Returns the corners of boxes in rows, in their order, and the width and height of all: of a few widths the one
    that comes nearest to the form of a screen."""
    widest = max((width for width, _ in sizes), default=0.0)
    area = sum((width + gap) * (height + gap) for width, height in sizes)
    tried = [max(widest, math.sqrt(area) * part / 4) for part in range(3, 10)]
    return min((_in_rows(sizes, gap, width) for width in tried), key=_badness)


def _badness(rows: _Rows) -> float:
    _, width, height = rows
    return abs(math.log(max(width, 1) / max(height, 1) / _ASPECT))


def _in_rows(sizes: Sequence[tuple[float, float]], gap: float, widest: float) -> _Rows:
    corners, x, y, row, right = [], 0.0, 0.0, 0.0, 0.0
    for width, height in sizes:
        if x and x + width > widest + 1:
            x, y, row = 0.0, y + row + gap, 0.0
        corners.append((x, y))
        x, row, right = x + width + gap, max(row, height), max(right, x + width)
    return corners, right, y + row


def _moved(boxes: Mapping[Address, Box], x: float, y: float) -> Mapping[Address, Box]:
    return {address: Box(box.x + x, box.y + y, box.width, box.height) for address, box in boxes.items()}
