"""hcl-lite test: the tests of a configuration, each run on an embedded server of its own."""

from __future__ import annotations

from pathlib import Path

import click

from hcl_lite.cli.context import here
from hcl_lite.cli.exit_codes import ExitCode
from hcl_lite.cli.options import full_option
from hcl_lite.core.diags import Diagnostic, HclError

_PLACES = (Path(), Path("tests"))


@click.command(name="test")
@click.argument("paths", nargs=-1, type=click.Path(path_type=Path, exists=True))
@click.option("--verbose", is_flag=True, help="Show the plan of each run.")
@full_option
def command(paths: tuple[Path, ...], verbose: bool, full: bool) -> int:
    """Run the tests of this configuration: files, or *.test.toml here and in tests/.

    Each run begins with an empty embedded server and an empty state, unless it continues the one before it.
    """
    from hcl_lite.cli.views.test_text import render_outcome, render_totals  # noqa: PLC0415
    from hcl_lite.lang.config.testfile import find_suites, load_suite  # noqa: PLC0415
    from hcl_lite.operations.testing import carry_out_suite  # noqa: PLC0415 - the engine is loaded where it is used

    root = here().directory
    suites = [load_suite(root, *found) for found in find_suites(root, paths or _PLACES)]
    if not suites:
        detail = "Looked for *.test.toml here and in tests/."
        raise HclError(
            Diagnostic("There are no tests", detail, hint="A file has [[run]] with [[run.assert]] below it.")
        )
    passed = failed = 0
    for suite in suites:
        click.echo(click.style(suite.name, bold=True))
        for outcome in carry_out_suite(here(), suite):
            passed += not outcome.problems
            failed += bool(outcome.problems)
            click.echo(render_outcome(outcome, verbose or full, full))
    click.echo("\n" + render_totals(passed, failed))
    return ExitCode.ERROR if failed else ExitCode.OK
