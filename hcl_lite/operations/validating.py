"""Everything that can be checked without a server."""

from __future__ import annotations

from dataclasses import replace

from hcl_lite.core.addrs import Kind
from hcl_lite.core.diags import Diagnostic, HclError, Severity
from hcl_lite.core.run_context import RunContext
from hcl_lite.core.values import UNKNOWN
from hcl_lite.engine.graph import Build
from hcl_lite.engine.linting import Linter
from hcl_lite.engine.open_providers import Session
from hcl_lite.engine.planning.validate import check_values
from hcl_lite.engine.server_faults import faults_as_diagnostics
from hcl_lite.lang.evaluation.secret_references import SecretReader, UnreadSecrets
from hcl_lite.operations.backend import unopened_workspace
from hcl_lite.operations.event_loop import run_async
from hcl_lite.operations.operation import operation
from hcl_lite.operations.outcomes import Validation
from hcl_lite.operations.project import Project, load_project
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
            findings = _lint(project, build, secrets if online else None)
        else:
            check_values(build, project.providers)
    resources = sum(1 for _ in build.config.of_kind(Kind.RESOURCE))
    return Validation(resources, len(build.config.sources), (*project.warnings, *findings))


def _lint(project: Project, build: Build, secrets: SecretReader | None) -> list[Diagnostic]:
    """The findings of lint; servers are asked with `secrets`, where they are given. Raises HclError where there is an
    error, be it of the configuration or among them."""
    linter = Linter(build.scope, project.providers, build.config.settings.get("lint", {}), secrets is not None)
    try:
        check_values(build, project.providers, linter.see, linter.first)
        if secrets is not None and linter.doubts:
            run_async(lambda: _confirm(replace(project, secrets=secrets), linter))
    except HclError as error:
        raise HclError(*error.diagnostics, *linter.findings) from error
    found = sorted(linter.findings, key=lambda finding: finding.order)
    if any(finding.severity is Severity.ERROR for finding in found):
        raise HclError(*found)
    return found


async def _confirm(project: Project, linter: Linter) -> None:
    build = project.build(State(""))
    session = Session(build.config, project.providers, project.context, read_only=True)
    try:
        with faults_as_diagnostics(build.config):
            await linter.confirm(session, build.scope)
    finally:
        await session.close()
