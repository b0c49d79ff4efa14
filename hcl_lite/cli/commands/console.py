"""hcl-lite console: expressions evaluated as they are typed, or piped in."""

from __future__ import annotations

import contextlib
import json
import os
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import click

from hcl_lite.cli.context import here
from hcl_lite.cli.exit_codes import ExitCode
from hcl_lite.cli.options import variable_options
from hcl_lite.cli.views.diagnostics import render_diagnostics
from hcl_lite.core.addrs import Address, Kind
from hcl_lite.core.diags import HclError, raise_if_errors
from hcl_lite.core.files import make_directory
from hcl_lite.core.values import UNKNOWN, Secret, Value, conceal
from hcl_lite.operations.requests import Inputs

if TYPE_CHECKING:
    from hcl_lite.lang.evaluation.scope import Scope
    from hcl_lite.operations.project import Project

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
    from hcl_lite.cli.prompts import is_terminal  # noqa: PLC0415 - loaded where it is used
    from hcl_lite.operations.project import load_project  # noqa: PLC0415

    project = load_project(here(), inputs)
    scope = _planned(project) if with_plan else _remembered(project)
    talking = is_terminal()
    failed = False
    for line in _typed() if talking else _piped():
        if line in _ENDS:
            break
        try:
            click.echo(_shown(_evaluate(project, scope, line)))
        except HclError as error:
            failed = True
            click.echo(render_diagnostics(error.diagnostics), err=True)
    return ExitCode.ERROR if failed and not talking else ExitCode.OK


def _evaluate(project: Project, scope: Scope, line: str) -> Value:
    """The value of one expression. Raises HclError."""
    from hcl_lite.lang.config.block import Block  # noqa: PLC0415
    from hcl_lite.lang.config.check import check_block  # noqa: PLC0415 - loaded where it is used
    from hcl_lite.lang.expressions.functions import FUNCTION_NAMES  # noqa: PLC0415
    from hcl_lite.lang.toml.source import parse_source  # noqa: PLC0415

    text = line if line.startswith("${") and line.endswith("}") else f"${{{line}}}"
    source = parse_source(f"value = {json.dumps(text, ensure_ascii=False)}", "console")
    # A check may speak of everything, also of outputs.
    block = Block(Address(Kind.CHECK, "console"), source.data, source, ())
    try:
        raise_if_errors(check_block(block, project.config, project.providers, FUNCTION_NAMES))
        return scope.evaluate_argument(block, "value")
    except HclError as error:
        raise HclError(*(replace(problem, address="") for problem in error.diagnostics)) from error


def _remembered(project: Project) -> Scope:
    """A scope that knows the objects of the state, without a server."""
    from hcl_lite.engine.evaluate import evaluate_resource, exposed  # noqa: PLC0415 - loaded where it is used
    from hcl_lite.lang.config.check import owner_of  # noqa: PLC0415

    scope = project.scope()
    for address, record in project.store.read().records.items():
        owner = owner_of(address.type, Kind.RESOURCE, project.providers)
        if owner is None or address.written not in project.config.blocks:
            continue
        with contextlib.suppress(HclError):
            type_ = owner.resources[address.type]
            values = evaluate_resource(scope, scope.instance(address), type_).values
            scope.expose(address, exposed(type_, values, record.attributes, uid=record.uid, settled=True))
    return scope


def _planned(project: Project) -> Scope:
    """The scope that a plan leaves behind."""
    from hcl_lite.engine.planning.options import Options  # noqa: PLC0415
    from hcl_lite.operations.event_loop import run_async  # noqa: PLC0415 - loaded where it is used
    from hcl_lite.operations.planning import make_plan  # noqa: PLC0415 - loaded where it is used

    state = project.store.read()
    _, build = run_async(lambda: make_plan(project, state, Options()))
    return build.scope


def _shown(value: Value) -> str:
    if value is UNKNOWN or isinstance(value, Secret):
        return repr(value)
    return json.dumps(conceal(value), ensure_ascii=False, indent=2)


def _piped() -> Iterator[str]:
    yield from (line.strip() for line in sys.stdin if line.strip())


def _typed() -> Iterator[str]:
    """Lines from a person, with history; they end with exit or Ctrl-D."""
    import readline  # noqa: PLC0415 - only a terminal has use for it

    with contextlib.suppress(OSError):
        readline.read_history_file(_HISTORY)
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
            make_directory(_HISTORY.parent)
            readline.write_history_file(_HISTORY)
            os.chmod(_HISTORY, 0o600)
