"""hcl-lite docs: the reference of what the providers have."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict
from typing import TYPE_CHECKING

import click

from hcl_lite.cli.exit_codes import ExitCode
from hcl_lite.core.diags import Diagnostic, HclError, did_you_mean

if TYPE_CHECKING:
    from hcl_lite.lang.docs.type_pages import Page


def _complete(ctx: click.Context, param: click.Parameter, incomplete: str) -> list[str]:
    return [name for name in _reference() if name.startswith(incomplete)]


@click.command(name="docs")
@click.argument("type_", metavar="[TYPE]", required=False, shell_complete=_complete)
@click.option("--json", "as_json", is_flag=True, help="As JSON.")
@click.option("--markdown", is_flag=True, help="As Markdown; without TYPE, all pages.")
def command(type_: str | None, as_json: bool, markdown: bool) -> int:
    """List all types, or show what there is to know of one.

    TYPE is written as in an address: grafana_dashboard, data.grafana_folder, provider.grafana.
    """
    from hcl_lite.cli.views import docs_text  # noqa: PLC0415 - loaded where it is used

    if as_json and markdown:
        raise click.UsageError("--json and --markdown are two forms of one thing: give one of them.")
    pages = _reference()
    if type_ is None:
        index = [{"name": page.name, "kind": page.kind, "doc": page.doc} for page in pages.values()]
        render = docs_text.render_markdown if markdown else docs_text.render_index
        click.echo(_json(index) if as_json else render(pages.values()))
        return ExitCode.OK
    if type_ not in pages:
        hint = "hcl-lite docs lists all types."
        raise HclError(Diagnostic(f'There is no type "{type_}"', did_you_mean(type_, pages), hint=hint))
    page = pages[type_]
    show = docs_text.render_markdown_page if markdown else docs_text.render_page
    click.echo(_json(asdict(page)) if as_json else show(page))
    return ExitCode.OK


def _reference() -> Mapping[str, Page]:
    from hcl_lite.lang.docs.type_pages import make_reference  # noqa: PLC0415 - the providers are loaded where they are used
    from providers.registry import PROVIDER_TYPES  # noqa: PLC0415

    return make_reference(PROVIDER_TYPES.values())


def _json(data: object) -> str:
    return json.dumps(data, ensure_ascii=False, indent=2)
