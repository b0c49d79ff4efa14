"""Values of parsed text: expressions, the references and calls in them, and the error that an expression raises."""

from __future__ import annotations

from dataclasses import dataclass

from hcl_lite.core.addrs import Address, Kind

Path = tuple[str | int, ...]

_PREFIXES = {"var": Kind.VARIABLE, "local": Kind.LOCAL, "data": Kind.DATA, "module": Kind.MODULE, "output": Kind.OUTPUT}

# Names that mean something besides what the configuration declares.
BUILT_IN_ROOTS = ("path", "hcl_lite", "each", "count", "self", "plan")
# Part of the language itself: their arguments are evaluated only as far as they are wanted.
LAZY_FUNCTIONS = ("try", "can")


class ExpressionError(Exception):
    """An expression that cannot be read, or has no value; `at` and `width` say where in it, -1 for all of it."""

    def __init__(self, message: str, at: int = -1, width: int = 1) -> None:
        super().__init__(message)
        self.at = at
        self.width = width
        self.hint = ""


@dataclass(frozen=True, slots=True)
class Reference:
    """`text` as written; `address` of what it speaks of, None for a root that is nothing; `path` below that address.

    The address is as seen from the module where the expression stands. `at` is where it begins in the expression.
    """

    text: str
    address: Address | None
    path: Path = ()
    at: int = -1


@dataclass(frozen=True, slots=True)
class Call:
    """A function called in an expression, and where."""

    name: str
    at: int = -1


@dataclass(frozen=True, slots=True)
class Expression:
    """The expression between `${` and `}`, `at` in its text.

    `literal` is the argument of the common f("literal"), which needs no expression engine; `joined` are the parts of
    the argument of file("directory/" ~ each.value), which needs none where they are texts.
    """

    source: str
    references: tuple[Reference, ...]
    calls: tuple[Call, ...]
    at: int = 0
    plain: bool = False
    literal: str | None = None
    joined: tuple[str | Reference, ...] = ()


Template = tuple[str | Expression, ...]


def make_reference(steps: list[str | int], at: int, written: str = "") -> Reference:
    """The reference that a chain such as data.TYPE.NAME.attribute makes; `written` is its text, where that differs."""
    text = written or "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in steps)[1:]
    root = str(steps[0])
    if root in BUILT_IN_ROOTS:
        return Reference(text, None, tuple(steps), at)
    kind = _PREFIXES.get(root, Kind.RESOURCE)
    below = steps if kind is Kind.RESOURCE else steps[1:]
    named = 2 if kind in (Kind.RESOURCE, Kind.DATA) else 1
    if len(below) < named or not all(isinstance(step, str) for step in below[:named]):
        return Reference(text, None, (), at)
    type_ = str(below[0]) if named == 2 else ""
    return Reference(text, Address(kind, str(below[named - 1]), type_), tuple(below[named:]), at)
