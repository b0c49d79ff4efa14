"""The parts of an object that come of secrets, and what of them may be stored. Pure."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from hcl_lite.core.places import Place, secret_places
from hcl_lite.core.schema import ResourceType
from hcl_lite.core.values import Value, is_secret


def sensitive_in(type_: ResourceType, values: Mapping[str, Value]) -> tuple[Place, ...]:
    """Returns the places of secrets in the content of completed `values`."""
    return tuple(secret_places(type_.content(values))) if is_secret(values) else ()


def without_slugs(
    type_: ResourceType, attributes: Mapping[str, Value], sensitive: Collection[Place], uid: Value
) -> Mapping[str, Value]:
    """Returns `attributes` without slugs of `sensitive` parts: a URL is cut after the `uid`, which leads to the same
    page. None where it has no uid, as before Grafana 5."""

    def cut(key: str, value: Value) -> Value:
        of = type_.attrs[key].slug_of if key in type_.attrs else ()
        if not of or not isinstance(value, str) or not any(of[: len(place)] == place for place in sensitive):
            return value
        *before, last = value.split("/")
        if before[:1] != [""]:
            return None
        return value if last == uid else "/".join(before) if before[-1] == uid else None

    return {key: cut(key, value) for key, value in attributes.items()} if sensitive else attributes


def refreshed(
    attributes: Mapping[str, Value], found: Mapping[str, Value], sensitive: Collection[Place]
) -> Mapping[str, Value]:
    """Returns remembered `attributes` with those of `found`; where parts are sensitive, without texts that were not
    remembered."""
    if not sensitive:
        return {**attributes, **found}
    return {**attributes, **{key: v for key, v in found.items() if key in attributes and not isinstance(v, str)}}
