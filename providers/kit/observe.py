"""Looking at what is there: at many objects side by side, and at one that was just written, or may have been."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Coroutine, Mapping
from typing import Any, TypeVar

from hcl_lite.core.schema import Live, ResourceType, Version
from providers.kit.answer_check import check_live
from providers.transport.errors import ApiError, NotKept
from providers.transport.http import HttpClient, last_write
from providers.transport.misread import last_call, read_all

T = TypeVar("T")

_LOOKS = 5


async def survey_each(
    type_: ResourceType,
    read: Callable[[str, Version], Coroutine[Any, Any, Live | None]],
    known: Mapping[str, Version],
) -> Mapping[str, Live | None]:
    """Reads each of `known` side by side: for types with few objects, or whose lists tell too little."""

    async def look(uid: str, expected_version: Version) -> Live | None:
        live = await read(uid, expected_version)
        return live and check_live(type_, live, uid)

    found = await read_all(look(uid, expected_version) for uid, expected_version in known.items())
    return dict(zip(known, found, strict=True))


async def read_changed(client: HttpClient, read: Callable[[], Awaitable[T]], is_as_before: Callable[[T], bool]) -> T:
    """Returns the result of `read` after a write, once it is not as before the write: of several servers behind one
    address, another one may answer with the older object for a moment. Raises NotKept, and ApiError."""
    for attempt in range(_LOOKS):
        found = await read()
        if not is_as_before(found):
            return found
        if attempt == _LOOKS - 1 or not await client.pause(attempt):
            break
    call = last_call()
    message = f"what is there is as it was before {last_write() or 'the write'}, which was answered with success"
    raise NotKept(call.method if call else "Reading", call.url if call else client.connection.url, 200, message)


async def send_settled(
    send: Callable[[], Awaitable[T]], read: Callable[[], Awaitable[T]], is_done: Callable[[T], bool]
) -> T:
    """Returns the result of `send`, one of several calls that make a write. Each is settled by itself, since the effect
    of the calls before it would look like somebody else's change. Where its answer is lost, returns the result of
    `read` if the work is done, or sends once more."""
    try:
        return await send()
    except ApiError as error:
        if not error.unclear:
            raise
    found = await read()
    return found if is_done(found) else await send()
