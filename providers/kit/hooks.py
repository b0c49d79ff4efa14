"""Rules that types share, given to a declaration by name, and its defaults. Pure."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from hcl_lite.core.schema import Distinct, Revision, Whole
from hcl_lite.core.values import Value
from providers.kit.wire import Json

Values = Mapping[str, Value]


class ToldApart(Protocol):
    """The rule by which a server keeps the names of objects distinct, where that takes more than one attribute."""

    def known_as(self, content: Value) -> Iterable[str]:
        """See ResourceType.known_as."""

    async def named(self, client: Any) -> Distinct | None:
        """See Reader.named."""


@dataclass(frozen=True, slots=True)
class Needed:
    """The kind of the object that an attribute names, and that has to be there; `built_in` names what always is.
    `refused` is whether the server takes no write that names one which is not there."""

    kind: str
    built_in: Collection[str] = ()
    refused: bool = True


def unsigned(wire: Json) -> Revision:
    """Nobody tells who has changed it."""
    return Revision()


def free(wire: Json) -> str:
    """Whoever may can change it."""
    return ""


def meant(values: Values) -> None:
    """Whatever is of its type can be meant."""


def standalone(values: Values) -> Whole | None:
    """An object is no piece of another: the default of `whole`."""
    return None


def piece_of(whole: str, key: str) -> Callable[[Values], Whole | None]:
    """Returns the `whole` of a type whose objects are pieces of that one of the type `whole` which `key` names, by its
    uid or its number."""

    def find(values: Values) -> Whole | None:
        uid = values.get(key)
        return (whole, str(uid)) if isinstance(uid, str | int) else None

    return find


def as_given(values: Values) -> Values:
    """Returns the values as they are: the default of `made_of`."""
    return values


def as_sent(values: Values) -> Values:
    """The server keeps what it is sent."""
    return values


def name_aside(name: str, uid: str, most: int) -> str:
    """Returns the temporary name of an object whose name is handed over, in at most `most` characters."""
    mark = f" (hcl-lite {uid})"
    return name[: most - len(mark)] + mark
