"""hcl-lite get: what a Grafana has, whoever manages it. Reads only."""

from __future__ import annotations

import click

from hcl_lite import operations
from hcl_lite.cli.context import here
from hcl_lite.cli.exit_codes import ExitCode
from hcl_lite.cli.grafana_server import server_options
from hcl_lite.cli.views import view
from hcl_lite.cli.views.escaping import in_line
from hcl_lite.core.schema.objects import Search
from hcl_lite.operations.getting.model import Wanted
from hcl_lite.operations.requests import Server


def _complete(ctx: click.Context, param: click.Parameter, incomplete: str) -> list[str]:
    return [name for name in operations.list_kinds() if name.startswith(incomplete)]


@click.command(name="get")
@click.argument("type_", metavar="[TYPE]", default="", shell_complete=_complete)
@click.argument("name", metavar="[NAME]", default="")
@click.option("--folder", "folders", multiple=True, metavar="FOLDER", help="Only in it and below: uid, title or path.")
@click.option("--tag", "tags", multiple=True, metavar="TAG", help="Only dashboards with all of these.")
@click.option(
    "--query",
    default="",
    metavar="TEXT",
    help="Only those that the server finds by this: dashboards. Others: with this in what is listed.",
)
@click.option(
    "--format",
    "format_",
    type=click.Choice(["table", "json", "toml"]),
    help="TOML are blocks, as for import. Default: a table of several, the block of one.",
)
@server_options
def command(
    server: Server,
    type_: str,
    name: str,
    folders: tuple[str, ...],
    tags: tuple[str, ...],
    query: str,
    format_: str | None,
) -> int:
    """Look around a Grafana: which types it has objects of; the objects of a TYPE, such as dashboards, teams or
    contact-points; or the one with the NAME: a uid, a title, a number or the address of its page.

    Nothing is written, neither to the server nor to the state. A lookup may stand for TYPE too: hcl-lite get server.
    Exit code 1 where there is no such object.
    """
    if (name or not type_) and (folders or tags or query):
        raise click.UsageError("--folder, --tag and --query choose among the objects of a TYPE, without a NAME.")
    wanted = Wanted(type_, name, folders, Search(query, tags), whole=format_ == "toml")
    got = operations.get_objects(here(), server, wanted)
    click.echo(view("got", format_ or "text")(got))
    if format_ in ("json", "toml"):
        for kind, reason in got.unlisted.items():
            click.echo(f"There is no list of {kind}: {in_line(reason)}", err=True)
    return ExitCode.OK
