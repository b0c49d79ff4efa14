"""Counterparts: which object of one server is which of another. Pure.

An object is found again by its uid, where nobody but the user chooses that, or else by its title and the titles of the
folders that it lies in; what is part of another object by that. What the user names comes first.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from hcl_lite.core.schema import Mention, ResourceType
from hcl_lite.operations.bulk_import.model import Found

ObjectId = tuple[str, str]
"""The type and uid of an object of one server."""


@dataclass(frozen=True, slots=True)
class Counterparts:
    """`targets` are the objects of the target by those of the source; `names` what the target calls what the source
    mentions."""

    targets: Mapping[ObjectId, Found]
    names: Mapping[Mention, str]

    def of(self, found: Found) -> Found | None:
        """Returns the counterpart of an object of the source; None where the target has none."""
        return self.targets.get(_id(found))


def match(source: Sequence[Found], target: Sequence[Found], named: Mapping[str, str]) -> Counterparts:
    """Returns the counterparts of all objects that are listed; `named` as in Promotion."""
    targets: dict[ObjectId, Found] = {}
    for type_ in dict.fromkeys(one.type.name for one in (*source, *target)):
        here, there = ([one for one in side if one.type.name == type_] for side in (source, target))
        if here and here[0].type.part_of:
            continue
        _match_type(here, there, named, targets)
    owned = {_id(one): one for one in target}
    for one in source:
        owner = targets.get((one.type.part_of, one.uid)) if one.type.part_of else None
        part = owned.get((one.type.name, owner.uid)) if owner is not None else None
        if part is not None:
            targets[_id(one)] = part
    pairs = [(one, targets[_id(one)]) for one in source if _id(one) in targets]
    return Counterparts(targets, {mention: name for pair in pairs for mention, name in _names(*pair)})


def _match_type(
    here: Sequence[Found], there: Sequence[Found], named: Mapping[str, str], targets: dict[ObjectId, Found]
) -> None:
    """Adds the counterparts of the objects of one type to `targets`."""
    left = {one.uid: one for one in there}

    def take(one: Found, other: Found | None) -> None:
        if other is not None and _id(one) not in targets and other.uid in left:
            targets[_id(one)] = left.pop(other.uid)

    by_name = {name: one for one in there for name in (one.title, one.uid)}
    for one in here:
        wanted = named.get(one.uid) or named.get(one.title)
        take(one, by_name.get(wanted) if wanted else None)
    if here and not here[0].type.server_given:
        for one in here:
            take(one, left.get(one.uid))
    open_ = [one for one in here if _id(one) not in targets]
    by_title = _unique(left.values())
    for title, one in _unique(open_).items():
        take(one, by_title.get(title))


def _unique(found: Iterable[Found]) -> Mapping[tuple[str, ...], Found]:
    """The objects whose title no other has in the same place."""
    known = [(((*one.path, one.title)), one) for one in found if one.title]
    counts = Counter(title for title, _ in known)
    return {title: one for title, one in known if counts[title] == 1}


def _names(one: Found, other: Found) -> Iterable[tuple[Mention, str]]:
    """Yields the target's name of an object for each mention of it on the source."""
    theirs = {mention.kind: mention.name for mention in mentions_of(other)}
    yield from ((mention, theirs[mention.kind]) for mention in mentions_of(one) if mention.kind in theirs)


def mentions_of(found: Found) -> Iterable[Mention]:
    """Yields the mentions that others may make of an object, as far as a list tells its names."""
    yield from found.type.names(found.values or _listed_values(found.type, found.title), found.uid)
    yield Mention(found.type.name, found.uid)


def _listed_values(type_: ResourceType, title: str) -> Mapping[str, str]:
    return {key: title for key in ("name", "title") if key in type_.attrs and title}


def _id(found: Found) -> ObjectId:
    return found.type.name, found.uid
