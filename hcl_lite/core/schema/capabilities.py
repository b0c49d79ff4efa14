"""Capabilities of objects beside being written. A type declares them and the engine asks for them, so that the engine
knows no attribute of a provider by name. Pure.

A capability that a block asks for has the name of the argument that asks; it is a bool, and client-only.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from hcl_lite.core.schema.durations import milliseconds_of
from hcl_lite.core.values import Value


@dataclass(frozen=True, slots=True)
class Expiry:
    """The server deletes an object at a time: `at` is the computed attribute with it (ISO 8601, with its zone),
    `recreate` the argument by which the object is created again afterwards."""

    at: str
    recreate: str

    def has_passed(self, attributes: Mapping[str, Value], now: datetime | None) -> bool:
        """Whether an object with these remembered attributes has expired; False where that is unknown."""
        text = attributes.get(self.at)
        try:
            return isinstance(text, str) and now is not None and datetime.fromisoformat(text) <= now
        except (ValueError, TypeError):
            return False


@dataclass(frozen=True, slots=True)
class Rotation:
    """An object is replaced some time before it expires: `at` is the computed attribute with the time at which it does
    (ISO 8601, with its zone), `before` the argument that says how long before (a duration)."""

    at: str
    before: str

    def reason(self, values: Mapping[str, Value], attributes: Mapping[str, Value], now: datetime | None) -> str:
        """Returns why an object with these remembered attributes is to be replaced by now; empty for no reason."""
        at, before = attributes.get(self.at), values.get(self.before)
        if now is None or not isinstance(at, str) or not isinstance(before, str):
            return ""
        try:
            due = datetime.fromisoformat(at) - timedelta(milliseconds=milliseconds_of(before))
        except (ValueError, TypeError, OverflowError):
            return ""
        return f'it expires at {at}, and {self.before} is "{before}"' if due <= now else ""


@dataclass(frozen=True, slots=True)
class Capabilities:
    """The capabilities of the objects of a type; most types have none.

    | field         | what it declares                                                                            |
    |---------------|---------------------------------------------------------------------------------------------|
    | expiry        | the server forgets an object by itself                                                      |
    | rotation      | the server takes an object for expired at a time, and it is to be replaced before           |
    | told_once     | the secret of which only the answer to a create tells: an object whose answer nobody has got |
    |               | is made again                                                                               |
    | overwrite     | the argument that saves over whatever is there, whoever made it and at whichever version      |
    | health_check  | the argument that has `Writer.check_health` asked after each change                         |
    | force_destroy | the argument that deletes an object with what lies in it and is not managed                 |
    | kept_if_named | none is deleted that others name: `Reader.dependents` tells which, whoever manages them     |
    | missed        | its server deletes one that others name, and they fail: the plan warns, by the same          |
    | content       | other objects lie in one and go with it: `Reader.contents` tells which                      |
    | search        | the server has a search for them: `Reader.search`                                           |
    | trash         | the server keeps what was deleted: `Reader.is_trashed`, `Writer.restore`                    |
    | piece         | an object is a piece of another, which can be managed as a whole instead:                   |
    |               | `ResourceType.whole` tells of which. Taken over and listed as unmanaged is the whole        |
    | alias         | with `piece`: the object is no part of the other one, but the same under another type        |
    | grants        | the arguments that say who may do what, each with the words of its levels, from the one that  |
    |               | allows nothing to the highest; none where each entry is a right                             |
    | meant         | why only a block can say what of an object is meant: none is taken over without one         |
    | personal      | each account has its own, under the same uid                                                |
    | shown_as      | fields of the server's answers that are made of an attribute, by its key in them, such as a |
    |               | URL that is made of the title                                                               |
    """

    expiry: Expiry | None = None
    overwrite: str = ""
    health_check: str = ""
    force_destroy: str = ""
    kept_if_named: bool = False
    missed: bool = False
    content: bool = False
    search: bool = False
    trash: bool = False
    piece: bool = False
    alias: bool = False
    grants: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    personal: bool = False
    meant: str = ""
    shown_as: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    rotation: Rotation | None = None
    told_once: str = ""

    def is_untold(self, secrets: Collection[str]) -> bool:
        """Whether an object with these `secrets` lacks the one that is told once: the answer with it is lost."""
        return self.told_once != "" and self.told_once not in secrets

    def overwrites(self, values: Mapping[str, Value]) -> bool:
        """Whether arguments ask to overwrite an existing object."""
        return asks(self.overwrite, values)

    def checks_health(self, values: Mapping[str, Value]) -> bool:
        """Whether arguments, or remembered attributes, ask for a health check."""
        return asks(self.health_check, values)

    def forces_destroy(self, attributes: Mapping[str, Value]) -> bool:
        """Whether remembered attributes allow the deletion of unmanaged content with the object."""
        return asks(self.force_destroy, attributes)


def asks(argument: str, values: Mapping[str, Value]) -> bool:
    """Whether `argument`, empty for none, is true in `values`."""
    return argument != "" and values.get(argument) is True
