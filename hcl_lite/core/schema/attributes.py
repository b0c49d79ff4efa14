"""Attributes and their types: what a block may give, what a server fills in, and of which form it is.

One model serves the variables of a configuration (`object({…})`), the arguments of blocks, the check of both, what
editors complete by, and the reference: the attributes of a nested block are `Attr` like those of the block itself.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field

from hcl_lite.core.places import Place
from hcl_lite.core.values import JsonValue, Value

SCALARS = ("string", "number", "bool", "any")

SecretKeys = Callable[[Mapping[str, Value]], Collection[str]]
"""Which keys of an open map are secret, by the arguments beside it: dotted paths, such as "oauth2.client_secret"; a
number is a position in a list, the items of which are all meant without one."""


def no_keys(_: Mapping[str, Value]) -> Collection[str]:
    """No key is secret."""
    return ()


@dataclass(frozen=True, slots=True)
class Type:
    """The type of an attribute or a variable.

    `name` is one of SCALARS, "list", "set", "map", "tuple" or "object"; `items` are the types of what is inside, and
    `attributes` those of an object. Of a map, `secret_keys` says what is secret in it, and `redacted` what stands for
    it in an answer, and is sent for what is to stay as it is. `normal` is the normal form of a value, used for
    comparing only: it raises ValueError for one that has none, with a sentence that says what was expected. `sent`
    gives what a server takes for a value that has a normal form, where that is not what is written.
    """

    name: str
    items: tuple[Type, ...] = ()
    attributes: Mapping[str, Attr] = field(default_factory=dict)
    secret_keys: SecretKeys = no_keys
    redacted: str = ""
    server_keys: Collection[str] = ()
    normal: Callable[[Value], Value] | None = None
    sent: Callable[[Value], Value] | None = None

    def __str__(self) -> str:
        if self.name == "object":
            return "object({" + ", ".join(f"{key} = {attr.type}" for key, attr in self.attributes.items()) + "})"
        if self.name == "tuple":
            return f"tuple([{', '.join(map(str, self.items))}])"
        return f"{self.name}({self.items[0]})" if self.items else self.name


@dataclass(frozen=True, slots=True)
class Attr:
    """One attribute of a block.

    `type` is a Type, or the text of one: "string", "list(string)", "map(any)"; types.type_of gives the Type.

    | field          | what it means                                                                               |
    |----------------|---------------------------------------------------------------------------------------------|
    | computed       | filled by the server or by hcl-lite; with `optional`, only when the user leaves it out      |
    | replaces       | another value means another object                                                          |
    | body           | large: kept out of the state                                                                |
    | remembered     | a body that the state keeps all the same: it is small, and no server has its history        |
    | secret         | kept out of everything but the call that needs it; computed, read whenever it is needed     |
    | lasting        | a secret that no write takes away: sent only where it is another one                        |
    | client_only    | steers how hcl-lite works, and is not part of the object                                    |
    | triggers       | with `client_only`: what is done where it has another value than the last one; by an update |
    | exclusive      | true for one object of an organisation at the most: who gets it takes it from another       |
    | stable         | computed, and the same for as long as the object lives                                      |
    | json           | text that is JSON: what of it is known counts, also where not all of it is yet              |
    | slug_of        | computed, a path that ends with what the server makes of this part of the content           |
    | server_default | what the server has where it is left out: not sent, and no difference                       |
    | write_only     | sent, and told by no answer: no part of what is compared                                    |
    | sink           | with `client_only`: the computed secret that is put where this says (file:, cmd:, keyring:) |
    | wire           | the key in the server's JSON; of an attribute of a nested block, its name where left out    |
    | example        | a value to show in the documentation, where the type's own sample would say nothing         |
    """

    type: str | Type = "string"
    doc: str = ""
    required: bool = False
    computed: bool = False
    replaces: bool = False
    body: bool = False
    remembered: bool = False
    secret: bool = False
    lasting: bool = False
    client_only: bool = False
    triggers: str = ""
    stable: bool = False
    json: bool = False
    exclusive: bool = False
    default: JsonValue = None
    server_default: JsonValue = None
    choices: tuple[str, ...] = ()
    wire: str = ""
    write_only: bool = False
    sink: str = ""
    slug_of: Place = ()

    optional: bool = False
    example: JsonValue = None

    @property
    def implied(self) -> JsonValue:
        """The value of an omitted attribute: sent as default, or set by the server; None for none."""
        return self.server_default if self.default is None else self.default

    @property
    def settable(self) -> bool:
        """Whether a user may set it: False where only the server fills it in."""
        return self.optional or not self.computed


def chosen_identity(attrs: Mapping[str, Attr]) -> str:
    """Returns the optional argument by which a user may choose the identity of an object; empty for none."""
    return next((k for k, a in attrs.items() if a.computed and a.optional and a.replaces and a.stable), "")
