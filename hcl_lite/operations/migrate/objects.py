"""Objects that are told of, as the types have them: in which folder, under which uid, with which values. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from hcl_lite.core.places import Place, at, without
from hcl_lite.core.schema import ResourceType, ValueProblem
from hcl_lite.core.schema.secrecy import declared_secrets, name_of
from hcl_lite.core.values import Value
from hcl_lite.lang.toml.write import Code
from hcl_lite.operations.bulk_import.model import Found, LeftOut
from hcl_lite.operations.bulk_import.names import choose_names, file_stem
from hcl_lite.operations.migrate.interpolation import Interpolated, references_in, replaced
from hcl_lite.operations.migrate.model import FOLDER_ARGUMENTS, Told

_FOLDER = "grafana_folder"
_LONGEST = 40  # characters of a uid
_REDACTED = "[REDACTED]"
Path = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Places:
    """The places of folders: `uids` by the titles of the way to each, `paths` by their uids; `known_as` is the uid on
    the server for one of a format."""

    uids: Mapping[Path, str] = field(default_factory=dict)
    paths: Mapping[str, Path] = field(default_factory=dict)
    known_as: Mapping[str, str] = field(default_factory=dict)

    def folder_of(self, told: Told) -> tuple[str, Path]:
        """The uid of the folder of an object, with its path; empty for the root."""
        if told.folder:
            uid = self.known_as.get(told.folder, told.folder)
            return uid, self.paths.get(uid, ())
        return self.uids.get(told.path, ""), told.path


@dataclass(frozen=True, slots=True)
class Shaped:
    """An object with completed `values`. `codes` are the expressions in place of some of them, `unset` the environment
    variables that are missing for others; `secrets` are references by the names of secrets, and `open` those secrets
    that are told in plain text, which are left out of the values."""

    told: Told
    type: ResourceType
    uid: str
    path: Path
    given: Mapping[str, Value]
    values: Mapping[str, Value]
    codes: Mapping[Place, Code] = field(default_factory=dict)
    unset: Sequence[str] = ()
    secrets: Mapping[str, str | Code] = field(default_factory=dict)
    open: Sequence[str] = ()

    def found(self, provider: str) -> Found:
        """Returns it as an object that is on no server."""
        return Found(provider, self.type, self.uid, self.told.title, self.path, values=self.values)

    @property
    def is_named(self) -> bool:
        """Whether its uid is known, where it has one that people choose."""
        return self.uid != _unknown(self.told) or "uid" not in self.type.attrs or self.type.server_given

    @property
    def body(self) -> str:
        """The argument whose JSON is a text of its own; empty where there is none."""
        return body_of(self.type) if self.told.text else ""


def body_of(type_: ResourceType) -> str:
    """The argument of a type that is a body in JSON; empty for none."""
    return next((key for key, attr in type_.attrs.items() if attr.body and attr.json), "")


# --- folders ----------------------------------------------------------------------------------------------------------


def place_folders(told: Sequence[Told], there: Iterable[Found]) -> tuple[Sequence[Told], Places]:
    """The folders that are told of, each but once and with its uid, before those that lie in it; and where all are.
    Those that the server has in the same place are these, whatever the format calls them."""
    uids = {(*one.path, one.title): one.uid for one in there}
    held = {uid: path for path, uid in uids.items()}
    by_uid = {one.uid: one for one in told if one.uid}
    names = dict[str, str]()
    placed: dict[Path, Told] = {}
    for one in told:
        way = _way(one, by_uid, held)
        known = placed.get(way)
        if known is None or (one.uid and not known.uid):
            placed[way] = replace(one, path=way[:-1], folder="")
    chosen = _choose_uids(placed, uids, held)
    for one in told:
        way = _way(one, by_uid, held)
        if one.uid and chosen[way] != one.uid:
            names[one.uid] = chosen[way]
    every = {**uids, **chosen}
    folders = [replace(placed[way], uid=chosen[way]) for way in sorted(placed, key=lambda way: (len(way), way))]
    return folders, Places(every, {uid: way for way, uid in every.items()}, names)


def _way(one: Told, by_uid: Mapping[str, Told], held: Mapping[str, Path]) -> Path:
    """The titles of the way to a folder, with its own at the end."""
    steps = [one.title]
    seen = {one.uid}
    while one.folder and one.folder not in seen:
        seen.add(one.folder)
        parent = by_uid.get(one.folder)
        if parent is None:
            return (*held.get(one.folder, (one.folder,)), *steps)
        one = parent
        steps.insert(0, one.title)
    return (*one.path, *steps)


def _choose_uids(placed: Mapping[Path, Told], uids: Mapping[Path, str], held: Mapping[str, Path]) -> dict[Path, str]:
    """The uid of each folder: its own, where the format gives one; that of the one in its place; or one made of its
    titles."""
    chosen: dict[Path, str] = {}
    for way, one in placed.items():
        is_one = bool(one.uid) and ":" not in one.uid
        if is_one and (one.uid in held or way not in uids):
            chosen[way] = one.uid
        elif way in uids:
            chosen[way] = uids[way]
    made = {way: [file_stem("-".join(way))[:_LONGEST].strip("-")] for way in placed if way not in chosen}
    return chosen | choose_names(made, {*chosen.values(), *held})


# --- values -----------------------------------------------------------------------------------------------------------


def shape(told: Told, type_: ResourceType, places: Places, environment: Mapping[str, str]) -> Shaped | LeftOut:
    """The object by the type's own words."""
    folder, path = places.folder_of(told)
    try:
        given = _given(told, type_, folder)
        uid = _uid_of(told, type_, given)
        given, codes, unset = _resolved(given, environment)
        given, secrets, open_ = _without_secrets(told, type_, given)
        values = type_.complete(told.where, told.title, {**given}, "" if uid == _unknown(told) else uid)
    except ValueProblem as problem:
        return LeftOut(str(told), f"{problem.summary}. {problem.detail}".strip(" ."))
    except (TypeError, AttributeError, KeyError, ValueError):
        return LeftOut(str(told), "it has other types of values than Grafana's API")
    codes = {place: code for place, code in codes.items() if name_of(place[1:]) not in secrets}
    return Shaped(told, type_, uid, path, given, values, codes, unset, secrets, open_)


def _given(told: Told, type_: ResourceType, folder: str) -> dict[str, Value]:
    """The arguments that the object gives."""
    body = body_of(type_) if told.text else ""
    given = dict(type_.values_of(told.uid, told.wire)) if told.wire else {}
    placed = FOLDER_ARGUMENTS.get(told.type, "")
    if body:
        given |= {body: told.text} | ({"uid": told.uid} if told.uid else {})
    if placed and (folder or placed in given):
        given[placed] = folder
    said = {**given, **told.arguments}
    return {key: value for key, value in said.items() if key in type_.attrs and value is not None}


def _uid_of(told: Told, type_: ResourceType, given: Mapping[str, Value]) -> str:
    """The uid that it has, or a name for it where the format does not say."""
    uid = type_.given_uid(given)
    return uid if isinstance(uid, str) and uid else told.uid or _unknown(told)


def _unknown(told: Told) -> str:
    """Returns a stand-in for the uid of an object that the format does not give."""
    return f"{told.where} {told.title}"


def _resolved(
    given: Mapping[str, Any], environment: Mapping[str, str]
) -> tuple[dict[str, Any], Mapping[Place, Code], Sequence[str]]:
    """Arguments with the values of references in them, the expressions for these, and which cannot be known here."""
    texts: dict[Place, str] = {}
    codes: dict[Place, Code] = {}
    unset: list[str] = []
    for place, reference in references_in(given):
        text, code = reference.resolve(environment), reference.code
        if code is not None:
            codes[place] = code
        if text is None:
            unset.append(str(reference))
        texts[place] = text if text is not None else str(reference)
    return dict(replaced(given, texts)), codes, unset


def _without_secrets(
    told: Told, type_: ResourceType, given: dict[str, Any]
) -> tuple[dict[str, Any], Mapping[str, str | Code], Sequence[str]]:
    """Arguments without their secrets, the references to these by name, and the names of those in plain text."""
    places = [*declared_secrets(type_.attrs, given)]
    said = dict(references_in(type_.values_of(told.uid, told.wire))) if told.wire else {}
    secrets = {name: _reference(one) for name, one in told.secrets.items()}
    secrets |= {name_of(place): _reference(said[place]) for place in places if place in said}
    open_ = [name_of(place) for place in places if place not in said and at(given, place) != _REDACTED]
    kept = {name: reference for name, reference in secrets.items() if reference is not None}
    unread = [name for name, reference in secrets.items() if reference is None]
    return dict(without(given, places)), kept, [*told.open, *open_, *unread]


def _reference(one: Interpolated) -> str | Code | None:
    return one.secret or one.code


Types = Callable[[str], ResourceType | None]


def shape_all(
    told: Iterable[Told], types: Types, places: Places, environment: Mapping[str, str]
) -> tuple[Sequence[Shaped], Sequence[LeftOut]]:
    """All objects of known types, each but once; and why others are left out."""
    shaped: dict[tuple[str, str], Shaped] = {}
    left: list[LeftOut] = []
    for one in told:
        type_ = types(one.type)
        if type_ is None:
            left.append(LeftOut(str(one), f"hcl-lite has no type {one.type} yet"))
            continue
        found = shape(one, type_, places, environment)
        if isinstance(found, LeftOut):
            left.append(found)
        elif (other := shaped.setdefault((one.type, found.uid), found)) is not found:
            left.append(LeftOut(str(one), f"{other.told.where} tells of it already"))
    return [*shaped.values()], left
