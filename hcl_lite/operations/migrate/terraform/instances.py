"""The instances of a block: for_each and count as the .tf files have them, or by the keys of the state. Pure."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Self

from hcl_lite.lang.toml.write import Code
from hcl_lite.operations.migrate.terraform.expressions import Names, Untranslatable, translate
from hcl_lite.operations.migrate.terraform.syntax import Block

Key = str | int | None


@dataclass(frozen=True, slots=True)
class Instances:
    """The keys of a block's instances; `arguments` is its for_each or count, `is_carried` whether that is as the .tf
    files have it, `problem` why it is not."""

    keys: Sequence[Key]
    arguments: Mapping[str, Any] = field(default_factory=dict)
    is_carried: bool = True
    problem: str = ""

    @classmethod
    def of(cls, keys: Sequence[Key], block: Block | None, names: Names) -> Self:
        """The instances with these keys."""
        if keys[0] is None:
            return cls(keys)
        name = "count" if isinstance(keys[0], int) else "for_each"
        by_keys: Any = max(key for key in keys if isinstance(key, int)) + 1 if name == "count" else [*keys]
        given = block.attributes.get(name) if block is not None else None
        if given is None:
            return cls(keys, {name: by_keys}, block is None and name == "count")
        try:
            return cls(keys, {name: translate(given.value, names)})
        except Untranslatable as why:
            return cls(keys, {name: by_keys}, False, str(why))

    def spread(self, differing: Mapping[str, Sequence[Any]]) -> tuple[Mapping[str, Any], Instances]:
        """The arguments in which the instances differ: from a table in for_each where that is made here, or else chosen
        by the key."""
        if not differing:
            return {}, self
        if self.is_carried or isinstance(self.keys[0], int):
            found = {key: Code(f"${{{chosen(self.keys, values)}}}") for key, values in differing.items()}
            return found, self
        if len(differing) == 1:
            [(name, values)] = differing.items()
            table: Mapping[Any, Any] = dict(zip(self.keys, values, strict=True))
            if all(value is not None for value in values):
                return {name: Code("${each.value}")}, replace(self, arguments={"for_each": table})
        rows = {
            key: {name: values[number] for name, values in differing.items() if values[number] is not None}
            for number, key in enumerate(self.keys)
        }
        found = {
            name: Code(f"${{each.value.{name}}}")
            if all(value is not None for value in values)
            else Code(f"${{each.value.{name} | default(none)}}")
            for name, values in differing.items()
        }
        return found, replace(self, arguments={"for_each": rows})


def chosen(keys: Sequence[Key], values: Sequence[Any]) -> str:
    """An expression for the value at this instance's key."""
    name = "count.index" if isinstance(keys[0], int) else "each.key"
    start, found, end = str(values[0]).partition(str(keys[0]))
    if found and all(value == f"{start}{key}{end}" for key, value in zip(keys, values, strict=True)):
        return " ~ ".join(part for part in (start and _said(start), name, end and _said(end)) if part)
    if isinstance(keys[0], int):
        items = dict(zip(keys, values, strict=True))
        listed = [items.get(number) for number in range(max(key for key in keys if isinstance(key, int)) + 1)]
        return f"{_said(listed)}[{name}]"
    return f"{_said(dict(zip(map(str, keys), values, strict=True)))}[{name}]"


def _said(value: Any) -> str:
    """JSON as an expression has it."""
    if isinstance(value, Mapping):
        return f"{{{', '.join(f'{_said(str(key))}: {_said(item)}' for key, item in value.items())}}}"
    if isinstance(value, list | tuple):
        return f"[{', '.join(map(_said, value))}]"
    return "none" if value is None else json.dumps(value)
