"""The messages of a run on standard output, a line of JSON each, written when it happens: --json."""

from __future__ import annotations

import threading
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import click

from hcl_lite.cli.exit_codes import ExitCode
from hcl_lite.cli.failures import problems_of
from hcl_lite.cli.heartbeat import heartbeat, interval
from hcl_lite.cli.tracking import Tracker
from hcl_lite.cli.views import view
from hcl_lite.core.diags import Diagnostic, TooManyDeletions
from hcl_lite.core.notices import telling_notices
from hcl_lite.core.progress import Reached, Retry, Scheduled
from hcl_lite.core.redaction import redact
from hcl_lite.operations.caller import Notice, Planned
from hcl_lite.operations.run_log import log_problems

if TYPE_CHECKING:
    from hcl_lite.engine.applying.progress import ApplyResult
    from hcl_lite.engine.plan import Plan
    from hcl_lite.operations.caller import Progress

_SECONDS = 10.0  # between two heartbeats, as Terraform has it


class Stream:
    """Writes messages; fit for several threads. As the receiver of a run's progress it writes what there is to say."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._tracker = Tracker()
        self._told: set[Diagnostic] = set()

    def write(self, what: str, *values: Any, **options: Any) -> None:
        """Writes what the view `what` makes of `values`: no message, or several."""
        with self._lock:
            write_messages(what, *values, **options)

    def problems(self, problems: Iterable[Diagnostic]) -> None:
        """Writes diagnostics, each once."""
        new = [one for one in dict.fromkeys(problems) if one not in self._told]
        self._told.update(new)
        self.write("diagnostics", new)

    def say(self, text: str) -> None:
        """Writes what is said to a person."""
        self.write("log", redact(text.strip()))

    def finished(self, plan: Plan, result: ApplyResult | None, seconds: float, what: str) -> None:
        """Writes what came of a run; None where there was nothing to do."""
        if result is not None:
            self.problems((*result.warnings, *result.failures))
        operation = "refresh" if plan.refresh_only else what.lower()
        self.write("applied", result, seconds, operation=operation)

    def beat(self) -> None:
        """Writes how far the run is."""
        self.write("progress", self._tracker.standing())

    def __call__(self, progress: Progress) -> None:
        self._tracker.note(progress)
        match progress:
            case Notice():
                self.say(progress.text)
            case Planned():
                self._told.update(progress.plan.warnings)
                self.write("plan", progress.plan)
            case Retry():
                self.write("retry", progress)
            case Reached() | Scheduled():
                pass  # the heartbeat tells
            case event:
                self._told.update(event.problems)
                self.write("event", event)


@contextmanager
def streaming(command: str) -> Iterator[Stream]:
    """Context manager: the stream of a run. Errors that end it are its last messages, and Exit is raised with their
    exit code."""
    stream = Stream()
    stream.write("version", command)
    try:
        with telling_notices(stream.say), heartbeat(interval(_SECONDS), stream.beat):
            yield stream
    except (BrokenPipeError, click.exceptions.Exit, click.ClickException):
        raise
    except (click.Abort, KeyboardInterrupt):
        stream.write("log", "Interrupted.", level="error")
        raise click.exceptions.Exit(ExitCode.INTERRUPTED) from None
    except Exception as error:  # noqa: BLE001 - as the command line does
        problems = problems_of(error)
        log_problems(problems)
        stream.problems(problems)
        code = ExitCode.TOO_MANY if isinstance(error, TooManyDeletions) else ExitCode.ERROR
        raise click.exceptions.Exit(code) from None


def write_messages(what: str, *values: Any, **options: Any) -> None:
    """Writes what the view `what` makes of `values`, with the time."""
    now = datetime.now(UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")
    lines = view(what, "messages")(*values, now, **options)
    if lines:
        click.echo(lines)
