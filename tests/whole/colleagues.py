"""What others do while a run is under way."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from hcl_lite.cli import applying


@contextmanager
def changing_after_the_plan(change: Callable[[], object]) -> Iterator[None]:
    """Around an apply: `change` is done once it has planned, and before it writes."""
    plan_of_run = applying.make_plan

    async def make_plan(*args: Any) -> Any:
        made = await plan_of_run(*args)
        await asyncio.to_thread(change)
        return made

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(applying, "make_plan", make_plan)
        yield
