"""init --from: a configuration for a Grafana that is there, with all that it has."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import click

from hcl_lite import operations
from hcl_lite.cli.context import here
from hcl_lite.cli.prompts import is_terminal
from hcl_lite.cli.run_bulk_import import bring_in
from hcl_lite.core.diags import Diagnostic, HclError
from hcl_lite.operations.bulk_import.model import Selection, Start
from hcl_lite.operations.bulk_import.templates import Style
from hcl_lite.operations.requests import Inputs, LockOptions

_AUTH = "GRAFANA_AUTH"


def begin_from(url: str, auth: str, style: Style, lock: LockOptions) -> int:
    """Write a configuration for the Grafana at `url` into this directory, and take over what is there; the exit code.
    Raises HclError."""
    context = here()
    start = Start(url, auth)
    operations.check_start(context, start)
    context = replace(context, environment={**context.environment, **_account(start, context.environment)})
    code = bring_in(context, Selection(), style, start, Inputs(), lock)
    if not auth and _AUTH not in here().environment and not url.startswith("embedded:"):
        click.echo(f"The token was written nowhere: later commands take it from {_AUTH} in the environment.")
    return code


def _account(start: Start, environment: Mapping[str, str]) -> Mapping[str, str]:
    """The token of the person at the terminal, where nothing else tells one. Raises HclError where nobody is there."""
    if start.auth or environment.get(_AUTH) or start.url.startswith("embedded:"):
        return {}
    if not is_terminal():
        hint = f"Put it into {_AUTH}, or say where it is kept: --auth env:NAME, --auth 'cmd:pass grafana'"
        raise HclError(Diagnostic("No token is there, and nobody to ask for one", hint=hint))
    token = click.prompt(f"Token for {start.url}, or user:password", hide_input=True, err=True)
    return {_AUTH: str(token)}
