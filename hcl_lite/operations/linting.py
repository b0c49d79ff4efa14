"""Lint of a checked configuration: `operations.validating` opens it where it is asked for, with the session that asks
servers."""

from __future__ import annotations

from dataclasses import replace

from hcl_lite.core.diags import Diagnostic, HclError, Severity
from hcl_lite.engine.graph import Build
from hcl_lite.engine.linting import Linter
from hcl_lite.engine.open_providers import Session
from hcl_lite.engine.planning.validate import check_values
from hcl_lite.engine.server_faults import faults_as_diagnostics
from hcl_lite.lang.evaluation.secret_references import SecretReader
from hcl_lite.operations.event_loop import run_async
from hcl_lite.operations.project import Project
from state.model import State


def lint(project: Project, build: Build, secrets: SecretReader | None) -> list[Diagnostic]:
    """Returns the findings of lint; servers are asked with `secrets`, where they are given. Raises HclError where there
    is an error, be it of the configuration or among them."""
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
