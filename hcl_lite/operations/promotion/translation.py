"""An object of one server as it would be on another: what it names are the counterparts there. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from hcl_lite.core.places import Place, changed
from hcl_lite.core.schema import Mention, Reference, ResourceType
from hcl_lite.core.values import Value, reveal
from hcl_lite.operations.bulk_import.model import Found

Values = Mapping[str, Value]


def translated(found: Found, names: Mapping[Mention, str], uid: str) -> Values:
    """Returns the completed values of `found` for a server on which it has `uid`, empty for a new one, and `names` are
    what it mentions. Raises ValueProblem."""
    type_ = found.type
    arguments = arguments_of(type_, found.values)
    offered: dict[str, dict[str, str]] = {}
    keys: dict[Place, dict[str, str]] = {}
    texts: dict[Place, str] = {}
    for reference in type_.references(found.values):
        name = names.get(reference.mention)
        if name is None or name == reference.mention.name:
            continue
        if reference.offered:
            argument, said = map(str, reference.place)
            offered.setdefault(argument, {}).setdefault(said, name)
        elif reference.in_key:
            keys.setdefault(reference.place[:-1], {})[str(reference.place[-1])] = _key(reference, name)
        elif reference.place[0] in arguments:
            texts[reference.place] = name
    arguments = changed(arguments, [*texts], lambda place, _: texts[place])
    arguments = changed(arguments, [*keys], lambda place, table: {keys[place].get(k, k): v for k, v in table.items()})
    identity = {key: uid for key, attr in type_.attrs.items() if attr.replaces and arguments.get(key) == found.uid}
    return type_.complete(found.title, found.title, {**arguments, **offered, **identity}, uid)


def arguments_of(type_: ResourceType, values: Values) -> dict[str, Any]:
    """Returns the arguments that a block may give, of completed values."""
    settable = (key for key, attr in type_.attrs.items() if attr.settable and not attr.client_only)
    return {key: reveal(values[key]) for key in settable if values.get(key) is not None}


def as_on(found: Found, provider: str, uid: str, names: Mapping[Mention, str]) -> Found:
    """Returns `found` as an object of `provider`. Raises ValueProblem."""
    return replace(found, provider=provider, uid=uid, live=None, values=translated(found, names, uid))


def _key(reference: Reference, name: str) -> str:
    return str(reference.place[-1]).removesuffix(reference.mention.name) + name
