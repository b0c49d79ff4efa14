"""What init does about the backend: settle on one, with or without the states of the one before."""

from __future__ import annotations

import contextlib
from collections.abc import Sequence
from dataclasses import replace

import click

from hcl_lite.cli.context import here
from hcl_lite.cli.locking import locked
from hcl_lite.cli.prompts import agrees, check_somebody_is_there
from hcl_lite.core.diags import Diagnostic, HclError
from hcl_lite.lang.config.config import Config
from hcl_lite.operations.backend import (
    Choice,
    declared_backend,
    describe,
    given_settings,
    home_of,
    open_backend,
    record_choice,
    recorded_choice,
    select_name,
    selected_name,
)
from hcl_lite.operations.encryption import open_cipher
from hcl_lite.operations.requests import LockOptions
from state.backend import DEFAULT_WORKSPACE
from state.encryption import Cipher
from state.model import State
from state.workspace import Workspace


def settle_backend(
    config: Config, words: tuple[str, ...], migrate: bool, reconfigure: bool, ask: bool, lock: LockOptions
) -> Choice:
    """Take the configuration's backend for this directory's, after the states were copied where `migrate` says so.

    Raises HclError where the backend is another one than before, and nothing says what is to become of its states.
    """
    declared, before = declared_backend(config), recorded_choice(here())
    kept = before.given if before and before.type == declared.type and not reconfigure else {}
    choice = replace(declared, given={**kept, **given_settings(declared.type, words, here())})
    old = before or Choice()
    open_backend(choice, here()).storage(DEFAULT_WORKSPACE).read()  # so that a wrong address or password is said now
    if not choice.is_same_place(old) and not reconfigure:
        _leave(old, choice, open_cipher(config, here()), migrate, ask, lock)
    record_choice(choice, here())
    return choice


def _leave(old: Choice, choice: Choice, cipher: Cipher, migrate: bool, ask: bool, lock: LockOptions) -> None:
    source, target = open_backend(old, here()), open_backend(choice, here())
    found = source.workspaces()
    names = sorted({DEFAULT_WORKSPACE, selected_name(here())}) if found is None else list(found)
    sources = [Workspace(source.storage(name), home_of(here()), name, cipher) for name in names]
    sources = [workspace for workspace in sources if workspace.storage.read() or workspace.journal.read()]
    if not sources:
        return
    if not migrate:
        raise HclError(
            Diagnostic(
                "The backend is another one than before",
                f"Until now the state was in {describe(old, here())}, and it is still there.",
                choice.place(),
                "--migrate-state copies it to the new backend; --reconfigure leaves it where it is.",
            )
        )
    targets = [
        Workspace(target.storage(workspace.name), home_of(here()), workspace.name, cipher) for workspace in sources
    ]
    _migrate(sources, targets, f"from {describe(old, here())} to {describe(choice, here())}", ask, lock)


def _migrate(
    sources: Sequence[Workspace], targets: Sequence[Workspace], way: str, ask: bool, lock: LockOptions
) -> None:
    """Copy every workspace, all of them locked on both sides, and read each back."""
    count = "1 workspace" if len(sources) == 1 else f"{len(sources)} workspaces"
    if ask:
        check_somebody_is_there("init", "--force-copy")
    with contextlib.ExitStack() as stack:
        for workspace in (*sources, *targets):
            stack.enter_context(locked(workspace, "init --migrate-state", lock))
        states = [workspace.read() for workspace in sources]
        for state, workspace in zip(states, targets, strict=True):
            _check_free(state, workspace)
        if ask and not agrees(f"Copy {count} {way}?"):
            raise HclError(Diagnostic("Nothing was copied", "The backend is the same as before."))
        for state, workspace in zip(states, targets, strict=True):
            if workspace.read_if_there() != state:
                workspace.write(state, force=True)
            if workspace.read_if_there() != state:
                raise HclError(Diagnostic(f"{workspace.place} does not give back what was written there"))
    click.echo(f"Copied {count} {way}. What was there before is still there.")


def _check_free(state: State, workspace: Workspace) -> None:
    """Raises HclError where something else than `state`, or an earlier one of it, is there already."""
    there = workspace.read_if_there()
    if there is None or there == state or not (there.records or there.deposed or there.pending):
        return
    if (there.lineage, there.serial) == (state.lineage, state.serial) or there.lineage != state.lineage:
        which = "another state"
    elif there.serial < state.serial:
        return
    else:
        which = "a newer state"
    raise HclError(
        Diagnostic(
            f"{workspace.place} holds {which} already",
            f"Its serial is {there.serial}, its lineage {there.lineage}; "
            f"that of the one to be copied {state.serial}, {state.lineage}.",
            hint="--reconfigure uses what is there, and copies nothing.",
        )
    )


def new_workspace(workspace: Workspace, lock: LockOptions) -> None:
    """Write an empty state, and select it. Raises HclError where there is one."""
    with locked(workspace, "workspace new", lock):
        if workspace.storage.read() is not None:
            hint = f"hcl-lite workspace select {workspace.name}"
            raise HclError(Diagnostic(f'There is a workspace "{workspace.name}" already', hint=hint))
        workspace.write(replace(State.new(), serial=1))
    select_name(workspace.name, here())
