"""A graph of objects as people look at it: each in its folder and module, with what a plan does to it. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from hcl_lite.core.addrs import Address, in_order
from hcl_lite.core.digraph import DiGraph, ancestors, descendants
from hcl_lite.engine.plan import WRITES, Action, Plan

Edge = tuple[Address, Address]
"""An object (or a variable, a local, an output, a provider), and one that it needs."""


@dataclass(frozen=True, slots=True)
class Node:
    """One object: `folder` is the address of the folder that it lies in, where that is in the graph too; `outside` the
    uid of one that is not. `action` is None without a plan, and for what stays as it is."""

    address: Address
    title: str = ""
    folder: Address | None = None
    outside: str = ""
    action: Action | None = None

    @property
    def label(self) -> str:
        """The title; the end of the address where there is none."""
        return self.title or self.address.label


@dataclass(frozen=True, slots=True)
class Cluster:
    """Nodes of one module that lie in the same folder, the folder itself among them. `title` has both, and is empty for
    what lies in no folder of the root module."""

    title: str
    nodes: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class ObjectGraph:
    """Nodes and edges in the order of addresses. `planned` says that the actions are those of a plan."""

    nodes: tuple[Node, ...]
    edges: tuple[Edge, ...]
    planned: bool = False

    @property
    def by_address(self) -> Mapping[Address, Node]:
        return {node.address: node for node in self.nodes}

    @property
    def counts(self) -> Mapping[Action, int]:
        """The number of objects by action, in the order of the actions."""
        found = Counter(node.action for node in self.nodes)
        return {action: found[action] for action in Action if found[action]}

    def around(self, wanted: Address) -> ObjectGraph:
        """Returns what `wanted` covers, with all that it needs and all that needs it."""
        graph = self._graph()
        centre = [address for address in graph if wanted.covers(address)]
        kept = set(centre).union(*(ancestors(graph, one) | descendants(graph, one) for one in centre))
        return self._only(kept)

    def changed(self) -> ObjectGraph:
        """Returns the objects that a plan changes, with those that connect one with another, or that they lie in."""
        graph, nodes = self._graph(), self.by_address
        changed = {node.address for node in self.nodes if node.action is not None}
        above = set().union(*(ancestors(graph, one) for one in changed)) if changed else set()
        below = set().union(*(descendants(graph, one) for one in changed)) if changed else set()
        folders = {folder for one in changed if (folder := nodes[one].folder) is not None}
        return self._only(changed | (above & below) | folders)

    def clusters(self) -> Sequence[Cluster]:
        """Returns the nodes by module and folder, those of the root module in no folder first."""
        nodes = self.by_address
        holding = self._holding
        found: dict[tuple[tuple[str, ...], str, str], list[Node]] = {}
        for node in self.nodes:
            folder = node.address if node.address in holding else node.folder
            path = self._path(folder, nodes) if folder is not None else node.outside
            found.setdefault((node.address.module, path, str(folder or "")), []).append(node)
        return [
            Cluster(" · ".join(filter(None, (_module(module), path))), _folder_first(members, folder))
            for (module, path, folder), members in sorted(found.items())
        ]

    def shown_by_clusters(self) -> frozenset[Edge]:
        """Returns the edges that clusters show: from what lies in a folder to the folder in the same cluster."""
        holding = self._holding
        return frozenset(
            (node.address, node.folder)
            for node in self.nodes
            if node.folder is not None and node.folder.module == node.address.module and node.address not in holding
        )

    @property
    def _holding(self) -> frozenset[Address]:
        """The folders in which something of their own module lies."""
        inside = (node for node in self.nodes if node.folder is not None)
        return frozenset(node.folder for node in inside if node.folder and node.folder.module == node.address.module)

    def _path(self, folder: Address | None, nodes: Mapping[Address, Node]) -> str:
        titles: list[str] = []
        seen: set[Address] = set()
        while folder is not None and folder in nodes and folder not in seen:
            seen.add(folder)
            titles.append(nodes[folder].label)
            folder = nodes[folder].folder
        return "/".join(reversed(titles))

    def _graph(self) -> DiGraph[Address]:
        graph: DiGraph[Address] = DiGraph()
        graph.add_nodes_from(node.address for node in self.nodes)
        graph.add_edges_from(self.edges)
        return graph

    def _only(self, kept: Iterable[Address]) -> ObjectGraph:
        kept = set(kept)
        return replace(
            self,
            nodes=tuple(node for node in self.nodes if node.address in kept),
            edges=tuple(edge for edge in self.edges if kept.issuperset(edge)),
        )


def graph_of(plan: Plan) -> ObjectGraph:
    """Returns the graph of all objects of a plan: also of what it leaves as it is, and of what it deletes."""
    changes = {change.address: change for change in sorted(plan.changes, key=lambda one: not one.deposed)}
    folders = {
        (change.provider, change.uid): change.address
        for change in changes.values()
        if change.uid and change.address.type.endswith("_folder")
    }
    nodes = []
    for address in in_order(changes):
        change = changes[address]
        known = change.record.attributes if change.record is not None else {}
        uid = change.folder or str(known.get("parent_folder_uid") or "")  # as review.build, of what stays as it is
        folder = folders.get((change.provider, uid)) if uid else None
        action = change.action if change.action in WRITES else None
        title = change.title or _remembered_title(known)
        nodes.append(Node(address, title, folder, "" if folder is not None else uid, action))
    return ObjectGraph(tuple(nodes), tuple(_edges(plan, changes)), planned=True)


def _edges(plan: Plan, known: Iterable[Address]) -> Iterator[Edge]:
    known = frozenset(known)
    found = {(change.address, needed) for change in plan.changes for needed in change.dependencies if needed in known}
    yield from sorted(found, key=lambda edge: (edge[0].order, edge[1].order))


def _remembered_title(attributes: Mapping[str, object]) -> str:
    return next((value for key in ("title", "name") if isinstance(value := attributes.get(key), str)), "")


def _module(path: Sequence[str]) -> str:
    return ".".join(f"module.{step}" for step in path)


def _folder_first(nodes: Sequence[Node], folder: str) -> tuple[Node, ...]:
    return tuple(sorted(nodes, key=lambda node: str(node.address) != folder))
