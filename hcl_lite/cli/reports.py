"""Files that CI reads beside what is shown: JUnit XML and SARIF."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import click

from hcl_lite import operations
from hcl_lite.cli.context import here
from hcl_lite.cli.views import view
from hcl_lite.core.diags import Diagnostic
from hcl_lite.lang.config.config import is_configuration
from hcl_lite.operations.outcomes import Outcome

Option = Callable[[Callable[..., Any]], Callable[..., Any]]


def _file_option(name: str, help_: str) -> Option:
    return click.option(name, metavar="FILE", type=click.Path(path_type=Path, dir_okay=False), help=help_)


junit_option = _file_option("--junit-xml", "Write the results to FILE as JUnit XML too, for CI.")
sarif_option = _file_option("--sarif", "Write the problems to FILE as SARIF too, for code scanning.")


def write_validation(junit: Path | None, sarif: Path | None, found: Sequence[Diagnostic], strict: bool) -> None:
    """Writes the reports of a validation that were asked for."""
    files = sorted(path.name for path in here().directory.glob("*.toml") if is_configuration(path))
    if junit is not None:
        _write(junit, view("validation", "junit")(found, files, strict))
    if sarif is not None:
        directory = here().directory.resolve()
        root = next((path for path in (directory, *directory.parents) if (path / ".git").exists()), directory)
        below = directory.relative_to(root).as_posix()
        _write(sarif, view("diagnostics", "sarif")(found, operations.list_lint_rules(), below, *files[:1]))


def write_tests(junit: Path | None, outcomes: Sequence[Outcome], problems: Sequence[Diagnostic] = ()) -> None:
    """Writes the report of a test run, where it was asked for."""
    if junit is not None:
        _write(junit, view("tests", "junit")(outcomes, problems))


def _write(path: Path, text: str) -> None:
    (here().directory / path).write_text(text, encoding="utf-8")
