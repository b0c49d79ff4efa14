"""export: what is managed, as files of another tool."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from hcl_lite.core.diags import Diagnostic, HclError
from hcl_lite.core.run_context import RunContext
from hcl_lite.engine.open_providers import Session
from hcl_lite.operations.bulk_import.known import open_providers
from hcl_lite.operations.bulk_import.model import LeftOut
from hcl_lite.operations.caller import Caller
from hcl_lite.operations.event_loop import run_async
from hcl_lite.operations.export.model import Export, Exported, ExportReport, Writer
from hcl_lite.operations.export.objects import read_exported
from hcl_lite.operations.export.operator import write_operator
from hcl_lite.operations.export.output import put
from hcl_lite.operations.export.provisioning import write_provisioning
from hcl_lite.operations.operation import operation
from hcl_lite.operations.planning import make_build
from hcl_lite.operations.project import Project, load_project
from hcl_lite.operations.requests import Inputs

_WRITERS: Mapping[str, Writer] = {"provisioning": write_provisioning, "operator": write_operator}


@operation
def export_files(
    context: RunContext, inputs: Inputs, asked: Export, caller: Caller, *, provider: str = ""
) -> ExportReport:
    """Write what is managed, as its server has it. Nothing but the directory is written to. Raises HclError, and
    ProviderError."""
    project = load_project(context, inputs)
    exported, unread = run_async(lambda: _read(project, caller, provider))
    written = _WRITERS[asked.format](exported, asked)
    put(context.directory / asked.directory, written.files)
    return ExportReport(
        sorted(written.files), len(exported) - len(written.left), (*unread, *written.left), written.variables
    )


async def _read(project: Project, caller: Caller, provider: str) -> tuple[Sequence[Exported], Sequence[LeftOut]]:
    state = project.store.read()
    build = await make_build(project, state)
    session = Session(build.config, project.providers, project.context, read_only=True)
    try:
        providers, deferred = await open_providers(build, state, session, (provider,) if provider else ())
        if len(providers) != 1:
            names = ", ".join(providers)
            hint = "--provider NAME says it."
            raise HclError(Diagnostic("Of which server?", f"There are {names or 'none'}.", hint=hint))
        exported, left = await read_exported(build, state, session, providers[0], caller.told)
        return exported, (*deferred, *left)
    finally:
        await session.close()
