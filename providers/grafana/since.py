"""From which Grafana on there is something, where that is all that there is to know of older ones."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping

from hcl_lite.core.schema import ValueProblem
from hcl_lite.core.values import Value
from providers.grafana.client import GrafanaClient


def since(what: str, *version: int) -> Callable[[GrafanaClient, Mapping[str, Value]], Awaitable[None]]:
    """A check that refuses `what` on an older Grafana; one that hides its version is taken for a new one."""

    async def check(client: GrafanaClient, values: Mapping[str, Value]) -> None:
        server = await client.server()
        if server.version and server.version < version:
            least = ".".join(map(str, version))
            raise ValueProblem("", f"{what} needs Grafana ≥ {least}; this is {server}")

    return check
