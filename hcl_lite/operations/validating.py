"""Everything that can be checked without a server."""

from __future__ import annotations

from dataclasses import replace

from hcl_lite.core.addrs import Kind
from hcl_lite.core.run_context import RunContext
from hcl_lite.core.values import UNKNOWN
from hcl_lite.engine.planning.validate import check_values
from hcl_lite.lang.evaluation.secret_references import UnreadSecrets
from hcl_lite.operations.backend import unopened_workspace
from hcl_lite.operations.operation import operation
from hcl_lite.operations.outcomes import Validation
from hcl_lite.operations.project import load_project
from hcl_lite.operations.requests import Inputs
from state.model import State


@operation
def validate(context: RunContext, inputs: Inputs) -> Validation:
    """Expand the configuration as far as that is known. Raises HclError with all that is wrong."""
    project = load_project(context, replace(inputs, missing=lambda *_: UNKNOWN), unopened_workspace)
    project = replace(project, secrets=UnreadSecrets())
    with project.warning_of_errors():
        build = project.build(State(""))
        check_values(build, project.providers)
    resources = sum(1 for _ in build.config.of_kind(Kind.RESOURCE))
    return Validation(resources, len(build.config.sources), project.warnings)
