"""Planned writes that the account of a provider has no permission for."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from hcl_lite.core.addrs import Address
from hcl_lite.core.diags import Diagnostic
from hcl_lite.core.schema import Verb
from hcl_lite.engine.open_providers import Session
from hcl_lite.engine.plan import Action, Change
from hcl_lite.lang.evaluation.expand import provider_address

_VERBS: Mapping[Action, Sequence[Verb]] = {
    Action.CREATE: ("create",),
    Action.UPDATE: ("update",),
    Action.REPLACE: ("create", "delete"),
    Action.DELETE: ("delete",),
}
_MOST_NAMED = 3
Writes = dict[tuple[str, Verb], list[Address]]


async def forbidden_writes(session: Session, changes: Iterable[Change]) -> list[Diagnostic]:
    """Returns an error for each provider whose account lacks permission for some of `changes`; a provider with writes
    is asked once.

    Changes that may turn out not to be needed are left out. Raises ProviderError.
    """
    planned: dict[str, Writes] = {}
    for change in changes:
        if not (change.may_stay or change.goes_with or session.is_deferred(change.provider)):
            for verb in _VERBS.get(change.action, ()):
                of_provider = planned.setdefault(change.provider, {})
                of_provider.setdefault((change.address.type, verb), []).append(change.address)
    problems = []
    for provider, writes in sorted(planned.items()):
        forbidden = await session.get(provider).forbidden(writes)
        if forbidden:
            problems.append(_refusal(session, provider, writes, forbidden))
    return problems


def _refusal(session: Session, provider: str, writes: Writes, forbidden: Mapping[tuple[str, Verb], str]) -> Diagnostic:
    address = provider_address(provider)
    block = session.config.blocks.get(address)
    place = None
    if block is not None:
        place = block.value_place("auth") if "auth" in block.body else block.place()
    told = [f"To {verb} {_named(writes[type_, verb])} takes {role}." for (type_, verb), role in forbidden.items()]
    return Diagnostic(
        f"The account of {address} may not do all that is planned",
        " ".join(told),
        place,
        "Give the account what is needed, or name another one.",
        str(address),
    )


def _named(addresses: Sequence[Address]) -> str:
    ordered = sorted(addresses, key=lambda address: address.order)
    more = f" and {len(ordered) - _MOST_NAMED} more" if len(ordered) > _MOST_NAMED else ""
    return f"{', '.join(map(str, ordered[:_MOST_NAMED]))}{more}"
