"""YAML text of which scalars change, and nothing else: comments, quotes and order stay. What needs new lines, or stands
behind an anchor or in a folded text, is refused. Pure."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

import yaml

from hcl_lite.core.concrete import Splice, apply_splices
from hcl_lite.core.equality import same
from hcl_lite.core.values import Value
from hcl_lite.lang.expressions.functions.arguments import FunctionError
from hcl_lite.lang.expressions.functions.yaml_text import read_yaml
from hcl_lite.operations.pulling.written import Untraced

_SPECIAL = frozenset(":#{}[],&*!|>'\"%@`\n\\")


def edit_yaml(text: str, wanted: Value) -> str:
    """Returns `text` with the value `wanted`. Raises Untraced."""
    try:
        before = read_yaml(text)
        made = apply_splices(text, _changes(yaml.compose(text, yaml.SafeLoader), before, wanted, set()))
        if same(read_yaml(made), wanted):
            return made
    except (FunctionError, yaml.YAMLError, RecursionError):
        pass
    raise Untraced("it comes from YAML, and more than single values of it change")


def _changes(node: Any, value: Value, wanted: Value, seen: set[int]) -> Iterator[Splice]:
    if same(value, wanted):
        return
    if id(node) in seen:
        raise Untraced("it comes from YAML with aliases")
    seen.add(id(node))
    if isinstance(node, yaml.MappingNode) and isinstance(value, Mapping) and isinstance(wanted, Mapping):
        inner = {key.value: below for key, below in node.value}
        if value.keys() == wanted.keys() and inner.keys() == wanted.keys():
            for key, below in inner.items():
                yield from _changes(below, value[key], wanted[key], seen)
    elif isinstance(node, yaml.SequenceNode) and isinstance(value, list) and isinstance(wanted, list | tuple):
        if len(value) == len(wanted) == len(node.value):
            for below, old, new in zip(node.value, value, wanted, strict=True):
                yield from _changes(below, old, new, seen)
    elif isinstance(node, yaml.ScalarNode) and node.style not in ("|", ">"):
        yield Splice(node.start_mark.index, node.end_mark.index, _spelled(node.style, wanted))


def _spelled(style: str | None, value: Value) -> str:
    """A scalar in the quotes of the old one, where it can be."""
    if style is None and isinstance(value, str) and not _SPECIAL & set(value) and read_yaml(value) == value:
        return value
    if style == "'" and isinstance(value, str) and value.isprintable():
        return "'" + value.replace("'", "''") + "'"
    return json.dumps(value, ensure_ascii=False)
