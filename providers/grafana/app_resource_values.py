"""Arguments of app resources, without a server: how they are completed, and which content is compared. Pure."""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

from hcl_lite.core.paths import ObjectPath, Step
from hcl_lite.core.places import Place, leaves, marked, places_holding, without
from hcl_lite.core.schema import Live, Mention, ValueProblem, Whole
from hcl_lite.core.schema.secrecy import declared_secrets
from hcl_lite.core.schema.type_text import type_of
from hcl_lite.core.values import UNKNOWN, JsonValue, Secret, Value, derive_uid, is_unknown, read_json, reveal
from providers.grafana.platform_kinds import (
    keeps_metadata,
    mentions_of,
    name_by_title,
    names_of,
    normal,
    other_type,
    title_key,
)
from providers.grafana.platform_names import Kind, parts_of, uid_of
from providers.kit.resource import Resource
from providers.kit.wire import Json, without_redacted

Values = Mapping[str, Value]

PARTS: Final = ("labels", "annotations")
DROPPED: Final = "dropped"
"""Among completed values: the labels and annotations that were declared before and are to go, by part and key."""
FOLDER: Final = "grafana.app/folder"

_API_VERSION: Final = re.compile(r"[a-z0-9.-]+/[a-z0-9]+")
_OF_SERVER: Final = ("grafana.app/", "grafana.com/")
_TO_TELL: Final = ("title", "name")


@dataclass(frozen=True, slots=True)
class Manifest:
    """The group, the kind, and the name in the metadata: GROUP:KIND:NAME."""

    keys: tuple[str, ...] = ("kind",)
    natural_key: str = ""

    def may_be(self, uid: str) -> bool:
        return uid.count(":") >= 2

    def new_uid(self, address: str, name: str) -> str:
        return derive_uid(name, address)

    def complete(self, values: dict[str, Value], uid: str, derived: str) -> dict[str, Value]:
        """The name is that of the remembered object where none is given; by the title, where the server goes by that;
        else it is derived from the address."""
        metadata = metadata_of(values)
        if metadata is UNKNOWN or metadata.get("name") is not None:
            return {**values, "metadata": metadata}
        by_title = title_key(kind_of(values)) != ""
        name = _name_by_title(values) if by_title else parts_of(uid)[2] or uid or derived
        return {**values, "metadata": {**metadata, "name": name}}

    def uid(self, values: Values) -> Value:
        metadata = metadata_of(values)
        name = metadata if metadata is UNKNOWN else metadata.get("name")
        parts = (*kind_of(values), name)
        if not all(isinstance(reveal(part), str) for part in parts):
            return UNKNOWN
        uid = uid_of(*map(str, map(reveal, parts)))
        return Secret(uid) if any(isinstance(part, Secret) for part in parts) else uid

    def of(self, known: Values) -> str:
        return uid_of(*kind_of(known), str(known["metadata"]["name"]))


def metadata_of(values: Values) -> Value:
    """Returns the metadata of arguments, open: what is secret as a whole has its leaves as secrets; UNKNOWN for what is
    not known yet."""
    given = values.get("metadata")
    return {} if given is None else _opened(given)


def _opened(value: Value) -> Value:
    inner = value.value if isinstance(value, Secret) else value
    if not isinstance(inner, Mapping):
        return value
    return {
        key: _opened(Secret(item, value.made_of) if isinstance(value, Secret) else item) for key, item in inner.items()
    }


def kind_of(values: Values) -> Kind:
    """Returns the group and the kind that arguments ask for; UNKNOWN for what is not known yet."""
    api_version = values.get("api_version")
    group: Any = api_version.partition("/")[0] if isinstance(api_version, str) else api_version
    return group, values.get("kind", UNKNOWN)


def version_for(values: Values, group: str) -> str:
    """Returns the version of the API in which arguments ask for an object of a group; empty where they tell none."""
    asked, _, version = str(values.get("api_version")).partition("/")
    return version if asked == group else ""


def _name_by_title(values: Values) -> Value:
    spec = values.get("spec")
    return name_by_title(kind_of(values), spec) if isinstance(spec, Mapping) else UNKNOWN


def _spec_of(values: Values) -> Value:
    """The spec of arguments that are not completed; UNKNOWN for text that is none."""
    if values.get("spec") is not None:
        return values["spec"]
    try:
        return _read_spec(values.get("spec_json", UNKNOWN))
    except ValueProblem:
        return UNKNOWN


def same_object(values: Values) -> Whole | None:
    """Returns the object of another type that arguments ask for, as far as they tell."""
    metadata = metadata_of(values)
    name = metadata.get("name") if isinstance(metadata, Mapping) else None
    return other_type(kind_of(values), values.get("name") if name is None else name, _spec_of(values))


class AppResourceType(Resource):
    """The spec is compared whole, and sent as the user wrote it; of labels and annotations those that the block
    declares."""

    def complete(self, address: str, name: str, values: Values, uid: str) -> Values:
        _check_api_version(values.get("api_version"))
        given = [key for key in ("spec", "spec_json") if values.get(key) is not None]
        if len(given) != 1:
            summary = "spec and spec_json cannot both be set" if given else "An app resource needs spec or spec_json"
            raise ValueProblem(given[-1] if given else "", summary, "", "Leave one of them out." if given else "")
        _check_open(values)
        spec = values["spec"] if given == ["spec"] else _read_spec(values["spec_json"])
        rest = {key: value for key, value in values.items() if key != "spec_json"}
        complete = super().complete(address, name, {**rest, "spec": spec}, uid)
        _check_metadata(complete)
        return complete

    def given_uid(self, values: Values) -> Value:
        """A kind that is named by its title may be in JSON text, which is read for it."""
        metadata = metadata_of(values)
        if metadata is not UNKNOWN and metadata.get("name") is None and not title_key(kind_of(values)):
            return "" if isinstance(kind_of(values)[0], str) else UNKNOWN
        uid = self.uid(self.identity.complete({**values, "spec": _spec_of(values)}, "", ""))
        return uid if isinstance(uid, str) else UNKNOWN

    # --- what is compared ---------------------------------------------------------------------------------------------

    def content(self, values: Values) -> Json:
        whole = {**values, "spec": _spec_of(values)}  # arguments may be as they were written
        open_ = without(whole, [*declared_secrets(self.attrs, whole)])
        spec = without_redacted(type_of(self.attrs["spec"]), open_["spec"])
        return content_of(kind_of(values), spec, metadata_of(values))

    def _comparable(self, values: Values) -> Json:
        return self.content(values)

    def to_wire(self, values: Values) -> Json:
        return {**super().to_wire({**values, "spec": _spec_of(values)}), DROPPED: values.get(DROPPED, ())}

    def live(self, wire: Json) -> Live:
        found = super().live(wire)
        attributes = {key: value for key, value in found.attributes.items() if key != "metadata"}
        attributes |= _declared(wire["declared"])
        return replace(found, attributes=attributes, warnings=tuple(wire.get("warnings", ())))

    def declared(self, values: Values) -> Sequence[Place]:
        parts = _declared_parts(metadata_of(values))
        return [("metadata", part, key) for part, items in parts.items() if isinstance(items, Mapping) for key in items]

    def without(self, values: Values, places: Collection[Place]) -> Values:
        declared = {*self.declared(values)}
        gone = tuple((str(part), str(key)) for _, part, key in places if ("metadata", part, key) not in declared)
        return {**values, DROPPED: gone} if gone else values

    def in_document(self, place: Place) -> Iterable[Place]:
        yield place

    def values_of(self, uid: str, document: JsonValue) -> Values:
        """`document` is an object of the wire."""
        assert isinstance(document, Mapping)
        found: Any = document
        given = {part: given_in(found["metadata"], part) for part in PARTS}
        metadata = {"name": found["metadata"]["name"], **{part: items for part, items in given.items() if items}}
        spec = without_redacted(type_of(self.attrs["spec"]), found["spec"])
        told = {"api_version": found["apiVersion"], "kind": found["kind"], "metadata": metadata}
        if any(value is None for _, value in leaves(spec)):  # which TOML has no word for
            return {**told, "spec_json": json.dumps(spec, ensure_ascii=False)}
        return {**told, "spec": spec}

    def summary(self, values: Values) -> Values:
        spec = values.get("spec")
        titles = {key: spec[key] for key in _TO_TELL if isinstance(spec, Mapping) and key in spec}
        metadata = metadata_of(values)
        name = metadata.get("name") if isinstance(metadata, Mapping) else UNKNOWN
        shown = {"api_version": values.get("api_version"), "kind": values.get("kind"), "metadata.name": name}
        return {**shown, **{f"spec.{key}": title for key, title in titles.items()}}

    def has_path(self, path: ObjectPath) -> bool:
        return path.steps[0] in ("spec", "spec_json") or tuple(path.steps[:2]) in {("metadata", part) for part in PARTS}

    def steps(self, values: Values, path: ObjectPath) -> Sequence[Step]:
        return ("spec", *path.steps[1:]) if path.steps[0] == "spec_json" else path.steps

    def names(self, values: Values, uid: str) -> Iterable[Mention]:
        group, kind, name = parts_of(uid)
        yield from names_of((group, kind), name)

    def mentions(self, values: Values) -> Iterable[Mention]:
        kind = kind_of(values)
        yield from mentions_of(kind, _spec_of(values)) if not is_unknown(kind) else ()
        annotations = _declared_parts(metadata_of(values)).get("annotations")
        folder = annotations.get(FOLDER) if isinstance(annotations, Mapping) else None
        if isinstance(folder, str):
            yield Mention("folder", folder)


def content_of(kind: Kind, spec: Value, metadata: Value) -> Json:
    """Returns the content that is compared."""
    return {"spec": normal(kind, spec), **_declared(metadata)}


def given_in(metadata: Mapping[str, Any], part: str) -> Mapping[str, str]:
    """Returns the labels or the annotations that people have given to an object: those of Grafana itself are not."""
    items = metadata.get(part) or {}
    return {key: text for key, text in items.items() if key == FOLDER or not key.startswith(_OF_SERVER)}


def _declared(metadata: Value) -> Json:
    """The labels and annotations that a block declares, as a part of the content."""
    if metadata is UNKNOWN:
        return {"metadata": UNKNOWN}
    parts = _declared_parts(metadata)
    return {"metadata": parts} if parts else {}


def _declared_parts(metadata: Value) -> Values:
    """The labels and the annotations that a block declares, as far as they are known."""
    known = metadata if isinstance(metadata, Mapping) else {}
    return {part: known[part] for part in PARTS if known.get(part) is not None}


def _read_spec(written: Value) -> Value:
    """The spec of JSON text, in which what came of secrets is one. Raises ValueProblem."""
    text = reveal(written)
    if text is UNKNOWN:
        return UNKNOWN
    spec = written if not isinstance(text, str) else _decoded(text)
    if not isinstance(reveal(spec), Mapping):
        raise ValueProblem("spec_json", "spec_json is no JSON object", "A spec is one.")
    if not isinstance(written, Secret) or not isinstance(text, str):
        return spec
    found = places_holding(spec, written.made_of) if written.made_of else (place for place, _ in leaves(spec))
    return marked(spec, [*found])


def _decoded(text: str) -> Value:
    try:
        return read_json(text)
    except json.JSONDecodeError as error:
        detail = f"{error.msg} at line {error.lineno}, column {error.colno}."
        raise ValueProblem("spec_json", "spec_json is not JSON", detail, offset=error.pos) from error
    except (ValueError, RecursionError) as error:
        detail = "It is nested too deeply." if isinstance(error, RecursionError) else f"{error}."
        raise ValueProblem("spec_json", "spec_json is not JSON", detail) from error


def _check_api_version(value: Value) -> None:
    if isinstance(value, str) and not _API_VERSION.fullmatch(value):
        detail = f'Expected GROUP/VERSION such as "playlist.grafana.app/v1", found "{value}".'
        raise ValueProblem("api_version", "api_version is none", detail)


def _check_open(values: Values) -> None:
    """Raises ValueProblem for an identity that is a secret."""
    metadata = metadata_of(values)
    name = metadata.get("name") if isinstance(metadata, Mapping) else None
    for attribute, value in (("api_version", values["api_version"]), ("kind", values["kind"]), ("metadata", name)):
        if isinstance(value, Secret):
            what = "metadata.name" if attribute == "metadata" else attribute
            detail = "It is the identity of the object: the state keeps it, and plans show it."
            raise ValueProblem(attribute, f"{what} cannot be sensitive", detail)


def _check_metadata(values: Values) -> None:
    """Raises ValueProblem for a name that the server would not take, and for what it would not keep."""
    metadata, kind = values["metadata"], kind_of(values)
    name = metadata.get("name") if isinstance(metadata, Mapping) else None
    if not isinstance(name, str) or is_unknown(kind):
        return
    if not name or "/" in name:
        raise ValueProblem("metadata", "metadata.name cannot be the name of an object", f'Found "{name}".')
    by_title = _name_by_title(values) if title_key(kind) else name
    if isinstance(by_title, str) and by_title != name:
        detail = f'Grafana names a {kind[1]} by its title: here "{by_title}".'
        raise ValueProblem("metadata", "metadata.name is not the one of the title", detail, "Leave it out.")
    given = [part for part in PARTS if metadata.get(part)]
    if given and not keeps_metadata(kind):
        what = " and ".join(given)
        raise ValueProblem("metadata", f"Grafana keeps no {what} of a {kind[1]}", "It would take them for nothing.")
