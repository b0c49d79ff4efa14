"""headspin_grafana: POST /v0/grafana/allocate (before: /v0/grafana/info), GET /v0/grafana/info, POST /v0/grafana/reset.

An organisation has one, and no route gives it back.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from hcl_lite.core.schema import Attr, Mention, ValueProblem, Version
from hcl_lite.core.values import Value, is_secret
from providers.headspin.client import HeadspinClient
from providers.kit.api import Api, Json
from providers.kit.identity import Singleton
from providers.kit.resource import resource
from providers.kit.version import Fields
from providers.transport.errors import NotFound

Values = Mapping[str, Value]

_KIND, _WORD = "headspin", "grafana"
MENTION: Final = Mention(_KIND, _WORD)


@dataclass(frozen=True, slots=True)
class _Account(Api[HeadspinClient]):
    """The account of the token's organisation."""

    @property
    def locks(self) -> bool:
        """A reset writes over nothing."""
        return True

    async def find(
        self, client: HeadspinClient, uid: str, desired: Values | None = None, expected_version: Version | None = None
    ) -> Json | None:
        found: Json | None = await client.find("/v0/grafana/info")
        return found

    async def list(self, client: HeadspinClient) -> Sequence[Json]:
        found = await self.find(client, _WORD)
        return () if found is None else (found,)

    async def create(self, client: HeadspinClient, body: Json) -> None:
        """Allocates by the newer of two routes, or by the older one where that is missing; HeadSpin is to remove it."""
        try:
            await client.call("POST", "/v0/grafana/allocate")
        except NotFound:
            await client.call("POST", "/v0/grafana/info")

    async def update(self, client: HeadspinClient, uid: str, body: Json, there: Json | None) -> None:
        """Only another reset_trigger asks for it. The credentials are new then."""
        await client.call("POST", "/v0/grafana/reset")

    async def delete(self, client: HeadspinClient, uid: str, attributes: Mapping[str, Any]) -> None:
        """Does nothing: there is no route for it."""


def _check(values: Values) -> None:
    if is_secret(values.get("reset_trigger")):
        raise ValueProblem("reset_trigger", "reset_trigger cannot be sensitive", "The state remembers it.")


GRAFANA = resource(
    "headspin_grafana",
    "The organisation's Grafana at HeadSpin; destroyed, it is only forgotten.",
    api=_Account(),
    identity=Singleton(_WORD),
    versioned=Fields(("username", "grafana_url")),
    mention_kind=_KIND,
    check=_check,
    shown=("username", "grafana_url", "reset_trigger"),
    undeletable_reason="HeadSpin has no call that gives Grafana back: it stays allocated",
    irrecoverable="HeadSpin gives new credentials, and none that it gave before",
    attrs={
        "reset_trigger": Attr(
            client_only=True,
            triggers="Its credentials are reset: everybody is logged out, and unsaved changes may be lost.",
            example="2026-01-01",
            doc="Any text. Another text resets the credentials once: everybody is logged out.",
        ),
        "username": Attr(computed=True, doc="Who logs in to Grafana."),
        "password": Attr(computed=True, secret=True, doc="Read when needed; in no state and no plan."),
        "grafana_url": Attr(computed=True, stable=True, doc="Where Grafana is."),
    },
)
