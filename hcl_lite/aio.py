"""The same operations to be awaited: `await hcl_lite.aio.plan(…)`. The event loop goes on while they work.

One that is cancelled is stopped in good order first: calls that are under way are finished and saved.
"""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from functools import partial, wraps
from typing import Any, ParamSpec, TypeVar

from hcl_lite import api
from hcl_lite.operations.background import call_async

P = ParamSpec("P")
T = TypeVar("T")


def _awaited(function: Callable[P, T]) -> Callable[P, Coroutine[Any, Any, T]]:
    @wraps(function)
    async def run(*args: P.args, **kwargs: P.kwargs) -> T:
        return await call_async(partial(function, *args, **kwargs))

    return run


plan = _awaited(api.plan)
load_plan = _awaited(api.load_plan)
apply = _awaited(api.apply)
destroy = _awaited(api.destroy)
refresh = _awaited(api.refresh)
validate = _awaited(api.validate)
import_ = _awaited(api.import_)
import_all = _awaited(api.import_all)
diff = _awaited(api.diff)
copy = _awaited(api.copy)
drift = _awaited(api.drift)
get = _awaited(api.get)
pull = _awaited(api.pull)
restore = _awaited(api.restore)
undo = _awaited(api.undo)
runs = _awaited(api.runs)
test = _awaited(api.test)
outputs = _awaited(api.outputs)
state_list = _awaited(api.state_list)
state_show = _awaited(api.state_show)
state_move = _awaited(api.state_move)
state_forget = _awaited(api.state_forget)
state_pull = _awaited(api.state_pull)
state_push = _awaited(api.state_push)
state_rollback = _awaited(api.state_rollback)
