"""Directories that the call of a module lets its functions read, beside the directory of the module."""

from __future__ import annotations

from pathlib import Path

from hcl_lite.core.addrs import Address, Kind
from hcl_lite.lang.config.config import Config, readable_of


def readable_by(config: Config, module: tuple[str, ...]) -> tuple[Path, ...]:
    """Returns the directories that the call of `module` grants, links followed; none for the root.

    The root may grant any; a module those that it may read itself.
    """
    return tuple(path for path, allowed in named_readable(config, module) if allowed)


def named_readable(config: Config, module: tuple[str, ...]) -> list[tuple[Path, bool]]:
    """Returns each directory that the call names, and whether its caller may grant it."""
    call = config.blocks.get(Address(Kind.MODULE, module[-1], module=module[:-1])) if module else None
    given = call.body.get("readable", []) if call else []
    caller = module[:-1]
    directory = config.modules.get(caller, config.root)
    named = [(directory / str(item)).resolve() for item in given] if isinstance(given, list) else []
    if not caller:
        return [(path, True) for path in named]
    own = (directory.resolve(), *readable_of(config.root, config.settings), *readable_by(config, caller))
    return [(path, any(path.is_relative_to(root) for root in own)) for path in named]
