"""The one event loop of an operation."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import TypeVar

T = TypeVar("T")


def run_async(work: Callable[[], Awaitable[T]]) -> T:
    """Run the one event loop of a command."""
    results: list[T] = []

    async def main() -> None:
        # asyncio.run() prints its finished task into an error that nobody sees: a plan of 1000 dashboards as the task's
        # result costs 3 s and 450 MB there.
        results.append(await work())

    asyncio.run(main())
    return results[0]
