"""grafana_service_account_token: /api/serviceaccounts/:id/tokens (10.1 to 12.4; 9 by documentation).

The answer to a create tells the key, and no other answer does. A token is known by the numbers of its account and
its own.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

from hcl_lite.core.redaction import remember_secret
from hcl_lite.core.schema import Attr, Capabilities, Live, Rotation, ValueProblem, Version
from hcl_lite.core.schema.blocks import Duration
from hcl_lite.core.schema.durations import milliseconds_of
from hcl_lite.core.values import Value
from providers.grafana.client import GrafanaClient
from providers.grafana.service_account import ACCOUNTS, SERVICE_ACCOUNT
from providers.grafana.since import since
from providers.kit.access import Access
from providers.kit.api import Api, Json
from providers.kit.declaration import Values
from providers.kit.identity import ServerId
from providers.kit.resource import Resource, odd_resource
from providers.kit.version import Digest
from providers.transport.errors import NotFound
from providers.transport.misread import read_all

_UID: Final = re.compile(r"(\d{1,18}):(\d{1,18})")
_ASKED: Final = ("name", "service_account_id", "seconds_to_live", "sink")


@dataclass(frozen=True, slots=True)
class _Tokens(Api[GrafanaClient]):
    """GET and POST {account}/tokens, DELETE {account}/tokens/{number}."""

    async def find(
        self, client: GrafanaClient, uid: str, desired: Values | None = None, expected_version: Version | None = None
    ) -> Json | None:
        known = _UID.fullmatch(uid)
        there = await self._of(client, known[1]) if known is not None else ()
        return next((one for one in there if one["id"] == uid), None)

    async def list(self, client: GrafanaClient) -> Sequence[Json]:
        """Lists the tokens of all accounts that have some."""
        accounts = await SERVICE_ACCOUNT.api.list(client)
        having = [str(account["id"]) for account in accounts if account.get("tokens") != 0]
        return [token for tokens in await read_all(self._of(client, number) for number in having) for token in tokens]

    async def create(self, client: GrafanaClient, body: Json) -> Json | None:
        account = body["serviceAccountId"]
        sent = {key: value for key, value in body.items() if key != "serviceAccountId"}
        made = await client.call("POST", f"{ACCOUNTS}/{account}/tokens", body=sent)
        remember_secret(made["key"])
        uid = f"{account}:{made['id']}"
        client.told[uid] = made["key"]
        return {"id": uid, "name": made["name"]}

    async def update(self, client: GrafanaClient, uid: str, body: Json, there: Json | None) -> None:
        """No call changes a token: the type is immutable."""
        raise AssertionError("a token is never updated")

    async def delete(self, client: GrafanaClient, uid: str, attributes: Mapping[str, Any]) -> None:
        account, _, number = uid.partition(":")
        await client.call("DELETE", f"{ACCOUNTS}/{account}/tokens/{number}")

    async def _of(self, client: GrafanaClient, account: str) -> Sequence[Json]:
        try:
            tokens = await client.call("GET", f"{ACCOUNTS}/{account}/tokens")
        except NotFound:
            return ()
        return [_placed(client, account, token) for token in tokens]


def _placed(client: GrafanaClient, account: str, token: Json) -> Json:
    uid = f"{account}:{token['id']}"
    key = {"key": client.told[uid]} if uid in client.told else {}
    return {**token, "id": uid, "serviceAccountId": int(account), **key}


class TokenType(Resource):
    """Tokens. Nobody changes one, so only the arguments are compared, with the earlier arguments."""

    def content(self, values: Values) -> Json:
        return {key: values[key] for key in _ASKED if values.get(key) is not None}

    def live(self, wire: Json) -> Live:
        return replace(super().live(wire), content=None)

    def is_as_sent(self, live: Live, values: Values) -> bool:
        return all(live.attributes.get(key) == values.get(key) for key in ("name", "service_account_id"))


def _check(values: Values) -> None:
    seconds: Value = values.get("seconds_to_live")
    if isinstance(seconds, int | float) and seconds <= 0:
        raise ValueProblem("seconds_to_live", "A token lives for some time", "Leave it out for one that never expires.")
    before = values.get("rotate_before")
    if before is not None and seconds is None:
        hint = "Give seconds_to_live too: a token that never expires is never rotated."
        raise ValueProblem("rotate_before", "The token has no end before which it could be rotated", hint)
    if isinstance(before, str) and isinstance(seconds, int | float) and milliseconds_of(before) >= seconds * 1000:
        hint = "Expected less than seconds_to_live: else each apply makes another token."
        raise ValueProblem("rotate_before", "The token would be rotated as soon as it is there", hint)


SERVICE_ACCOUNT_TOKEN = odd_resource(
    TokenType,
    "grafana_service_account_token",
    "What a service account signs in with. The server tells the key once: it is for the other blocks of that run, "
    "or put into a sink, and neither in the state nor in a plan.",
    api=_Tokens(),
    identity=ServerId("token_id", natural_key="name"),
    immutable=True,
    irrecoverable="The server makes another key, and tells it to whoever asks for it alone",
    versioned=Digest(of=("id", "name")),
    capabilities=Capabilities(
        rotation=Rotation("expiration", "rotate_before"), told_once="key", grants={"service_account_id": ()}
    ),
    supported=since("A service account", 9),
    access=Access("Admin", "", "", ""),
    check=_check,
    attrs={
        "name": Attr(required=True, doc="What people see. An organisation has each but once."),
        "service_account_id": Attr(
            "number", required=True, replaces=True, wire="serviceAccountId", example=7, doc="Whose token it is."
        ),
        "seconds_to_live": Attr(
            "number",
            replaces=True,
            write_only=True,
            wire="secondsToLive",
            example=2592000,
            doc="After how many seconds the server takes it no more. Default: never.",
        ),
        "rotate_before": Attr(
            Duration(),
            client_only=True,
            example="7d",
            doc="How long before its end an apply makes another in its place, such as 7d.",
        ),
        "sink": Attr(
            client_only=True,
            sink="key",
            example="file:ci.token",
            doc="Where the key is put as soon as it is told: file:PATH, cmd:PROGRAM ARGUMENTS (as its input), or "
            "keyring:SERVICE/NAME. Later runs read it there, but from a program.",
        ),
        "key": Attr(computed=True, secret=True, doc="The secret. Known in the run that makes it, and from its sink."),
        "expiration": Attr(computed=True, stable=True, doc="When it expires, in UTC."),
        "token_id": Attr(computed=True, stable=True, wire="id", doc="Numbers of its account and its own, such as 7:3."),
    },
)
