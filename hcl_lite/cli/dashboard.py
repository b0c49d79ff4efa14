"""hcl-lite dashboard: the deleted dashboards of a server and the versions of its dashboards, listed and restored."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import asdict
from typing import TYPE_CHECKING, Any, TypeVar

import click

from hcl_lite.cli.exit_codes import ExitCode
from hcl_lite.cli.options import Inputs, variable_options
from hcl_lite.core.addrs import Kind
from hcl_lite.core.diags import Diagnostic, HclError, did_you_mean

if TYPE_CHECKING:
    from hcl_lite.lang.config import Config
    from providers.grafana.client import GrafanaClient
    from providers.grafana.trash import Deleted
    from providers.grafana.versions import DashboardVersion

Command = TypeVar("Command", bound=Callable[..., Any])
T = TypeVar("T")


@click.group(name="dashboard")
def command() -> None:
    """Deleted dashboards and earlier versions: list, restore, purge. The state is left as it is."""


def _provider_options(function: Callable[..., int]) -> Callable[..., int]:
    """--provider, and the variables that its settings may need."""
    option = click.option(
        "--provider", default="", metavar="NAME", help="Which provider, where there are several: grafana['eu']."
    )
    return option(variable_options(function))


def _json_option(function: Command) -> Command:
    return click.option("--json", "as_json", is_flag=True, help="As JSON.")(function)


@command.command()
@_json_option
@_provider_options
def trash(inputs: Inputs, provider: str, as_json: bool) -> int:
    """The deleted dashboards that the server still has: all for an admin, your own for others."""
    from providers.grafana.trash import open_trash  # noqa: PLC0415 - loaded where it is used

    async def work(client: GrafanaClient) -> list[Deleted]:
        return await (await open_trash(client)).list()

    _print(_on_grafana(inputs, provider, work), as_json, "The trash is empty.")
    return ExitCode.OK


@command.command()
@click.argument("uid")
@_json_option
@_provider_options
def versions(inputs: Inputs, provider: str, uid: str, as_json: bool) -> int:
    """The versions of the dashboard UID, newest first."""
    from providers.grafana.versions import list_versions  # noqa: PLC0415 - loaded where it is used

    async def work(client: GrafanaClient) -> list[DashboardVersion]:
        return await list_versions(client, uid)

    _print(_on_grafana(inputs, provider, work), as_json, "There are none.")
    return ExitCode.OK


@command.command()
@click.argument("uid")
@click.option("--version", type=click.IntRange(min=1), help="Make this version the newest one.")
@click.option("--folder", help="uid of the folder to restore into. Default: the one that it was in.")
@_provider_options
def restore(inputs: Inputs, provider: str, uid: str, version: int | None, folder: str | None) -> int:
    """Bring the deleted dashboard UID back; with --version, bring one that is there back to that version."""
    from providers.grafana.trash import open_trash  # noqa: PLC0415 - loaded where it is used
    from providers.grafana.versions import restore_version  # noqa: PLC0415

    if version is not None and folder is not None:
        raise click.UsageError("--version is of a dashboard that is there, --folder for one that is not: give one.")

    async def work(client: GrafanaClient) -> str:
        if version is not None:
            newest = await restore_version(client, uid, version)
            return f"{uid} is as it was in version {version}; this is version {newest}."
        await (await open_trash(client)).restore(uid, folder)
        return f"{uid} is restored."

    click.echo(_on_grafana(inputs, provider, work, read_only=False))
    return ExitCode.OK


@command.command()
@click.argument("uid")
@click.option("--auto-approve", is_flag=True, help="Do not ask.")
@_provider_options
def purge(inputs: Inputs, provider: str, uid: str, auto_approve: bool) -> int:
    """Delete the deleted dashboard UID for good."""
    from providers.grafana.trash import open_trash  # noqa: PLC0415 - loaded where it is used

    if not auto_approve and not _agrees(f"Delete {uid} for good?"):
        click.echo("Nothing was changed.")
        return ExitCode.ERROR

    async def work(client: GrafanaClient) -> None:
        await (await open_trash(client)).purge(uid)

    _on_grafana(inputs, provider, work, read_only=False)
    click.echo(f"{uid} is gone for good.")
    return ExitCode.OK


def _agrees(question: str) -> bool:
    from hcl_lite.cli.applying import agrees, check_somebody_is_there  # noqa: PLC0415 - loads the engine

    check_somebody_is_there("dashboard purge")
    return agrees(question)


def _print(found: Sequence[Deleted] | Sequence[DashboardVersion], as_json: bool, none: str) -> None:
    from hcl_lite.cli.views.table_text import render_table  # noqa: PLC0415 - loaded where it is used

    rows = [asdict(one) for one in found]
    if as_json:
        click.echo(json.dumps(rows, ensure_ascii=False, indent=2))
    else:
        click.echo(render_table(rows) if rows else none)


def _on_grafana(
    inputs: Inputs, provider: str, work: Callable[[GrafanaClient], Awaitable[T]], *, read_only: bool = True
) -> T:
    """What `work` gives on the Grafana that `provider` names. Raises HclError, and ProviderError."""
    from hcl_lite.cli.workspace import load_workspace, make_build, run_async  # noqa: PLC0415 - see _agrees
    from hcl_lite.engine.preparing import prepare  # noqa: PLC0415
    from hcl_lite.engine.session import Session  # noqa: PLC0415
    from hcl_lite.lang.expand import provider_address  # noqa: PLC0415
    from providers.grafana.provider import Grafana  # noqa: PLC0415

    workspace = load_workspace(inputs)

    async def run() -> T:
        state = workspace.store.read()
        build = await make_build(workspace, state)
        name = _chosen(build.config, provider)
        session = Session(build.config, workspace.providers, read_only)
        try:
            if provider_address(name) in build.config.blocks:
                await prepare(build, state, session, provider_address(name))
            grafana = session.get(name)
            assert isinstance(grafana, Grafana)
            return await grafana.ask(work)
        finally:
            await session.close()

    return run_async(run)


def _chosen(config: Config, name: str) -> str:
    """The name of the Grafana to work on: `name`, or the only one there is. Raises HclError."""
    from hcl_lite.lang.check import provider_type  # noqa: PLC0415 - loaded where it is used
    from hcl_lite.lang.expand import name_of  # noqa: PLC0415

    blocks = [block for block in config.of_kind(Kind.PROVIDER) if provider_type(block) == "grafana"]
    names = [name_of(block.address) for block in blocks] or ["grafana"]
    wanted = name.replace("'", '"')
    if wanted in names:
        return wanted
    if wanted:
        raise HclError(Diagnostic(f"There is no Grafana called {wanted}", did_you_mean(wanted, names)))
    if len(names) > 1:
        hint = f"Say --provider '{names[0]}'."
        raise HclError(Diagnostic("Which Grafana?", f"There are {', '.join(names)}.", hint=hint))
    return names[0]
