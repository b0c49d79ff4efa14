"""Secrets in what a server gives, found by what the run knows of them and by the arguments that they came from."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator, Mapping, Sequence

from hcl_lite.core.redaction import redact
from hcl_lite.core.schema import ResourceType
from hcl_lite.core.values import JsonValue, Secret, Value
from state.model import Record

Path = tuple[str | int, ...]


def without_secrets(document: JsonValue, paths: Collection[Path]) -> tuple[JsonValue, tuple[Path, ...]]:
    """`document` without what lies at `paths` and without texts that have a secret in them; and where these were."""
    if not paths and not _tells(json.dumps(document, ensure_ascii=False)):
        return document, ()
    left_out: list[Path] = []

    def is_kept(value: JsonValue, path: Path) -> bool:
        if path not in paths and not _tells(value):
            return True
        left_out.append(path)
        return False

    def kept(value: JsonValue, path: Path) -> JsonValue:
        if isinstance(value, Mapping):
            return {key: kept(item, (*path, key)) for key, item in value.items() if is_kept(item, (*path, key))}
        if isinstance(value, Sequence) and not isinstance(value, str):
            below = [(item, (*path, index)) for index, item in enumerate(value)]
            return [kept(item, there) if is_kept(item, there) else None for item, there in below]
        return value

    return kept(document, ()), tuple(left_out)


def filled(document: JsonValue, other: JsonValue, paths: Collection[Path]) -> JsonValue:
    """`document` with what `other` has at `paths`."""
    for path in paths:
        document = _with(document, other, path)
    return document


def concealed(value: Value) -> Value:
    """`value` fit to be shown, without the secrets of the run."""
    if isinstance(value, str):
        return redact(value)
    if isinstance(value, Mapping):
        return {key: concealed(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [concealed(item) for item in value]
    return value


def secret_paths(type_: ResourceType, values: Mapping[str, Value], record: Record | None) -> frozenset[Path]:
    """Where in the server's JSON there are values that come of secrets: in what is about to be written, or, as far as
    the state tells, in what was written last: of such an argument it remembers nothing, nor the hash of all of them."""
    wired = {key: attr for key, attr in type_.attrs.items() if attr.wire}
    found = {path for key, attr in wired.items() for path in _marked(values.get(key), (attr.wire,))}
    if record is not None and record.applied == "":
        plain = {key: attr for key, attr in wired.items() if attr.settable and not attr.body and not attr.replaces}
        found |= {(attr.wire,) for key, attr in plain.items() if key not in record.attributes}
    return frozenset(found)


def _marked(value: Value, path: Path) -> Iterator[Path]:
    if isinstance(value, Secret):
        yield path
    elif isinstance(value, Mapping):
        for key, item in value.items():
            yield from _marked(item, (*path, key))
    elif isinstance(value, list | tuple):
        for index, item in enumerate(value):
            yield from _marked(item, (*path, index))


def _with(document: JsonValue, other: JsonValue, path: Path) -> JsonValue:
    if not path:
        return other
    step, rest = path[0], path[1:]
    if isinstance(step, str):
        if not isinstance(document, Mapping) or not isinstance(other, Mapping) or step not in other:
            return document
        return {**document, step: _with(document.get(step), other[step], rest)}
    if not isinstance(document, list) or not isinstance(other, list) or step >= min(len(document), len(other)):
        return document
    return [_with(item, other[n], rest) if n == step else item for n, item in enumerate(document)]


def _tells(value: JsonValue) -> bool:
    return isinstance(value, str) and redact(value) != value
