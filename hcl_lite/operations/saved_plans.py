"""Plans that are saved: what tells later whether they may still be carried out, and loading one."""

from __future__ import annotations

import uuid
from dataclasses import replace
from pathlib import Path

from hcl_lite.core.diags import Diagnostic, HclError
from hcl_lite.core.files import read_file
from hcl_lite.core.redacted import redacted
from hcl_lite.core.run_context import RunContext
from hcl_lite.engine.plan import Plan
from hcl_lite.engine.planning.plan_file import decode
from hcl_lite.engine.seals import fingerprinted, sealed
from hcl_lite.operations.backend import load_store
from hcl_lite.operations.operation import operation
from hcl_lite.operations.project import Project
from hcl_lite.version import __version__


def fit_to_save(plan: Plan, project: Project) -> Plan:
    """`plan` with what tells whether it may be carried out later, and without secrets in the lines that it shows."""
    environment = project.context.environment
    seals, files = sealed(plan.given, environment), fingerprinted(project.files(), environment)
    warnings = tuple(map(redacted, plan.warnings))
    return replace(plan, id=str(uuid.uuid4()), version=__version__, files=files, seals=seals, warnings=warnings)


def load_plan(context: RunContext, path: Path) -> Plan:
    """A saved plan. Raises HclError for a file that is none."""
    try:
        data = load_store(context).cipher.open(read_file(context.directory / path, pipes=True), "plan", str(path))
    except OSError as error:
        raise HclError(Diagnostic(f"Cannot read the plan {path}", f"{error.strerror}.")) from error
    return decode(data, str(path))


@operation
def read_plan(context: RunContext, path: Path) -> Plan:
    """A saved plan, to be shown. Raises HclError for a file that is none."""
    return load_plan(context, path)
