"""The object that a block asks for, and what follows from it. Pure."""

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
    """Completed arguments of one block, made once and passed from identity to decision or write.

    Derived values are computed when first read: a dashboard has thousands of nodes, and few plans need all of them.
    They live as long as the value, so that no more bodies are in memory than are being worked on.
    """

    type: ResourceType
    values: Values

    @property
    def uid(self) -> Value:
        """The uid that is asked for; UNKNOWN where only the apply can tell."""
        return self.type.uid(self.values)

    @cached_property
    def content(self) -> Value:
        """The content in canonical form, for comparison with `Live.content`."""
        return self.type.content(self.values)

    @cached_property
    def is_known(self) -> bool:
        """Whether no part of the content is known only after apply. The content is made of the values alone."""
        return not is_unknown(self.values) or not is_unknown(self.content)

    @cached_property
    def sensitive(self) -> tuple[Place, ...]:
        """The places in the content of values that come of secrets."""
        return sensitive_in(self.type, self.values)

    @cached_property
    def hash(self) -> str:
        """The hash of the content, secrets included; empty while parts of it are unknown."""
        return hash_of(self.content) if self.is_known else ""

    @cached_property
    def places(self) -> tuple[Place, ...]:
        """The places in the content that are declared in an object to which others may add."""
        return tuple(self.type.declared(self.values))

    def after(self, places: Collection[Place]) -> Desired:
        """Returns the object without what was declared at `places` before and is not declared any more."""
        values = self.type.without(self.values, places) if places else self.values
        return self if values is self.values else Desired(self.type, values)
