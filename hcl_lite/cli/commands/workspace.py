"""hcl-lite workspace: several states of one configuration, side by side in its backend."""

from __future__ import annotations

import click

from hcl_lite import operations
from hcl_lite.cli.context import here
from hcl_lite.cli.exit_codes import ExitCode
from hcl_lite.cli.locking import CALLER
from hcl_lite.cli.options import lock_options
from hcl_lite.cli.views import view
from hcl_lite.operations.requests import LockOptions

_NAME = click.argument("name")


@click.group(name="workspace")
def command() -> None:
    """Keep several states of one configuration: list, show, new, select, delete.

    HCL_LITE_WORKSPACE selects one for a single command; hcl_lite.workspace is its name in expressions.
    """


@command.command(name="list")
def list_() -> int:
    """All workspaces; the selected one has a star."""
    found = operations.list_workspaces(here())
    click.echo(view("workspaces")(found))
    if not found.is_complete:
        click.echo("This backend cannot list its workspaces: there may be others.", err=True)
    return ExitCode.OK


@command.command()
def show() -> int:
    """The name of the selected workspace."""
    click.echo(operations.find_selected_workspace(here()))
    return ExitCode.OK


@command.command()
@_NAME
@lock_options
def new(name: str, lock: LockOptions) -> int:
    """Make a workspace, and select it."""
    operations.create_workspace(here(), name, lock, CALLER)
    click.echo(f'Made and selected workspace "{name}": nothing is managed in it yet.')
    return ExitCode.OK


@command.command()
@_NAME
@click.option("--or-create", is_flag=True, help="Make it where it is not there.")
@lock_options
def select(name: str, or_create: bool, lock: LockOptions) -> int:
    """Use another workspace from now on, in this directory."""
    operations.select_workspace(here(), name, lock, CALLER, or_create=or_create)
    click.echo(f'Selected workspace "{name}".')
    return ExitCode.OK


@command.command()
@_NAME
@click.option("--force", is_flag=True, help="Also one with objects in it: they stay on their servers, unmanaged.")
@lock_options
def delete(name: str, force: bool, lock: LockOptions) -> int:
    """Delete a workspace, with its history."""
    operations.delete_workspace(here(), name, lock, CALLER, force=force)
    click.echo(f'Deleted workspace "{name}".')
    return ExitCode.OK
