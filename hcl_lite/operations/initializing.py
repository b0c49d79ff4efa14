"""init: a starter configuration; for one that is there, its modules fetched, and its backend settled on."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from hcl_lite.core.diags import Diagnostic, HclError
from hcl_lite.core.run_context import RunContext
from hcl_lite.lang.config.config import Config, has_configuration, load_config
from hcl_lite.lang.config.modules import Modules
from hcl_lite.operations.backend import (
    Choice,
    declared_backend,
    describe,
    given_settings,
    home_of,
    open_backend,
    record_choice,
    recorded_choice,
    selected_name,
)
from hcl_lite.operations.caller import Caller
from hcl_lite.operations.encryption import open_cipher
from hcl_lite.operations.locking import locked
from hcl_lite.operations.operation import operation
from hcl_lite.operations.requests import InitRequest
from hcl_lite.operations.starter_files import STARTER_FILES
from state.backend import DEFAULT_WORKSPACE
from state.encryption import Cipher
from state.model import State
from state.workspace import Workspace


@dataclass(frozen=True, slots=True)
class FetchedModule:
    """An event: a module that the configuration calls, by its address, and the directory that it is in."""

    address: str
    directory: Path


@dataclass(frozen=True, slots=True)
class Copying:
    """States to be copied, and an event once they are: how many, from one backend to another."""

    count: int
    source: str
    target: str

    def __str__(self) -> str:
        count = "1 workspace" if self.count == 1 else f"{self.count} workspaces"
        return f"{count} from {self.source} to {self.target}"


@dataclass(frozen=True, slots=True)
class StarterFile:
    """A file of the starter configuration; one that was there already `is_kept`."""

    name: str
    is_kept: bool


Told = Callable[[FetchedModule | Copying], None]
Approve = Callable[[Copying], bool]


@operation
def needs_starter_files(context: RunContext) -> bool:
    """Whether the directory has no configuration yet."""
    return not has_configuration(context.directory)


@operation
def write_starter_files(context: RunContext) -> tuple[StarterFile, ...]:
    """Writes a commented configuration; files that are there stay as they are."""
    written = []
    for name, text in STARTER_FILES.items():
        path = context.directory / name
        written.append(StarterFile(name, is_kept=path.exists()))
        if not path.exists():
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
    return tuple(written)


@operation
def initialize(
    context: RunContext, request: InitRequest, caller: Caller, told: Told, approve: Approve | None = None
) -> str:
    """Fetches the modules of a configuration, and makes its backend that of the directory; returns what that is, empty
    where none is declared. Without `approve` states are copied unasked. Raises HclError."""
    modules = Modules(context.directory, fetch=True, upgrade=request.upgrade, environment=context.environment)
    config = load_config(context.directory, modules)
    for module, directory in config.modules.items():
        if module:
            told(FetchedModule(".".join(module), directory))
    if not request.backend:
        return ""
    choice = _Settling(context, config, request, caller, told, approve).settle()
    return describe(choice, context) if choice.source is not None else ""


@dataclass(frozen=True, slots=True)
class _Settling:
    """The backend of a configuration made that of its directory."""

    context: RunContext
    config: Config
    request: InitRequest
    caller: Caller
    told: Told
    approve: Approve | None

    def settle(self) -> Choice:
        """Raises HclError where the backend is another one than before, and nothing says what is to become of its
        states."""
        context, request = self.context, self.request
        declared, before = declared_backend(self.config), recorded_choice(context)
        kept = before.given if before and before.type == declared.type and not request.reconfigure else {}
        choice = replace(declared, given={**kept, **given_settings(declared.type, request.settings, context)})
        old = before or Choice()
        open_backend(choice, context).storage(DEFAULT_WORKSPACE).read()  # a wrong address or password is said now
        if not choice.is_same_place(old) and not request.reconfigure:
            self._leave(old, choice)
        record_choice(choice, context)
        return choice

    def _leave(self, old: Choice, choice: Choice) -> None:
        context = self.context
        source, target, cipher = open_backend(old, context), open_backend(choice, context), self._cipher()
        found = source.workspaces()
        names = sorted({DEFAULT_WORKSPACE, selected_name(context)}) if found is None else list(found)
        sources = [Workspace(source.storage(name), home_of(context), name, cipher) for name in names]
        sources = [workspace for workspace in sources if workspace.storage.read() or workspace.journal.read()]
        if not sources:
            return
        if not self.request.migrate:
            raise HclError(
                Diagnostic(
                    "The backend is another one than before",
                    f"Until now the state was in {describe(old, context)}, and it is still there.",
                    choice.place(),
                    "--migrate-state copies it to the new backend; --reconfigure leaves it where it is.",
                )
            )
        targets = [Workspace(target.storage(one.name), home_of(context), one.name, cipher) for one in sources]
        self._migrate(sources, targets, Copying(len(sources), describe(old, context), describe(choice, context)))

    def _cipher(self) -> Cipher:
        return open_cipher(self.config, self.context)

    def _migrate(self, sources: Sequence[Workspace], targets: Sequence[Workspace], copying: Copying) -> None:
        """Copies every workspace, all of them locked on both sides, and reads each back."""
        if self.approve is not None:
            self.caller.check()
        with contextlib.ExitStack() as stack:
            for workspace in (*sources, *targets):
                stack.enter_context(locked(workspace, "init --migrate-state", self.request.lock, self.caller))
            states = [workspace.read() for workspace in sources]
            for state, workspace in zip(states, targets, strict=True):
                _check_free(state, workspace)
            if self.approve is not None and not self.approve(copying):
                raise HclError(Diagnostic("Nothing was copied", "The backend is the same as before."))
            for state, workspace in zip(states, targets, strict=True):
                _copy(state, workspace)
        self.told(copying)


def _copy(state: State, workspace: Workspace) -> None:
    if workspace.read_if_there() != state:
        workspace.write(state, force=True)
    if workspace.read_if_there() != state:
        raise HclError(Diagnostic(f"{workspace.place} does not give back what was written there"))


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
