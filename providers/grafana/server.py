"""Which Grafana is at the other end, as it says of itself."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from providers.transport.errors import NotFound, NotJson
from providers.transport.http import HttpClient

EMBEDDED = "embedded"
"""What the embedded server says that it was built of."""


@dataclass(frozen=True, slots=True)
class Server:
    """A Grafana as it describes itself: its version, `namespace` of its app platform, the feature toggles that are on.

    `version` is such as (12, 4, 0), and empty where the server keeps that to itself, as it can be told to.
    `least_refresh` is its min_refresh_interval, such as "5s"; empty for none. `is_embedded` is whether it is ours.
    """

    version: tuple[int, ...]
    namespace: str = "default"
    toggles: frozenset[str] = frozenset()
    least_refresh: str = ""
    is_embedded: bool = False

    def __str__(self) -> str:
        return ".".join(map(str, self.version)) or "of unknown version"


async def ask_server(client: HttpClient) -> Server:
    """The one probe of a run: mostly a single call. Raises ApiError.

    GET /api/frontend/settings (5.4 to 12.4; 3.2 by its source) also tells at once whether the account is accepted.
    Without that route GET /api/health tells the version. A Grafana before 5 may have neither (3.2: `health` is a 404),
    but every one has GET /api/org: what does not answer that is no Grafana.
    """
    settings = await client.find("/api/frontend/settings")
    if isinstance(settings, dict):
        toggles = frozenset(key for key, on in (settings.get("featureToggles") or {}).items() if on)
        build = settings.get("buildInfo") or {}
        version = _version_of(build)
        least = str(settings.get("minRefreshInterval") or "")
        return Server(
            version, str(settings.get("namespace") or "default"), toggles, least, build.get("commit") == EMBEDDED
        )
    health = await client.find("/api/health")
    if isinstance(health, dict):
        return Server(_version_of(health))
    try:
        organisation: Mapping[str, Any] = await client.get("/api/org")
    except NotFound as error:
        error.advice = NotJson.advice
        raise
    organisation["name"]  # what stands in a Grafana's place has none
    return Server((3,))


def _version_of(said: Mapping[str, Any]) -> tuple[int, ...]:
    numbers = re.match(r"(\d+)(?:\.(\d+))?(?:\.(\d+))?", str(said.get("version") or ""))
    return tuple(int(number or 0) for number in numbers.groups()) if numbers else ()
