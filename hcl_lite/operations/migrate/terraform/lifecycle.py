"""Meta-arguments of a block: depends_on and lifecycle. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from hcl_lite.operations.bulk_import.model import LeftOut
from hcl_lite.operations.migrate.terraform.expressions import Names
from hcl_lite.operations.migrate.terraform.syntax import Block, Expression, Items, Literal, Name, Path

_BODIES = ("config_json", "model_json", "json_data_encoded")


def meta_arguments(block: Block, address: str, names: Names) -> tuple[Mapping[str, Any], Sequence[LeftOut]]:
    """depends_on and lifecycle, and what of them is not carried over."""
    notes: list[LeftOut] = []
    found: dict[str, Any] = {}
    named = [(type_, names.block(type_, name)) for type_, name in _items(block, "depends_on")]
    needed = [f"{type_}.{name}" for type_, name in named if (type_, name) in names.resources]
    if needed:
        found["depends_on"] = needed
    lifecycle: dict[str, Any] = {}
    for inner in block.of("lifecycle"):
        for key in ("prevent_destroy", "create_before_destroy"):
            given = inner.attributes.get(key)
            if given is not None and isinstance(given.value, Literal):
                lifecycle[key] = given.value.value
        ignored = inner.attributes.get("ignore_changes")
        if ignored is not None:
            lifecycle["ignore_changes"] = _ignored(ignored.value)
        for key in ("replace_triggered_by",):
            if key in inner.attributes:
                notes.append(LeftOut(f"{inner.place(key)} {address}: {key}", "it is not carried over"))
        for condition in inner.blocks:
            reason = "conditions are not carried over: write them anew, as docs/terraform.md shows"
            notes.append(LeftOut(f"{condition.where} {address}: {condition.type}", reason))
    for inner in (*block.of("provisioner"), *block.of("connection")):
        reason = "there are no provisioners: run it after hcl-lite apply"
        notes.append(LeftOut(f"{inner.where} {address}: {inner.type}", reason))
    if lifecycle:
        found["lifecycle"] = lifecycle
    return found, notes


def _items(block: Block, key: str) -> Iterator[tuple[str, str]]:
    given = block.attributes.get(key)
    for item in given.value.items if given is not None and isinstance(given.value, Items) else ():
        if isinstance(item, Path) and isinstance(item.base, Name) and item.steps and isinstance(item.steps[0], str):
            yield item.base.name, item.steps[0]


def _ignored(value: Expression) -> Any:
    """Paths of ignore_changes; all of an object where its body is ignored."""
    names = [_name(item) for item in value.items] if isinstance(value, Items) else []
    if not isinstance(value, Items) or any(name in _BODIES for name in names):
        return "all"
    return [name for name in names if name]


def _name(item: Expression) -> str:
    if isinstance(item, Name):
        return item.name
    return item.base.name if isinstance(item, Path) and isinstance(item.base, Name) else ""
