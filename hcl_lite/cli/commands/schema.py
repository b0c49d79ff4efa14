"""hcl-lite schema: the language as a JSON Schema, for editors."""

from __future__ import annotations

import json

import click

from hcl_lite.cli.exit_codes import ExitCode


@click.command(name="schema")
def command() -> int:
    """Print the JSON Schema of a configuration, for editors.

    hcl-lite schema > hcl-lite.schema.json, and in the first line of a file: #:schema ./hcl-lite.schema.json
    """
    from hcl_lite.lang.docs.json_schema import json_schema  # noqa: PLC0415 - loaded where it is used
    from providers.registry import PROVIDER_TYPES  # noqa: PLC0415
    from state.backends import BACKENDS  # noqa: PLC0415

    backends = {name: backend.settings for name, backend in BACKENDS.items()}
    click.echo(json.dumps(json_schema(PROVIDER_TYPES, backends), ensure_ascii=False, indent=2))
    return ExitCode.OK
