"""Requests to operations."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from hcl_lite.core.addrs import Address
from hcl_lite.core.values import JsonValue
from hcl_lite.engine.planning.options import Options

if TYPE_CHECKING:
    from hcl_lite.lang.config.variables import Ask

STANDARD_INPUT = Path("-")


@dataclass(frozen=True, slots=True)
class Inputs:
    """Values for variables: `assignments` are NAME=VALUE, `files` TOML files of such, `passed` JSON by name; those of a
    saved plan win, and so does its `time`. `missing` gives what has no value, where there is such. `policies` are where
    shared policies are, `overrides` the reasons for which a plan may break one, by name."""

    assignments: tuple[str, ...] = field(default=(), repr=False)
    files: tuple[Path, ...] = ()
    saved: Mapping[str, JsonValue] = field(default_factory=dict)
    time: str = ""
    missing: Ask | None = None
    passed: Mapping[str, JsonValue] = field(default_factory=dict, repr=False)
    policies: tuple[str, ...] = ()
    overrides: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class LockOptions:
    """Whether the state is locked, and how many seconds another run is waited for."""

    wanted: bool = True
    timeout: float = 0.0


@dataclass(frozen=True, slots=True)
class ApplyRequest:
    """A plan to be made and carried out; with `plan_file` a saved one, for which `options` say nothing. `command` is by
    what the lock, the journal and the backups know the run; `max_destroy` how many objects may go, None for all."""

    inputs: Inputs = field(default_factory=Inputs)
    options: Options = field(default_factory=Options)
    plan_file: Path | None = None
    parallelism: int = 10
    lock: LockOptions = field(default_factory=LockOptions)
    command: str = "apply"
    max_destroy: int | None = None


@dataclass(frozen=True, slots=True)
class RestoreRequest:
    """The objects at `addresses` to be put back as they were before `run`, or all that it changed; without a run, the
    last one to be taken back. With `overwrite` also what somebody has changed since; `full` tells every key."""

    inputs: Inputs = field(default_factory=Inputs)
    run: str = ""
    addresses: tuple[Address, ...] = ()
    overwrite: bool = False
    full: bool = False
    lock: LockOptions = field(default_factory=LockOptions)

    @property
    def command(self) -> str:
        return "restore" if self.run else "undo"


@dataclass(frozen=True, slots=True)
class Server:
    """Which Grafana: the one at `url`, or a provider of the configuration."""

    url: str | None = None
    auth: str | None = field(default=None, repr=False)
    provider: str = ""
    inputs: Inputs = field(default_factory=Inputs)


@dataclass(frozen=True, slots=True)
class InitRequest:
    """Which parts of a configuration to set up: its modules, anew with `upgrade`; its backend, unless `backend` says
    otherwise, with the `settings` KEY=VALUE or files of such. The states of the backend before it are copied with
    `migrate`, left where they are with `reconfigure`, and else refused."""

    backend: bool = True
    settings: tuple[str, ...] = ()
    upgrade: bool = False
    migrate: bool = False
    reconfigure: bool = False
    lock: LockOptions = field(default_factory=LockOptions)


@dataclass(frozen=True, slots=True)
class FormatRequest:
    """Files and directories to format, with `recursive` also those below; changed files are written
    where `is_written`. The path "-" stands for the bytes `given`."""

    paths: tuple[Path, ...] = ()
    recursive: bool = False
    is_written: bool = True
    given: bytes = b""


@dataclass(frozen=True, slots=True)
class ServeRequest:
    """The server to play, with its data in `path`, and where it listens. Without a `password` it has the default one,
    or, where others reach the host, a random one. It also answers for the names `allowed_hosts`."""

    version: str
    host: str = "127.0.0.1"
    port: int = 3000
    path: Path | None = None
    headspin: bool = False
    password: str | None = field(default=None, repr=False)
    allowed_hosts: tuple[str, ...] = ()

    @property
    def file(self) -> Path:
        """The SQLite file."""
        return self.path or Path("headspin.db" if self.headspin else "grafana.db")
