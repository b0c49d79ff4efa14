"""hcl-lite serve: the embedded Grafana, or the embedded HeadSpin, on a port."""

from __future__ import annotations

import signal
import sqlite3
from pathlib import Path

import click

from hcl_lite import operations
from hcl_lite.cli.context import here
from hcl_lite.cli.exit_codes import ExitCode
from hcl_lite.cli.views import view
from hcl_lite.operations.requests import ServeRequest
from providers.versions import LATEST, played_version


def _read_version(_: click.Context, __: click.Parameter, text: str) -> str:
    version = played_version(text)
    if version is None:
        raise click.BadParameter(f"{text} is not played. Expected 3, 5, 7, 10, 11 or 12.")
    return version


@click.command(name="serve")
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on.")
@click.option(
    "--port", default=3000, show_default=True, type=click.IntRange(0, 65535), help="Port; 0 for any free one."
)
@click.option(
    "--path", type=click.Path(path_type=Path), help="SQLite file.  [default: grafana.db, with --headspin headspin.db]"
)
@click.option(
    "--grafana-version",
    "version",
    default="12",
    show_default=True,
    metavar="VERSION",
    callback=_read_version,
    help="Play Grafana 3, 5, 7, 10, 11 or 12.",
)
@click.option("--headspin", is_flag=True, help="HeadSpin's API, and at the same address the Grafana that it allocates.")
@click.option(
    "--admin-password",
    envvar="GF_SECURITY_ADMIN_PASSWORD",
    help="Password of the user admin; with --headspin the API token.  [default: admin, with --headspin embedded; where "
    "others reach --host, one is made up and told]",
)
@click.option(
    "--allowed-host",
    "allowed_hosts",
    multiple=True,
    metavar="NAME",
    help="Answer for this name, too, such as a container's; may be repeated.  [default: its own addresses and names]",
)
def command(
    host: str,
    port: int,
    path: Path | None,
    version: str,
    headspin: bool,
    admin_password: str | None,
    allowed_hosts: tuple[str, ...],
) -> int:
    """Run the embedded Grafana on a port: user admin, password admin.

    It answers as Grafana 3.2, 5.4, 7.5 or 12.4 does, and keeps everything in one SQLite file; 11 is by its documents
    alone, for their trash. As 12.4 it stores a dashboard in the form v1beta1 as it is, and
    does not migrate it to the latest schemaVersion.

    In a browser it shows what it has: folders, dashboards as sketches with their queries and versions, the data of
    snapshots, alert rules, data sources without their secrets. These pages are its own, not Grafana's. On this machine
    alone (the default --host) nobody has to sign in to them; with --host for others, or --admin-password, a browser
    asks for an account that is admin.

    With --headspin it is the embedded HeadSpin, whose API token is "embedded": no Grafana answers before it is
    allocated.

    Requests for other host names than its own, and from pages of other sites, are refused with 403: no web page
    that somebody looks at on this machine gets at it.
    """
    if headspin and version != LATEST:
        raise click.UsageError("HeadSpin's Grafana is the latest one: leave out --grafana-version.")
    request = ServeRequest(version, host, port, path, headspin, admin_password, allowed_hosts)
    before = signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        operations.serve(here(), request, lambda serving: click.echo(view("serving")(serving)))
    except KeyboardInterrupt:
        click.echo()  # it is the way to end it: no complaint, just the prompt on a line of its own
    except sqlite3.Error as error:
        raise click.ClickException(f"{request.file} cannot be served: {error}") from error
    finally:
        signal.signal(signal.SIGTERM, before)
    return ExitCode.OK
