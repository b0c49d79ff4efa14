"""Types that a declaration names: nested blocks, sets, durations, times, numbers, open maps with secrets in them."""

from __future__ import annotations

import math
from collections.abc import Callable, Collection, Mapping

from hcl_lite.core.schema.attributes import Attr, SecretKeys, Type, no_keys
from hcl_lite.core.schema.durations import normal_duration
from hcl_lite.core.schema.times import milliseconds, normal_time
from hcl_lite.core.schema.type_text import as_type
from hcl_lite.core.values import Value


def Block(attrs: Mapping[str, Attr]) -> Type:  # noqa: N802 - named as a type is
    """The type of one nested block: [resource.TYPE.NAME.key]."""
    return Type("object", attributes=attrs)


def Blocks(attrs: Mapping[str, Attr]) -> Type:  # noqa: N802
    """The type of a list of nested blocks: [[resource.TYPE.NAME.key]]."""
    return Type("list", (Block(attrs),))


def Set(item: str | Type) -> Type:  # noqa: N802
    """The type of lists whose order means nothing."""
    return Type("set", (as_type(item),))


def Duration() -> Type:  # noqa: N802
    """The type of durations as text: "1h" equals "60m"."""
    return Type("string", normal=normal_duration)


def Time() -> Type:  # noqa: N802
    """The type of moments as RFC 3339 text, which the server keeps as milliseconds since 1970: equal by instant."""
    return Type("string", normal=normal_time, sent=milliseconds)


def Number() -> Type:  # noqa: N802
    """The type of numbers that the server may store as text: "10" equals 10."""
    return Type("number", normal=_number)


def Map(  # noqa: N802
    item: str | Type = "any",
    *,
    secret_keys: SecretKeys | Collection[str] = (),
    redacted: str = "",
    server_keys: Collection[str] = (),
) -> Type:
    """A table of keys that nobody declares. `secret_keys` are those that are secret, or tell them by the arguments
    beside the map; `redacted` is what the server gives in place of a secret, and takes for what is to stay as it is;
    `server_keys` are those that it adds by itself."""
    return Type("map", (as_type(item),), secret_keys=_told(secret_keys), redacted=redacted, server_keys=server_keys)


def by_attribute(name: str, secret_keys: Mapping[str, Collection[str]]) -> SecretKeys:
    """Returns the secret keys of a map by the value of the attribute `name` beside it; all of them while that is
    unknown, or not among `secret_keys`."""
    every = frozenset(key for keys in secret_keys.values() for key in keys)

    def told(values: Mapping[str, Value]) -> Collection[str]:
        given = values.get(name)
        return secret_keys.get(given, every) if isinstance(given, str) else every

    return told


def _number(value: Value) -> int | float:
    """Raises ValueError."""
    if isinstance(value, int | float):
        return value
    number = float(str(value))
    if not math.isfinite(number):
        raise ValueError(f'Expected a number, found "{value}".')
    return int(number) if number.is_integer() else number


def _told(keys: SecretKeys | Collection[str]) -> SecretKeys:
    if callable(keys):
        return keys
    if not keys:
        return no_keys
    chosen: Callable[[Mapping[str, Value]], Collection[str]] = lambda _: keys  # noqa: E731
    return chosen
