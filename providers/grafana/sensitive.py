"""Finds the parts of a dashboard that came of secrets, whichever way they got into its JSON. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from hcl_lite.core.places import Place, places_holding, secret_places
from hcl_lite.core.redaction import holds
from hcl_lite.core.values import Secret, Value, reveal
from providers.grafana.model import Model


def secrets_in(model: Model, given: Value, inputs: Value = None) -> frozenset[Place]:
    """Returns the places in the spec of `model` that came of secrets: it was read from `given`, JSON text or a table,
    with `inputs` bound. The place of all of it where the whole is a secret."""
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


@dataclass(frozen=True)
class StoodFor:
    """A model that others may see: in it each text that came of a secret is another one, which stands for it."""

    model: Model
    secrets: Mapping[str, Secret]

    def undone(self, value: Value) -> Value:
        """Returns a value that was made of the model, with the secrets put back."""
        if not self.secrets:
            return value
        if isinstance(value, Mapping):
            return {key: self.undone(item) for key, item in value.items()}
        if isinstance(value, list | tuple):
            return [self.undone(item) for item in value]
        return self.secrets.get(value, value) if isinstance(value, str) else value


def stand_ins(model: Model) -> StoodFor | None:
    """`model` without its secrets; None where something else than a text of its spec came of one."""
    if not model.secrets:
        return None if model.is_metadata_secret else StoodFor(model, {})
    secrets: dict[str, Secret] = {}

    def stand_in(value: Value) -> Value:
        if isinstance(value, Secret):
            name = f"hcl-lite {len(secrets)}"
            secrets[name] = value
            return name
        if isinstance(value, Mapping):
            return {key: stand_in(item) for key, item in value.items()}
        return [stand_in(item) for item in value] if isinstance(value, list | tuple) else value

    spec = stand_in(model.marked)
    if model.is_metadata_secret or not all(isinstance(reveal(secret), str) for secret in secrets.values()):
        return None
    assert isinstance(spec, dict)
    return StoodFor(replace(model, spec=spec, secrets=frozenset()), secrets)
