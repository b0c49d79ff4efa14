"""Inventory of unmanaged objects: listed by every type of every provider, selected, and read whole."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Collection, Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from fnmatch import fnmatchcase

from hcl_lite.core.diags import Diagnostic, HclError
from hcl_lite.core.packed import Packed
from hcl_lite.core.progress import Reached
from hcl_lite.core.redaction import redact
from hcl_lite.core.schema import Listed, Live, Mention, ProviderError, ResourceType, ValueProblem
from hcl_lite.core.values import Value
from hcl_lite.engine.open_providers import Session
from hcl_lite.operations.bulk_import.blocks import laid_out
from hcl_lite.operations.bulk_import.model import Found, Inventory, Key, LeftOut, Selection
from hcl_lite.operations.bulk_import.names import file_stem

_EXPIRES = "the server forgets them by itself: they are copies of a moment, not configuration"
Told = Callable[[Reached], None]


@dataclass(frozen=True, slots=True)
class _Lists:
    """The lists of one server, by type; `holders` are the objects that others lie in, by uid, `failed` the types that
    it does not list, `owners` the objects that others are part of, by type and uid."""

    types: Mapping[str, ResourceType]
    listed: Mapping[str, Sequence[Listed]]
    holders: Mapping[str, Listed]
    failed: Mapping[str, str] = field(default_factory=dict)
    owners: Mapping[tuple[str, str], Listed] = field(default_factory=dict)

    def divided(self, provider: str, managed: Collection[Key]) -> set[Key]:
        """Returns the objects of which pieces are `managed`, and the pieces of those that are."""
        found: set[Key] = set()
        for name, pieces in self.listed.items():
            for one in pieces:
                if one.whole is not None:
                    whole, piece = (provider, *one.whole), (provider, name, one.uid)
                    found |= ({whole} if piece in managed else set()) | ({piece} if whole in managed else set())
        return found

    def way(self, type_: ResourceType, one: Listed) -> list[Listed]:
        """Returns the objects that an object lies in, from the outside; of a part of another object, with that."""
        owner = self.holders.get(one.uid) if type_.part_of else None
        if type_.part_of and owner is None:
            owner = self.owners.get((type_.part_of, one.uid))
            return self.above(owner.folder if owner is not None else one.folder)
        return [*self.above(owner.folder), owner] if owner is not None else self.above(one.folder)

    def above(self, uid: str) -> list[Listed]:
        way: list[Listed] = []
        while uid in self.holders and self.holders[uid] not in way:
            way.insert(0, self.holders[uid])
            uid = way[0].folder
        return way


async def find_objects(
    session: Session, providers: Iterable[str], managed: Collection[Key], selection: Selection, told: Told
) -> Inventory:
    """The objects of `providers`, which are open, that are not among `managed`. Raises HclError for a type or a folder
    that is asked for and is none."""
    _check_types(session, providers, selection)
    inventory, folders = Inventory(), set[str]()
    for provider in providers:
        told(Reached(f"Listing what is on {session.get(provider).origin}"))
        pieces = {type_ for where, type_, _ in managed if where == provider}
        lists = await _list_all(session, provider, selection, pieces)
        folders |= {one.uid for one in lists.holders.values() if _is_named(lists, one, selection.folders)}
        inventory += _chosen(provider, lists, managed, selection)
    if selection.folders and not folders:
        named = ", ".join(f'"{name}"' for name in selection.folders)
        hint = "A folder is named by its uid, its title, or the titles of the way to it: Team/Services."
        raise HclError(Diagnostic(f"There is no folder {named}", hint=hint))
    return inventory


def _check_types(session: Session, providers: Iterable[str], selection: Selection) -> None:
    known = {name for provider in providers for name in session.type_of(provider).resources}
    for one in selection.types:
        if not any(Selection((one,)).has_type(name) for name in known):
            raise HclError(Diagnostic(f'There is no resource type "{one}"', f"There are {', '.join(sorted(known))}."))


async def _list_all(session: Session, provider: str, selection: Selection, managed: Collection[str]) -> _Lists:
    """Lists the selected types, and those that others lie in, for the way to each. Pieces of others are listed where
    they are asked for, or some of them are `managed`. Raises ProviderError where nothing is listed."""
    types = {
        name: type_
        for name, type_ in session.type_of(provider).resources.items()
        if not selection.search or _is_searched(session, provider, type_)
    }
    owners = {types[name].part_of for name in types if selection.has_type(name)}
    wanted = [
        type_
        for type_ in types.values()
        if (selection.has_type(type_.name) and not type_.capabilities.piece)
        or (type_.capabilities.piece and (selection.names_type(type_.name) or type_.name in managed))
        or type_.capabilities.content
        or type_.name in owners
    ]
    names = [type_.name for type_ in wanted]
    first = await _list(session, provider, wanted[0], selection) if wanted else ()
    if isinstance(first, ProviderError) and first.suspects:  # it is the server or the account: asked once
        raise first
    answers = dict(
        zip(names, await asyncio.gather(*(_list(session, provider, one, selection) for one in wanted)), strict=True)
    )
    errors = [answer for answer in answers.values() if isinstance(answer, ProviderError)]
    if errors and len(errors) == len(answers):  # it is no matter of a type
        raise errors[0]
    listed = {name: answer for name, answer in answers.items() if not isinstance(answer, Exception)}
    failed = {name: redact(str(answer)) for name, answer in answers.items() if isinstance(answer, Exception)}
    holding = [type_.name for type_ in wanted if type_.capabilities.content]
    holders = {one.uid: one for name in holding for one in listed.get(name, ())}
    owned = {(name, one.uid): one for name in owners & listed.keys() for one in listed[name]}
    return _Lists(types, listed, holders, failed, owned)


def _is_searched(session: Session, provider: str, type_: ResourceType) -> bool:
    """Whether what a search finds has to do with a type: found itself, part of it, or what it lies in."""
    owner = session.type_of(provider).resources[type_.part_of] if type_.part_of else type_
    return owner.capabilities.search or type_.capabilities.content


async def _list(
    session: Session, provider: str, type_: ResourceType, selection: Selection
) -> Sequence[Listed] | ProviderError | ValueProblem:
    """The objects of a type, or why there is no list of them."""
    try:
        if selection.search and type_.capabilities.search:
            return await session.get(provider).search(type_.name, selection.search)
        return await session.get(provider).list(type_.name)
    except ValueProblem as problem:
        return problem
    except ProviderError as error:
        return error if error.suspects else await _unsupported(session, provider, type_) or error


async def _unsupported(session: Session, provider: str, type_: ResourceType) -> ValueProblem | None:
    """Returns the reason that a server can have nothing of a type; None where it could."""
    try:
        await session.get(provider).check_supported(type_.name, {}, {}, None)
    except ValueProblem as problem:
        return problem
    except ProviderError:
        return None
    return None


def _chosen(provider: str, lists: _Lists, managed: Collection[Key], selection: Selection) -> Inventory:
    """Selects from the lists: by type, and in each in the order of folders and titles."""
    found: list[Found] = []
    left = [LeftOut(f"all of {name}", why) for name, why in lists.failed.items() if selection.has_type(name)]
    known = 0
    divided = lists.divided(provider, managed)
    for type_ in (lists.types[name] for name in lists.listed if selection.has_type(name)):
        if type_.capabilities.piece and not selection.names_type(type_.name):
            continue
        apart = type_.capabilities.meant or (_EXPIRES if type_.capabilities.expiry is not None else "")
        if apart and not selection.everything:
            number = len(lists.listed[type_.name])
            left += [LeftOut(f"{number} of {type_.name}", apart)] if number else []
            continue
        for one in _in_folders(provider, lists, type_, selection):
            if one.key in managed or one.key in divided:
                known += 1
            elif one.own and not selection.everything:
                left.append(LeftOut(str(one), one.own, is_own=True))
            elif _is_excluded(one, selection.excluded):
                left.append(LeftOut(str(one), "it is left out by --exclude"))
            else:
                found.append(one)
    return Inventory(found, left, known)


def _in_folders(provider: str, lists: _Lists, type_: ResourceType, selection: Selection) -> Sequence[Found]:
    """The objects of a type, as far as they lie where they are asked for; what something lies in comes before that."""
    found: list[Found] = []
    for one in lists.listed[type_.name]:
        if selection.search and not (type_.capabilities.search or (type_.part_of, one.uid) in lists.owners):
            continue
        way = lists.way(type_, one)
        itself = (lists.holders[one.uid],) if type_.capabilities.content and one.uid in lists.holders else ()
        if not selection.folders or any(_is_named(lists, holder, selection.folders) for holder in (*way, *itself)):
            path = tuple(holder.title for holder in way)
            found.append(Found(provider, type_, one.uid, one.title, path, told=one.told, own=one.own))
    return sorted(found, key=lambda one: ([*map(file_stem, one.path), file_stem(one.title)], one.uid))


def _is_named(lists: _Lists, holder: Listed, names: Collection[str]) -> bool:
    path = "/".join([*(one.title for one in lists.above(holder.folder)), holder.title])
    return not {holder.uid, holder.title, path}.isdisjoint(names)


def _is_excluded(thing: Found, patterns: Iterable[str]) -> bool:
    path = "/".join([*thing.path, thing.title])
    names = (thing.type.name, thing.uid, thing.title, path, f"{thing.type.name}.{thing.uid}")
    return any(fnmatchcase(name, pattern) for pattern in patterns for name in names if name)


def whole(one: Found) -> Found:
    """An object with all that was read of it."""
    return one


async def read_objects(
    session: Session,
    found: Sequence[Found],
    told: Told,
    *,
    with_fixed: bool = False,
    kept: Callable[[Found], Found] = whole,
) -> Inventory:
    """`found` with what each is, as its server keeps it; those that cannot be managed here are left out, but
    `with_fixed` those that no account can change are there too. Of each is `kept` what is asked for, as soon as it is
    read."""
    done = 0

    async def read(one: Found, live: Live | None = None) -> Found | LeftOut:
        nonlocal done
        if live is None:
            outcome = await read_object(session, one, with_fixed=with_fixed, kept=kept)
        else:
            outcome = await _as_read(session, one, live, with_fixed=with_fixed, kept=kept)
        done += 1
        told(Reached("Reading", done, len(found)))
        return outcome

    by_key = await _read_lists(session, found, read)
    rest = [one for one in found if one.key not in by_key]
    by_key |= zip((one.key for one in rest), await asyncio.gather(*map(read, rest)), strict=True)
    outcomes = [by_key[one.key] for one in found]
    return Inventory(
        [one for one in outcomes if isinstance(one, Found)], [one for one in outcomes if isinstance(one, LeftOut)]
    )


def without_parsed(one: Found) -> Found:
    """An object as its arguments say it, with the texts of bodies laid out as in files, and packed: without what else
    they were parsed to, which takes many times as much."""
    attrs = one.type.attrs
    bodies = Packed(
        {
            key: laid_out(value)
            for key, value in one.values.items()
            if key in attrs and attrs[key].body and attrs[key].json and isinstance(value, str)
        }
    )
    values = Packed({key: value for key, value in one.values.items() if key in attrs and key not in bodies}, bodies)
    live = one.live and replace(one.live, content=None, document=None)
    return replace(one, live=live, values=values, wish=replace(one.wish, texts=Packed(bodies, one.wish.texts)))


async def _read_lists(
    session: Session, found: Sequence[Found], read: Callable[[Found, Live], Awaitable[Found | LeftOut]]
) -> dict[Key, Found | LeftOut]:
    """Returns what is `read` of those objects that lists have whole, where that costs less than reading each."""
    wanted: dict[tuple[str, str], dict[str, Found]] = {}
    for one in found:
        wanted.setdefault((one.provider, one.type.name), {})[one.uid] = one
    outcomes: dict[Key, Found | LeftOut] = {}

    async def read_list(provider: str, type_: str) -> None:
        by_uid = wanted[provider, type_]
        with suppress(ProviderError):  # each is read by itself then, and that says what is wrong
            async for page in session.get(provider).originals(type_, by_uid):
                for live in page:
                    outcomes[provider, type_, live.uid] = await read(by_uid[live.uid], live)

    await asyncio.gather(*(read_list(provider, type_) for provider, type_ in wanted))
    return outcomes


async def read_object(
    session: Session, one: Found, *, with_fixed: bool = False, kept: Callable[[Found], Found] = whole
) -> Found | LeftOut:
    """Returns `one` with what it is; why it cannot be managed here where that is so."""
    try:
        live = await session.get(one.provider).original(one.type.name, one.uid)
    except ProviderError as error:
        return LeftOut(str(one), redact(str(error)))
    if live is None:
        return LeftOut(str(one), "it has gone meanwhile")
    return await _as_read(session, one, live, with_fixed=with_fixed, kept=kept)


async def _as_read(
    session: Session, one: Found, live: Live, *, with_fixed: bool, kept: Callable[[Found], Found]
) -> Found | LeftOut:
    """Returns `one`, which is `live`; why it cannot be managed here where that is so."""
    fixed = "" if with_fixed else live.fixed
    if fixed or live.owner or live.document is None:
        return LeftOut(str(one), fixed or live.owner or "its server does not tell all of it")
    try:
        values = one.type.values_of(one.uid, live.document)
    except ValueProblem as problem:
        return LeftOut(str(one), problem.summary)
    read = kept(replace(one, live=live, values=values))
    return replace(read, spellings=await spellings_of(session, read, read.values))


async def spellings_of(session: Session, one: Found, values: Mapping[str, Value]) -> Mapping[Mention, str]:
    """Returns how what `values` mention by number is written by name, as far as the account may look it up."""
    mentions = {reference.mention for reference in one.type.references(values)}
    try:
        return await session.get(one.provider).spellings(one.type.name, mentions) if mentions else {}
    except ProviderError:
        return {}
