"""The object that one block asks for, and what follows from that. Pure."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from functools import cached_property

from hcl_lite.core.equality import hash_of
from hcl_lite.core.places import Place
from hcl_lite.core.schema import ResourceType
from hcl_lite.core.values import Value, is_unknown
from hcl_lite.engine.sensitive import sensitive_in

Values = Mapping[str, Value]


@dataclass(frozen=True)
class Desired:
    """Completed arguments, made once for a block and passed along from its identity to its decision, or to its write.

    What follows from them is worked out when it is first asked for: a dashboard has thousands of nodes, and most of
    what could be told of it is wanted by few plans. It goes with the value, so no more bodies are held than are worked
    on at a time.
    """

    type: ResourceType
    values: Values

    @property
    def uid(self) -> Value:
        """The identity that is asked for; UNKNOWN where only the apply can tell."""
        return self.type.uid(self.values)

    @cached_property
    def content(self) -> Value:
        """What is compared with the object on the server."""
        return self.type.content(self.values)

    @cached_property
    def is_known(self) -> bool:
        """Whether nothing of the content waits for an apply; it is made of nothing but the values."""
        return not is_unknown(self.values) or not is_unknown(self.content)

    @cached_property
    def sensitive(self) -> tuple[Place, ...]:
        """Where in the content there is what came of secrets."""
        return sensitive_in(self.type, self.values)

    @cached_property
    def hash(self) -> str:
        """What names the content, with the secrets in it; empty where it is not known yet."""
        return hash_of(self.content) if self.is_known else ""

    @cached_property
    def places(self) -> tuple[Place, ...]:
        """Where in the content there is what is declared beside what others may put there."""
        return tuple(self.type.declared(self.values))

    def after(self, places: Collection[Place]) -> Desired:
        """The object, where what was declared at `places` before is taken away as far as it is not any more."""
        values = self.type.without(self.values, places) if places else self.values
        return self if values is self.values else Desired(self.type, values)
