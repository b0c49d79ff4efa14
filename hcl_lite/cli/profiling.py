"""The profile of a command, shown when it has ended, however it did: --profile."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import click

from hcl_lite import operations
from hcl_lite.cli.stream import write_messages
from hcl_lite.cli.views import view


@contextmanager
def showing_profile(*, as_json: bool) -> Iterator[None]:
    """Context manager: measures what runs inside, and shows its profile on standard error, or as the last message."""
    with operations.measure_run() as profiler:
        try:
            yield
        finally:
            if as_json:
                write_messages("profile", profiler.profile())
            else:
                click.echo("\n" + view("profile")(profiler.profile()), err=True)
