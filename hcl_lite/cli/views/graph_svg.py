"""A graph of objects as a picture: SVG, as a file of its own in light and dark, or as a part of a page."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from markupsafe import Markup

from hcl_lite.cli.views.graph_layout import HEADER, Box, Layout, lay_out
from hcl_lite.cli.views.html_pages import page_file
from hcl_lite.cli.views.texts import unseen_escaped
from hcl_lite.core.addrs import Address, Kind
from hcl_lite.engine.plan import Action
from hcl_lite.review.object_graph import Cluster, Edge, Node, ObjectGraph

_MARGIN, _LEGEND, _ITEM = 16.0, 34.0, 130.0
_LONGEST, _LONGEST_TYPE, _WIDE_LETTER = 26, 33, 7.2  # characters in a box, and the width of one of a cluster's title
WORDS = {Action.CREATE: "create", Action.UPDATE: "update", Action.REPLACE: "replace", Action.DELETE: "delete"}
_PALETTE = """
.graph { --canvas: #f4f5f7; --surface: #fff; --line: #cdd3dc; --text: #1f2733; --faint: #5b6675; --create: #1a7f37; --update: #8a5a00; --replace: #8250df; --delete: #c4162a; background: #fff; }
@media (prefers-color-scheme: dark) { .graph { --canvas: #111217; --surface: #22262c; --line: #3a3f47; --text: #dfe2e8; --faint: #98a1b0; --create: #5cc878; --update: #e5b567; --replace: #c49bff; --delete: #ff7383; background: #181b1f; } }
"""  # noqa: E501


def render_svg(graph: ObjectGraph) -> str:
    """Renders a graph as a file of its own."""
    return str(picture(graph, Markup("<style>{}</style>").format(Markup(_PALETTE + styles()))))


def styles() -> str:
    """Returns the style sheet of a picture on a page that has the colours."""
    return page_file("graph_svg.css")


def picture(graph: ObjectGraph, head: Markup = Markup("")) -> Markup:  # noqa: B008 - it is frozen
    """Returns the element of a picture. Its nodes have their number, and the numbers of those that they need."""
    layout = lay_out(graph)
    width, height = max(layout.width, _legend_width(graph)) + 2 * _MARGIN, layout.height + 2 * _MARGIN + _LEGEND
    parts = [
        Markup(
            '<svg class="graph" xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {0} {1}" width="{0}" height="{1}"'
            ' role="img" aria-label="{2}">{3}<defs><marker id="tip" viewBox="0 0 6 6" refX="6" refY="3" markerWidth="6"'
            ' markerHeight="6" orient="auto"><path class="tip" d="M0 0L6 3L0 6z"/></marker></defs>'
        ).format(_number(width), _number(height), f"{len(graph.nodes)} objects, {len(graph.edges)} dependencies", head),
        *_legend(graph),
        Markup('<g transform="translate({0} {1})">').format(_number(_MARGIN), _number(_MARGIN + _LEGEND)),
        *_drawn(graph, layout),
        Markup("</g></svg>"),
    ]
    return Markup("\n").join(parts)


def _drawn(graph: ObjectGraph, layout: Layout) -> Iterator[Markup]:
    numbers = {node.address: index for index, node in enumerate(graph.nodes)}
    needs: dict[Address, list[int]] = {}
    for user, needed in graph.edges:
        needs.setdefault(user, []).append(numbers[needed])
    yield from (_cluster(cluster, box) for cluster, box in layout.clusters if cluster.title)
    yield from (_edge(edge, start, end, numbers) for edge, start, end in layout.edges)
    for node, box in layout.objects:
        yield _node(node, box, numbers[node.address], needs.get(node.address, ()))


def _cluster(cluster: Cluster, box: Box) -> Markup:
    title = unseen_escaped(cluster.title)
    return Markup(
        '<g><title>{title}</title><rect class="cluster" x="{x}" y="{y}" width="{width}" height="{height}" rx="8"/>'
        '<text class="name" x="{left}" y="{top}">{short}</text></g>'
    ).format(
        **_places(box),
        title=title,
        short=_shortened(title, int(box.width / _WIDE_LETTER)),
        left=_number(box.x + 12),
        top=_number(box.y + HEADER - 5),
    )


def _node(node: Node, box: Box, number: int, needs: Iterable[int]) -> Markup:
    label, told = unseen_escaped(node.label), unseen_escaped(str(node.address))
    action = action_of(node)
    type_ = node.address.type or node.address.kind.value
    lookup = "data " if node.address.kind is Kind.DATA else ""
    title = f"{label}\n{told}" + (f"\n{action}" if node.action is not None else "")
    return Markup(
        '<g class="node {action}" tabindex="0" data-number="{number}" data-needs="{needs}" data-text="{text}">'
        '<title>{title}</title><rect x="{x}" y="{y}" width="{width}" height="{height}" rx="5"/>'
        '<rect class="bar" x="{x}" y="{y}" width="5" height="{height}" rx="2.5"/>'
        '<text x="{left}" y="{first}">{label}</text><text class="type" x="{left}" y="{second}">{type}</text></g>'
    ).format(
        **_places(box),
        action=action,
        number=number,
        needs=" ".join(map(str, needs)),
        text=f"{label} {told}".casefold(),
        title=title,
        label=_shortened(label, _LONGEST),
        type=_shortened(f"{lookup}{type_}", _LONGEST_TYPE),
        left=_number(box.x + 13),
        first=_number(box.y + 17),
        second=_number(box.y + 31),
    )


def action_of(node: Node) -> str:
    """Returns the word, and the class, of what becomes of an object."""
    return "stays" if node.action is None else WORDS.get(node.action, "stays")


def _edge(edge: Edge, start: Box, end: Box, numbers: Mapping[Address, int]) -> Markup:
    """Draws a curve between the sides that face each other."""
    if end.x >= start.x + start.width or start.x >= end.x + end.width:
        right = end.x > start.x
        x1, x2 = (start.x + start.width, end.x) if right else (start.x, end.x + end.width)
        y1, y2 = start.y + start.height / 2, end.y + end.height / 2
        bend = max(18.0, abs(x2 - x1) / 2) * (1 if right else -1)
        points = (x1, y1, x1 + bend, y1, x2 - bend, y2, x2, y2)
    else:
        down = end.y > start.y
        y1, y2 = (start.y + start.height, end.y) if down else (start.y, end.y + end.height)
        x1, x2 = start.x + start.width / 2, end.x + end.width / 2
        bend = max(10.0, abs(y2 - y1) / 2) * (1 if down else -1)
        points = (x1, y1, x1, y1 + bend, x2, y2 - bend, x2, y2)
    way = "M{} {}C{} {} {} {} {} {}".format(*map(_number, points))
    return Markup('<path class="edge" d="{}" marker-end="url(#tip)" data-from="{}" data-to="{}"/>').format(
        way, numbers[edge[0]], numbers[edge[1]]
    )


def _legend(graph: ObjectGraph) -> Iterator[Markup]:
    counts = graph.counts
    shown = [(word, f"{counts[action]} to {word}") for action, word in WORDS.items() if counts.get(action)]
    stays = len(graph.nodes) - sum(counts.values())
    if stays:
        shown.append(("stays", f"{stays} unchanged" if graph.planned else f"{stays} objects"))
    for index, (action, words) in enumerate(shown):
        x = _MARGIN + index * _ITEM
        yield Markup(
            '<g class="node legend {0}"><rect class="bar" x="{1}" y="16" width="14" height="14" rx="3"/>'
            '<text x="{2}" y="27">{3}</text></g>'
        ).format(action, _number(x), _number(x + 20), words)
    yield Markup(
        '<text class="type" x="{}" y="27">an arrow leads to what is needed; a box holds what lies in a folder</text>'
    ).format(_number(_MARGIN + len(shown) * _ITEM))


def _legend_width(graph: ObjectGraph) -> float:
    return (len(graph.counts) + 1) * _ITEM + 340


def _places(box: Box) -> Mapping[str, str]:
    return {name: _number(getattr(box, name)) for name in ("x", "y", "width", "height")}


def _shortened(text: str, longest: int) -> str:
    return text if len(text) <= longest else f"{text[: longest - 1]}…"


def _number(value: float) -> str:
    return f"{value:.1f}".removesuffix(".0")
