"""A graph of objects as text: for Graphviz, for Markdown, and for programs. An edge is (user, needed)."""

from __future__ import annotations

import json
from collections.abc import Iterator

from hcl_lite.cli.views.texts import unseen_escaped
from hcl_lite.core.addrs import Kind
from hcl_lite.engine.plan import Action
from hcl_lite.review.object_graph import Node, ObjectGraph

_SHAPES = {Kind.RESOURCE: "box", Kind.DATA: "note", Kind.PROVIDER: "component"}
# Border and background, to be read on white and on black.
_COLOURS = {
    Action.CREATE: ("#1a7f37", "#e5f6ea"),
    Action.UPDATE: ("#8a5a00", "#fdf3dc"),
    Action.REPLACE: ("#8250df", "#f2ebfd"),
    Action.DELETE: ("#c4162a", "#fdeaec"),
}
_UNCHANGED = ("#8b949e", "#f4f5f7")


def render_dot(graph: ObjectGraph) -> str:
    """Graphviz's language, with a cluster for each folder and module, in the colours of a plan."""
    lines = ["digraph hcl_lite {", "  rankdir = LR", '  node [fontname = "sans-serif"]']
    for number, cluster in enumerate(graph.clusters()):
        drawn = [_dot_node(node, graph) for node in cluster.nodes]
        if cluster.title:
            drawn = [f"subgraph cluster_{number} {{", f"  label = {_quoted(cluster.title)}", *_indented(drawn), "}"]
        lines += _indented(drawn)
    lines += [f"  {_quoted(str(user))} -> {_quoted(str(needed))}" for user, needed in graph.edges]
    return "\n".join([*lines, "}"])


def render_mermaid(graph: ObjectGraph) -> str:
    """Mermaid's flowchart, as GitHub and GitLab show it."""
    names = {node.address: f"n{index}" for index, node in enumerate(graph.nodes)}
    lines = ["flowchart LR"]
    for number, cluster in enumerate(graph.clusters()):
        drawn = [
            f'{names[node.address]}["{_mermaid_label(node)}"]{_mermaid_class(node, graph)}' for node in cluster.nodes
        ]
        if cluster.title:
            drawn = [f'subgraph c{number}["{_escaped(cluster.title)}"]', *_indented(drawn), "end"]
        lines += _indented(drawn)
    lines += [f"  {names[user]} --> {names[needed]}" for user, needed in graph.edges]
    for action in graph.counts if graph.planned else ():
        line, fill = _COLOURS[action]
        lines.append(f"  classDef {action.value}_ fill:{fill},stroke:{line},color:#1f2733")
    if graph.planned:
        lines.append(f"  classDef unchanged_ fill:{_UNCHANGED[1]},stroke:{_UNCHANGED[0]},color:#1f2733")
    return "\n".join(lines)


def render_json(graph: ObjectGraph) -> str:
    """A document with `nodes` and `edges` in the order of addresses.

    Of a node: `address`, `kind`, `type`, `title` (empty where it is not known), `module` (the way to it, a step each),
    `folder` (the address of the folder that it lies in; or the uid of one that is not in the graph; null for none) and
    `action` (create, update, replace, delete, no-op; null without a plan). An edge leads `from` an address `to` what is
    needed.
    """
    document = {
        "nodes": [
            {
                "address": str(node.address),
                "kind": node.address.kind.value,
                "type": node.address.type,
                "title": node.title,
                "module": list(node.address.module),
                "folder": str(node.folder) if node.folder is not None else node.outside or None,
                "action": (node.action or Action.NOOP).value if graph.planned else None,
            }
            for node in graph.nodes
        ],
        "edges": [{"from": str(user), "to": str(needed)} for user, needed in graph.edges],
    }
    return json.dumps(document, ensure_ascii=False, indent=2)


def _dot_node(node: Node, graph: ObjectGraph) -> str:
    more = ""
    if node.title:
        label = f"{unseen_escaped(node.title)}\n{node.address}"
        more += f", label = {_quoted(label)}"
    if graph.planned:
        line, fill = _UNCHANGED if node.action is None else _COLOURS[node.action]
        more += f', style = filled, color = "{line}", fillcolor = "{fill}"'
    return f"{_quoted(str(node.address))} [shape = {_SHAPES.get(node.address.kind, 'ellipse')}{more}]"


def _mermaid_label(node: Node) -> str:
    address = _escaped(str(node.address))
    return f"{_escaped(node.title)}<br/>{address}" if node.title else address


def _mermaid_class(node: Node, graph: ObjectGraph) -> str:
    if not graph.planned:
        return ""
    return f":::{'unchanged' if node.action is None else node.action.value}_"


def _indented(lines: list[str]) -> Iterator[str]:
    return (f"  {line}" for line in lines)


def _quoted(text: str) -> str:
    """Quotes a string of Graphviz's language: a line end as \\n, and a backslash, which begins an escape, doubled."""
    return json.dumps(text, ensure_ascii=False)


def _escaped(text: str) -> str:
    """Escapes a label of Mermaid: HTML's entities, with # for &."""
    return "".join(f"#{ord(c)};" if c in _SPECIAL else c for c in unseen_escaped(text))


_SPECIAL = frozenset('#"<>&`\\;%@')
