"""Places of the objects of a server without uids, remembered for a run, so that they are searched for once."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine, Mapping
from typing import Any

from hcl_lite.core.schema import Version
from providers.transport.misread import read

Index = Mapping[str, Version]


class Places:
    """The places of objects by kind and uid, as they were seen last: their number, and what else the server goes by."""

    def __init__(self) -> None:
        self._seen: dict[tuple[str, str], Version] = {}
        self._indexes: dict[str, asyncio.Future[Index]] = {}

    def at(self, kind: str, uid: str) -> Version:
        """Empty where it is not known."""
        return self._seen.get((kind, uid), {})

    def put(self, kind: str, uid: str, place: Version) -> None:
        """Remembers the place of an object."""
        self._seen[kind, uid] = place

    async def index(self, kind: str, make: Callable[[], Coroutine[Any, Any, Index]]) -> Index:
        """Returns the result of `make`, made once: the places of all objects that have a uid of ours."""
        if kind not in self._indexes:
            self._indexes[kind] = asyncio.ensure_future(read(make()))
        return await asyncio.shield(self._indexes[kind])
