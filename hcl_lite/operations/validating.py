"""Everything that can be checked without a server."""

from __future__ import annotations

from dataclasses import replace

from hcl_lite.core.addrs import Kind
from hcl_lite.core.diags import Diagnostic
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
def validate(context: RunContext, inputs: Inputs, lint: bool = False, online: bool = False) -> Validation:
    """Expand the configuration as far as that is known, and with `lint` hold it against the rules of its providers:
    with `online` also against those that ask the servers what is there.

    Raises HclError with all that is wrong, findings of these rules included.
    """
    project = load_project(context, replace(inputs, missing=lambda *_: UNKNOWN), unopened_workspace)
    secrets, project = project.secrets, replace(project, secrets=UnreadSecrets())
    findings: list[Diagnostic] = []
    with project.warning_of_errors():
        build = project.build(State(""))
        if lint:
            from hcl_lite.operations import linting  # noqa: PLC0415 - most runs do without, and open no session

            findings = linting.lint(project, build, secrets if online else None)
        else:
            check_values(build, project.providers)
    resources = sum(1 for _ in build.config.of_kind(Kind.RESOURCE))
    return Validation(resources, len(build.config.sources), (*project.warnings, *findings))
