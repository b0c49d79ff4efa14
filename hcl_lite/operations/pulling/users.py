"""Users of what is written at a place: a value that two blocks share is no place for the change of one of them."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from hcl_lite.core.addrs import Address, Kind
from hcl_lite.engine.graph import Build
from hcl_lite.engine.planning.source_files import sources_of
from hcl_lite.lang.config.block import Block, expressions_of
from hcl_lite.lang.expressions.model import Path as Steps

_READING = (Kind.RESOURCE, Kind.DATA, Kind.OUTPUT, Kind.LOCAL)


@dataclass(slots=True)
class Users:
    """The blocks of a configuration, by what they use; found out when it is asked for."""

    build: Build
    root: Path
    _files: dict[Path, list[str]] = field(default_factory=dict)
    _blocks: dict[tuple[str, Steps], list[Address]] = field(default_factory=dict)
    _names: dict[Address, list[tuple[Steps, str]]] = field(default_factory=dict)

    def of_file(self, path: Path) -> Sequence[str]:
        """The blocks that read a file."""
        if not self._files:
            for block in self._of(Kind.RESOURCE, Kind.DATA):
                for name in sources_of(self.build.scope, block):
                    self._files.setdefault(_real(self.root / name), []).append(str(block.address))
        return self._files.get(_real(path), [])

    def of_block(self, block: Block) -> Sequence[Address]:
        """The instances that a block as it is written stands for, in all modules that have it."""
        if not self._blocks:
            for one in self._of(*_READING, Kind.VARIABLE, Kind.MODULE):
                self._blocks.setdefault((one.source.name, one.path), []).append(one.address)
        return self._blocks.get((block.source.name, block.path), [])

    def of_name(self, address: Address, path: Steps) -> Sequence[str]:
        """The places that name what is at `path` below a local, a variable, or each.value of a block."""
        if not self._names:
            for block in self.build.config.blocks.values():
                for place, expression in expressions_of(block):
                    for reference in expression.references:
                        where = f"{block.address}.{'.'.join(map(str, place))}"
                        if reference.address is not None:
                            known = reference.address.within(block.address.module)
                            self._names.setdefault(known, []).append((reference.path, where))
                        elif reference.path[:2] == ("each", "value"):
                            self._names.setdefault(block.address, []).append((reference.path[2:], where))
        named = self._names.get(address, [])
        return [where for other, where in named if other[: len(path)] == path[: len(other)]]

    def _of(self, *kinds: Kind) -> Sequence[Block]:
        return [block for block in self.build.config.blocks.values() if block.address.kind in kinds]


def _real(path: Path) -> Path:
    return Path(os.path.realpath(path))
