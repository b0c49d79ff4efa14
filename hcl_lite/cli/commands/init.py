"""hcl-lite init: a commented starter configuration; for one that is there, its modules and its backend."""

from __future__ import annotations

from pathlib import Path

import click

from hcl_lite.cli.context import here
from hcl_lite.cli.exit_codes import ExitCode
from hcl_lite.cli.migrating import settle_backend
from hcl_lite.cli.options import lock_options
from hcl_lite.cli.run_init import begin_from
from hcl_lite.lang.config.config import is_configuration, load_config
from hcl_lite.lang.config.modules import Modules
from hcl_lite.operations.backend import describe
from hcl_lite.operations.bulk_import.templates import Style
from hcl_lite.operations.requests import LockOptions
from hcl_lite.operations.starter_files import GITIGNORE

_MAIN = """\
# A configuration of hcl-lite: every *.toml here belongs to it, in any order.
#
#   hcl-lite plan      shows what would change
#   hcl-lite apply     changes it
#   hcl-lite destroy   deletes what is managed here
#
# ${ … } in a string is an expression; a literal ${ is written $${.

[hcl_lite]
required_version = ">=0.1"

[variable.grafana_url]
type        = "string"
description = "Where Grafana is; override it with --var grafana_url=https://…"
default     = "embedded:grafana.db"  # a Grafana in a file, for trying things out

[provider.grafana]
url = "${var.grafana_url}"
# auth = "${var.token}"              # or GRAFANA_AUTH in the environment, which is better

[resource.grafana_folder.example]
title = "Example"

[resource.grafana_data_source.prometheus]
name = "Prometheus"
type = "prometheus"
uid  = "prometheus"  # the dashboard's panels speak of it by this
url  = "http://localhost:9090"

[resource.grafana_data_source.prometheus.json_data]
timeInterval = "15s"

[resource.grafana_dashboard.example]
folder      = "${grafana_folder.example.uid}"
config_json = '${file("dashboards/example.json")}'  # never interpolated: $x and ${x} are Grafana's there

[output.example_url]
value = "${grafana_dashboard.example.url}"
"""

_DASHBOARD = """\
{
  "title": "Example",
  "tags": ["hcl-lite"],
  "schemaVersion": 42,
  "time": { "from": "now-1h", "to": "now" },
  "panels": [
    {
      "id": 1,
      "type": "timeseries",
      "title": "Targets that are up",
      "gridPos": { "x": 0, "y": 0, "w": 24, "h": 9 },
      "datasource": { "type": "prometheus", "uid": "prometheus" },
      "targets": [{ "refId": "A", "expr": "sum(up) by (job)" }]
    }
  ]
}
"""

_FILES = {"main.toml": _MAIN, "dashboards/example.json": _DASHBOARD, ".gitignore": GITIGNORE}


@click.command(name="init")
@click.option("--from", "url", metavar="URL", default="", help="Take over the Grafana at URL, as import --all does.")
@click.option("--auth", metavar="REFERENCE", default="", help="Where its token is kept: env:NAME, file:PATH, cmd:…")
@click.option("--backend/--no-backend", default=True, help="Settle on the backend (default), or leave it alone.")
@click.option("--upgrade", is_flag=True, help="Fetch modules again that are there already.")
@click.option("--backend-config", multiple=True, metavar="KEY=VALUE|FILE", help="A setting of the backend, or a file.")
@click.option("--migrate-state", is_flag=True, help="Copy the states of the backend before this one.")
@click.option("--reconfigure", is_flag=True, help="Leave them where they are, and forget that backend.")
@click.option("--force-copy", is_flag=True, help="Do not ask before copying.")
@lock_options
def command(
    url: str,
    auth: str,
    backend: bool,
    upgrade: bool,
    backend_config: tuple[str, ...],
    migrate_state: bool,
    reconfigure: bool,
    force_copy: bool,
    lock: LockOptions,
) -> int:
    """Write a commented starter configuration into this directory.

    Where there is a configuration, fetch the modules that it takes from git repositories, into .hcl-lite/modules, and
    settle on its backend: a changed one is refused by all other commands until then. With --no-backend, which asks for
    none of its secrets, the modules are all: enough for validate.

    With --from the configuration is that of a Grafana, with all that it has. Its token comes from where --auth says, or
    from GRAFANA_AUTH, or is asked for, and is written nowhere.
    """
    about_backend = backend_config or migrate_state or reconfigure or force_copy or upgrade
    if url:
        if about_backend or not backend:
            raise click.UsageError("--from begins a configuration: there is no backend and no module yet.")
        return begin_from(url, auth, Style(), lock)
    if auth:
        raise click.UsageError("--auth goes with --from.")
    if migrate_state and reconfigure:
        raise click.UsageError("--migrate-state and --reconfigure exclude each other.")
    if not backend and (backend_config or migrate_state or reconfigure or force_copy):
        raise click.UsageError("--no-backend leaves the backend alone: it takes no option that is about it.")
    if any(is_configuration(path) for path in Path().glob("*.toml")):
        context = here()
        modules = Modules(context.directory, fetch=True, upgrade=upgrade, environment=context.environment)
        config = load_config(context.directory, modules)
        for module, directory in config.modules.items():
            if module:
                click.echo(f"module {'.'.join(module)}: {directory}")
        if not backend:
            click.echo("Ready for hcl-lite validate. The backend was left alone.")
            return ExitCode.OK
        choice = settle_backend(config, backend_config, migrate_state or force_copy, reconfigure, not force_copy, lock)
        if choice.source is not None:
            click.echo(f"backend {describe(choice, here())}")
        click.echo("Ready. hcl-lite plan shows what the configuration does.")
        return ExitCode.OK
    for name, text in _FILES.items():
        path = Path(name)
        if path.exists():
            click.echo(f"kept     {name}")
            continue
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
        click.echo(f"written  {name}")
    click.echo("\nTry it: hcl-lite plan, then hcl-lite apply. Nothing needs to be installed or running.")
    return ExitCode.OK
