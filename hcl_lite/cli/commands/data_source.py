"""hcl-lite data-source: list, show, query, call and delete data sources of a Grafana. The state is left as it is."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from contextlib import suppress
from datetime import UTC, datetime
from typing import Any

import click

from hcl_lite import operations
from hcl_lite.cli.context import here
from hcl_lite.cli.exit_codes import ExitCode
from hcl_lite.cli.grafana_server import server_options
from hcl_lite.cli.prompts import is_agreed
from hcl_lite.cli.views import view
from hcl_lite.operations.requests import Server

_METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE")
_JSON = click.option("--json", "as_json", is_flag=True, help="As JSON.")


@click.group(name="data-source")
def command() -> None:
    """List, show, query, call and delete data sources of a Grafana, whoever made them.

    A NAME is a uid, name:NAME or id:NUMBER.
    """


@command.command(name="list")
@click.option("--type", "type_", metavar="TYPE", help="Only those of this plugin, such as prometheus.")
@_JSON
@server_options
def list_(server: Server, type_: str | None, as_json: bool) -> int:
    """The data sources that the account may see."""
    listed = operations.list_sources(here(), server, type_)
    if as_json:
        _print_json(listed)
        return ExitCode.OK
    shown = ("uid", "name", "id", "type", "url", "is_default", "read_only")
    rows = [{key: one[key] for key in shown} for one in listed]
    click.echo(view("table")(rows) if rows else "There are none.")
    return ExitCode.OK


@command.command()
@click.argument("name")
@_JSON
@server_options
def get(server: Server, name: str, as_json: bool) -> int:
    """The settings of the data source NAME, with the names of its secrets."""
    found = operations.describe_source(here(), server, name)
    if as_json:
        _print_json(found)
        return ExitCode.OK
    for key, value in found.items():
        if value not in (None, "", [], {}):
            click.echo(f"{key} = {json.dumps(value, ensure_ascii=False)}")
    return ExitCode.OK


@command.command()
@click.argument("name")
@click.option("--auto-approve", is_flag=True, help="Do not ask.")
@server_options
def delete(server: Server, name: str, auto_approve: bool) -> int:
    """Delete the data source NAME; one that is managed here is deleted by taking its block away."""
    found = operations.find_unmanaged_source(here(), server, name)
    said = f'"{found["name"]}" ({found["type"]})'
    if not is_agreed(f"Delete the data source {said}?", "data-source delete", auto_approve):
        return ExitCode.ERROR
    operations.delete_source(here(), server, name)
    click.echo(f"Data source {said} deleted.")
    return ExitCode.OK


@command.command()
@click.argument("name")
@click.argument("expr", required=False)
@click.option(
    "--query", "query_", metavar="JSON", help="The query as in a panel's targets, where an EXPR says too little."
)
@click.option("--from", "start", default="now-1h", show_default=True, help="Also milliseconds since 1970.")
@click.option("--to", "end", default="now", show_default=True, help="The same.")
@click.option("--max-data-points", default=100, show_default=True, type=click.IntRange(min=1), help="About.")
@_JSON
@server_options
def query(
    server: Server,
    name: str,
    expr: str | None,
    query_: str | None,
    start: str,
    end: str,
    max_data_points: int,
    as_json: bool,
) -> int:
    """What the data source NAME answers to EXPR, for Prometheus, Loki and their like, or to --query.

    A query can do what the data source's account may.
    """
    if (expr is None) == (query_ is None):
        raise click.UsageError("Give either EXPR or --query.")
    wanted = {"from": start, "to": end, "max_data_points": max_data_points}
    wanted |= {"expr": expr, "query": _read_object("--query", query_)}
    frames = operations.query_source(here(), server, name, wanted)
    if as_json:
        _print_json(frames)
    else:
        click.echo("\n\n".join(map(_frame_text, frames)) if frames else "No data.")
    return ExitCode.OK


@command.command()
@click.argument("name")
@click.argument("path")
@click.option("--param", "params", multiple=True, metavar="KEY=VALUE", help="A parameter of the URL.")
@click.option("--method", default="GET", show_default=True, type=click.Choice(_METHODS, case_sensitive=False))
@click.option("--data", metavar="JSON", help="The body.")
@server_options
def proxy(server: Server, name: str, path: str, params: Sequence[str], method: str, data: str | None) -> int:
    """What the data source NAME answers at PATH, below its own url, through Grafana's proxy: JSON, or text."""
    body, asked = _read_json("--data", data), dict(map(_read_param, params))
    found = operations.call_source(here(), server, name, path, asked, method.upper(), body)
    if isinstance(found, str):
        click.echo(found, nl=not found.endswith("\n"))
    else:
        _print_json(found)
    return ExitCode.OK


def _read_object(option: str, text: str | None) -> Mapping[str, Any] | None:
    found = _read_json(option, text)
    if found is not None and not isinstance(found, dict):
        raise click.UsageError(f"{option} must be a JSON object.")
    return found


def _read_json(option: str, text: str | None) -> Any:
    try:
        return None if text is None else json.loads(text)
    except (ValueError, RecursionError) as error:
        raise click.UsageError(f"{option} is not JSON: {error}.") from error


def _read_param(text: str) -> tuple[str, str]:
    key, equals, value = text.partition("=")
    if not equals:
        raise click.UsageError(f'--param "{text}" is not KEY=VALUE.')
    return key, value


def _frame_text(frame: Mapping[str, Any]) -> str:
    """A table, a column for each field; times in UTC."""
    columns = [(_title(field), [_cell(field, value) for value in field["values"]]) for field in frame["fields"]]
    text = view("columns")(columns)
    return f"{frame['name']}\n{text}" if frame["name"] else text


def _title(field: Mapping[str, Any]) -> str:
    labels = ", ".join(f'{key}="{value}"' for key, value in field["labels"].items())
    return f"{field['name']}{{{labels}}}" if labels else str(field["name"])


def _cell(field: Mapping[str, Any], value: Any) -> str:
    if field["type"] == "time" and isinstance(value, int | float):
        with suppress(ValueError, OverflowError, OSError):  # no year of ours
            return datetime.fromtimestamp(value / 1000, UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
    return "" if value is None else str(value)


def _print_json(found: Any) -> None:
    click.echo(view("value", "json")(found))
