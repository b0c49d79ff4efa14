"""hcl-lite import: take over an object that exists already, or all that there are."""

from __future__ import annotations

from pathlib import Path

import click

from hcl_lite import operations
from hcl_lite.cli.context import here
from hcl_lite.cli.exit_codes import ExitCode
from hcl_lite.cli.locking import CALLER
from hcl_lite.cli.options import ADDRESS, lock_options, profile_option, variable_options
from hcl_lite.cli.run_bulk_import import run_bulk_import, run_single_import
from hcl_lite.cli.views import view
from hcl_lite.core.schema.objects import Search
from hcl_lite.operations.bulk_import.model import Selection
from hcl_lite.operations.bulk_import.templates import Style, read_templates
from hcl_lite.operations.bulk_import.wanted import Wanted
from hcl_lite.operations.requests import Inputs, LockOptions


@click.command(name="import")
@profile_option
@click.argument("address", metavar="[ADDRESS]", required=False, shell_complete=ADDRESS.shell_complete)
@click.argument("name", metavar="[ID]", required=False)
@click.option("--all", "takes_all", is_flag=True, help="All that is there and not managed yet, with files for it.")
@click.option(
    "--into", metavar="DIR", type=click.Path(path_type=Path, file_okay=False), help="Of the configuration in DIR."
)
@click.option("--type", "types", multiple=True, metavar="TYPE", help="Of this type: dashboard, grafana_folder.")
@click.option("--folder", "folders", multiple=True, metavar="FOLDER", help="In this folder: its uid, title or path.")
@click.option("--exclude", "excluded", multiple=True, metavar="PATTERN", help="But for this type, uid, title or path.")
@click.option("--provider", "providers", multiple=True, metavar="NAME", help="Of this provider block.")
@click.option("--tag", "tags", multiple=True, metavar="TAG", help="Dashboards that have this tag.")
@click.option("--query", metavar="TEXT", default="", help="Dashboards that Grafana's search finds by this.")
@click.option(
    "--style",
    type=click.Choice(["blocks", "fileset"]),
    default="blocks",
    show_default=True,
    help="A block for each dashboard, or one for all of a folder, with for_each over their files.",
)
@click.option("--layout", "layouts", multiple=True, metavar="PATH", help="Such as 'dashboards/{folder}/{slug}.json'.")
@click.option("--reference-data-sources", "refers", is_flag=True, help="Say which blocks dashboards' data sources are.")
@click.option("--update", "updates", is_flag=True, help="Also bring what has changed since, where you have not.")
@click.option("--write", "writes", is_flag=True, help="Write a block for the object, too; ADDRESS may be its type.")
@click.option("--dry-run", "is_dry_run", is_flag=True, help="Say what would be written, and write nothing.")
@variable_options
@lock_options
def command(
    address: str | None,
    name: str | None,
    takes_all: bool,
    into: Path | None,
    types: tuple[str, ...],
    folders: tuple[str, ...],
    excluded: tuple[str, ...],
    providers: tuple[str, ...],
    tags: tuple[str, ...],
    query: str,
    style: str,
    layouts: tuple[str, ...],
    refers: bool,
    updates: bool,
    writes: bool,
    is_dry_run: bool,
    inputs: Inputs,
    lock: LockOptions,
) -> int:
    """Take over the object ID as the one that the block ADDRESS stands for; or, with --all, whatever there is.

    ID is whatever you have of it: its uid, number, name or title, the URL of its page, or Terraform's ORG:UID; uid:,
    id: and name: before it say which is meant. Nothing is changed on the server: the next plan shows where it differs.

    With --write the block is written, with the files that it reads: ADDRESS is a name for it, or its type alone, such
    as grafana_dashboard, and the name is made of the title.

    With --all blocks and JSON files are written for all objects that are not managed yet, beside what is here already,
    and the state has them: the plan is empty. What cannot be managed is left out, with its reason.
    """
    selecting = into or types or folders or excluded or tags or query or updates or style != "blocks"
    if takes_all:
        if writes:
            raise click.UsageError("--all writes whatever there is: leave out --write.")
        if address is not None:
            raise click.UsageError("--all takes over whatever there is: leave out ADDRESS and ID.")
        selection = Selection(types, folders, excluded, providers, Search(query, tags))
        written = Style(read_templates(layouts), style == "fileset", refers)
        return run_bulk_import(selection, written, into, inputs, lock, is_dry_run=is_dry_run, updates=updates)
    if address is None or name is None:
        raise click.UsageError("Expected ADDRESS and ID, or --all.")
    if writes and not selecting and len(providers) <= 1:
        wanted = Wanted.parse(address, *providers)
        style_ = Style(read_templates(layouts), False, refers)
        return run_single_import(wanted, name, style_, inputs, lock, is_dry_run=is_dry_run)
    if selecting or providers or layouts or refers or is_dry_run:
        raise click.UsageError("--all is missing: options that say what to take over, and how, go with it.")
    block = ADDRESS.convert(address, None, click.get_current_context())
    imported = operations.import_object(here(), inputs, block, name, lock, CALLER)
    if imported.warnings:
        click.echo(view("diagnostics")(imported.warnings), err=True)
    click.echo(f"{block} now stands for {imported.record.uid}. See what differs with: hcl-lite plan")
    return ExitCode.OK
