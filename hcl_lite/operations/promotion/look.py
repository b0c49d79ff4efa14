"""Both servers, listed and matched; what is asked for of them, read."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from hcl_lite.core.diags import Diagnostic, HclError
from hcl_lite.core.schema import Mention, ValueProblem
from hcl_lite.engine.open_providers import Session
from hcl_lite.operations.bulk_import.inventory import Told, find_objects, read_objects
from hcl_lite.operations.bulk_import.model import Found, Inventory, LeftOut, Selection
from hcl_lite.operations.promotion.matching import Counterparts, match, mentions_of
from hcl_lite.operations.promotion.model import Promotion
from hcl_lite.operations.promotion.translation import Values, translated


@dataclass(frozen=True, slots=True)
class Carried:
    """An object of the source: `target` is its counterpart, None for none, and `values` what it would be there. It
    `is_whole` where all that it stands on is there."""

    source: Found
    target: Found | None
    values: Values
    is_whole: bool = True

    @property
    def uid(self) -> str:
        """The uid on the target: its counterpart's, or the one that it keeps."""
        uid = self.source.type.uid(self.values)
        return self.target.uid if self.target is not None else uid if isinstance(uid, str) and uid else self.source.uid


@dataclass(frozen=True, slots=True)
class View:
    """The selected objects of both servers: `extra` are objects of the target without a counterpart; `obstacles` say
    what could not be read, and what does not carry over."""

    carried: Sequence[Carried]
    extra: Sequence[Found]
    obstacles: Sequence[LeftOut]


async def look_at(session: Session, asked: Promotion, told: Told) -> View:
    """Reads both servers, whose providers are open. Raises HclError, and ProviderError."""
    origin = session.get(asked.source).origin
    if origin == session.get(asked.target).origin:
        raise HclError(Diagnostic(f"{asked.source} and {asked.target} are one and the same: {origin}"))
    here = await find_objects(session, [asked.source], (), Selection(), told)
    there = await find_objects(session, [asked.target], (), Selection(), told)
    counterparts = match(here.found, there.found, asked.named)
    chosen = await _chosen(session, asked.source, asked.selection, here, told)
    wanted = await read_objects(session, chosen.found, told)
    matched = {one.key for one in counterparts.targets.values()}
    alone = [one for one in (await _chosen_there(session, asked, there, told)).found if one.key not in matched]
    others = [other for one in wanted.found if (other := counterparts.of(one)) is not None]
    read = await read_objects(session, [*others, *alone], told)
    known = {one.key: one for one in read.found}
    carrying = _Carrying(asked.target, counterparts, known, {m: one for one in here.found for m in mentions_of(one)})
    carried, obstacles = carrying.carry(wanted.found)
    extra = [known[one.key] for one in alone if one.key in known]
    left = [one for one in chosen.left if not one.is_own]  # each server has an account and an organisation of its own
    return View(carried, extra, (*left, *wanted.left, *read.left, *obstacles))


async def _chosen(
    session: Session, provider: str, selection: Selection, everything: Inventory, told: Told
) -> Inventory:
    """Selects objects of a server, on which there is `everything`. Raises HclError for a folder that is none."""
    if selection == Selection():
        return everything
    return await find_objects(session, [provider], (), selection, told)


async def _chosen_there(session: Session, asked: Promotion, everything: Inventory, told: Told) -> Inventory:
    """The same of the target, which may lack the folders that are asked for."""
    try:
        return await _chosen(session, asked.target, asked.selection, everything, told)
    except HclError:
        return Inventory()


@dataclass(frozen=True, slots=True)
class _Carrying:
    """The knowledge of both sides: `known` are the objects of the target that were read, `mentioned` those of the
    source by their mentions."""

    target: str
    counterparts: Counterparts
    known: Mapping[tuple[str, str, str], Found]
    mentioned: Mapping[Mention, Found]

    def carry(self, wanted: Sequence[Found]) -> tuple[Sequence[Carried], Sequence[LeftOut]]:
        """Returns the objects as they would be on the target, and what does not carry over."""
        carried: list[Carried] = []
        obstacles: list[LeftOut] = []
        along = {one.key for one in wanted}
        for one in wanted:
            other = self.counterparts.of(one)
            if other is not None and other.key not in self.known:
                continue  # it could not be read, which is told already
            missing = [*dict.fromkeys(self._missing(one, along))]
            obstacles += [LeftOut(str(one), reason) for reason in (*missing, *self._left_behind(one, other))]
            uid = other.uid if other is not None else "" if one.type.server_given else one.uid
            try:
                values = translated(one, self.counterparts.names, uid)
            except ValueProblem as problem:
                obstacles.append(LeftOut(str(one), problem.summary))
                continue
            carried.append(Carried(one, other and self.known[other.key], values, is_whole=not missing))
        return carried, obstacles

    def _missing(self, one: Found, along: Iterable[tuple[str, str, str]]) -> Iterator[str]:
        """Yields what an object stands on and the target lacks."""
        mentions = [reference.mention for reference in one.type.references(one.values)]
        for mention in (*mentions, *one.type.uses(one.values)):
            thing = self.mentioned.get(mention)
            if thing is None or mention in self.counterparts.names:
                continue
            if thing.key not in along:
                yield f"{self.target} lacks {thing}, which it names"
            elif thing.type.server_given:
                yield f"{self.target} has no number yet for {thing}, which it names"

    def _left_behind(self, one: Found, other: Found | None) -> Iterator[str]:
        """Yields what of an object stays where it is."""
        secrets = sorted((one.live.secret_keys if one.live is not None else None) or ())
        if secrets and other is None:
            yield f"no server tells its secrets ({', '.join(secrets)})"
        there = self.known[other.key].live if other is not None else None
        if there is not None and there.fixed:
            yield f"{self.target} cannot change it: {there.fixed}"
