"""The reference for people: a list, a page, and all pages in Markdown."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence

import click

from hcl_lite.core.addrs import Kind
from hcl_lite.lang.docs.type_pages import Argument, Page

_NOUNS = {Kind.PROVIDER: "Provider type", Kind.RESOURCE: "Resource type", Kind.DATA: "Data type"}
_WIDTH = 100


def render_index(pages: Iterable[Page]) -> str:
    """All types, a line each, by what they are."""
    found = list(pages)
    formatter = click.HelpFormatter(width=_WIDTH)
    for kind, noun in _NOUNS.items():
        with formatter.section(click.style(f"{noun}s", bold=True)):
            formatter.write_dl([(page.name, page.doc) for page in found if page.kind is kind], col_max=40)
    return formatter.getvalue().strip("\n")


def render_page(page: Page) -> str:
    """One type."""
    formatter = click.HelpFormatter(width=_WIDTH)
    formatter.write(f"{click.style(page.name, bold=True)}: {page.doc}\n")
    with formatter.section(click.style("Example", bold=True)):
        formatter.write("".join(f"  {line}\n" for line in page.example.splitlines()))
    for title, arguments in _sections(page):
        with formatter.section(click.style(title, bold=True)):
            formatter.write_dl([(argument.name, _explain(argument)) for argument in arguments])
    if page.import_command:
        with formatter.section(click.style("Import", bold=True)):
            formatter.write(f"  {page.import_command}\n")
    return formatter.getvalue().strip("\n")


def render_markdown(pages: Iterable[Page]) -> str:
    """All types as one document; what every block of a kind takes is said once."""
    found = list(pages)
    blocks = ["<!-- Written by: hcl-lite docs --markdown > docs/reference.md -->", "# Reference"]
    for kind, noun in _NOUNS.items():
        of_kind = [page for page in found if page.kind is kind]
        if of_kind:
            blocks += [f"## {noun}s", _contents(of_kind), *(block for page in of_kind for block in _blocks(page))]
            blocks += [f"### Arguments of every {kind} block", _table(of_kind[0].meta_arguments)]
    return "\n\n".join(blocks)


def render_markdown_page(page: Page) -> str:
    """One type in Markdown."""
    return "\n\n".join([*_blocks(page), "Meta-arguments:", _table(page.meta_arguments)])


def _sections(page: Page) -> list[tuple[str, Sequence[Argument]]]:
    sections = [
        ("Arguments", page.arguments),
        ("Attributes that the server fills in", page.attributes),
        ("Meta-arguments", page.meta_arguments),
    ]
    return [(title, arguments) for title, arguments in sections if arguments]


def _explain(argument: Argument) -> str:
    """Its type and what it is, as sentences."""
    facts = [_type(argument)]
    facts += ["required"] if argument.required else []
    facts += [f"default {json.dumps(argument.default, ensure_ascii=False)}"] if argument.default is not None else []
    return f"{', '.join(facts)}. {argument.doc}".strip()


def _type(argument: Argument) -> str:
    """Returns the type for people; where only some strings are allowed, these."""
    *others, last = (f'"{choice}"' for choice in argument.choices) if argument.choices else ("string",)
    strings = f"{', '.join(others)} or {last}" if others else last
    return argument.type.removesuffix("string") + strings if argument.type.endswith("string") else argument.type


def _contents(pages: Iterable[Page]) -> str:
    return "\n".join(f"- [{page.name}](#{page.name.replace('.', '')}): {page.doc}" for page in pages)


def _blocks(page: Page) -> list[str]:
    blocks = [f"### {page.name}", page.doc, f"```toml\n{page.example}```"]
    if page.arguments:
        blocks.append(_table(page.arguments))
    if page.attributes:
        blocks += ["The server fills in:", _table(page.attributes)]
    if page.import_command:
        blocks.append(f"To take over one that exists: `{page.import_command}`")
    return blocks


def _table(arguments: Iterable[Argument]) -> str:
    rows = ["| name | type | |", "|---|---|---|"]
    for argument in arguments:
        type_, _, rest = _explain(argument).partition(". ")
        rows.append(f"| `{argument.name}` | {_cell(type_.removesuffix('.'))} | {_cell(rest)} |")
    return "\n".join(rows)


def _cell(text: str) -> str:
    return text.replace("|", r"\|")
