"""A graph of objects as one page for a browser, to look around in: it needs no network, and opens from disk."""

from __future__ import annotations

from hcl_lite.cli.views.graph_svg import picture, styles
from hcl_lite.cli.views.html_pages import page_file, render_page
from hcl_lite.review.object_graph import ObjectGraph


def render_html(graph: ObjectGraph) -> str:
    """Renders a graph as a page."""
    css = page_file("plan.css") + styles() + page_file("graph.css")
    return render_page("graph.html", css, page_file("graph.js"), graph=graph, picture=picture(graph))
