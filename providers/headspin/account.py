"""headspin_grafana: POST /v0/grafana/allocate (before: /v0/grafana/info), GET /v0/grafana/info, POST /v0/grafana/reset.

An organisation has one, and no route gives it back.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from hcl_lite.core.schema import Attr, Listed, Live, Mention, ValueProblem, Version
from hcl_lite.core.values import UNKNOWN, JsonValue, Value, is_secret
from providers.headspin.client import HeadspinClient
from providers.kit.resource_type import Call, RestType
from providers.transport.errors import NotFound

UID = "grafana"  # the one of the organisation
_ALLOCATE_BEFORE = Call("POST", "/v0/grafana/info")
MENTION = Mention("headspin", UID)


class AccountType(RestType[HeadspinClient]):
    """Identity is always the same, since the token's organisation has one Grafana."""

    def complete(self, address: str, name: str, values: Mapping[str, Value], uid: str) -> Mapping[str, Value]:
        if is_secret(values.get("reset_trigger")):
            raise ValueProblem("reset_trigger", "reset_trigger cannot be sensitive", "The state remembers it.")
        return {**values}

    def uid(self, values: Mapping[str, Value]) -> Value:
        return UID

    def values_of(self, uid: str, document: JsonValue) -> Mapping[str, Value]:
        raise ValueProblem("", "HeadSpin gives new credentials, and none that it gave before")

    def summary(self, values: Mapping[str, Value]) -> Mapping[str, Value]:
        return {"username": UNKNOWN, "grafana_url": UNKNOWN, "reset_trigger": values.get("reset_trigger")}

    def names(self, values: Mapping[str, Value]) -> Iterable[Mention]:
        yield MENTION

    async def list(self, client: HeadspinClient) -> Sequence[Listed]:
        return [] if await self.read(client, UID) is None else [Listed(UID)]

    async def create(self, client: HeadspinClient, values: Mapping[str, Value]) -> Live:
        """By the older of the two routes where there is no newer one; HeadSpin is going to give the older up."""
        try:
            await self.create_call.send(client)
        except NotFound:
            await _ALLOCATE_BEFORE.send(client)
        return self.live(await self.read_call.send(client))

    async def update(
        self, client: HeadspinClient, uid: str, values: Mapping[str, Value], expected_version: Version
    ) -> Live:
        """Only another reset_trigger asks for it. The credentials are new then: this is read afterwards."""
        await self.update_call.send(client)
        return self.live(await self.read_call.send(client))


GRAFANA = AccountType(
    name="headspin_grafana",
    doc="The organisation's Grafana at HeadSpin; destroyed, it is only forgotten.",
    attrs={
        "reset_trigger": Attr(
            client_only=True,
            triggers="Its credentials are reset: everybody is logged out, and unsaved changes may be lost.",
            example="2026-01-01",
            doc="Any text. Another text resets the credentials once: everybody is logged out.",
        ),
        "username": Attr(computed=True, wire="username", doc="Who logs in to Grafana."),
        "password": Attr(computed=True, secret=True, wire="password", doc="Read when needed; in no state and no plan."),
        "grafana_url": Attr(computed=True, stable=True, wire="grafana_url", doc="Where Grafana is."),
    },
    create_call=Call("POST", "/v0/grafana/allocate"),
    read_call=Call("GET", "/v0/grafana/info"),
    update_call=Call("POST", "/v0/grafana/reset"),
    delete_call=None,
    undeletable_reason="HeadSpin has no call that gives Grafana back: it stays allocated",
    version=("username", "grafana_url"),
    from_wire=lambda wire: {**wire, "uid": UID},
)
