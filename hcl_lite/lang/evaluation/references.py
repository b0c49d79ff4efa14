"""Resolves references in expressions: to named values, built-in names, objects and outputs of modules."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from hcl_lite.core.addrs import Address, Key, Kind
from hcl_lite.core.diags import did_you_mean
from hcl_lite.core.values import UNKNOWN, Value
from hcl_lite.lang.config.block import Block
from hcl_lite.lang.config.config import Config
from hcl_lite.lang.evaluation.built_ins import BuiltIns
from hcl_lite.lang.evaluation.instances import TrackedInstances
from hcl_lite.lang.evaluation.named_values import NAMED
from hcl_lite.lang.expressions.marks import Attributes, Tracker
from hcl_lite.lang.expressions.model import Path, Reference
from hcl_lite.lang.expressions.traversal import cannot, follow, no_instance

Values = Mapping[str, Value]


@dataclass(frozen=True, slots=True)
class Here:
    """The position of an expression: its block, and the value of `self` there."""

    block: Block
    own: Values | None = None


class Names(Protocol):
    """The values of names at one moment; implemented by Scope."""

    config: Config
    objects: Mapping[Address, Values]

    def value(self, address: Address) -> Value:
        """Returns the value of a local, a variable, or an output. Raises HclError."""

    def instances(self, collection: Address) -> Mapping[Key, Address] | None:
        """Returns the instances of a block by key, None where they are not known yet. Raises HclError."""

    def outputs_of(self, module: Address) -> Sequence[str]:
        """Returns the names of the outputs of a module instance."""


class References:
    """The values of references. `reload` gives an attribute that is too large to be kept."""

    def __init__(self, names: Names, built_ins: BuiltIns, reload: Callable[[Address], Values] | None) -> None:
        self._names = names
        self._built_ins = built_ins
        self._reload = reload

    def value(self, reference: Reference, here: Here, tracker: Tracker | None = None) -> Any:
        """Returns the value of `reference`, for the sandbox marked by `tracker`. Raises ExpressionError, HclError."""
        address = reference.address
        if address is None:
            value = self._built_ins.value(reference, here.block.address, here.own)
        elif address.kind in NAMED:
            full = address.within(here.block.address.module)
            if full.written not in self._names.config.blocks:
                raise cannot(reference, f"{address} is not declared.")
            value = follow(self._names.value(full), reference.path, reference)
        else:
            full = address.within(here.block.address.module)
            if full.written not in self._names.config.blocks:
                raise cannot(reference, f"{address} is not declared.")
            return self._resolve_collection(full, reference, tracker)
        return value if tracker is None else tracker.mark(value)

    def _resolve_collection(self, collection: Address, reference: Reference, tracker: Tracker | None) -> Any:
        instances = self._names.instances(collection)
        if instances is None:
            return UNKNOWN if tracker is None else tracker.mark(UNKNOWN)
        block = self._names.config.blocks[collection.written]
        if not block.repeats:
            value = self._object(collection, reference.path, reference)
            return value if tracker is None else tracker.mark(value)
        if reference.path:
            key = reference.path[0]
            if key not in instances:
                raise cannot(reference, no_instance(collection, key, tuple(instances)))
            value = self._object(instances[key], reference.path[1:], reference)
            return value if tracker is None else tracker.mark(value)
        if tracker is None:
            plain = {key: self._object(address, (), reference) for key, address in instances.items()}
            return plain if block.count is None else list(plain.values())
        tracked = TrackedInstances(instances, lambda address: self._object(address, (), reference), tracker)
        return tracked if block.count is None else list(tracked.values())

    def _object(self, address: Address, path: Path, reference: Reference) -> Value:
        """An instance of a resource, a lookup or a module, or what is below it."""
        if address.kind is Kind.MODULE:
            return self._outputs(address, path, reference)
        values = self._names.objects.get(address)
        if values is None:
            return UNKNOWN
        reload = self._reload
        return follow(values if reload is None else Attributes(values, lambda: reload(address)), path, reference)

    def _outputs(self, address: Address, path: Path, reference: Reference) -> Value:
        """An output of a module instance; all of them for an empty path."""
        names = self._names.outputs_of(address)
        if not path:
            return {name: self._names.value(Address(Kind.OUTPUT, name, module=address.inner)) for name in names}
        if path[0] not in names:
            hint = did_you_mean(str(path[0]), names)
            raise cannot(reference, f'{address} has no output "{path[0]}". {hint}'.rstrip())
        value = self._names.value(Address(Kind.OUTPUT, str(path[0]), module=address.inner))
        return follow(value, path[1:], reference)
