"""The `lifecycle` table of blocks, and the rules of blocks, outputs and variables."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from hcl_lite.core.addrs import Kind
from hcl_lite.core.diags import Diagnostic, did_you_mean
from hcl_lite.core.paths import ObjectPath, PathProblem, parse_path
from hcl_lite.lang.config.block_schemas import TABLES
from hcl_lite.lang.toml.locate import KeyPath
from hcl_lite.lang.toml.source import SourceFile

LIFECYCLE_KINDS = frozenset({Kind.RESOURCE, Kind.DATA})
_RULES = ("precondition", "postcondition")
_RULE_ARGUMENTS = ("condition", "error_message")
_ARGUMENTS: Mapping[Kind, tuple[str, ...]] = {
    kind: (*TABLES[kind].tables["lifecycle"].attrs, *TABLES[kind].tables["lifecycle"].tables)
    for kind in LIFECYCLE_KINDS
}


@dataclass(frozen=True, slots=True)
class Rule:
    """A condition that has to be true, with its message; `path` is its place in the block."""

    condition: Any
    error_message: Any
    path: KeyPath
    post: bool = False


@dataclass(frozen=True, slots=True)
class Lifecycle:
    """The lifecycle table of a block. `ignore_changes` are paths into the object; `prevent_destroy` may be an
    expression."""

    prevent_destroy: Any = False
    create_before_destroy: bool | None = None
    ignore_changes: tuple[ObjectPath, ...] = ()
    replace_triggered_by: tuple[str, ...] = ()
    rules: tuple[Rule, ...] = ()


NO_LIFECYCLE = Lifecycle()


def read_lifecycle(
    table: Mapping[str, Any], kind: Kind, block_path: KeyPath, source: SourceFile, problems: list[Diagnostic]
) -> Lifecycle:
    """Returns the lifecycle in `table`; mistakes are added to `problems`."""
    here = (*block_path, "lifecycle")
    found: dict[str, Any] = {}
    for key, value in table.items():
        if key not in _ARGUMENTS[kind]:
            hint = did_you_mean(key, _ARGUMENTS[kind])
            problems.append(Diagnostic(f'lifecycle has no argument "{key}"', hint, source.key_place((*here, key))))
            continue
        if not _FITS[key](value):
            problems.append(Diagnostic(f"{key} must be {_EXPECTED[key]}", "", source.value_place((*here, key))))
            continue
        if key == "ignore_changes":
            found[key] = tuple(_paths(value, (*here, key), source, problems))
        elif key == "replace_triggered_by":
            found[key] = tuple(value)
        elif key not in _RULES:
            found[key] = value
    rules = [
        rule
        for key in _RULES
        if _FITS[key](table.get(key, []))
        for rule in read_rules(table.get(key, []), ("lifecycle", key), block_path, source, problems)
    ]
    return Lifecycle(**found, rules=tuple(rules))


def read_rules(
    tables: Iterable[Mapping[str, Any]],
    below: KeyPath,
    block_path: KeyPath,
    source: SourceFile,
    problems: list[Diagnostic],
) -> tuple[Rule, ...]:
    """Returns the rules in a list of tables at `below` in its block; mistakes are added to `problems`."""
    rules = []
    for index, table in enumerate(tables):
        path = (*below, index)
        for key in table:
            if key not in _RULE_ARGUMENTS:
                place = source.key_place((*block_path, *path, key))
                hint = did_you_mean(key, _RULE_ARGUMENTS)
                problems.append(Diagnostic(f'{_a(below)} has no argument "{key}"', hint, place))
        missing = [key for key in _RULE_ARGUMENTS if key not in table]
        if missing:
            place = source.key_place((*block_path, *path))
            problems.append(Diagnostic(f'{_a(below)} needs "{missing[0]}"', "", place))
            continue
        rules.append(Rule(table["condition"], table["error_message"], path, below[-1] == "postcondition"))
    return tuple(rules)


def _paths(value: Any, here: KeyPath, source: SourceFile, problems: list[Diagnostic]) -> Iterable[ObjectPath]:
    for index, text in enumerate(["*"] if value == "all" else value):
        try:
            yield parse_path(text)
        except PathProblem as problem:
            place = source.text_place((*here, index), problem.at, problem.at + 1)
            hint = "Such as title, panels[title=CPU].gridPos, panels[*].datasource, or all."
            problems.append(Diagnostic(f'"{text}" is not a path', str(problem), place, hint))


def _a(below: KeyPath) -> str:
    return f"{'An' if str(below[-1])[0] in 'aeiou' else 'A'} {below[-1]}"


def _is_texts(value: Any) -> bool:
    return isinstance(value, list) and all(isinstance(item, str) for item in value)


def _is_tables(value: Any) -> bool:
    return isinstance(value, list) and all(isinstance(item, Mapping) for item in value)


_FITS = {
    "prevent_destroy": lambda value: isinstance(value, bool | str),
    "create_before_destroy": lambda value: isinstance(value, bool),
    "ignore_changes": lambda value: value == "all" or _is_texts(value),
    "replace_triggered_by": _is_texts,
    "precondition": _is_tables,
    "postcondition": _is_tables,
}
_EXPECTED = {
    "prevent_destroy": "true, false, or an expression",
    "create_before_destroy": "true or false",
    "ignore_changes": 'a list of paths, or "all"',
    "replace_triggered_by": "a list of addresses in strings",
    "precondition": "a list of tables: [[….lifecycle.precondition]]",
    "postcondition": "a list of tables: [[….lifecycle.postcondition]]",
}
