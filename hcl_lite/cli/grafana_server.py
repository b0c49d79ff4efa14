"""Which Grafana a command is about: one that the configuration declares, or that --url names."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

import click

from hcl_lite.cli.options import variable_options
from hcl_lite.operations.requests import Inputs, Server


def server_options(command: Callable[..., int]) -> Callable[..., int]:
    """--url, --auth, --provider and the variables that its settings may need: the command gets them as `server`."""

    @wraps(command)
    def with_server(url: str | None, auth: str | None, provider: str, inputs: Inputs, **options: Any) -> int:
        return command(server=Server(url, auth, provider, inputs), **options)

    for option in (
        click.option("--auth", metavar="AUTH", help="Token, or user:password. Default: GRAFANA_AUTH."),
        click.option("--url", metavar="URL", help="Of the Grafana, where no configuration is to say it."),
    ):
        with_server = option(with_server)
    named = click.option(
        "--provider", default="", metavar="NAME", help="Which provider, where there are several: grafana['eu']."
    )
    return named(variable_options(with_server))
