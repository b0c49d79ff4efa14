"""Names of other objects among the arguments of a type, which their server alone can tell: a user by login."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from typing import Any, Protocol

from hcl_lite.core.places import Place
from hcl_lite.core.schema import Bound, Mention, Reference
from hcl_lite.core.values import Value

Values = Mapping[str, Value]


class Naming(Protocol):
    """The arguments of a type that may name other objects. `references` and `spelled` are pure."""

    def references(self, values: Values) -> Iterable[Reference]:
        """Yields all that the arguments refer to, be it by a name or by what the server knows it by."""

    def unbound(self, values: Values) -> Sequence[Reference]:
        """See ResourceType.unbound."""

    def spelled(self, values: Values, spellings: Mapping[Mention, str]) -> Values:
        """See ResourceType.spelled."""

    async def bind(self, client: Any, values: Values, is_coming: Callable[[Mention], bool]) -> Bound:
        """See Reader.bind."""

    async def spellings(self, client: Any, mentions: Collection[Mention]) -> Mapping[Mention, str]:
        """See Reader.spellings."""


class NoNames:
    """The naming of a type whose arguments are all that there is to know."""

    def references(self, values: Values) -> Iterable[Reference]:
        """Yields nothing."""
        return ()

    def unbound(self, values: Values) -> Sequence[Reference]:
        """Returns nothing."""
        return ()

    def spelled(self, values: Values, spellings: Mapping[Mention, str]) -> Values:
        """Returns the values as they are."""
        return values

    async def bind(self, client: Any, values: Values, is_coming: Callable[[Mention], bool]) -> Bound:
        """Returns the values as they are."""
        return Bound(values)

    async def spellings(self, client: Any, mentions: Collection[Mention]) -> Mapping[Mention, str]:
        """Returns nothing."""
        return {}


def names_at(value: Value, keys: tuple[str, ...], above: Place = ()) -> Iterable[tuple[Place, str]]:
    """Yields the texts and numbers at the end of `keys` with their places; of a list on the way, those of each item."""
    if isinstance(value, list | tuple):
        for index, item in enumerate(value):
            yield from names_at(item, keys, (*above, index))
    elif keys and isinstance(value, Mapping):
        yield from names_at(value.get(keys[0]), keys[1:], (*above, keys[0]))
    elif not keys and isinstance(value, str | int) and not isinstance(value, bool) and value != "":
        yield above, str(value)
