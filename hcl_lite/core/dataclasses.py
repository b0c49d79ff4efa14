"""Dataclasses that take little time to declare: a command loads two hundred, and makes objects of half of them.

`dataclasses.dataclass` writes six methods of a frozen class as text, and compiles one after the other (Python 3.11 to
3.14): 0.6 ms a class, a third of a small plan. Here what differs between classes by the names of fields alone is a
closure, and `__init__` is compiled with the first object. In all else they are the dataclasses of Python, to type
checkers too: `fields`, `replace`, `asdict`, `match` and pickle work.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterable
from dataclasses import MISSING, Field, FrozenInstanceError, fields
from operator import attrgetter
from reprlib import recursive_repr
from typing import TYPE_CHECKING, Any, TypeVar

T = TypeVar("T")

if TYPE_CHECKING:
    from dataclasses import dataclass as dataclass
else:

    def dataclass(cls=None, /, *, frozen=False, slots=False, kw_only=False, eq=True):
        """The decorator, with those parameters of `dataclasses.dataclass` that are in use."""

        def declare(cls):
            return _declared(cls, frozen=frozen, slots=slots, kw_only=kw_only, eq=eq)

        return declare if cls is None else declare(cls)


def _declared(cls: type[T], *, frozen: bool, slots: bool, kw_only: bool, eq: bool) -> type[T]:
    own = dict(cls.__dict__)
    if eq and own.get("__hash__") is None:  # as Python sets it where a class has an __eq__ of its own
        own.pop("__hash__", None)
    cls.__doc__ = cls.__doc__ or cls.__name__  # else Python writes one, of a signature that takes time
    inherits = frozen and hasattr(cls, "__dataclass_params__")  # of a line all have to be frozen, or none
    made = dataclasses.dataclass(cls, init=False, repr=False, eq=False, frozen=inherits, slots=slots, kw_only=kw_only)
    made.__dataclass_params__.frozen = frozen  # type: ignore[attr-defined]
    methods: dict[str, object] = {"__init__": _first_init(made), "__repr__": _repr_of(made)}
    if eq:
        methods |= {"__eq__": _eq_of(made), "__hash__": _hash_of(made) if frozen else None}
    if frozen:
        methods |= {"__setattr__": _set_nothing, "__delattr__": _delete_nothing}
        methods |= {"__getstate__": _state, "__setstate__": _set_state} if slots else {}
    for name, method in methods.items():
        if name not in own:
            setattr(made, name, method)
    return made


def _first_init(cls: Any) -> Callable[..., None]:
    """Returns an `__init__` that compiles the one that takes its place."""

    def init(self: object, /, *args: object, **named: object) -> None:
        cls.__init__ = _compiled_init(cls)
        cls.__init__(self, *args, **named)

    return init


def _compiled_init(cls: Any) -> Callable[..., None]:
    names: dict[str, Any] = {"__name__": cls.__module__, "_set": object.__setattr__, "_MISSING": MISSING}
    positional, by_name, body = ["self"], ["*"], []
    for one in fields(cls):
        name, default, value = one.name, "", one.name
        if one.default is not MISSING:
            names[f"_{name}"], default = one.default, f"=_{name}"
        elif one.default_factory is not MISSING:
            names[f"_{name}"], default = one.default_factory, "=_MISSING"
            value = f"_{name}() if {name} is _MISSING else {name}"
        if one.init:
            (by_name if one.kw_only else positional).append(name + default)
            body.append(
                f"_set(self, {name!r}, {value})" if cls.__dataclass_params__.frozen else f"self.{name} = {value}"
            )
    body += ["self.__post_init__()"] if hasattr(cls, "__post_init__") else []  # sets what is no parameter
    parameters = ", ".join(positional + (by_name if len(by_name) > 1 else []))
    exec(f"def __init__({parameters}):\n " + "\n ".join(body or ["pass"]), names)
    init: Callable[..., None] = names["__init__"]
    init.__qualname__ = f"{cls.__qualname__}.__init__"
    return init


def _repr_of(cls: Any) -> Callable[[object], str]:
    shown = [one.name for one in fields(cls) if one.repr]

    @recursive_repr("...")
    def text(self: object) -> str:
        return f"{type(self).__qualname__}({', '.join(f'{name}={getattr(self, name)!r}' for name in shown)})"

    return text


def _eq_of(cls: Any) -> Callable[[object, object], bool]:
    values = _values_of(one for one in fields(cls) if one.compare)

    def equals(self: object, other: object) -> bool:
        return values(self) == values(other) if other.__class__ is self.__class__ else NotImplemented

    return equals


def _hash_of(cls: Any) -> Callable[[object], int]:
    values = _values_of(one for one in fields(cls) if (one.compare if one.hash is None else one.hash))
    return lambda self: hash(values(self))


def _values_of(compared: Iterable[Field[object]]) -> Callable[[object], tuple[object, ...]]:
    names = [one.name for one in compared]
    if len(names) > 1:
        return attrgetter(*names)
    return lambda one: tuple(getattr(one, name) for name in names)


def _set_nothing(_: object, name: str, __: object) -> None:
    raise FrozenInstanceError(f"cannot assign to field {name!r}")


def _delete_nothing(_: object, name: str) -> None:
    raise FrozenInstanceError(f"cannot delete field {name!r}")


def _state(self: Any) -> list[object]:
    return [getattr(self, one.name) for one in fields(self)]


def _set_state(self: Any, state: list[object]) -> None:
    for one, value in zip(fields(self), state, strict=True):
        object.__setattr__(self, one.name, value)
