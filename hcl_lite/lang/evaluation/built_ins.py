"""Built-in names of the language: path, hcl_lite, each, count, self, and plan in policies."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from typing import Any

from hcl_lite.core.addrs import Address, Kind, without_keys
from hcl_lite.core.values import UNKNOWN, Value
from hcl_lite.lang.config.config import Config
from hcl_lite.lang.expressions.model import Reference
from hcl_lite.lang.expressions.traversal import cannot, follow

Values = Mapping[str, Value]


class BuiltIns:
    """The values of built-in names in each block. `keys` returns what for_each of a block says, by key: UNKNOWN
    where only the apply can tell."""

    def __init__(self, config: Config, workspace: str, keys: Callable[[Address], Any]) -> None:
        self._config = config
        self._workspace = workspace
        self._keys = keys

    def value(self, reference: Reference, address: Address, own: Values | None) -> Value:
        """Returns the value of `reference` in the block at `address`; `own` are the attributes of its object, None
        where self means nothing; in a policy, what plan and each are.

        Raises ExpressionError for a name that means nothing there.
        """
        root, below = reference.path[:1], reference.path[1:]
        if root == ("path",):
            return follow(self._paths(address.module), below, reference)
        if root == ("hcl_lite",):
            return follow({"workspace": self._workspace}, below, reference)
        if address.kind is Kind.POLICY and own is not None and root and root[0] in own:
            return follow(own, reference.path, reference)
        if root == ("self",) and own is not None:
            return follow(own, below, reference)
        block = self._config.blocks.get(address.written)
        if root == ("each",) and block is not None and block.for_each is not None and address.key is not None:
            if below == ("key",):
                return address.key
            each = self._keys(address.collection)
            value = UNKNOWN if each is UNKNOWN else each[address.key]
            return follow({"key": address.key, "value": value}, below, reference)
        if root == ("count",) and isinstance(address.key, int):
            return follow({"index": address.key}, below, reference)
        where = {"each": "in a block with for_each", "count": "in a block with count", "self": "in a postcondition"}
        where["plan"] = "in a policy"
        if root and root[0] in where:
            raise cannot(reference, f'"{reference.text}" means something only {where[str(root[0])]}.')
        raise cannot(reference, f'"{reference.text}" means nothing here.')

    def _paths(self, module: tuple[str, ...]) -> Values:
        """Directories as the module's functions take them: they start at its own."""
        directory = self._config.modules.get(without_keys(module), self._config.root)
        root = os.path.relpath(self._config.root, directory)
        return {"module": ".", "root": root, "cwd": root}
