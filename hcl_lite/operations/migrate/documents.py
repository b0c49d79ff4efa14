"""YAML and JSON documents whose tables know their line: YAML 1.2: 09:00 is a text, and so is "on".
Within limits: depth, aliases, and length of numbers."""

from __future__ import annotations

import json
import math
import re
from functools import cache
from typing import TYPE_CHECKING, Any

from hcl_lite.operations.migrate.tree import Tree, Unreadable

if TYPE_CHECKING:
    import yaml

_DEEPEST = 200
_MOST_VALUES = 1_000_000  # with each alias counted as what it stands for
_TAG = "tag:yaml.org,2002:"
_RESOLVED = (
    ("null", r"~|null|Null|NULL|", "~nN"),
    ("bool", r"true|True|TRUE|false|False|FALSE", "tTfF"),
    ("int", r"[-+]?[0-9]{1,300}|0o[0-7]{1,300}|0x[0-9a-fA-F]{1,300}", "-+0123456789"),
    ("float", r"[-+]?(\.[0-9]{1,300}|[0-9]{1,300}(\.[0-9]{0,300})?)([eE][-+]?[0-9]{1,4})?", "-+.0123456789"),
    ("merge", r"<<", "<"),
)


class Table(dict[str, Any]):
    """A mapping that knows the line at which it begins; 1 in JSON."""

    line: int = 1


class Malformed(ValueError):
    """A document that is none; `line` is where."""

    def __init__(self, why: str, line: int = 1) -> None:
        super().__init__(why)
        self.line = line


def read_documents(tree: Tree, name: str) -> list[Any]:
    """The documents of a file: several of YAML, one of JSON. Raises Malformed, and Unreadable."""
    text = tree.read(name)
    if name.lower().endswith(".json"):
        return [read_json(text)]
    return [one for one in read_yaml(text) if one is not None]


def read_json(text: str) -> Any:
    """JSON, whose tables are Tables. Raises Malformed."""
    try:
        return json.loads(text.removeprefix("\ufeff"), object_hook=Table, parse_constant=_no_number)
    except json.JSONDecodeError as error:
        raise Malformed(f"it is no JSON: {error.msg}", error.lineno) from None
    except (ValueError, RecursionError) as error:
        raise Malformed(_why(error)) from None


def read_yaml(text: str) -> list[Any]:
    """The documents in a text. Raises Malformed."""
    import yaml  # noqa: PLC0415 - takes 15 ms

    try:
        _check_depth(text)
        loader = _loader()(text)
        found = []
        while loader.check_node():
            node = loader.get_node()
            _measure(node, {})
            found.append(loader.construct_document(node))
        return found
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        line = mark.line + 1 if mark is not None else 1
        raise Malformed(f"it is no YAML: {error.problem or error.context}", line) from None
    except (yaml.YAMLError, ValueError, OverflowError, RecursionError) as error:
        if isinstance(error, Malformed):
            raise
        raise Malformed(_why(error)) from None


def _why(error: Exception) -> str:
    return "it is nested too deeply" if isinstance(error, RecursionError) else " ".join(str(error).split())[:200]


def _no_number(text: str) -> Any:
    raise ValueError(f"JSON has no {text}")


def _check_depth(text: str) -> None:
    """Refuse what is nested too deeply, before anything goes down into it: libyaml's stack is C's."""
    import yaml  # noqa: PLC0415 - takes 15 ms

    depth = 0
    for event in yaml.parse(text, Loader=_base()):
        if isinstance(event, yaml.CollectionStartEvent):
            depth += 1
            if depth > _DEEPEST:
                line = event.start_mark.line + 1 if event.start_mark is not None else 1
                raise Malformed(f"it is nested more than {_DEEPEST} deep", line)
        elif isinstance(event, yaml.CollectionEndEvent):
            depth -= 1


def _base() -> Any:
    import yaml  # noqa: PLC0415 - takes 15 ms

    return getattr(yaml, "CSafeLoader", yaml.SafeLoader)


@cache
def _loader() -> type[yaml.SafeLoader]:
    class Loader(_base()):  # type: ignore[misc]
        yaml_implicit_resolvers: dict[str, Any] = {}  # noqa: RUF012 - filled below, once

    for tag, pattern, first in _RESOLVED:
        signs = [*first, *([""] if tag == "null" else [])]
        Loader.add_implicit_resolver(f"{_TAG}{tag}", re.compile(f"(?:{pattern})$"), signs)
    Loader.add_constructor(f"{_TAG}map", _table)
    Loader.add_constructor(f"{_TAG}int", _integer)
    Loader.add_constructor(f"{_TAG}float", _float)
    Loader.add_constructor(None, _refuse)
    return Loader


def _table(loader: Any, node: Any) -> Any:
    table = Table()
    table.line = node.start_mark.line + 1
    yield table
    loader.flatten_mapping(node)
    for key, value in node.value:
        if key.id != "scalar":
            raise Malformed("a key in it is no text", key.start_mark.line + 1)
        table[key.value] = loader.construct_object(value, deep=True)


def _integer(loader: Any, node: Any) -> int:
    text = node.value.replace("_", "")
    return int(text, 8 if text.startswith("0o") else 16 if text.startswith("0x") else 10)


def _float(loader: Any, node: Any) -> float:
    found = float(node.value)
    if not math.isfinite(found):
        raise Malformed(f"JSON has no number {node.value}", node.start_mark.line + 1)
    return found


def _refuse(loader: Any, node: Any) -> Any:
    raise Malformed(f"it has the tag {node.tag}", node.start_mark.line + 1)


def _measure(node: Any, sizes: dict[int, int]) -> int:
    """Refuse what stands for too many values by aliases, or is in itself; how many values a node stands for."""
    known = sizes.get(id(node))
    if known == 0:
        raise Malformed("an alias in it refers to what it is in", node.start_mark.line + 1)
    if known is not None:
        return known
    sizes[id(node)] = 0
    size = 1
    for child in _children(node):
        size += _measure(child, sizes)
        if size > _MOST_VALUES:
            raise Malformed(f"its aliases stand for more than {_MOST_VALUES} values", node.start_mark.line + 1)
    sizes[id(node)] = size
    return size


def _children(node: Any) -> list[Any]:
    if node.id == "mapping":
        return [value for _, value in node.value]
    return node.value if node.id == "sequence" else []


__all__ = ["Malformed", "Table", "Unreadable", "read_documents", "read_json", "read_yaml"]
