"""Workspaces: several states of one configuration, side by side in its backend."""

from __future__ import annotations

from dataclasses import dataclass, replace

from hcl_lite.core.diags import Diagnostic, HclError, did_you_mean
from hcl_lite.core.run_context import RunContext
from hcl_lite.operations.backend import (
    WORKSPACE_VARIABLE,
    load_choice,
    load_workspace,
    open_backend,
    select_name,
    selected_name,
)
from hcl_lite.operations.caller import Caller
from hcl_lite.operations.locking import locked
from hcl_lite.operations.operation import operation
from hcl_lite.operations.requests import LockOptions
from state.backend import DEFAULT_WORKSPACE, Backend
from state.model import State
from state.workspace import Workspace


@dataclass(frozen=True, slots=True)
class Workspaces:
    """The names of all workspaces, and the selected one; not `is_complete` where the backend cannot list them."""

    names: tuple[str, ...]
    selected: str
    is_complete: bool = True


@operation
def list_workspaces(context: RunContext) -> Workspaces:
    """Returns the workspaces of the backend. Raises HclError."""
    selected = selected_name(context)
    found = _backend(context).workspaces()
    names = sorted({DEFAULT_WORKSPACE, selected, *(found or ())})
    return Workspaces(tuple(names), selected, is_complete=found is not None)


@operation
def find_selected_workspace(context: RunContext) -> str:
    """Returns the name of the selected workspace. Raises HclError."""
    return selected_name(context)


@operation
def create_workspace(context: RunContext, name: str, lock: LockOptions, caller: Caller) -> None:
    """Writes an empty state, and selects it. Raises HclError where there is one."""
    _check_selectable(context)
    _create(context, load_workspace(context, name), lock, caller)


@operation
def select_workspace(
    context: RunContext, name: str, lock: LockOptions, caller: Caller, *, or_create: bool = False
) -> None:
    """Selects another workspace, for this directory; with `or_create` one that is not there is made. Raises
    HclError."""
    _check_selectable(context)
    workspace = load_workspace(context, name)
    if name != DEFAULT_WORKSPACE and workspace.storage.read() is None:
        if not or_create:
            raise _unknown(context, name)
        _create(context, workspace, lock, caller)
    select_name(name, context)


@operation
def delete_workspace(context: RunContext, name: str, lock: LockOptions, caller: Caller, *, force: bool = False) -> None:
    """Deletes a workspace with its history, with `force` also one that has objects: they stay on their servers. Raises
    HclError."""
    if name in (DEFAULT_WORKSPACE, selected_name(context)):
        which = "The default workspace" if name == DEFAULT_WORKSPACE else "The selected workspace"
        raise HclError(Diagnostic(f"{which} cannot be deleted", hint="hcl-lite workspace select OTHER"))
    backend, workspace = _backend(context), load_workspace(context, name)
    if workspace.storage.read() is None:
        raise _unknown(context, name)
    with locked(workspace, "workspace delete", lock, caller):
        if not force:
            _check_empty(workspace)
        backend.delete(name)
        workspace.journal.remove()


def _create(context: RunContext, workspace: Workspace, lock: LockOptions, caller: Caller) -> None:
    with locked(workspace, "workspace new", lock, caller):
        if workspace.storage.read() is not None:
            hint = f"hcl-lite workspace select {workspace.name}"
            raise HclError(Diagnostic(f'There is a workspace "{workspace.name}" already', hint=hint))
        workspace.write(replace(State.new(), serial=1))
    select_name(workspace.name, context)


def _check_empty(workspace: Workspace) -> None:
    state = workspace.read()
    count = len(state.records) + len(state.deposed) + len(state.pending)
    if count:
        objects = "1 object is" if count == 1 else f"{count} objects are"
        hint = "Destroy them first: HCL_LITE_WORKSPACE=… hcl-lite destroy; or forget them: --force"
        raise HclError(Diagnostic(f'Workspace "{workspace.name}" is not empty', f"{objects} managed in it.", hint=hint))


def _unknown(context: RunContext, name: str) -> HclError:
    found = _backend(context).workspaces()
    hint = f"hcl-lite workspace new {name} makes it."
    return HclError(Diagnostic(f'There is no workspace "{name}"', did_you_mean(name, found or ()), hint=hint))


def _check_selectable(context: RunContext) -> None:
    name = context.environment.get(WORKSPACE_VARIABLE)
    if name:
        detail = f"{WORKSPACE_VARIABLE} is {name}, which counts before what is selected."
        raise HclError(Diagnostic("The environment selects the workspace", detail, hint=f"Unset {WORKSPACE_VARIABLE}."))


def _backend(context: RunContext) -> Backend:
    return open_backend(load_choice(context), context)
