"""hcl-lite init: a commented starter configuration; for one that is there, its modules and its backend."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import click

from hcl_lite import operations
from hcl_lite.cli.context import here
from hcl_lite.cli.exit_codes import ExitCode
from hcl_lite.cli.locking import CALLER
from hcl_lite.cli.options import lock_options
from hcl_lite.cli.prompts import agrees, check_somebody_is_there
from hcl_lite.cli.run_init import begin_from
from hcl_lite.cli.views import view
from hcl_lite.operations.bulk_import.templates import Style
from hcl_lite.operations.requests import InitRequest, LockOptions

if TYPE_CHECKING:  # what is loaded when it is called
    from hcl_lite.operations.initializing import Copying, FetchedModule


@click.command(name="init")
@click.option("--from", "url", metavar="URL", default="", help="Take over the Grafana at URL, as import --all does.")
@click.option("--auth", metavar="REFERENCE", default="", help="Where its token is kept: env:NAME, file:PATH, cmd:…")
@click.option("--backend/--no-backend", default=True, help="Settle on the backend (default), or leave it alone.")
@click.option("--upgrade", is_flag=True, help="Fetch modules again that are there already.")
@click.option("--backend-config", multiple=True, metavar="KEY=VALUE|FILE", help="A setting of the backend, or a file.")
@click.option("--migrate-state", is_flag=True, help="Copy the states of the backend before this one.")
@click.option("--reconfigure", is_flag=True, help="Leave them where they are, and forget that backend.")
@click.option("--force-copy", is_flag=True, help="Do not ask before copying.")
@lock_options
def command(
    url: str,
    auth: str,
    backend: bool,
    upgrade: bool,
    backend_config: tuple[str, ...],
    migrate_state: bool,
    reconfigure: bool,
    force_copy: bool,
    lock: LockOptions,
) -> int:
    """Write a commented starter configuration into this directory.

    Where there is a configuration, fetch the modules that it takes from git repositories, into .hcl-lite/modules, and
    settle on its backend: a changed one is refused by all other commands until then. With --no-backend, which asks for
    none of its secrets, the modules are all: enough for validate.

    With --from the configuration is that of a Grafana, with all that it has. Its token comes from where --auth says, or
    from GRAFANA_AUTH, or is asked for, and is written nowhere.
    """
    about_backend = backend_config or migrate_state or reconfigure or force_copy or upgrade
    if url:
        if about_backend or not backend:
            raise click.UsageError("--from begins a configuration: there is no backend and no module yet.")
        return begin_from(url, auth, Style(), lock)
    if auth:
        raise click.UsageError("--auth goes with --from.")
    if migrate_state and reconfigure:
        raise click.UsageError("--migrate-state and --reconfigure exclude each other.")
    if not backend and (backend_config or migrate_state or reconfigure or force_copy):
        raise click.UsageError("--no-backend leaves the backend alone: it takes no option that is about it.")
    if operations.needs_starter_files(here()):
        click.echo(view("starter files")(operations.write_starter_files(here())))
        click.echo("\nTry it: hcl-lite plan, then hcl-lite apply. Nothing needs to be installed or running.")
        return ExitCode.OK
    request = InitRequest(backend, backend_config, upgrade, migrate_state or force_copy, reconfigure, lock)
    settled = operations.initialize(here(), request, _CALLER, _tell, None if force_copy else _approve)
    if not backend:
        click.echo("Ready for hcl-lite validate. The backend was left alone.")
        return ExitCode.OK
    if settled:
        click.echo(f"backend {settled}")
    click.echo("Ready. hcl-lite plan shows what the configuration does.")
    return ExitCode.OK


def _tell(told: FetchedModule | Copying) -> None:
    click.echo(view("init event")(told))


def _approve(copying: Copying) -> bool:
    return agrees(f"Copy {copying}?")


_CALLER = replace(CALLER, check=lambda: check_somebody_is_there("init", "--force-copy"))
