"""hcl-lite console: expressions evaluated as they are typed, or piped in."""

from __future__ import annotations

import contextlib
import json
import os
import sys
from collections.abc import Iterator
from pathlib import Path

import click

from hcl_lite import operations
from hcl_lite.cli.context import here
from hcl_lite.cli.exit_codes import ExitCode
from hcl_lite.cli.options import variable_options
from hcl_lite.cli.prompts import is_terminal
from hcl_lite.cli.views import view
from hcl_lite.core.diags import HclError
from hcl_lite.core.files import make_directory
from hcl_lite.core.values import UNKNOWN, Secret, Value, conceal
from hcl_lite.operations.requests import Inputs

_PROMPT = "> "
_HISTORY = Path(".hcl-lite") / "console_history"
_ENDS = ("exit", "quit")


@click.command(name="console")
@click.option("--plan", "with_plan", is_flag=True, help="Ask the servers first: lookups and planned values are known.")
@variable_options
def command(inputs: Inputs, with_plan: bool) -> int:
    """Evaluate expressions: what stands between ${ and } in a configuration.

    Objects are as the state remembers them. On a terminal, lines are kept in .hcl-lite/console_history; a piped line
    that is wrong ends with exit code 1 after all lines are read.
    """
    evaluator = operations.open_evaluator(here(), inputs, planned=with_plan)
    talking = is_terminal()
    failed = False
    for line in _typed() if talking else _piped():
        if line in _ENDS:
            break
        try:
            click.echo(_shown(evaluator.evaluate(line)))
        except HclError as error:
            failed = True
            click.echo(view("diagnostics")(error.diagnostics), err=True)
    return ExitCode.ERROR if failed and not talking else ExitCode.OK


def _shown(value: Value) -> str:
    if value is UNKNOWN or isinstance(value, Secret):
        return repr(value)
    return json.dumps(conceal(value), ensure_ascii=False, indent=2)


def _piped() -> Iterator[str]:
    yield from (line.strip() for line in sys.stdin if line.strip())


def _typed() -> Iterator[str]:
    """Lines from a person, with history; they end with exit or Ctrl-D."""
    import readline  # noqa: PLC0415 - only a terminal has use for it

    history = here().directory / _HISTORY
    with contextlib.suppress(OSError):
        readline.read_history_file(history)
    readline.set_history_length(1000)
    try:
        while True:
            line = input(_PROMPT).strip()
            if line:
                yield line
    except EOFError:
        click.echo()
    finally:
        with contextlib.suppress(OSError):
            make_directory(history.parent)
            readline.write_history_file(history)
            os.chmod(history, 0o600)
