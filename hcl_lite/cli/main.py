"""The entry point: commands by name, Terraform's spelling of options, and the only place that prints errors."""

from __future__ import annotations

import importlib
import io
import os
import re
import sys
from collections.abc import Sequence
from itertools import islice
from typing import Any

import click

from hcl_lite.cli.exit_codes import ExitCode
from hcl_lite.cli.failures import problems_of
from hcl_lite.cli.logs import FORMATS, LEVELS, RunLog, settings_of
from hcl_lite.cli.terminal import guarded_terminal, tell
from hcl_lite.cli.views.diagnostics import render_diagnostics
from hcl_lite.cli.views.escaping import in_line
from hcl_lite.core.diags import Diagnostic, HclError
from hcl_lite.core.notices import telling_notices
from hcl_lite.core.redaction import new_vault, redact
from hcl_lite.operations.run_log import log_problems
from hcl_lite.version import __version__

# One line here makes a command known: hcl_lite/cli/commands/NAME.py has it as `command`. Loaded when it is called.
COMMANDS = {
    "init": "Write a starter configuration, or fetch the modules of one",
    "validate": "Check the configuration, without a server",
    "fmt": "Bring the TOML files into the one style",
    "docs": "Show what a type takes and gives, or list all types",
    "schema": "Print the JSON Schema of the configuration, for editors",
    "plan": "Show what apply would change",
    "watch": "Plan after each change of a file, or apply to a development server",
    "apply": "Change Grafana to be as the configuration says",
    "destroy": "Delete everything that is managed here",
    "undo": "Take back what the last run changed",
    "restore": "Put objects back as they were before a run, or list the runs",
    "import": "Take over an object that exists already",
    "migrate": "Take over what the files of another tool tell of",
    "export": "Write what is managed into the files of another tool",
    "diff": "Compare what two providers have",
    "copy": "Write blocks for one provider, for what another has",
    "pull": "Bring what was changed in Grafana back into the files",
    "drift": "Show what was changed outside, by whom, and what nobody manages",
    "refresh": "Bring the state up to date with the servers",
    "console": "Evaluate expressions, as they are typed or piped in",
    "graph": "Print what depends on what: dot, mermaid or JSON",
    "test": "Run the tests of the configuration, on embedded servers",
    "show": "Show the state, or a saved plan",
    "state": "List, show, move and forget objects of the state; pull, push, roll back",
    "get": "Look around a Grafana: lists of objects by type, and single ones",
    "data-source": "List, show, query and delete data sources of a Grafana",
    "dashboard": "List, restore and purge deleted dashboards, and earlier versions",
    "workspace": "Keep several states of one configuration",
    "force-unlock": "End the lock of a run that is gone",
    "output": "Print the outputs of the last apply",
    "snapshot": "List, show and delete snapshots of a Grafana",
    "providers": "Show which providers the configuration uses",
    "serve": "Run the embedded Grafana, or the embedded HeadSpin, on a port",
    "version": "Print the version",
}

_ONE_DASH = re.compile(r"-([a-z][a-z-]+)(=.*)?", re.DOTALL)
_BOOLEAN = re.compile(r"--([a-z][a-z-]+)=(true|false)")
# Options that take "true" or "false" as a value, as Terraform has them; but for these, they are off by default.
_ON = ("backend", "input", "lock", "refresh", "write")
_FLAGS = [
    "auto-approve",
    "backend",
    "check",
    "destroy",
    "detailed-exitcode",
    "diff",
    "full",
    "input",
    "json",
    "lock",
    "no-color",
    "raw",
    "recursive",
    "refresh",
    "refresh-only",
    "write",
]
_NO_COLOR = "--no-color"
_LOGGING = ("--log-level", "--log-file", "--log-format")


def terraform_spelling(args: Sequence[str]) -> list[str]:
    """`-out=FILE` as `--out=FILE`, `-refresh=false` as `--no-refresh`; what comes after `--` stays.

    -no-color and the options of the log may stand after the command too: they go first.
    """
    end = list(args).index("--") if "--" in args else len(args)
    words = iter([word for arg in args[:end] for word in _respelled(arg)])
    first: list[str] = []
    rest: list[str] = []
    for word in words:
        if word in _LOGGING:
            first += [word, *islice(words, 1)]
        elif word.partition("=")[0] in (_NO_COLOR, *_LOGGING):
            first += [word] if word not in first else []
        else:
            rest.append(word)
    return [*first, *rest, *args[end:]]


def _respelled(arg: str) -> list[str]:
    """One word of the command line; none for a flag that is switched off where it is off anyway."""
    arg = f"-{arg}" if _ONE_DASH.fullmatch(arg) else arg
    flag = _BOOLEAN.fullmatch(arg)
    if not flag or flag[1] not in _FLAGS:
        return [arg]
    if flag[2] == "true":
        return [f"--{flag[1]}"]
    return [f"--no-{flag[1]}"] if flag[1] in _ON else []


class Commands(click.Group):
    """Commands that are imported when they are called, so that --help and version start at once."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in COMMANDS:
            return None
        command = importlib.import_module(f"hcl_lite.cli.commands.{_module(cmd_name)}").command
        assert isinstance(command, click.Command)
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl(list(COMMANDS.items()))

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        return super().parse_args(ctx, terraform_spelling(args))


def _module(command: str) -> str:
    return {"import": "import_"}.get(command, command.replace("-", "_"))


@click.group(
    cls=Commands,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
    epilog="Options are also understood with one dash, as Terraform writes them: -out=FILE, -auto-approve.",
)
@click.version_option(__version__, prog_name="hcl-lite")
@click.option("-C", "--chdir", metavar="DIR", help="Work in this directory.")
@click.option("--no-color", is_flag=True, help="No colours; so does NO_COLOR in the environment. FORCE_COLOR: always.")
@click.option("--log-level", type=click.Choice(LEVELS), help="What is logged. Default: HCL_LITE_LOG, else nothing.")
@click.option("--log-file", metavar="FILE", help="Log to this file. Default: HCL_LITE_LOG_FILE, else standard error.")
@click.option("--log-format", type=click.Choice(FORMATS), help="Default: HCL_LITE_LOG_FORMAT, else text.")
@click.pass_context
def cli(
    ctx: click.Context,
    chdir: str | None,
    no_color: bool,
    log_level: str | None,
    log_file: str | None,
    log_format: str | None,
) -> None:
    """Plan and apply Grafana from TOML files."""
    log = ctx.ensure_object(RunLog)
    log.configure(settings_of(os.environ, log_level, log_file, log_format))
    ctx.color = _colours(plain=no_color)
    if chdir:
        try:
            os.chdir(chdir)
        except OSError as error:
            raise HclError(Diagnostic(f'Cannot work in "{chdir}"', f"{error.strerror}.")) from error


def run(args: Sequence[str] | None = None) -> int:
    """Run one command line; the exit code. Nothing but this prints an error."""
    words = list(sys.argv[1:] if args is None else args)
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            # Half a character, or one that the terminal lacks, is written as \uXXXX, and ends no run.
            stream.reconfigure(errors="backslashreplace")
    with guarded_terminal(), new_vault(), telling_notices(_tell), RunLog(words) as log:
        log.code = _run(words, log)
        return log.code


def _tell(text: str) -> None:
    """A notice, on the terminal or in a job's log."""
    tell(in_line(redact(text)))


def _run(words: Sequence[str], log: RunLog) -> int:
    try:
        result: Any = cli.main(args=list(words), prog_name="hcl-lite", standalone_mode=False, obj=log)
        return int(result) if isinstance(result, int) else ExitCode.OK
    except click.exceptions.Exit as error:
        return error.exit_code
    except (click.Abort, KeyboardInterrupt):
        click.echo("Interrupted.", err=True)
        return ExitCode.INTERRUPTED
    except click.ClickException as error:
        error.show()
        return ExitCode.USAGE
    except BrokenPipeError:
        # Whoever read the output has seen enough; without this, Python says so once more when it ends.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return ExitCode.ERROR
    except Exception as error:  # noqa: BLE001 - whatever it is that ends a run, it is told
        return _fail(words, *problems_of(error))


def _fail(words: Sequence[str], *diagnostics: Diagnostic) -> int:
    log_problems(diagnostics)
    colours = _colours(plain=_NO_COLOR in terraform_spelling(words))
    click.echo(render_diagnostics(diagnostics), err=True, color=colours)
    return ExitCode.ERROR


def _colours(*, plain: bool) -> bool | None:
    """Whether there are colours: never, always with FORCE_COLOR, or on a terminal only (None) that is not dumb."""
    if plain or os.environ.get("NO_COLOR"):
        return False
    if os.environ.get("FORCE_COLOR"):
        return True
    return False if os.environ.get("TERM") == "dumb" else None
