"""The values of expressions that are known without a server: paths of files, keys of for_each. Pure but for listing the
files that fileset() finds."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from hcl_lite.operations.migrate.terraform.syntax import (
    Call,
    Expression,
    Items,
    Literal,
    Name,
    Path,
    Table,
    Template,
)


class Unknown(Exception):
    """An expression whose value is not known here."""


@dataclass(frozen=True, slots=True)
class Known:
    """The names that expressions are evaluated with: those of locals, values of variables, and what each.key,
    each.value and count.index are; `list_files` is fileset()."""

    locals: Mapping[str, Expression] = field(default_factory=dict)
    variables: Mapping[str, Any] = field(default_factory=dict)
    list_files: Callable[[str, str], Sequence[str]] = lambda _path, _pattern: ()
    instance: Mapping[tuple[str, str], Any] = field(default_factory=dict)
    depth: int = 0

    def of_instance(self, key: str | int, for_each: Expression | None) -> Known:
        """The same for one instance of a block."""
        if isinstance(key, int):
            return replace(self, instance={("count", "index"): key})
        values: Any = None
        with contextlib.suppress(Unknown):
            values = evaluate(for_each, self) if for_each is not None else None
        found = {("each", "key"): key}
        if isinstance(values, Mapping) and key in values:
            return replace(self, instance={**found, ("each", "value"): values[key]})
        if isinstance(values, list):
            return replace(self, instance={**found, ("each", "value"): key})
        return replace(self, instance=found)


def evaluate(value: Expression, known: Known) -> Any:
    """The value of an expression. Raises Unknown."""
    if known.depth > 50:
        raise Unknown
    known = replace(known, depth=known.depth + 1)
    match value:
        case Literal():
            return value.value
        case Template():
            return "".join(part if isinstance(part, str) else _text(evaluate(part, known)) for part in value.parts)
        case Items():
            return [evaluate(item, known) for item in value.items]
        case Table():
            return {_text(evaluate(key, known)): evaluate(item, known) for key, item in value.items}
        case Path(base=Name(name=root), steps=[first, *rest]) if isinstance(first, str):
            return _stepped(_root(root, first, known), rest, known)
        case Call():
            function = _FUNCTIONS.get(value.name)
            if function is not None and not value.expands:
                try:
                    return function(known, *(evaluate(one, known) for one in value.arguments))
                except (TypeError, AttributeError):
                    raise Unknown from None
    raise Unknown


def _root(root: str, first: str, known: Known) -> Any:
    if (root, first) in known.instance:
        return known.instance[root, first]
    if root == "local" and first in known.locals:
        return evaluate(known.locals[first], known)
    if root == "var" and first in known.variables:
        return known.variables[first]
    if root == "path" and first in ("module", "root"):
        return "."
    raise Unknown


def _stepped(found: Any, steps: Sequence[Any], known: Known) -> Any:
    for step in steps:
        if not isinstance(step, str) and not isinstance(step, Literal | Path | Template):
            raise Unknown
        key = step if isinstance(step, str) else evaluate(step, known)
        try:
            found = found[key]
        except (KeyError, IndexError, TypeError):
            raise Unknown from None
    return found


def _text(value: Any) -> str:
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        raise Unknown
    return str(value)


_FUNCTIONS: Mapping[str, Callable[..., Any]] = {
    "toset": lambda _, value: value,
    "tolist": lambda _, value: value,
    "tomap": lambda _, value: value,
    "keys": lambda _, value: sorted(value),
    "fileset": lambda known, path, pattern: [*known.list_files(path, pattern)],
    "trimsuffix": lambda _, text, end: text.removesuffix(end),
    "trimprefix": lambda _, text, start: text.removeprefix(start),
    "basename": lambda _, text: text.rpartition("/")[2],
    "dirname": lambda _, text: text.rpartition("/")[0] or ".",
    "lower": lambda _, text: text.lower(),
    "upper": lambda _, text: text.upper(),
}
