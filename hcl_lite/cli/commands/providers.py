"""hcl-lite providers: which providers the configuration uses, and for what."""

from __future__ import annotations

import click

from hcl_lite.cli.context import here
from hcl_lite.cli.exit_codes import ExitCode
from hcl_lite.core.addrs import Kind
from hcl_lite.core.values import UNKNOWN
from hcl_lite.operations.requests import Inputs


@click.command(name="providers")
def command() -> int:
    """Show which providers the configuration uses, and all types that there are."""
    from hcl_lite.lang.config.check import provider_type  # noqa: PLC0415
    from hcl_lite.lang.evaluation.expand import expand, name_of  # noqa: PLC0415
    from hcl_lite.operations.project import load_project  # noqa: PLC0415 - loaded where it is used

    project = load_project(here(), Inputs(missing=lambda *_: UNKNOWN))
    config = expand(project.config, project.scope(), project.providers).config
    blocks = {name_of(block.address): block for block in config.of_kind(Kind.PROVIDER)}
    uses: dict[str, int] = dict.fromkeys(blocks, 0)
    for block in config.blocks.values():
        if block.provider:
            uses[block.provider] = uses.get(block.provider, 0) + 1
    for name, count in uses.items():
        place = f"  ({blocks[name].place()})" if name in blocks else "  (set up by the environment)"
        type_ = provider_type(blocks[name]) if name in blocks else name
        click.echo(f"{click.style(name, bold=True)}: {type_}, used by {count} blocks{place}")
    for provider in project.providers.values():
        click.echo(f"\nProvider type {click.style(provider.name, bold=True)}: {provider.doc}")
        for resource in provider.resources.values():
            click.echo(f"  resource {resource.name:<27} {resource.doc}")
        for lookup in provider.lookups.values():
            click.echo(f"  data     {lookup.name:<27} {lookup.doc}")
    return ExitCode.OK
