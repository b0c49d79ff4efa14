"""The functions of each module of a configuration: what their paths start at, and what they may read."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

from hcl_lite.core.addrs import without_keys
from hcl_lite.core.values import Value
from hcl_lite.lang.config.config import Config, readable_of
from hcl_lite.lang.config.readable import readable_by
from hcl_lite.lang.evaluation.secret_references import scheme_of
from hcl_lite.lang.expressions.functions import FunctionContext, Functions, make_functions
from hcl_lite.lang.expressions.jinja import render

# By the way to a module, with or without the keys of its instances.
FunctionsOf = Callable[[tuple[str, ...]], Functions]


def functions_of(
    config: Config, environment: Mapping[str, str], now: datetime, staged: Path | None = None
) -> FunctionsOf:
    """The functions of each module of `config`.

    Relative paths start at the module's directory. What may be read is below it, below what the root names in
    [hcl_lite] read_from, and below what the module's call names as readable. Only the root module may ask for the
    environment. What is read of a file in which the root keeps a secret is a secret. Files below `staged` are read in
    place of those of the same path below the root.
    """
    shared = readable_of(config.root, config.settings)
    secrets = _secret_files(config)
    known: dict[tuple[str, ...], Functions] = {}

    def functions(module: tuple[str, ...]) -> Functions:
        written = without_keys(module)
        if written not in known:
            known[written] = make_functions(
                FunctionContext(
                    directory=config.modules.get(written, config.root),
                    allowed=(*shared, *readable_by(config, written)),
                    secrets=secrets,
                    environment=environment,
                    environment_open=not module,
                    now=now,
                    render=lambda text, names: _render(text, names, known[written]),
                    staged=None if module else staged,
                )
            )
        return known[written]

    return functions


def _secret_files(config: Config) -> frozenset[Path]:
    """The files that the root's `file:` references name."""
    bodies = [block.body for block in config.blocks.values() if not block.address.module]
    named = (text.removeprefix("file:") for text in _texts([config.settings, *bodies]) if scheme_of(text) == "file")
    return frozenset(
        (config.root / Path(name).expanduser()).resolve() for name in named if "${" not in name and "\0" not in name
    )


def _texts(value: object) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping | list):
        for item in value.values() if isinstance(value, Mapping) else value:
            yield from _texts(item)


def _render(text: str, names: Mapping[str, Any], functions: Functions) -> Value:
    return render(text, names, functions)
