"""A page for each type that the providers declare, and one that lists them."""

from __future__ import annotations

from collections.abc import Iterable

from docs.site.made import Made, Section
from hcl_lite import operations
from hcl_lite.cli.views.docs_text import render_markdown_page
from hcl_lite.core.addrs import Kind
from hcl_lite.lang.docs.type_pages import Page

_TITLES = {Kind.PROVIDER: "Providers", Kind.RESOURCE: "Resources", Kind.DATA: "Data sources (lookups)"}


def type_pages() -> Made:
    """All of them, by what the declarations say."""
    pages = [*operations.read_reference().values()]
    texts = {_path(page): render_markdown_page(page).replace("### ", "# ", 1) + "\n" for page in pages}
    sections = tuple(
        Section(title, {page.name.removeprefix("data."): _path(page) for page in _of(pages, kind)})
        for kind, title in _TITLES.items()
    )
    return Made({"types/index.md": _index(pages), **texts}, sections)


def _path(page: Page) -> str:
    return f"types/{page.name}.md"


def _of(pages: Iterable[Page], kind: Kind) -> list[Page]:
    return [page for page in pages if page.kind is kind]


def _index(pages: Iterable[Page]) -> str:
    blocks = [
        "# Types",
        "Names and attributes are those of Terraform's Grafana provider. `hcl-lite docs TYPE` says the same.",
    ]
    for kind, title in _TITLES.items():
        rows = [
            f"| [{page.name}]({page.name}.md) | {page.doc.replace('|', chr(92) + '|')} |" for page in _of(pages, kind)
        ]
        blocks += [f"## {title}", "\n".join(["| type | |", "|---|---|", *rows])]
    return "\n\n".join(blocks) + "\n"
