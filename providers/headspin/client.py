"""HeadSpin's Grafana API ("Grafana API" of HeadSpin's documentation), and how a provider block opens it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from typing import Any, ClassVar

from hcl_lite.core.run_context import RunContext
from hcl_lite.core.schema import Attr, ValueProblem
from hcl_lite.core.values import Value, reveal
from providers.transport.connection import EMBEDDED, split_embedded, split_url
from providers.transport.errors import (
    ApiError,
    Denied,
    NotFound,
    NotJson,
    NotTaken,
    RateLimited,
    Unauthorized,
    Unexpected,
)
from providers.transport.http import EmbeddedServer, HttpClient
from providers.transport.receiving import Answer
from providers.transport.settings import http_settings, make_connection

DEFAULT_URL = "https://api-dev.headspin.io"
BEARER, HOST = "bearer", "host"

_URL_ADVICE = f"Is the provider's url that of HeadSpin's API, such as {DEFAULT_URL}?"

SETTINGS: Mapping[str, Attr] = {
    "url": Attr(
        doc="Root URL of HeadSpin's API, or embedded:PATH for the embedded HeadSpin. Default: HEADSPIN_URL, else "
        f"{DEFAULT_URL}, which is the host that HeadSpin's documentation of the API names.",
        example=DEFAULT_URL,
    ),
    "auth": Attr(secret=True, doc="API token. Default: HEADSPIN_AUTH."),
    "auth_style": Attr(
        choices=(BEARER, HOST),
        doc='How the token is sent: "bearer" in the header Authorization, "host" as token@host is, which is basic '
        'authentication with the token as user name. Default: "bearer", or "host" for a token that is in the url.',
    ),
    **http_settings("HEADSPIN"),
}


class HeadspinClient(HttpClient):
    """Calls to HeadSpin's API, for the organisation of the token."""

    advice: ClassVar[Mapping[type[ApiError], str]] = {
        NotJson: _URL_ADVICE,
        NotTaken: _URL_ADVICE,
        Unexpected: _URL_ADVICE,
        Unauthorized: "Check the provider's auth, or HEADSPIN_AUTH: an API token of HeadSpin; and its auth_style.",
        Denied: "The owner of the API token may not do this with the organisation's Grafana.",
        RateLimited: "HeadSpin asks for fewer calls; lower the provider's parallelism.",
    }

    def status_of(self, answer: Answer) -> int:
        """HTTP's, or the `status_code` in HeadSpin's answer where that tells of a failure and HTTP's does not."""
        if answer.status_code >= 300:
            return answer.status_code
        try:
            document = json.loads(answer.content)
        except (ValueError, RecursionError):
            return answer.status_code
        told = document.get("status_code") if isinstance(document, dict) else None
        return told if isinstance(told, int) and 400 <= told < 600 else answer.status_code

    def make_app(self, path: str, version: str) -> EmbeddedServer:
        """The embedded HeadSpin on the file `path`, which has the organisation's Grafana in it too."""
        from providers.embedded_headspin import create_app  # noqa: PLC0415 - no other server needs it

        # As the configuration has it: whoever is told of the Grafana starts at the same directory.
        return create_app(path, grafana_url=f"{EMBEDDED}{split_embedded(self.connection.url)[0]}")

    async def dashboards(self) -> list[dict[str, Any]]:
        """GET /v0/grafana/dashboard/info: allocated dashboards and templates; none while there is no Grafana."""
        try:
            answer = await self.get("/v0/grafana/dashboard/info")
        except NotFound:
            return []
        listed: list[dict[str, Any]] = answer["dashboards"]
        return listed


def make_client(settings: Mapping[str, Value], read_only: bool, context: RunContext) -> HeadspinClient:
    """A client for a provider block's settings, with the environment's where it has none. Raises ValueProblem."""
    connection = make_connection("HeadSpin", settings, context, read_only, DEFAULT_URL)
    token = connection.auth
    if ":" in token:
        raise ValueProblem("auth", "A HeadSpin API token has no colon", "HeadSpin takes a token, not user:password.")
    if not token and connection.url.startswith(EMBEDDED):
        token = "embedded"
    if not token:
        raise ValueProblem(
            "auth", "HeadSpin needs an API token", "", "Set auth in the provider block, or HEADSPIN_AUTH."
        )
    in_url = split_url(str(reveal(settings.get("url")) or context.environment.get("HEADSPIN_URL", "")))[1] == token
    style = settings.get("auth_style") or (HOST if in_url else BEARER)
    return HeadspinClient(replace(connection, auth=f"{token}:" if style == HOST else token))
