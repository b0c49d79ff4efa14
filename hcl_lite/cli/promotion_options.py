"""Options of what looks at two servers."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

import click

from hcl_lite.operations.bulk_import.model import Selection


def promotion_options(command: Callable[..., int]) -> Callable[..., int]:
    """Adds the options of what looks at two servers, as `selection` and `named`."""

    @wraps(command)
    def with_selection(
        types: tuple[str, ...], folders: tuple[str, ...], excluded: tuple[str, ...], maps: tuple[str, ...], **more: Any
    ) -> int:
        named = dict(map(_read_map, maps))
        return command(selection=Selection(types, folders, excluded), named=named, **more)

    for option in (
        click.option("--map", "maps", multiple=True, metavar="A=B", help="A there is B here: uid or title."),
        click.option("--exclude", "excluded", multiple=True, metavar="PATTERN", help="Not this type, uid or title."),
        click.option("--folder", "folders", multiple=True, metavar="FOLDER", help="In this folder: uid or title."),
        click.option("--type", "types", multiple=True, metavar="TYPE", help="Of this type: dashboard, grafana_folder."),
    ):
        with_selection = option(with_selection)
    return with_selection


def _read_map(text: str) -> tuple[str, str]:
    name, equals, other = text.partition("=")
    if not (name and equals and other):
        raise click.UsageError(f"--map takes A=B, not {text!r}.")
    return name, other
