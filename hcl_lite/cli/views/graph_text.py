"""A graph of dependencies as text: for Graphviz, for Markdown, and for programs. An edge is (user, needed)."""

from __future__ import annotations

import json
from collections.abc import Sequence

from hcl_lite.core.addrs import Address, Kind

Edges = Sequence[tuple[Address, Address]]

_SHAPES = {Kind.RESOURCE: "box", Kind.DATA: "note", Kind.PROVIDER: "component"}


def render_dot(nodes: Sequence[Address], edges: Edges) -> str:
    """Graphviz's language."""
    lines = ["digraph hcl_lite {", "  rankdir = LR", '  node [fontname = "sans-serif"]']
    lines += [f"  {_quoted(node)} [shape = {_SHAPES.get(node.kind, 'ellipse')}]" for node in nodes]
    lines += [f"  {_quoted(user)} -> {_quoted(needed)}" for user, needed in edges]
    return "\n".join([*lines, "}"])


def render_mermaid(nodes: Sequence[Address], edges: Edges) -> str:
    """Mermaid's flowchart, as GitHub and GitLab show it."""
    names = {node: f"n{index}" for index, node in enumerate(nodes)}
    lines = ["flowchart LR"]
    lines += [f'  {name}["{_escaped(node)}"]' for node, name in names.items()]
    lines += [f"  {names[user]} --> {names[needed]}" for user, needed in edges]
    return "\n".join(lines)


def render_json(nodes: Sequence[Address], edges: Edges) -> str:
    """{"nodes": [{"address", "kind", "type"}], "edges": [{"from", "to"}]}; an edge leads to what is needed."""
    document = {
        "nodes": [{"address": str(node), "kind": node.kind.value, "type": node.type} for node in nodes],
        "edges": [{"from": str(user), "to": str(needed)} for user, needed in edges],
    }
    return json.dumps(document, ensure_ascii=False, indent=2)


def _quoted(address: Address) -> str:
    return json.dumps(str(address), ensure_ascii=False)


def _escaped(address: Address) -> str:
    """Mermaid's labels have HTML's entities, with # for &."""
    return str(address).replace("#", "#35;").replace('"', "#quot;").replace("<", "#lt;")
