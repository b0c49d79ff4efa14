"""What of a dashboard came of secrets, whichever way they got into its JSON. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from hcl_lite.core.places import Place, places_holding, secret_places
from hcl_lite.core.redaction import holds
from hcl_lite.core.values import Secret, Value
from providers.grafana.model import Model


def secrets_in(model: Model, given: Value, inputs: Value = None) -> frozenset[Place]:
    """Where in the spec of `model` there is what came of secrets: it was read from `given`, JSON text or a table, with
    `inputs` bound. All of it where the whole is a secret."""
    if isinstance(given, Secret):
        found = set(places_holding(model.spec, given.made_of)) if given.made_of else {()}
    else:
        found = set(_in_spec(given, model))
    texts = texts_of(inputs)
    return frozenset(found | set(places_holding(model.spec, texts))) if texts else frozenset(found)


def is_metadata_secret(model: Model, given: Value) -> bool:
    """Whether something of the labels and annotations of `model`, which was read from `given`, came of a secret."""
    if isinstance(given, Secret):
        return not given.made_of or any(places_holding(model.metadata, given.made_of))
    return any(place[:1] == ("metadata",) and place[1:2] != ("name",) for place in secret_places(given))


def is_uid_secret(model: Model, given: Value) -> bool:
    """Whether the uid of `model`, which was read from `given`, came of a secret."""
    if isinstance(given, Secret):
        return model.uid != "" and (not given.made_of or holds(model.uid, given.made_of))
    return any(place in _UIDS for place in secret_places(given))


_UIDS: tuple[Place, ...] = ((), ("uid",), ("metadata",), ("metadata", "name"))


def texts_of(*values: Value) -> frozenset[str]:
    """The texts that the secrets in `values` are made of; none where one is a secret as a whole document."""
    secrets = [secret for value in values for secret in _secrets(value)]
    return frozenset().union(*(secret.texts for secret in secrets)) if secrets else frozenset()


def _secrets(value: Value) -> Iterator[Secret]:
    if isinstance(value, Secret):
        yield value
    elif isinstance(value, Mapping):
        for item in value.values():
            yield from _secrets(item)
    elif isinstance(value, list | tuple):
        for item in value:
            yield from _secrets(item)


def _in_spec(given: Value, model: Model) -> Iterator[Place]:
    """The places of the secrets in a table, below its spec where it has one."""
    is_resource = isinstance(given, Mapping) and "apiVersion" in given
    for place in secret_places(given):
        if not is_resource:
            yield place
        elif place[:1] == ("spec",):
            yield place[1:]
