"""amazon_grafana: where a workspace is, and the tokens that AWS makes for a run; AWS is botocore's Stubber."""

from __future__ import annotations

import asyncio
import importlib.util
import logging
import re
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import httpx
import pytest

from hcl_lite.core.schema import ValueProblem
from hcl_lite.core.values import Secret
from providers.grafana.amazon import PROVIDER, AmazonClient, Minter, open_amazon
from providers.grafana.provider import PROVIDER as GRAFANA
from providers.transport.connection import Connection
from providers.transport.errors import NoToken
from tests.contexts import BARE

_ID = "g-0123456789"
_URL = f"https://{_ID}.grafana-workspace.eu-west-1.amazonaws.com"
_AUTH = {"auth": Secret("token")}


def _connection(settings: Mapping[str, Any], environment: Mapping[str, str] | None = None) -> Connection:
    opened: Any = open_amazon("amazon_grafana", settings, True, replace(BARE, environment=environment or {}))
    connection: Connection = opened._client.connection
    return connection


@pytest.mark.parametrize(
    ("settings", "environment", "url"),
    [
        ({"workspace_endpoint": _URL}, {}, _URL),
        ({"workspace_endpoint": _URL.removeprefix("https://")}, {}, _URL),
        ({"workspace_id": _ID, "region": "eu-west-1"}, {}, _URL),
        ({"workspace_id": _ID}, {"AWS_REGION": "eu-west-1", "AWS_DEFAULT_REGION": "us-east-1"}, _URL),
        ({"workspace_id": _ID}, {"AWS_DEFAULT_REGION": "eu-west-1"}, _URL),
        ({"workspace_endpoint": "http://127.0.0.1:3000", "workspace_id": _ID}, {}, "http://127.0.0.1:3000"),
    ],
)
def test_a_workspace_is_found_by_its_endpoint_or_its_id(
    settings: dict[str, str], environment: dict[str, str], url: str
) -> None:
    """The endpoint as AWS shows it, with and without https://."""
    connection = _connection({**settings, **_AUTH}, environment)
    assert (connection.url, connection.auth, connection.read_only) == (url, "token", True)
    assert connection.reads("POST", "/api/ds/query")
    assert not connection.reads("POST", "/api/datasources")


def test_the_account_can_be_in_the_environment() -> None:
    """In a variable of its own; those of another Grafana are not looked at."""
    environment = {"AMAZON_GRAFANA_AUTH": "key", "GRAFANA_AUTH": "x", "GRAFANA_URL": "http://x", "GRAFANA_ORG_ID": "7"}
    connection = _connection({"workspace_endpoint": _URL}, environment)
    assert (connection.url, connection.auth, connection.headers) == (_URL, "key", {})


_ACCOUNT = {"service_account_id": "12"}


@pytest.mark.parametrize(
    ("settings", "attribute", "summary"),
    [
        (_AUTH, "workspace_id", "The workspace is not known"),
        ({"workspace_id": _ID, **_AUTH}, "region", "The workspace's region is not known"),
        (
            {"workspace_id": "mine", "region": "eu-west-1", **_AUTH},
            "workspace_id",
            '"mine" is not the id of a workspace',
        ),
        ({"workspace_id": _ID, "region": "evil.test/", **_AUTH}, "region", '"evil.test/" is not a region'),
        ({"workspace_endpoint": "ftp://x", **_AUTH}, "workspace_endpoint", '"ftp://x" is not a URL'),
        ({"workspace_endpoint": _URL}, "auth", "There is no account for the workspace"),
        ({"workspace_endpoint": "http://x", **_ACCOUNT}, "region", "The workspace's region is not known"),
        (
            {"workspace_endpoint": _URL, **_ACCOUNT, "token_seconds_to_live": 0},
            "token_seconds_to_live",
            "token_seconds_to_live cannot be 0",
        ),
        ({"workspace_endpoint": _URL, "timeout": 0, **_AUTH}, "timeout", "timeout cannot be 0"),
    ],
)
def test_settings_that_cannot_work_are_named(settings: dict[str, Any], attribute: str, summary: str) -> None:
    """Before any call."""
    if "service_account_id" in settings:
        pytest.importorskip("boto3")
    with pytest.raises(ValueProblem) as caught:
        _connection(settings)
    assert (caught.value.attribute, caught.value.summary) == (attribute, summary)


def test_without_the_sdk_it_is_said_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    """The extra `aws`."""
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)
    with pytest.raises(ValueProblem) as caught:
        _connection({"workspace_endpoint": _URL, **_ACCOUNT})
    assert (caught.value.summary, caught.value.hint) == (
        "AWS's SDK is not installed",
        "pip install 'hcl-lite[aws]', or set auth.",
    )


def test_its_types_are_those_of_grafana() -> None:
    """By the same names, so that a configuration can go from one to the other."""
    assert (PROVIDER.resources, PROVIDER.lookups) == (GRAFANA.resources, GRAFANA.lookups)


# --- tokens -----------------------------------------------------------------------------------------------------------


class _Aws:
    """AWS's API with the answers of a Stubber; counts how often it was connected to."""

    def __init__(self) -> None:
        session = pytest.importorskip("botocore.session")
        stub = pytest.importorskip("botocore.stub")
        self.api = session.get_session().create_client(
            "grafana", "eu-west-1", aws_access_key_id="a", aws_secret_access_key="b"
        )
        self.any, self.stubber, self.names = stub.ANY, stub.Stubber(self.api), []
        self.api.meta.events.register("before-parameter-build.grafana.*", self._note)

    def _note(self, params: Mapping[str, Any], **_: Any) -> None:
        self.names.append(params.get("name"))

    def minter(self) -> Minter:
        return Minter(_ID, "12", 60, lambda: self.api)

    def makes(self, key: str = "glsa_s3cret") -> None:
        expected = {"name": self.any, "secondsToLive": 60, "serviceAccountId": "12", "workspaceId": _ID}
        token = {"id": "5", "key": key, "name": "n"}
        answer = {"serviceAccountToken": token, "serviceAccountId": "12", "workspaceId": _ID}
        self.stubber.add_response("create_workspace_service_account_token", answer, expected)

    def deletes(self) -> None:
        expected = {"tokenId": "5", "serviceAccountId": "12", "workspaceId": _ID}
        self.stubber.add_response("delete_workspace_service_account_token", expected, expected)


def _calls(aws: _Aws, count: int) -> list[str]:
    """The Authorization of `count` calls that are made side by side, by a client that is closed after them."""
    sent: list[str] = []

    def answer(request: httpx.Request) -> httpx.Response:
        sent.append(request.headers["Authorization"])
        return httpx.Response(200, json={})

    async def work() -> None:
        client = AmazonClient(Connection(_URL), aws.minter(), transport=httpx.MockTransport(answer))
        try:
            await asyncio.gather(*(client.get("/api/org") for _ in range(count)))
        finally:
            await client.close()

    with aws.stubber:
        asyncio.run(work())
    aws.stubber.assert_no_pending_responses()
    return sent


def test_a_token_is_made_for_the_run_and_deleted_after_it() -> None:
    """One for all calls, under a name by chance that says whose it is."""
    aws = _Aws()
    aws.makes()
    aws.deletes()
    assert _calls(aws, 5) == ["Bearer glsa_s3cret"] * 5
    assert re.fullmatch(r"hcl-lite-[0-9a-f]{16}", aws.names[0])


def test_a_run_without_calls_makes_no_token() -> None:
    """validate, for one, has nothing to ask AWS."""
    assert _calls(_Aws(), 0) == []


def test_a_token_that_cannot_be_deleted_ends_by_itself() -> None:
    """The run is not failed for it."""
    aws = _Aws()
    aws.makes()
    aws.stubber.add_client_error("delete_workspace_service_account_token", "ThrottlingException", http_status_code=429)
    assert _calls(aws, 1) == ["Bearer glsa_s3cret"]


def test_what_aws_refuses_is_said_with_what_it_takes() -> None:
    """In its own words."""
    aws = _Aws()
    aws.stubber.add_client_error(
        "create_workspace_service_account_token", "AccessDeniedException", "not authorized", http_status_code=403
    )
    with pytest.raises(NoToken, match="not authorized") as caught:
        _calls(aws, 2)
    assert (caught.value.status, caught.value.unclear) == (403, False)
    assert "grafana:CreateWorkspaceServiceAccountToken" in caught.value.hint


def test_missing_credentials_of_aws_are_said() -> None:
    """The usual chain has found none."""
    exceptions = pytest.importorskip("botocore.exceptions")

    def connect() -> Any:
        raise exceptions.NoCredentialsError

    with pytest.raises(NoToken, match="Unable to locate credentials"):
        Minter(_ID, "12", 60, connect).mint()


def test_nothing_tells_the_token(caplog: pytest.LogCaptureFixture) -> None:
    """No log, no repr, no error."""
    aws = _Aws()
    aws.makes()
    aws.deletes()
    with caplog.at_level(logging.INFO):
        _calls(aws, 1)
    client = AmazonClient(Connection(_URL, "glsa_s3cret"), aws.minter())
    assert "s3cret" not in caplog.text + repr(client.connection) + repr(client) + repr(aws.minter())
