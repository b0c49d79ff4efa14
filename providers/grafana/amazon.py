"""Amazon Managed Grafana: the same types as Grafana, on a workspace of AWS.

An account is a service account's token or an API key, or, with the extra `aws`, a token that AWS makes for one run:
CreateWorkspaceServiceAccountToken before the first call, DeleteWorkspaceServiceAccountToken after the last.
"""

from __future__ import annotations

import asyncio
import importlib.util
import re
import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any, Protocol
from urllib.parse import urlsplit

from hcl_lite.core.redaction import remember_secret
from hcl_lite.core.run_context import RunContext
from hcl_lite.core.schema import Attr, ProviderType, ValueProblem, Writer
from hcl_lite.core.values import Value, reveal
from providers.grafana.client import SETTINGS as OF_GRAFANA
from providers.grafana.client import GrafanaClient, make_connection
from providers.grafana.provider import PROVIDER as GRAFANA
from providers.grafana.provider import Grafana, embedded_settings
from providers.transport.connection import EMBEDDED, Connection
from providers.transport.errors import NoToken

_ENDPOINT = r"(?P<id>g-[0-9a-f]{10})\.grafana-workspace\.(?P<region>[a-z0-9-]+)\.amazonaws\.com"
_ID = r"g-[0-9a-f]{10}"
_LONGEST = 2_592_000  # 30 days: what CreateWorkspaceServiceAccountToken takes

SETTINGS: Mapping[str, Attr] = {
    "workspace_endpoint": Attr(
        doc="The workspace's endpoint, as AWS shows it. Default: that of workspace_id in region.",
        example="https://g-0123456789.grafana-workspace.eu-west-1.amazonaws.com",
    ),
    "workspace_id": Attr(doc="The workspace's id, such as g-0123456789. Default: the one in workspace_endpoint."),
    "region": Attr(doc="AWS region. Default: the one in workspace_endpoint, AWS_REGION, AWS_DEFAULT_REGION."),
    "auth": Attr(secret=True, doc="Service account token, or API key. Default: AMAZON_GRAFANA_AUTH."),
    "service_account_id": Attr(
        doc="Without auth: the service account that AWS makes a token for, which is deleted after the run. Needs the "
        "extra aws (boto3), and AWS credentials from the environment, a profile or a role."
    ),
    "token_seconds_to_live": Attr("number", default=3600, doc="How long that token lives if it cannot be deleted."),
    **{key: OF_GRAFANA[key] for key in ("timeout", "retries", "parallelism")},
}


class Api(Protocol):
    """The part of boto3's client for `grafana` that is used."""

    def create_workspace_service_account_token(self, **arguments: Any) -> Any: ...
    def delete_workspace_service_account_token(self, **arguments: Any) -> Any: ...


@dataclass(frozen=True, slots=True)
class Minter:
    """Makes tokens for one service account of one workspace. `connect` gives AWS's API, and asks nobody yet."""

    workspace_id: str
    service_account_id: str
    seconds: int
    connect: Callable[[], Api]

    def mint(self) -> tuple[str, str]:
        """A new token: its id and its key. Blocks. Raises NoToken."""
        name = f"hcl-lite-{secrets.token_hex(8)}"
        answer = self._call(
            lambda api: api.create_workspace_service_account_token(
                name=name, secondsToLive=self.seconds, **self._account()
            )
        )
        token = answer["serviceAccountToken"]
        remember_secret(token["key"])
        return str(token["id"]), str(token["key"])

    def revoke(self, token_id: str) -> None:
        """Delete a token. Blocks. Raises NoToken."""
        self._call(lambda api: api.delete_workspace_service_account_token(tokenId=token_id, **self._account()))

    def _account(self) -> Mapping[str, str]:
        return {"serviceAccountId": self.service_account_id, "workspaceId": self.workspace_id}

    def _call(self, use: Callable[[Api], Any]) -> Any:
        from botocore.exceptions import BotoCoreError, ClientError  # noqa: PLC0415 - an extra, and takes 200 ms

        try:
            return use(self.connect())
        except ClientError as error:
            status = error.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0)
            raise NoToken(error.operation_name, self.workspace_id, status, str(error)) from error
        except BotoCoreError as error:
            raise NoToken("AWS's API for", self.workspace_id, 0, str(error)) from error


class AmazonClient(GrafanaClient):
    """Calls to one workspace. A token is made with the first call, where there is none, and deleted at the end."""

    def __init__(self, connection: Connection, minter: Minter | None, **more: Any) -> None:
        super().__init__(connection, **more)
        self._minter = minter
        self._token: asyncio.Future[str] | None = None

    async def call(self, method: str, path: str, **more: Any) -> Any:
        """Calls as HttpClient.call does, signed in."""
        if self._minter is not None:
            if self._token is None:
                self._token = asyncio.ensure_future(self._sign_in(self._minter))
            await asyncio.shield(self._token)
        return await super().call(method, path, **more)

    async def _sign_in(self, minter: Minter) -> str:
        token_id, key = await asyncio.to_thread(minter.mint)
        self.connection = replace(self.connection, auth=key)
        return token_id

    async def close(self) -> None:
        """The token goes, also when a call was under way; where AWS does not let it go, it ends by itself."""
        await super().close()
        if self._minter is None or self._token is None:
            return
        try:
            await asyncio.to_thread(self._minter.revoke, await self._token)
        except NoToken:
            return


def open_amazon(name: str, settings: Mapping[str, Value], read_only: bool, context: RunContext) -> Writer:
    """The workspace of a provider block, not yet called. Raises ValueProblem."""
    env = context.environment
    given = {key: reveal(value) for key, value in settings.items() if value is not None}
    endpoint = _endpoint(given, env)
    auth = given.get("auth") or env.get("AMAZON_GRAFANA_AUTH", "")
    minter = None if auth or endpoint.startswith(EMBEDDED) else _minter(given, endpoint, env)
    shared: dict[str, Any] = {key: given[key] for key in ("timeout", "retries", "parallelism") if key in given}
    try:
        # The environment of another Grafana has nothing to say here.
        connection = make_connection(
            {**shared, "url": endpoint, "auth": auth}, read_only, replace(context, environment={})
        )
    except ValueProblem as problem:
        attribute = "workspace_endpoint" if problem.attribute == "url" else problem.attribute
        raise ValueProblem(attribute, problem.summary, problem.detail, problem.hint) from problem
    return Grafana(AmazonClient(connection, minter), name)


def _endpoint(given: Mapping[str, Any], env: Mapping[str, str]) -> str:
    """The URL of the workspace; AWS's own API gives it without https://."""
    endpoint = str(given.get("workspace_endpoint") or "")
    if endpoint:
        return endpoint if endpoint.startswith(EMBEDDED) or "://" in endpoint else f"https://{endpoint}"
    workspace, region = _workspace_id(given, ""), _region(given, "", env)
    return f"https://{workspace}.grafana-workspace.{region}.amazonaws.com"


def _workspace_id(given: Mapping[str, Any], endpoint: str) -> str:
    match = re.fullmatch(_ENDPOINT, urlsplit(endpoint).hostname or "")
    workspace = str(given.get("workspace_id") or (match["id"] if match else ""))
    if not workspace:
        hint = "Set workspace_endpoint or workspace_id."
        raise ValueProblem("workspace_id", "The workspace is not known", hint=hint)
    if not re.fullmatch(_ID, workspace):
        detail = "Expected g- and 10 of 0-9a-f."
        raise ValueProblem("workspace_id", f'"{workspace}" is not the id of a workspace', detail)
    return workspace


def _region(given: Mapping[str, Any], endpoint: str, env: Mapping[str, str]) -> str:
    match = re.fullmatch(_ENDPOINT, urlsplit(endpoint).hostname or "")
    named = given.get("region") or (match["region"] if match else "")
    region = str(named or env.get("AWS_REGION") or env.get("AWS_DEFAULT_REGION") or "")
    if not re.fullmatch(r"[a-z0-9-]+", region):
        summary = f'"{region}" is not a region' if region else "The workspace's region is not known"
        raise ValueProblem("region", summary, hint="Set region, such as eu-west-1, or AWS_REGION.")
    return region


def _minter(given: Mapping[str, Any], endpoint: str, env: Mapping[str, str]) -> Minter:
    account = str(given.get("service_account_id") or "")
    if not account:
        hint = "Set auth or AMAZON_GRAFANA_AUTH, or service_account_id to have AWS make a token for each run."
        raise ValueProblem("auth", "There is no account for the workspace", hint=hint)
    seconds = given.get("token_seconds_to_live", 3600)
    if not 1 <= seconds <= _LONGEST:
        summary = f"token_seconds_to_live cannot be {seconds}"
        raise ValueProblem("token_seconds_to_live", summary, f"Expected 1 to {_LONGEST}, which is 30 days.")
    if importlib.util.find_spec("boto3") is None:
        hint = "pip install 'hcl-lite[aws]', or set auth."
        raise ValueProblem("service_account_id", "AWS's SDK is not installed", hint=hint)
    region = _region(given, endpoint, env)
    return Minter(_workspace_id(given, endpoint), account, int(seconds), lambda: _connect(region))


def _connect(region: str) -> Api:
    import boto3  # noqa: PLC0415 - an extra, and takes 200 ms

    api: Api = boto3.client("grafana", region_name=region)
    return api


PROVIDER = ProviderType(
    name="amazon_grafana",
    doc="A workspace of Amazon Managed Grafana: the types of grafana.",
    settings=SETTINGS,
    resources=GRAFANA.resources,
    lookups=GRAFANA.lookups,
    open=open_amazon,
    embedded=lambda directory, name: {
        "workspace_endpoint": embedded_settings(directory, name)["url"],
        "auth": embedded_settings(directory, name)["auth"],
    },
    lint=GRAFANA.lint,
)
