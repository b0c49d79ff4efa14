"""The object that a person means by an id: read by its uid, or else looked for among all of its type."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import replace

from hcl_lite.core.schema import Live, Origin, Resolved, ValueProblem
from hcl_lite.core.schema.provider import ListOf
from providers.kit.ids import Reading, ambiguous, named_by, read_id, similar, without_organisation
from providers.kit.resource import Resource
from providers.transport.errors import ApiError, Invalid
from providers.transport.http import HttpClient

Organisation = Callable[[], Awaitable[str]]
"""The number of the organisation that calls work in; empty where a server has none, or does not tell."""


async def resolve(
    kind: Resource, client: HttpClient, text: str, origin: Origin, organisation: Organisation, listed: ListOf
) -> Resolved:
    """Returns the object of type `kind` that `text` names. Raises ValueProblem where there are several, and where it is
    of another server or organisation; ApiError."""
    reading = read_id(text, kind.ids, origin.url)
    await _check_organisation(reading, text, organisation)
    only = kind.only_uid
    if only:
        return await _resolve_only(kind, client, reading, text, organisation, only)
    live = await _read(kind, client, reading.value) if reading.may_be_uid else None
    inner = without_organisation(reading) if live is None else None
    if inner is not None:
        await _check_organisation(inner, text, organisation)
        reading = inner
        live = await _read(kind, client, reading.value) if reading.may_be_uid else None
    if live is not None:
        return Resolved(live.uid, live)
    return await _look_for(kind, client, reading, text, origin, listed)


async def _look_for(
    kind: Resource, client: HttpClient, reading: Reading, text: str, origin: Origin, listed: ListOf
) -> Resolved:
    """Looks an object up in the list of all objects of the type; a part of an object, in the list of those."""
    uid = reading.value if reading.may_be_uid else ""
    looked = f"It was looked for by {reading.told} on {origin}"
    try:
        there = await listed(kind.part_of or kind.name)
    except (ApiError, ValueProblem) as error:
        if isinstance(error, ApiError) and error.suspects:  # it is the server or the account
            raise
        return Resolved(uid, None, f"{looked}, which gives no list of them: {error}.")
    found = named_by(reading, there)
    if len(found) > 1:
        raise ambiguous(kind.name, text, found)
    if found:
        live = await _read(kind, client, found[0].uid)
        return Resolved(found[0].uid, live, "" if live is not None else f"{looked}, which has nothing of it.")
    number = f"which has {len(there)} of them" if there else "which has none at all"
    return Resolved(uid, None, f"{looked}, {number}. {similar(reading.value, there)}".strip())


async def _resolve_only(
    kind: Resource, client: HttpClient, reading: Reading, text: str, organisation: Organisation, uid: str
) -> Resolved:
    """The one object of its type: by its word, by a page, or by the number of its organisation, as Terraform has it."""
    inner = without_organisation(reading) or reading
    if reading.value.isdecimal():
        inner = Reading(uid, "any", reading.value)
    await _check_organisation(inner, text, organisation)
    if inner.kind != "only" and inner.value not in (uid, *kind.ids.words):
        return Resolved("", None, f'An organisation has just one, which is called "{uid}".')
    return Resolved(uid, await _read(kind, client, uid))


async def _read(kind: Resource, client: HttpClient, uid: str) -> Live | None:
    """An object; of one that comes in several forms not its content, which is in that of what is wanted."""
    try:
        live = await kind.read(client, uid)
    except Invalid:  # what is no uid to the server
        return None
    return replace(live, content=None) if live is not None and kind.api.is_converted else live


async def _check_organisation(reading: Reading, text: str, organisation: Organisation) -> None:
    """Raises ValueProblem for an id that is of another organisation than the provider works in."""
    if not reading.organisation:
        return
    own = await organisation()
    if own and own != reading.organisation:
        detail = f"The provider works in organisation {own}."
        hint = f"Give a provider with org_id = {reading.organisation}."
        raise ValueProblem("", f"{text} is of organisation {reading.organisation}", detail, hint)
