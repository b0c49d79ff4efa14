"""Dataclasses that are declared quickly behave as Python's do."""

from __future__ import annotations

import dataclasses
import pickle
from collections.abc import Callable
from dataclasses import FrozenInstanceError, field
from functools import cached_property
from typing import Any, ClassVar, Generic, TypeVar

import pytest

from hcl_lite.core import dataclasses as ours

T = TypeVar("T")


def _point(dataclass: Any, **options: bool) -> Any:
    @dataclass(**options)
    class Point:
        x: int
        tags: list[str] = field(default_factory=list)
        note: str = field(default="-", compare=False)
        secret: str = field(default="s", repr=False)
        origin: ClassVar[int] = 0

    return Point


def _derived(dataclass: Any) -> Any:
    @dataclass(frozen=True, slots=True)
    class Base:
        x: tuple[int, ...]
        y: int = 2

    @dataclass(frozen=True, slots=True)
    class Derived(Base, Generic[T]):
        y: int = 3
        z: int = field(default=4, hash=False)

        def total(self) -> int:
            return super().__hash__() and self.y + self.z

    return Derived


def _computing(dataclass: Any) -> Any:
    @dataclass(frozen=True)
    class Computing:
        x: int
        double: int = field(init=False)

        def __post_init__(self) -> None:
            object.__setattr__(self, "double", self.x * 2)

        @cached_property
        def triple(self) -> int:
            return self.x * 3

    return Computing


def _peculiar(dataclass: Any) -> Any:
    @dataclass(frozen=True, slots=True)
    class Peculiar:
        x: int

        def __eq__(self, other: object) -> bool:
            return True

        def __repr__(self) -> str:
            return "peculiar"

    return Peculiar


def _empty(dataclass: Any) -> Any:
    @dataclass(frozen=True, slots=True)
    class Empty:
        pass

    return Empty


_CLASSES: dict[str, Callable[[Any], Any]] = {
    "mutable": lambda dataclass: _point(dataclass),
    "mutable with slots": lambda dataclass: _point(dataclass, slots=True),
    "frozen": lambda dataclass: _point(dataclass, frozen=True),
    "frozen with slots": lambda dataclass: _point(dataclass, frozen=True, slots=True),
    "without equality": lambda dataclass: _point(dataclass, frozen=True, eq=False),
    "by name": lambda dataclass: _point(dataclass, frozen=True, kw_only=True),
    "derived": _derived,
    "computing": _computing,
    "with methods of its own": _peculiar,
    "empty": _empty,
}
_USES: dict[str, Callable[[Any], object]] = {
    "made by place": lambda cls: repr(cls(1)),
    "made by name": lambda cls: repr(cls(x=(1, 2))),
    "made of all": lambda cls: repr(cls(1, 2, 3)),
    "made of nothing": lambda cls: repr(cls()),
    "made of too much": lambda cls: cls(1, nothing=2),
    "equal": lambda cls: [cls(x=(1,)) == cls(x=(1,)), cls(x=1) == cls(x=2), cls(x=1) == 1],
    "what is not compared": lambda cls: cls(x=1, note="a") == cls(x=1, note="b"),
    "hash": lambda cls: hash(cls(x=1)) == hash(cls(x=1)),
    "hash of a derived one": lambda cls: hash(cls(x=(), z=3)) == hash(cls(x=(), z=4)),
    "set": lambda cls: setattr(one := cls(x=1), "x", 2) or one.x,
    "deleted": lambda cls: delattr(cls(x=1), "x"),
    "replaced": lambda cls: repr(dataclasses.replace(cls(x=1), x=2)),
    "as a table": lambda cls: dataclasses.asdict(cls(x=1)),
    "fields": lambda cls: [one.name for one in dataclasses.fields(cls)],
    "no list of two": lambda cls: cls(x=1).tags is cls(x=1).tags,
    "matched": lambda cls: (cls.__match_args__, cls.__qualname__, cls.__module__),
    "computed": lambda cls: (cls(x=1).double, cls(x=1).triple),
    "inherited": lambda cls: cls(x=()).total(),
    "inherited by Python's": lambda cls: repr(dataclasses.dataclass(frozen=True)(type("More", (cls,), {}))(x=1)),
    "circle": lambda cls: (one := cls(x=1), one.tags.append(one)) and repr(one),
}


def _outcome(use: Callable[[Any], object], cls: Any) -> object:
    try:
        return use(cls)
    except (TypeError, AttributeError) as error:
        return type(error), str(error)


@pytest.mark.parametrize("made", _CLASSES.values(), ids=list(_CLASSES))
def test_a_class_behaves_as_one_of_python(made: Callable[[Any], Any]) -> None:
    """In all that can be done with it, errors included."""
    of_python, of_ours = (
        {name: _outcome(use, made(dataclass)) for name, use in _USES.items()}
        for dataclass in (dataclasses.dataclass, ours.dataclass)
    )
    assert of_ours == of_python


@ours.dataclass(frozen=True, slots=True)
class _Kept:
    x: int
    tags: tuple[str, ...] = ()


def test_a_frozen_one_with_slots_can_be_pickled() -> None:
    """As results of the Python API are."""
    assert pickle.loads(pickle.dumps(_Kept(1, ("a",)))) == _Kept(1, ("a",))


def test_what_makes_an_object_is_compiled_with_the_first_one() -> None:
    """Not where a class is only declared: that is the time that is won."""
    cls = _point(ours.dataclass, frozen=True)
    before = cls.__init__
    with pytest.raises(FrozenInstanceError):
        cls(1).x = 2
    assert (before.__qualname__, cls.__init__.__qualname__) == (
        "_first_init.<locals>.init",
        f"{cls.__qualname__}.__init__",
    )
