"""What the bodies of objects that are about to be written use, and is neither declared nor on the server."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from hcl_lite.core.addrs import Address
from hcl_lite.core.diags import Diagnostic, Severity
from hcl_lite.core.schema import Mention
from hcl_lite.engine.graph import Build
from hcl_lite.engine.session import Session

Uses = Mapping[Address, frozenset[Mention]]
_MOST_NAMED = 3


async def dangling_references(build: Build, session: Session, uses: Uses) -> list[Diagnostic]:
    """A warning for each object that is used and not there, however many use it. Raises ProviderError.

    `uses` are those of what is about to be written; servers are only asked for what is not declared.
    """
    declared = {mention.name for mention in build.declared}  # a name may stand where others have a uid
    users: dict[tuple[str, Mention], list[Address]] = {}
    for address, mentions in uses.items():
        provider = build.config.blocks[address].provider
        if not session.is_deferred(provider):
            for mention in (one for one in mentions if one.name not in declared):
                users.setdefault((provider, mention), []).append(address)
    warnings = []
    for provider in dict.fromkeys(provider for provider, _ in users):
        asked = [mention for name, mention in users if name == provider]
        missing = await session.get(provider).missing(asked)
        ordered = sorted(missing, key=lambda mention: (mention.kind, mention.name))
        warnings += [_warning(build, mention, users[provider, mention]) for mention in ordered]
    return warnings


def _warning(build: Build, mention: Mention, users: Sequence[Address]) -> Diagnostic:
    named = sorted(users, key=lambda address: address.order)
    more = f" and {len(named) - _MOST_NAMED} more" if len(named) > _MOST_NAMED else ""
    verb = "uses" if len(named) == 1 else "use"
    return Diagnostic(
        f'There is no {mention.kind} "{mention.name}"',
        f"{', '.join(map(str, named[:_MOST_NAMED]))}{more} {verb} it; it is neither declared nor on the server.",
        build.config.blocks[named[0]].place(),
        "What shows it will have no data until it is there.",
        str(named[0]),
        Severity.WARNING,
    )
