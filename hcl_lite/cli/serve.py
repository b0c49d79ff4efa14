"""hcl-lite serve: the embedded Grafana on a port."""

from __future__ import annotations

import signal
import sqlite3
from pathlib import Path

import click

from hcl_lite.cli.exit_codes import ExitCode
from providers.versions import LATEST, recorded_version


def _read_version(_: click.Context, __: click.Parameter, text: str) -> str:
    version = recorded_version(text)
    if version is None:
        raise click.BadParameter(f"{text} is not played. Expected 3, 5, 7 or 12.")
    return version


@click.command(name="serve")
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on.")
@click.option(
    "--port", default=3000, show_default=True, type=click.IntRange(0, 65535), help="Port; 0 for any free one."
)
@click.option("--path", default="grafana.db", show_default=True, type=click.Path(path_type=Path), help="SQLite file.")
@click.option(
    "--grafana-version",
    "version",
    default="12",
    show_default=True,
    metavar="VERSION",
    callback=_read_version,
    help="Play Grafana 3, 5, 7 or 12.",
)
def command(host: str, port: int, path: Path, version: str) -> int:
    """Run the embedded Grafana on a port: user admin, password admin.

    It answers as Grafana 3.2, 5.4, 7.5 or 12.4 does, keeps everything in one SQLite file, and has no pages to look at.
    """
    from providers.embedded.options import Options  # noqa: PLC0415 - the web framework is loaded where it is used
    from providers.embedded.serve import serve  # noqa: PLC0415

    def on_ready(url: str) -> None:
        name = "Embedded Grafana" if version == LATEST else f"Embedded Grafana {version}"
        click.echo(f"{name} at {url} (admin:admin), data in {path}. Ctrl-C stops it.")

    before = signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        serve(path, host, port, Options(version=version), on_ready)
    except KeyboardInterrupt:
        click.echo()  # it is the way to end it: no complaint, just the prompt on a line of its own
    except sqlite3.Error as error:
        raise click.ClickException(f"{path} cannot be served: {error}") from error
    finally:
        signal.signal(signal.SIGTERM, before)
    return ExitCode.OK
