"""Attributes: what a block may give, and what a server fills in."""

from __future__ import annotations

from dataclasses import dataclass

from hcl_lite.core.places import Place
from hcl_lite.core.values import JsonValue


@dataclass(frozen=True, slots=True)
class Attr:
    """One attribute of a block.

    `type` is "string", "number", "bool", "list(…)", "map(…)" or "any".

    | field      | what it means                                                                        |
    |------------|--------------------------------------------------------------------------------------|
    | computed   | filled by the server or by hcl-lite; with `optional`, only when the user leaves it out |
    | replaces   | another value means another object                                                   |
    | body       | large: kept out of the state                                                         |
    | remembered | a body that the state keeps all the same: it is small, and no server has its history |
    | secret     | kept out of everything but the call that needs it; computed, read whenever it is needed |
    | settles    | steers how hcl-lite works, and is not part of the object                             |
    | triggers   | with `settles`: what is done where it has another value than the last one; by an update |
    | exclusive  | true for one object of an organisation at the most: who gets it takes it from another  |
    | steady     | computed, and the same for as long as the object lives                               |
    | json       | text that is JSON: what of it is known counts, also where not all of it is yet      |
    | slug_of    | computed, a path that ends with what the server makes of this part of the content    |
    | wire       | the attribute's key in the server's JSON                                             |
    | example    | a value to show in the documentation, where the type's own sample would say nothing  |
    """

    type: str = "string"
    doc: str = ""
    required: bool = False
    computed: bool = False
    replaces: bool = False
    body: bool = False
    remembered: bool = False
    secret: bool = False
    settles: bool = False
    triggers: str = ""
    steady: bool = False
    json: bool = False
    exclusive: bool = False
    default: JsonValue = None
    choices: tuple[str, ...] = ()
    wire: str = ""
    slug_of: Place = ()

    optional: bool = False
    example: JsonValue = None

    @property
    def settable(self) -> bool:
        """Whether a user may give it: all but those that only the server fills in."""
        return self.optional or not self.computed
