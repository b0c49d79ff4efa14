"""hcl-lite test: the tests of a configuration, each run on an embedded server of its own."""

from __future__ import annotations

from pathlib import Path

import click

from hcl_lite import operations
from hcl_lite.cli.context import here
from hcl_lite.cli.exit_codes import ExitCode
from hcl_lite.cli.options import full_option, policies_option
from hcl_lite.cli.reports import junit_option, write_tests
from hcl_lite.cli.views import view
from hcl_lite.core.diags import HclError
from hcl_lite.operations.outcomes import Outcome, SuiteBegun
from hcl_lite.operations.requests import Inputs


@click.command(name="test")
@click.argument("paths", nargs=-1, type=click.Path(path_type=Path, exists=True))
@click.option("--verbose", is_flag=True, help="Show the plan of each run.")
@full_option
@junit_option
@policies_option
def command(
    paths: tuple[Path, ...], verbose: bool, full: bool, junit_xml: Path | None, policies: tuple[str, ...]
) -> int:
    """Run the tests of this configuration: files, or *.test.toml here and in tests/.

    Each run begins with an empty embedded server and an empty state, unless it continues the one before it.
    """

    outcomes: list[Outcome] = []

    def show(told: SuiteBegun | Outcome) -> None:
        if isinstance(told, SuiteBegun):
            click.echo(click.style(told.name, bold=True))
        else:
            outcomes.append(told)
            click.echo(view("test")(told, verbose or full, full))

    try:
        operations.test(here(), paths, show, Inputs(policies=policies))
    except HclError as error:
        write_tests(junit_xml, outcomes, error.diagnostics)
        raise
    write_tests(junit_xml, outcomes)
    failed = sum(bool(outcome.problems) for outcome in outcomes)
    click.echo("\n" + view("test totals")(len(outcomes) - failed, failed))
    return ExitCode.ERROR if failed else ExitCode.OK
