"""References in bodies and arguments to objects that are neither declared nor on the server."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence, Set
from dataclasses import dataclass

from hcl_lite.core.addrs import Address, Kind
from hcl_lite.core.diags import Diagnostic, Severity, close_match
from hcl_lite.core.schema import Mention
from hcl_lite.engine.graph import Build
from hcl_lite.engine.open_providers import Session
from hcl_lite.engine.plan import Change

Uses = Mapping[Address, frozenset[Mention]]
_MOST_NAMED = 3


async def dangling_references(
    build: Build, session: Session, changes: Mapping[Address, Change], uses: Uses
) -> list[Diagnostic]:
    """Returns a warning for each missing object, however many blocks use it; an error where an argument names it, since
    the server would refuse that write.

    `changes` are those of all blocks, `uses` the references of objects to be written; servers are asked only for what
    is not declared. Raises ProviderError.
    """
    declared = _Declared.of(build, session, changes)
    users: dict[tuple[str, Mention], list[tuple[Address, Mention]]] = {}  # each has a place of its own
    for address, mentions in uses.items():
        provider = build.config.blocks[address].provider
        if not session.is_deferred(provider):
            for mention in (one for one in mentions if one not in declared):
                users.setdefault((provider, mention), []).append((address, mention))
    warnings = []
    for provider in dict.fromkeys(provider for provider, _ in users):
        asked = [mention for name, mention in users if name == provider]
        missing = await session.get(provider).missing(asked)
        ordered = sorted(missing, key=lambda mention: (mention.kind, mention.name))
        for mention in ordered:
            known = {*missing[mention], *(one.name for one in declared.objects if one.kind == mention.kind)}
            warnings.append(_warning(build, users[provider, mention], known))
    return warnings


@dataclass(frozen=True)
class _Declared:
    """The names and uids that the configuration declares, with the uids that the plan has found for blocks that give
    none. A block whose uid is known only after apply may be any object of its kind."""

    names: Set[str]
    objects: Set[Mention]
    unsure: Set[str]

    @classmethod
    def of(cls, build: Build, session: Session, changes: Mapping[Address, Change]) -> _Declared:
        objects, unsure = set(build.declared), set[str]()
        for change in (one for one in changes.values() if one.address.kind is Kind.RESOURCE):
            type_ = session.resource_type(change.provider, change.address.type)
            if change.uid:
                objects.update(type_.names({}, change.uid))
            else:
                unsure.update(mention.kind for mention in type_.names({}, "-"))
        unsure.update(mention.kind for mention in objects if not mention.name)
        return cls({mention.name for mention in objects}, objects, unsure)

    def __contains__(self, mention: Mention) -> bool:
        if mention in self.objects or mention.kind in self.unsure:
            return True
        return not mention.refused and mention.name in self.names  # a name may stand where others have a uid


def _warning(build: Build, users: Sequence[tuple[Address, Mention]], known: Collection[str]) -> Diagnostic:
    mentions = dict(sorted(users, key=lambda user: user[0].order))
    named = [*mentions]
    mention = mentions[named[0]]
    more = f" and {len(named) - _MOST_NAMED} more" if len(named) > _MOST_NAMED else ""
    verb = "uses" if len(named) == 1 else "use"
    block, near = build.config.blocks[named[0]], close_match(mention.name, known)
    hint = (
        "Declare it, or name one that is there: the server takes no other."
        if mention.refused
        else "Until it is there, what uses it has no data, or fails."
    )
    return Diagnostic(
        f'There is no {mention.kind} "{mention.name}"',
        f"{', '.join(map(str, named[:_MOST_NAMED]))}{more} {verb} it; it is neither declared nor on the server.",
        block.value_place(*mention.place) if mention.place and mention.place[0] in block.body else block.place(),
        f"{near} {hint}".lstrip(),
        str(named[0]),
        Severity.ERROR if mention.refused else Severity.WARNING,
    )
