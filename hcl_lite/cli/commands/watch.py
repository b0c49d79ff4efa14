"""hcl-lite watch: a plan after each change of a file, or an apply to a development server."""

from __future__ import annotations

import signal
import time
import webbrowser
from collections.abc import Iterator
from contextlib import contextmanager

import click

from hcl_lite import operations
from hcl_lite.cli.context import here
from hcl_lite.cli.exit_codes import ExitCode
from hcl_lite.cli.locking import terminated
from hcl_lite.cli.options import full_option, variable_options
from hcl_lite.cli.progress import Shown
from hcl_lite.cli.run_apply import by_signals
from hcl_lite.cli.terminal import look_of
from hcl_lite.cli.views import view
from hcl_lite.core.run_context import RunContext
from hcl_lite.engine.plan import Plan
from hcl_lite.operations.caller import Caller, Planned
from hcl_lite.operations.requests import Inputs
from hcl_lite.operations.watching.files import FileWatcher
from hcl_lite.operations.watching.model import Round, WatchRequest


@click.command(name="watch")
@click.option("--apply", "applies", is_flag=True, help="Apply each change, unasked, to a server of this machine.")
@click.option("--allow", "allowed", multiple=True, metavar="URL", help="A server to which --apply may apply as well.")
@click.option("--pull", "pulls", is_flag=True, help="Bring what is changed in Grafana into the files, as pull does.")
@click.option("--open", "opens", is_flag=True, help="Open the page of a dashboard that was written in the browser.")
@full_option
@variable_options
def command(applies: bool, allowed: tuple[str, ...], pulls: bool, opens: bool, full: bool, inputs: Inputs) -> int:
    """Plan now and whenever a file of the configuration changes; Ctrl-C ends it.

    With --apply each change is applied without a question: to the embedded server, to one on this machine, and to what
    --allow names. With --pull what is changed in Grafana comes into the files meanwhile. A mistake in a file is told,
    and ends nothing.
    """
    request = WatchRequest(inputs, applies or bool(allowed), pulls, allowed)
    context, watcher = here(), FileWatcher()
    with _until_interrupted(watcher), Shown(_show_changes) as shown:
        caller = Caller(shown, stopping=by_signals, locking=terminated)
        operations.watch(context, request, caller, watcher, _Teller(context, full=full, opens=opens))
    return ExitCode.OK


class _Teller:
    """Shows each round, beside the one before it."""

    def __init__(self, context: RunContext, *, full: bool, opens: bool) -> None:
        self._root = context.directory.resolve()
        self._full, self._opens = full, opens
        self._before: Plan | None = None

    def __call__(self, one: Round) -> None:
        click.echo(view("round")(one, self._before, self._root, time.strftime("%H:%M:%S"), look_of(self._full)))
        self._before = one.plan or self._before
        if self._opens and one.pages:
            webbrowser.open(one.pages[-1])


def _show_changes(planned: Planned) -> None:
    if not planned.plan.is_empty:
        click.echo(view("plan")(planned.plan))


@contextmanager
def _until_interrupted(watcher: FileWatcher) -> Iterator[None]:
    """Ctrl-C and SIGTERM end the watch in good order."""
    before = signal.signal(signal.SIGTERM, lambda *_: watcher.stop())
    try:
        yield
    except KeyboardInterrupt:
        click.echo("\nNo longer watching.", err=True)
    finally:
        signal.signal(signal.SIGTERM, before)
