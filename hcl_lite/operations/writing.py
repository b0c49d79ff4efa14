"""The setting of every run that writes: open providers, a ledger, and backups of the objects that it changes."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

from hcl_lite.engine.applying.backup_writer import BackupWriter
from hcl_lite.engine.graph import Build
from hcl_lite.engine.open_providers import Session
from hcl_lite.engine.plan import Plan
from hcl_lite.operations.project import Project
from state.backups import BackupStore
from state.model import State
from state.store import Ledger


@dataclass(frozen=True, slots=True)
class Writing:
    """A run that is under way."""

    session: Session
    ledger: Ledger
    backups: BackupStore


@asynccontextmanager
async def writing(project: Project, build: Build, plan: Plan, state: State, command: str) -> AsyncIterator[Writing]:
    """Around a run that carries out `plan`, with the state locked. Raises HclError where nothing can be begun."""
    session = Session(build.config, project.providers, project.context, read_only=plan.refresh_only)
    backups = project.backups
    log = backups.begin(command, state.lineage)
    ledger = Ledger(project.store, state, command)
    backing_up = BackupWriter(plan, log, ledger, session.resource_type)
    session.around, session.gives_up = backing_up.around, backing_up.gives_up
    try:
        yield Writing(session, ledger, backups)
    finally:
        log.close()
        backups.close()
        await session.close()
