"""From which Grafana on there is something, where that is all that there is to know of older ones."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence

from hcl_lite.core.schema import ValueProblem
from hcl_lite.core.values import Value
from providers.grafana.client import GrafanaClient


def since(what: str, *version: int) -> Callable[[GrafanaClient, Mapping[str, Value]], Awaitable[None]]:
    """A check that refuses `what` on an older Grafana; one that hides its version is taken for a new one."""

    async def check(client: GrafanaClient, values: Mapping[str, Value]) -> None:
        await require_version(client, what, "", *version)

    return check


async def require_version(
    client: GrafanaClient, what: str, attribute: str, *version: int, keys: Sequence[str | int] = ()
) -> None:
    """Raises ValueProblem for `attribute`, for what is below it at `keys`, or for the whole block, where a server is
    older."""
    if not await is_since(client, *version):
        least = ".".join(map(str, version))
        raise ValueProblem(attribute, f"{what} needs Grafana ≥ {least}; this is {await client.server()}", keys=keys)


async def is_since(client: GrafanaClient, *version: int) -> bool:
    """Whether a server is of that version or a later one, or hides which it is."""
    server = await client.server()
    return not server.version or server.version >= version
