"""An object that is kept in parts: some of its keys have routes of their own below it, such as a team's members.

A write is one request: where an object needs several, the kit is told that it is unfinished, and asks for the next.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from hcl_lite.core.schema import Version
from providers.kit.api import Api, Json, Rest, Values
from providers.transport.http import HttpClient
from providers.transport.misread import read_all

_AS_IT_IS: Final[Callable[[Any], Any]] = lambda value: value  # noqa: E731
Write = Callable[[Any, Any], Any]


Step = Callable[[Any, str, Any, Any], Awaitable[bool]]


def _as_given(wanted: Any, there: Any) -> Any:
    return wanted


async def _no_step(client: Any, path: str, wanted: Any, there: Any) -> bool:
    return False


@dataclass(frozen=True, slots=True)
class Part:
    """GET and PUT {path of the object}{path}: `read` makes a value of the answer, `write` a body of what is wanted and
    the last answer.

    Where a server has no PUT of the whole part, `step` makes the first request of those that change it bit by bit, and
    returns whether it has done so. It is given the client, the path, what is wanted and the last answer.
    """

    path: str
    read: Callable[[Any], Any] = _AS_IT_IS
    write: Write = _as_given
    step: Step = _no_step

    async def change(self, client: HttpClient, path: str, wanted: Any) -> None:
        """The next write towards what is wanted."""
        there = await client.call("GET", path)
        if not await self.step(client, path, wanted, there):
            await client.call("PUT", path, body=self.write(wanted, there))


@dataclass(frozen=True, slots=True)
class InParts(Api[HttpClient]):
    """Routes of the object itself, and those of the keys that are `parts`."""

    whole: Rest[Any]
    parts: Mapping[str, Part]

    @property
    def has_parts(self) -> bool:
        return True

    @property
    def later(self) -> Collection[str]:
        return self.parts.keys()

    async def find(
        self, client: HttpClient, uid: str, desired: Values | None = None, expected_version: Version | None = None
    ) -> Json | None:
        wire = await self.whole.find(client, uid)
        if wire is None:
            return None
        told = await read_all(self._get(client, uid, part) for part in self.parts.values())
        values = (part.read(answer) for part, answer in zip(self.parts.values(), told, strict=True))
        return {**wire, **dict(zip(self.parts, values, strict=True))}

    async def list(self, client: HttpClient) -> Sequence[Json]:
        return await self.whole.list(client)

    async def create(self, client: HttpClient, body: Json) -> Json | None:
        """The object itself; its parts are left to updates."""
        return await self.whole.create(client, self._whole(body))

    async def update(self, client: HttpClient, uid: str, body: Json, there: Json | None) -> None:
        """The first of the parts that is other than it should be, or else the object itself."""
        there, own = there or {}, self._whole(body)
        if all(there.get(key) == value for key, value in own.items()):
            for key, part in self.parts.items():
                if key in body and body[key] != there.get(key):
                    await part.change(client, f"{self.whole.path_of(uid)}{part.path}", body[key])
                    return
        await self.whole.update(client, uid, own, None)

    async def delete(self, client: HttpClient, uid: str, attributes: Mapping[str, Any]) -> None:
        await self.whole.delete(client, uid, attributes)

    def _whole(self, body: Json) -> Json:
        return {key: value for key, value in body.items() if key not in self.parts}

    async def _get(self, client: HttpClient, uid: str, part: Part) -> Any:
        return await client.call("GET", f"{self.whole.path_of(uid)}{part.path}")
