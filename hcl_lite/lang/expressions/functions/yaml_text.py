"""YAML as yamldecode() and yamlencode() speak it: PyYAML's safe YAML 1.1, and nothing that JSON has no form for."""

from __future__ import annotations

import math
from functools import cache
from typing import TYPE_CHECKING, Any, Protocol

from hcl_lite.core.values import JsonValue
from hcl_lite.lang.expressions.functions.arguments import FunctionError, plain, quote

if TYPE_CHECKING:
    import yaml
    from yaml.nodes import ScalarNode

_MAX_NODES = 1_000_000  # with each alias counted as what it stands for
_MAX_DEPTH = 200
_MAX_DIGITS = 1000  # of a number as it is written; in base 60 (1:00:00) each takes longer than the one before
_STANDARD = "tag:yaml.org,2002:"
_TAGS = frozenset(_STANDARD + name for name in ("str", "int", "float", "bool", "null", "timestamp", "seq", "map"))
_NUMBERS = frozenset((_STANDARD + "int", _STANDARD + "float"))
_MERGE = _STANDARD + "merge"


class _Node(Protocol):
    """PyYAML's nodes: `id` is scalar, sequence or mapping, and says what `value` is."""

    id: str
    tag: str
    value: Any
    start_mark: Any


def read_yaml(text: str) -> JsonValue:
    """The value of one document. Raises FunctionError."""
    import yaml  # noqa: PLC0415 - takes 15 ms

    try:
        # Not CSafeLoader: nested brackets can exhaust the C stack, and with it the process.
        loader = yaml.SafeLoader(text)
        node: Any = loader.get_single_node()
        if node is None:
            return None
        _measure(node, {}, 0)
        return plain(loader.construct_document(node))
    except (yaml.YAMLError, ValueError, OverflowError) as error:
        raise FunctionError(f"yamldecode() was given text that it cannot read: {_one_line(error)}.") from error


def write_yaml(value: JsonValue) -> str:
    """`value` as a document in block style."""
    import yaml  # noqa: PLC0415 - takes 15 ms

    return yaml.dump(value, Dumper=_dumper(), sort_keys=False, allow_unicode=True, width=math.inf)


@cache
def _dumper() -> type[yaml.SafeDumper]:
    """Writes no anchors: a list that stands in two places is written twice."""
    import yaml  # noqa: PLC0415 - takes 15 ms

    class Dumper(yaml.SafeDumper):
        def ignore_aliases(self, data: Any) -> bool:
            return True

    Dumper.add_representer(str, _represent_text)
    return Dumper


def _represent_text(dumper: yaml.SafeDumper, text: str) -> ScalarNode:
    # PyYAML reads these as line ends, but writes them unescaped where the text is not in double quotes.
    style = '"' if any(end in text for end in "\x85\u2028\u2029") else None
    return dumper.represent_scalar(f"{_STANDARD}str", text, style)


def _measure(node: _Node, sizes: dict[int, int], depth: int) -> int:
    """Check a node and all below it; how many nodes it stands for."""
    known = sizes.get(id(node))
    if known == 0:
        raise FunctionError(f"An alias in the YAML refers to what it is in{_place(node)}.")
    if known is not None:
        return known
    if depth > _MAX_DEPTH:
        raise FunctionError(f"The YAML is nested more than {_MAX_DEPTH} deep{_place(node)}.")
    sizes[id(node)] = 0
    if node.tag not in _TAGS:
        raise FunctionError(
            f'The YAML has the tag "{node.tag.replace(_STANDARD, "!!")}"{_place(node)}.', "Remove the tag."
        )
    if node.tag in _NUMBERS and len(node.value) > _MAX_DIGITS:
        raise FunctionError(f"A number in the YAML is too long{_place(node)}.")
    size = 1 + sum(_measure(child, sizes, depth + 1) for child in _children(node))
    if size > _MAX_NODES:
        raise FunctionError(f"The YAML stands for more than {_MAX_NODES} values with its aliases.")
    sizes[id(node)] = size
    return size


def _children(node: _Node) -> list[_Node]:
    if node.id == "sequence":
        return list(node.value)
    if node.id != "mapping":
        return []
    seen: set[str] = set()
    for key, _ in node.value:
        if key.id != "scalar":
            raise FunctionError(f"A key of the YAML is not a text{_place(key)}.")
        if key.tag == _MERGE:
            continue
        key.tag = f"{_STANDARD}str"
        if key.value in seen:
            raise FunctionError(f"The YAML has the key {quote(key.value)} twice{_place(key)}.")
        seen.add(key.value)
    return [value for _, value in node.value]


def _place(node: _Node) -> str:
    return f" (line {node.start_mark.line + 1}, column {node.start_mark.column + 1})"


def _one_line(error: Exception) -> str:
    mark = getattr(error, "problem_mark", None)
    problem = getattr(error, "problem", None)
    return (
        f"{problem} (line {mark.line + 1}, column {mark.column + 1})"
        if mark and problem
        else " ".join(str(error).split())
    )
