"""hcl-lite workspace: several states of one configuration, side by side in its backend."""

from __future__ import annotations

import os

import click

from hcl_lite.cli.context import here
from hcl_lite.cli.exit_codes import ExitCode
from hcl_lite.cli.locking import locked
from hcl_lite.cli.migrating import new_workspace
from hcl_lite.cli.options import lock_options
from hcl_lite.core.diags import Diagnostic, HclError, did_you_mean
from hcl_lite.operations.backend import (
    WORKSPACE_VARIABLE,
    load_choice,
    load_workspace,
    open_backend,
    select_name,
    selected_name,
)
from hcl_lite.operations.requests import LockOptions
from state.backend import Backend
from state.workspace import Workspace

_NAME = click.argument("name")


@click.group(name="workspace")
def command() -> None:
    """Keep several states of one configuration: list, show, new, select, delete.

    HCL_LITE_WORKSPACE selects one for a single command; hcl_lite.workspace is its name in expressions.
    """


@command.command(name="list")
def list_() -> int:
    """All workspaces; the selected one has a star."""
    selected = selected_name(here())
    found = _backend().workspaces()
    for name in sorted({"default", selected, *(found or ())}):
        click.echo(f"{'*' if name == selected else ' '} {name}")
    if found is None:
        click.echo("This backend cannot list its workspaces: there may be others.", err=True)
    return ExitCode.OK


@command.command()
def show() -> int:
    """The name of the selected workspace."""
    click.echo(selected_name(here()))
    return ExitCode.OK


@command.command()
@_NAME
@lock_options
def new(name: str, lock: LockOptions) -> int:
    """Make a workspace, and select it."""
    _check_selectable()
    new_workspace(_workspace(name), lock)
    click.echo(f'Made and selected workspace "{name}": nothing is managed in it yet.')
    return ExitCode.OK


@command.command()
@_NAME
@click.option("--or-create", is_flag=True, help="Make it where it is not there.")
@lock_options
def select(name: str, or_create: bool, lock: LockOptions) -> int:
    """Use another workspace from now on, in this directory."""
    _check_selectable()
    workspace = _workspace(name)
    if name != "default" and workspace.storage.read() is None:
        if not or_create:
            raise _unknown(name)
        new_workspace(workspace, lock)
    select_name(name, here())
    click.echo(f'Selected workspace "{name}".')
    return ExitCode.OK


@command.command()
@_NAME
@click.option("--force", is_flag=True, help="Also one with objects in it: they stay on their servers, unmanaged.")
@lock_options
def delete(name: str, force: bool, lock: LockOptions) -> int:
    """Delete a workspace, with its history."""
    if name in ("default", selected_name(here())):
        which = "The default workspace" if name == "default" else "The selected workspace"
        raise HclError(Diagnostic(f"{which} cannot be deleted", hint="hcl-lite workspace select OTHER"))
    backend, workspace = _backend(), _workspace(name)
    if workspace.storage.read() is None:
        raise _unknown(name)
    with locked(workspace, "workspace delete", lock):
        if not force:
            _check_empty(workspace)
        backend.delete(name)
        workspace.journal.remove()
    click.echo(f'Deleted workspace "{name}".')
    return ExitCode.OK


def _check_empty(workspace: Workspace) -> None:
    state = workspace.read()
    count = len(state.records) + len(state.deposed) + len(state.pending)
    if count:
        objects = "1 object is" if count == 1 else f"{count} objects are"
        hint = "Destroy them first: HCL_LITE_WORKSPACE=… hcl-lite destroy; or forget them: --force"
        raise HclError(Diagnostic(f'Workspace "{workspace.name}" is not empty', f"{objects} managed in it.", hint=hint))


def _unknown(name: str) -> HclError:
    found = _backend().workspaces()
    hint = f"hcl-lite workspace new {name} makes it."
    return HclError(Diagnostic(f'There is no workspace "{name}"', did_you_mean(name, found or ()), hint=hint))


def _check_selectable() -> None:
    if os.environ.get(WORKSPACE_VARIABLE):
        detail = f"{WORKSPACE_VARIABLE} is {os.environ[WORKSPACE_VARIABLE]}, which counts before what is selected."
        raise HclError(Diagnostic("The environment selects the workspace", detail, hint=f"Unset {WORKSPACE_VARIABLE}."))


def _backend() -> Backend:
    return open_backend(load_choice(here()), here())


def _workspace(name: str) -> Workspace:
    return load_workspace(here(), name)
