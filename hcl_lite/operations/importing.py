"""Objects taken over that exist already."""

from __future__ import annotations

from dataclasses import dataclass

from hcl_lite.core.addrs import Address
from hcl_lite.core.diags import Diagnostic
from hcl_lite.core.run_context import RunContext
from hcl_lite.engine.open_providers import Session
from hcl_lite.engine.planning.import_ import adopt
from hcl_lite.engine.server_faults import faults_as_diagnostics
from hcl_lite.operations.caller import Caller
from hcl_lite.operations.event_loop import run_async
from hcl_lite.operations.locking import locked
from hcl_lite.operations.operation import operation
from hcl_lite.operations.planning import make_build
from hcl_lite.operations.project import Project, load_project
from hcl_lite.operations.requests import Inputs, LockOptions
from state.model import Record
from state.store import Ledger


@dataclass(frozen=True, slots=True)
class Imported:
    """The result of an import: the new record."""

    record: Record
    warnings: tuple[Diagnostic, ...] = ()


@operation
def import_object(
    context: RunContext, inputs: Inputs, address: Address, name: str, lock: LockOptions, caller: Caller
) -> Imported:
    """Let the block at `address` stand for the object `name`. Nothing is changed on its server. Raises HclError, and
    ProviderError."""
    project = load_project(context, inputs)
    with locked(project.store, "import", lock, caller):
        return run_async(lambda: _import(project, address, name))


async def _import(project: Project, address: Address, name: str) -> Imported:
    warnings: list[Diagnostic] = []
    state = project.store.read()
    build = await make_build(project, state)
    session = Session(build.config, project.providers, project.context, read_only=True)
    try:
        with faults_as_diagnostics(build.config):
            record = await adopt(build, state, session, address, name, warnings.append)
    finally:
        await session.close()
    ledger = Ledger(project.store, state, "import")
    await ledger.put(record)
    ledger.finish()
    return Imported(record, tuple(warnings))
