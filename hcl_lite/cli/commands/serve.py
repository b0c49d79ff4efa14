"""hcl-lite serve: the embedded Grafana, or the embedded HeadSpin, on a port."""

from __future__ import annotations

import secrets
import signal
import sqlite3
from dataclasses import dataclass, replace
from pathlib import Path

import click

from hcl_lite.cli.exit_codes import ExitCode
from providers import embedded_headspin
from providers.embedded import Options, create_app
from providers.embedded.app import EmbeddedApp
from providers.embedded.doorway import is_loopback
from providers.embedded.options import ADMIN
from providers.embedded.serve import Listen, serve
from providers.versions import LATEST, played_version


@dataclass(frozen=True, slots=True)
class _Key:
    """The secret that opens what is served; `shown` is what the first line says of it."""

    secret: str
    shown: str


def _read_version(_: click.Context, __: click.Parameter, text: str) -> str:
    version = played_version(text)
    if version is None:
        raise click.BadParameter(f"{text} is not played. Expected 3, 5, 7, 11 or 12.")
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
    help="Play Grafana 3, 5, 7, 11 or 12.",
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

    It answers as Grafana 3.2, 5.4, 7.5 or 12.4 does, keeps everything in one SQLite file, and has no pages to look at;
    11 is by its documents alone, for their trash. As 12.4 it stores a dashboard in the form v1beta1 as it is, and
    does not migrate it to the latest schemaVersion.

    With --headspin it is the embedded HeadSpin, whose API token is "embedded": no Grafana answers before it is
    allocated.

    Requests for other host names than its own, and from pages of other sites, are refused with 403: no web page
    that somebody looks at on this machine gets at it.
    """
    if headspin and version != LATEST:
        raise click.UsageError("HeadSpin's Grafana is the latest one: leave out --grafana-version.")
    file = path or Path("headspin.db" if headspin else "grafana.db")
    what = "HeadSpin" if headspin else "Grafana" if version == LATEST else f"Grafana {version}"
    key = _choose_key(admin_password, "embedded" if headspin else "admin", is_loopback(host))
    account = f"token: {key.shown}" if headspin else f"admin:{key.shown}"
    listen = Listen(host, port, frozenset(name.lower() for name in allowed_hosts))

    def on_ready(url: str) -> None:
        click.echo(f"Embedded {what} at {url} ({account}), data in {file}. Ctrl-C stops it.")

    before = signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        serve(_make_app(file, version, headspin, key.secret), listen, on_ready)
    except KeyboardInterrupt:
        click.echo()  # it is the way to end it: no complaint, just the prompt on a line of its own
    except sqlite3.Error as error:
        raise click.ClickException(f"{file} cannot be served: {error}") from error
    finally:
        signal.signal(signal.SIGTERM, before)
    return ExitCode.OK


def _choose_key(given: str | None, default: str, loopback: bool) -> _Key:
    """Returns the key of the server: the given one, which is not printed; a random one where others can reach the
    server."""
    if given:
        return _Key(given, "as given")
    secret = default if loopback else secrets.token_urlsafe(12)
    return _Key(secret, secret)


def _make_app(file: Path, version: str, headspin: bool, secret: str) -> EmbeddedApp:
    if headspin:
        options = embedded_headspin.HeadspinOptions(tokens=frozenset({secret}))
        return embedded_headspin.create_app(file, options=options)
    return create_app(file, options=Options(version=version, users=(replace(ADMIN, password=secret),)))
