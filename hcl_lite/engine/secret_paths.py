"""Secrets in answers of servers, found by the secrets that the run knows and by the arguments that they came from."""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import replace

from hcl_lite.core.diags import Diagnostic, HclError
from hcl_lite.core.places import Place, marked, places_holding, secret_places
from hcl_lite.core.redaction import MASK, hide_fields, redact
from hcl_lite.core.schema import ResourceType, Version
from hcl_lite.core.values import JsonValue, Secret, Value, spell_json
from hcl_lite.engine.sensitive import sensitive_in
from state.backups import Copy
from state.document import Spelled
from state.model import Record


def without_secrets(document: JsonValue, paths: Collection[Place]) -> tuple[JsonValue, tuple[Place, ...]]:
    """Returns `document` without the values at `paths` and without texts that contain a secret, and the places of
    both."""
    if not paths and not _tells(_spelled(document)):
        return document, ()
    left_out: list[Place] = []

    def is_kept(value: JsonValue, path: Place) -> bool:
        if path not in paths and not _tells(value):
            return True
        left_out.append(path)
        return False

    def kept(value: JsonValue, path: Place) -> JsonValue:
        if isinstance(value, Mapping):
            return {key: kept(item, (*path, key)) for key, item in value.items() if is_kept(item, (*path, key))}
        if isinstance(value, Sequence) and not isinstance(value, str):
            below = [(item, (*path, index)) for index, item in enumerate(value)]
            return [kept(item, there) if is_kept(item, there) else None for item, there in below]
        return value

    return kept(document, ()), tuple(left_out)


def copy_without_secrets(copy: Copy, paths: Collection[Place]) -> tuple[JsonValue | Spelled, tuple[Place, ...]]:
    """Returns the same of the document of `copy`: as it is spelled, where nothing has to be left out."""
    spelled = copy.spelled
    if not paths and not _tells(spelled.text.decode()):
        return spelled, ()
    return without_secrets(spelled.value, paths)


def filled(document: JsonValue, other: JsonValue, paths: Collection[Place]) -> JsonValue:
    """Returns `document` with the values of `other` at `paths`."""
    for path in paths:
        document = _with(document, other, path)
    return document


def mark_lookup_secrets(found: Mapping[str, Value], values: Mapping[str, Value]) -> Mapping[str, Value]:
    """Returns `found` with texts as Secret that contain a secret of `values`, by which it was looked up."""
    texts = secret_texts(values)
    if not texts:
        return found
    places = [*places_holding(found, texts), *without_secrets(found, ())[1]]
    return {key: marked(value, [place[1:] for place in places if place[:1] == (key,)]) for key, value in found.items()}


def without_quoted(said: Diagnostic, values: Mapping[str, Value]) -> Diagnostic:
    """Returns the diagnostic `said` without quoted secrets of `values`, short ones included."""
    summary, detail, hint = said.summary, said.detail, said.hint
    for text in secret_texts(values):
        summary, detail, hint = (part.replace(f'"{text}"', MASK) for part in (summary, detail, hint))
    return replace(said, summary=summary, detail=detail, hint=hint)


def secret_texts(value: Value) -> frozenset[str]:
    """Returns the texts of all secrets in `value`."""
    if isinstance(value, Secret):
        return value.texts
    items = value.values() if isinstance(value, Mapping) else value if isinstance(value, list | tuple) else ()
    return frozenset(text for item in items for text in secret_texts(item))


def hide_sensitive(records: Iterable[Record], type_of: Callable[[str, str], ResourceType]) -> None:
    """Hides values that came of secrets at the last write from the log of server answers: the current run may not
    know these secrets."""
    for record in records:
        for place in record.sensitive:
            with suppress(HclError):
                type_ = type_of(record.provider, record.address.type)
                for one in type_.in_document(place):
                    name = next((step for step in reversed(one) if isinstance(step, str)), "")
                    hide_fields((name, *type_.capabilities.shown_as.get(name, ())))


def secret_paths(
    type_: ResourceType, values: Mapping[str, Value], record: Record | None, document: JsonValue, version: Version
) -> frozenset[Place]:
    """Returns the places in `document`, which the server gave at `version`, of values that come of secrets, by the
    new values and by the record. Where the object has changed since, positions in lists are ignored."""
    found = {place for one in sensitive_in(type_, values) for place in type_.in_document(one)}
    if record is None:
        return frozenset(found)
    before = {place for one in record.sensitive for place in type_.in_document(one)}
    if before:
        found |= set(secret_places(marked(document, before, anywhere=record.version != version)))
    elif record.applied == "":  # of an earlier hcl-lite, it remembers nothing of such an argument
        plain = [key for key, attr in type_.attrs.items() if attr.settable and not attr.body and not attr.replaces]
        found |= {(type_.attrs[key].wire,) for key in plain if type_.attrs[key].wire and key not in record.attributes}
    return frozenset(found)


def _with(document: JsonValue, other: JsonValue, path: Place) -> JsonValue:
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


def _spelled(document: JsonValue) -> str:
    try:
        return spell_json(document).decode()
    except TypeError:  # halves of surrogate pairs, or what else that cannot spell
        return json.dumps(document, ensure_ascii=False)


def _tells(value: JsonValue) -> bool:
    return isinstance(value, str) and redact(value) != value
