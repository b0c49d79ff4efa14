"""The functions of each module of a configuration: what their paths start at, and what they may read."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

from hcl_lite.core.addrs import without_keys
from hcl_lite.lang.config import Config
from hcl_lite.lang.functions import FunctionContext, Functions, make_functions

# By the way to a module, with or without the keys of its instances.
FunctionsOf = Callable[[tuple[str, ...]], Functions]


def functions_of(config: Config, environment: Mapping[str, str], now: datetime) -> FunctionsOf:
    """The functions of each module of `config`.

    Relative paths start at the module's directory. What may be read is below it, below the root's directory, and below
    what the root names in [hcl_lite] read_from. Only the root module may ask for the environment.
    """
    named = [str(name) for name in config.settings.get("read_from", [])]
    allowed = (config.root, *(config.root / Path(name).expanduser() for name in named))
    known: dict[tuple[str, ...], Functions] = {}

    def functions(module: tuple[str, ...]) -> Functions:
        written = without_keys(module)
        if written not in known:
            known[written] = make_functions(
                FunctionContext(
                    directory=config.modules.get(written, config.root),
                    allowed=allowed,
                    environment=environment,
                    environment_open=not module,
                    now=now,
                    render=lambda text, names: _render(text, names, known[written]),
                )
            )
        return known[written]

    return functions


def _render(text: str, names: Mapping[str, Any], functions: Functions) -> str:
    # Jinja2 takes 40 ms to import: only templates pay for it.
    from hcl_lite.lang.sandbox import render  # noqa: PLC0415

    return render(text, names, functions)
