"""Identity strategies: which attributes identify an object of a type, and who chooses them. Pure.

| strategy  | who chooses it                            | the uid in the state                          |
|-----------|-------------------------------------------|-----------------------------------------------|
| Uid       | the user; derived from the address if not | the attribute                                 |
| Name      | the user: it has no other                 | the attribute, which is what people see too   |
| ServerId  | the server, when it makes the object      | what it chose; an intended one until then     |
| Composite | the user: several attributes together     | their values in order, joined by ":"          |
| OneOf     | the user: one attribute, and one of some  | UID:KEY:VALUE                                 |
| ByChance  | the user; drawn by lot when it is made    | the attribute                                 |
| Singleton | nobody: an organisation has just one      | always the same word                          |
"""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from hcl_lite.core.values import UNKNOWN, Value, derive_uid

Values = Mapping[str, Value]
Json = dict[str, Any]

INTENDED = "intended uid"
"""Among completed values: the uid of an object that is known by none of its attributes, or not yet."""


class Identity(Protocol):
    """The identity of the objects of a type."""

    @property
    def keys(self) -> tuple[str, ...]:
        """The attributes that are identity."""

    @property
    def natural_key(self) -> str:
        """The attribute by which an object is found whose uid nobody has heard; empty where uids are known before."""

    def may_be(self, uid: str) -> bool:
        """Whether an object can have the identity `uid`, which somebody has written."""

    def new_uid(self, address: str, name: str) -> str:
        """Returns the uid of a new object whose identity the user did not give; called where `complete` leaves it
        open."""

    def complete(self, values: dict[str, Value], uid: str, derived: str) -> dict[str, Value]:
        """`values` with the identity `uid`, or where that is empty, with the `derived` one."""

    def uid(self, values: Values) -> Value:
        """The uid of completed values; UNKNOWN where only the apply can tell."""

    def of(self, known: Values) -> str:
        """The uid of an object that was read, from its values by attribute names. Raises KeyError."""


@dataclass(frozen=True, slots=True)
class _OneAttribute:
    """The identity is one attribute, `key`."""

    key: str
    natural_key: str = ""

    @property
    def keys(self) -> tuple[str, ...]:
        return (self.key,)

    def may_be(self, uid: str) -> bool:
        return True

    def new_uid(self, address: str, name: str) -> str:
        return derive_uid(name, address)

    def uid(self, values: Values) -> Value:
        return values[self.key]

    def of(self, known: Values) -> str:
        return str(known[self.key])


@dataclass(frozen=True, slots=True)
class Uid(_OneAttribute):
    """A uid that the user chooses, or that is derived from the address."""

    key: str = "uid"

    def complete(self, values: dict[str, Value], uid: str, derived: str) -> dict[str, Value]:
        given = {key: value for key, value in values.items() if key != self.key or value != ""}
        return {self.key: uid or self._derived(derived), **given}

    def _derived(self, derived: str) -> Value:
        return derived


@dataclass(frozen=True, slots=True)
class Name(_OneAttribute):
    """A name that has to be given, and is the identity."""

    key: str = "name"

    def complete(self, values: dict[str, Value], uid: str, derived: str) -> dict[str, Value]:
        return values


@dataclass(frozen=True, slots=True)
class ServerId(_OneAttribute):
    """A number or a uid that the server gives. Where its answer is lost, the object is looked for by `natural_key`."""

    key: str = "id"
    natural_key: str = "name"

    def complete(self, values: dict[str, Value], uid: str, derived: str) -> dict[str, Value]:
        return {**values, INTENDED: uid or derived}

    def uid(self, values: Values) -> Value:
        return values[INTENDED]


@dataclass(frozen=True, slots=True)
class ByChance(Uid):
    """A uid that the user chooses, or that nobody can guess, since whoever knows it sees the object."""

    def new_uid(self, address: str, name: str) -> str:
        """No sign is in it, and it begins with none: it is a word of command lines."""
        return secrets.token_hex(16)

    def _derived(self, derived: str) -> Value:
        return UNKNOWN


@dataclass(frozen=True, slots=True)
class Composite:
    """Several attributes together, the last of which may have ":" in it."""

    keys: tuple[str, ...]
    natural_key: str = ""

    def may_be(self, uid: str) -> bool:
        return uid.count(":") >= len(self.keys) - 1

    def new_uid(self, address: str, name: str) -> str:
        return ""

    def complete(self, values: dict[str, Value], uid: str, derived: str) -> dict[str, Value]:
        return values

    def uid(self, values: Values) -> Value:
        parts = [values[key] for key in self.keys]
        return ":".join(map(str, parts)) if all(isinstance(part, str | int) for part in parts) else UNKNOWN

    def of(self, known: Values) -> str:
        return ":".join(str(known[key]) for key in self.keys)


@dataclass(frozen=True, slots=True)
class OneOf:
    """The attribute `key`, and that one of the attributes `choices` which has a value. Those that are `numbered` may
    have a name instead, until it is bound."""

    key: str
    choices: tuple[str, ...]
    natural_key: str = ""
    numbered: tuple[str, ...] = ()

    @property
    def keys(self) -> tuple[str, ...]:
        return (self.key,)

    def may_be(self, uid: str) -> bool:
        return self.parts(uid)[1] in self.choices

    def parts(self, uid: str) -> tuple[str, str, str]:
        """The value of `key`, the name of the choice, and its value; no such choice where `uid` has none."""
        first, _, rest = uid.partition(":")
        choice, _, value = rest.partition(":")
        return first, choice if value else "", value

    def new_uid(self, address: str, name: str) -> str:
        return ""

    def complete(self, values: dict[str, Value], uid: str, derived: str) -> dict[str, Value]:
        return values

    def uid(self, values: Values) -> Value:
        first = values.get(self.key)
        given = [(choice, values[choice]) for choice in self.choices if values.get(choice) is not None]
        if len(given) != 1 or not all(isinstance(part, str | int) for part in (first, given[0][1])):
            return UNKNOWN
        if given[0][0] in self.numbered and not isinstance(given[0][1], int):
            return UNKNOWN
        return f"{first}:{given[0][0]}:{given[0][1]}"

    def of(self, known: Values) -> str:
        choice = next(choice for choice in self.choices if known.get(choice) is not None)
        return f"{known[self.key]}:{choice}:{known[choice]}"


@dataclass(frozen=True, slots=True)
class Singleton:
    """The one of an organisation."""

    word: str
    keys: tuple[str, ...] = ()
    natural_key: str = ""

    def may_be(self, uid: str) -> bool:
        return uid == self.word

    def new_uid(self, address: str, name: str) -> str:
        return ""

    def complete(self, values: dict[str, Value], uid: str, derived: str) -> dict[str, Value]:
        return values

    def uid(self, values: Values) -> Value:
        return self.word

    def of(self, known: Values) -> str:
        return self.word
