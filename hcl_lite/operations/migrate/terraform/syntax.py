"""Syntax of a .tf file: blocks with their attributes, and expressions, each with its line. Frozen."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Literal:
    """A text, a number, true, false or null."""

    value: str | int | float | bool | None


@dataclass(frozen=True, slots=True)
class Template:
    """A text with expressions in it."""

    parts: Sequence[str | Expression]


@dataclass(frozen=True, slots=True)
class Items:
    """A list: [a, b]."""

    items: Sequence[Expression]


@dataclass(frozen=True, slots=True)
class Table:
    """An object: { key = value }; a key that is a plain name is a Literal."""

    items: Sequence[tuple[Expression, Expression]]


@dataclass(frozen=True, slots=True)
class Splat:
    """The step [*] of a path."""


@dataclass(frozen=True, slots=True)
class Path:
    """A value, and steps into it: names, keys, or [*]. The base of a reference is a Name."""

    base: Expression
    steps: Sequence[str | Expression | Splat]


@dataclass(frozen=True, slots=True)
class Name:
    """The name that a reference begins with, such as var, each or grafana_folder."""

    name: str


@dataclass(frozen=True, slots=True)
class Call:
    """A call of a function; with `expands` the last argument is a list of arguments."""

    name: str
    arguments: Sequence[Expression]
    expands: bool = False


@dataclass(frozen=True, slots=True)
class Operation:
    """An operator with one operand or two."""

    operator: str
    operands: Sequence[Expression]


@dataclass(frozen=True, slots=True)
class Choice:
    """condition ? yes : no."""

    condition: Expression
    yes: Expression
    no: Expression


@dataclass(frozen=True, slots=True)
class For:
    """[for name in source : value if condition], or with `key` an object. `names` are one or two; `groups` is `...`."""

    names: Sequence[str]
    source: Expression
    value: Expression
    key: Expression | None = None
    condition: Expression | None = None
    groups: bool = False


@dataclass(frozen=True, slots=True)
class Other:
    """An expression that is not read here: its text."""

    text: str


Expression = Literal | Template | Items | Table | Path | Name | Call | Operation | Choice | For | Other


@dataclass(frozen=True, slots=True)
class Attribute:
    """An argument of a block; `text` is how it is written."""

    value: Expression
    line: int
    text: str = ""


@dataclass(frozen=True, slots=True)
class Block:
    """A block: `labels` are those after its type; `file` is its name for people."""

    type: str
    labels: tuple[str, ...]
    file: str
    line: int
    attributes: Mapping[str, Attribute] = field(default_factory=dict)
    blocks: Sequence[Block] = ()

    @property
    def where(self) -> str:
        """FILE:LINE."""
        return f"{self.file}:{self.line}"

    def place(self, name: str) -> str:
        """FILE:LINE of an argument, or of the block."""
        found = self.attributes.get(name)
        return f"{self.file}:{found.line if found else self.line}"

    def of(self, type_: str) -> Iterator[Block]:
        """The blocks of a type in it."""
        return (block for block in self.blocks if block.type == type_)


def literal(block: Block, name: str) -> str | int | float | bool | None:
    """The value of an argument that is a literal; None for others."""
    found = block.attributes.get(name)
    return found.value.value if found is not None and isinstance(found.value, Literal) else None


def mentions(value: Expression, name: str) -> bool:
    """Whether a name is used in an expression."""
    return any(one == Name(name) for one in walk(value))


def walk(value: Expression) -> Sequence[Expression]:
    """An expression, and all in it."""
    found: list[Expression] = []
    open_: list[Expression] = [value]
    while open_:
        one = open_.pop()
        found.append(one)
        open_ += _inside(one)
    return found


def _inside(value: Expression) -> Sequence[Expression]:
    match value:
        case Template():
            return [part for part in value.parts if not isinstance(part, str)]
        case Items():
            return value.items
        case Table():
            return [part for item in value.items for part in item]
        case Path():
            return [value.base, *(step for step in value.steps if not isinstance(step, str | Splat))]
        case Call():
            return value.arguments
        case Operation():
            return value.operands
        case Choice():
            return (value.condition, value.yes, value.no)
        case For():
            return [part for part in (value.source, value.key, value.value, value.condition) if part is not None]
    return ()
