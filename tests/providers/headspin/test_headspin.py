"""What is sent to HeadSpin, whole, and what is made of its answers."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import httpx
import pytest

from hcl_lite.core.schema import Conflict, Live, ValueProblem
from hcl_lite.core.values import UNKNOWN, Secret
from providers.headspin.account import GRAFANA
from providers.headspin.client import DEFAULT_URL, HeadspinClient, make_client
from providers.headspin.dashboard import DASHBOARD
from providers.transport import errors
from providers.transport.connection import Connection
from tests.contexts import BARE
from tests.providers.fakes import FakeHeadspin

_INFO = {"username": "Example Grafana", "password": "planted", "grafana_url": "https://g.test"}
_HOME = {"allocated": True, "version": 6, "max_version": 7, "name": "Home", "dashboard_uid": "h"}
_TEMPLATE = {"allocated": False, "legacy": False, "name": "User Flow Timeseries"}
_LIST = "GET /v0/grafana/dashboard/info"
_ALLOCATE = "POST /v0/grafana/dashboard/allocate"
_REGISTER = "POST /v0/grafana/dashboard/register"
_REMOVE = "DELETE /v0/grafana/dashboard/remove"


def _dashboard(**values: Any) -> Any:
    return DASHBOARD.complete("headspin_dashboard.d", "d", {"name": "Home", **values}, "")


_ACCOUNT = Live(
    "grafana",
    {"username": "Example Grafana", "grafana_url": "https://g.test"},
    {"username": "Example Grafana", "grafana_url": "https://g.test"},
    {},
    secrets={"password": Secret("planted")},
)


@pytest.mark.parametrize(
    ("work", "calls"),
    [
        (lambda p: p.survey("headspin_grafana", {"grafana": {}}), ["GET /v0/grafana/info"]),
        (lambda p: p.read("headspin_grafana", "grafana"), ["GET /v0/grafana/info"]),
        (lambda p: p.create("headspin_grafana", {}), ["POST /v0/grafana/allocate", "GET /v0/grafana/info"]),
        (
            lambda p: p.update("headspin_grafana", "grafana", {"reset_trigger": "2"}, {}),
            ["POST /v0/grafana/reset", "GET /v0/grafana/info"],
        ),
    ],
    ids=["survey", "read", "create", "reset"],
)
def test_grafana_is_one_account_of_the_organisation(work: Any, calls: list[str]) -> None:
    """Its password is apart from what is remembered."""
    done = {"status": "done", "status_code": 200}
    headspin = FakeHeadspin(
        {"GET /v0/grafana/info": _INFO, "POST /v0/grafana/allocate": _INFO, "POST /v0/grafana/reset": done}
    )
    live = headspin.run(work)
    assert (live if isinstance(live, Live) else live["grafana"]) == _ACCOUNT
    assert headspin.sent == [(call, None) for call in calls]
    assert "planted" not in repr(live)


def test_no_grafana_is_no_fault() -> None:
    """404, by HTTP or in the answer."""
    told = httpx.Response(200, json={"status": "not allocated", "status_code": 404})
    headspin = FakeHeadspin({"GET /v0/grafana/info": [httpx.Response(404), told]})
    assert headspin.run(lambda p: p.read("headspin_grafana", "grafana")) is None
    assert headspin.run(lambda p: p.survey("headspin_grafana", {"grafana": {}})) == {"grafana": None}


def test_deleting_grafana_calls_nothing() -> None:
    """There is no route for it."""
    headspin = FakeHeadspin({})
    headspin.run(lambda p: p.delete("headspin_grafana", "grafana", {}))
    assert headspin.sent == []


def test_a_trigger_is_not_secret() -> None:
    """Since it is remembered."""
    with pytest.raises(ValueProblem, match="reset_trigger cannot be sensitive"):
        GRAFANA.complete("headspin_grafana.g", "g", {"reset_trigger": Secret("s")}, "")


@pytest.mark.parametrize(
    ("values", "call", "body"),
    [
        ({}, _ALLOCATE, {}),
        ({"dashboard_uid": "h"}, _REGISTER, {"dashboard_uid": "h"}),
        ({"dashboard_uid": "h", "version": 6}, _REGISTER, {"dashboard_uid": "h", "version": 6}),
        ({"dashboard_url": "https://g.test/d/h/home"}, _REGISTER, {"dashboard_url": "https://g.test/d/h/home"}),
    ],
    ids=["a template", "by uid", "with a version", "by url"],
)
def test_a_dashboard_is_allocated_or_registered(values: Mapping[str, Any], call: str, body: Any) -> None:
    """By what the block gives; then the list says what it is."""
    headspin = FakeHeadspin({_LIST: {"dashboards": [_TEMPLATE, _HOME]}, call: {"status": "done", "status_code": 200}})
    live = headspin.run(lambda p: p.create("headspin_dashboard", _dashboard(**values)))
    assert live == Live(
        "Home",
        {"dashboard_uid": "h", "version": 6},
        {"name": "Home", "dashboard_uid": "h", "version": 6, "max_version": 7},
        {"name": "Home", "dashboard_uid": "h", "version": 6},
    )
    assert headspin.sent == [(call, {"dashboard_name": "Home", **body}), (_LIST, None)]


def test_another_version_registers_again() -> None:
    """Where nobody else has done so since."""
    newer = {"dashboards": [{**_HOME, "version": 7}]}
    headspin = FakeHeadspin({_LIST: [{"dashboards": [_HOME]}, newer], _REGISTER: {"status": "done"}})
    values, expected_version = _dashboard(dashboard_uid="h", version=7), {"dashboard_uid": "h", "version": 6}
    live = headspin.run(lambda p: p.update("headspin_dashboard", "Home", values, expected_version))
    assert live.version == {"dashboard_uid": "h", "version": 7}
    assert headspin.sent[1] == (_REGISTER, {"dashboard_name": "Home", "dashboard_uid": "h", "version": 7})
    headspin = FakeHeadspin({_LIST: newer})
    with pytest.raises(Conflict):
        headspin.run(lambda p: p.update("headspin_dashboard", "Home", values, expected_version))
    assert headspin.sent == [(_LIST, None)]


@pytest.mark.parametrize(
    ("attributes", "in_grafana"),
    [({}, False), ({"remove_in_grafana": False}, False), ({"remove_in_grafana": True}, True)],
    ids=["default", "no", "yes"],
)
def test_a_dashboard_is_removed_from_grafana_only_when_asked(attributes: Any, in_grafana: bool) -> None:
    """remove_in_grafana, as the state remembers it."""
    headspin = FakeHeadspin({_REMOVE: {"status": "done", "status_code": 200}})
    headspin.run(lambda p: p.delete("headspin_dashboard", "Home", attributes))
    assert headspin.sent == [(_REMOVE, {"dashboard_name": "Home", "remove_in_grafana": in_grafana})]


def test_dashboards_are_listed_once() -> None:
    """What can be allocated is not there yet."""
    headspin = FakeHeadspin({_LIST: {"dashboards": [_HOME, _TEMPLATE]}})
    found = headspin.run(lambda p: p.survey("headspin_dashboard", {"Home": {}, "User Flow Timeseries": {}, "No": {}}))
    assert {name: live and live.version for name, live in found.items()} == {
        "Home": {"dashboard_uid": "h", "version": 6},
        "User Flow Timeseries": None,
        "No": None,
    }
    assert headspin.sent == [(_LIST, None)]


@pytest.mark.parametrize(
    ("values", "summary"),
    [
        ({"dashboard_uid": "a", "dashboard_url": "b"}, "dashboard_uid and dashboard_url both name the dashboard"),
        ({"version": 1}, "Only a dashboard that is registered has a version to choose"),
    ],
    ids=["uid and url", "version of a template"],
)
def test_what_cannot_be_meant_is_refused(values: Any, summary: str) -> None:
    """Before anything is asked."""
    with pytest.raises(ValueProblem) as problem:
        _dashboard(**values)
    assert problem.value.summary == summary


@pytest.mark.parametrize(
    ("values", "content"),
    [
        ({}, {"name": "Home"}),
        ({"dashboard_uid": UNKNOWN}, {"name": "Home", "dashboard_uid": UNKNOWN}),
        ({"dashboard_url": "https://g.test/sub/d/h/home?orgId=1"}, {"name": "Home", "dashboard_uid": "h"}),
        ({"dashboard_url": "https://g.test/dashboard/db/home"}, {"name": "Home"}),
        ({"dashboard_url": UNKNOWN, "version": 2}, {"name": "Home", "dashboard_uid": UNKNOWN, "version": 2}),
    ],
    ids=["a template", "not known yet", "uid in the url", "an old url", "url not known yet"],
)
def test_what_is_compared_is_what_is_asked_for(values: Any, content: Any) -> None:
    """With the uid that the list will have."""
    assert DASHBOARD.content(_dashboard(**values)) == content


# --- lookups ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("type_", "path", "extra"),
    [
        ("headspin_grafana", "info", {}),
        ("headspin_grafana_editor", "editor/info", {"grafana_role": "Editor"}),
        ("headspin_grafana_viewer", "user/info", {"grafana_role": "Viewer"}),
    ],
)
def test_credentials_are_looked_up(type_: str, path: str, extra: Any) -> None:
    """Each account by its route."""
    headspin = FakeHeadspin({f"GET /v0/grafana/{path}": {**_INFO, **extra, "new": 1}})
    assert headspin.run(lambda p: p.lookup(type_, {})) == {**_INFO, **extra}
    with pytest.raises(ValueProblem, match="The organisation has no Grafana at HeadSpin"):
        FakeHeadspin({}).run(lambda p: p.lookup(type_, {}))


def test_the_list_is_looked_up_as_it_is() -> None:
    """Templates too."""
    headspin = FakeHeadspin({_LIST: {"dashboards": [_HOME, _TEMPLATE]}})
    assert headspin.run(lambda p: p.lookup("headspin_dashboards", {})) == {"dashboards": [_HOME, _TEMPLATE]}


# --- errors -----------------------------------------------------------------------------------------------------------


def _told(status: int, http: int = 200) -> httpx.Response:
    return httpx.Response(http, json={"status": "because", "status_code": status})


@pytest.mark.parametrize(
    ("answer", "kind", "says"),
    [
        (_told(400, 400), errors.Invalid, "answered 400: because"),
        (_told(401, 401), errors.Unauthorized, "answered 401: because"),
        (_told(403, 403), errors.Denied, "answered 403: because"),
        (_told(409, 409), errors.Precondition, "answered 409: because"),
        (_told(422, 422), errors.Invalid, "answered 422: because"),
        (_told(429, 429), errors.RateLimited, "answered 429: because"),
        (_told(500, 500), errors.ServerFault, "answered 500: because"),
        (_told(403), errors.Denied, "answered 403: because"),
        (_told(429), errors.RateLimited, "answered 429: because"),
        (_told(503), errors.ServerFault, "answered 503: because"),
        (_told(200, 403), errors.Denied, "answered 403: because"),
        (httpx.Response(502, html="<h1>Bad Gateway</h1>"), errors.ServerFault, "not JSON: '<h1>Bad Gateway</h1>'"),
        (httpx.Response(401), errors.Unauthorized, "an empty answer"),
        (httpx.Response(200, html="<h1>Log in</h1>"), errors.NotJson, "the answer is not JSON but text/html"),
        (httpx.Response(302, headers={"Location": "https://evil.test"}), errors.NotJson, "a redirect to https://evil"),
        (httpx.Response(200), errors.NotJson, "an empty answer"),
        (httpx.Response(200, json={}), errors.Unexpected, "the answer is not what HeadSpin gives (KeyError"),
        (httpx.Response(200, json=[]), errors.Unexpected, "the answer is not what HeadSpin gives (TypeError"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_what_goes_wrong_is_in_the_one_error_tree(answer: httpx.Response, kind: type[Exception], says: str) -> None:
    """By HTTP's status, or where that is a success, by the one in the answer; advice is HeadSpin's."""
    headspin = FakeHeadspin({"GET /v0/grafana/info": answer})
    with pytest.raises(errors.ApiError) as error:
        headspin.run(lambda p: p.read("headspin_grafana", "grafana"))
    assert type(error.value) is kind
    assert says in str(error.value)
    assert "Grafana itself" not in error.value.hint
    assert "GRAFANA_AUTH" not in error.value.hint


# --- settings ---------------------------------------------------------------------------------------------------------


def _header(settings: Mapping[str, Any], environment: Mapping[str, str] | None = None) -> tuple[str, str]:
    """The URL that is asked, and how it is told who asks."""
    sent: list[httpx.Request] = []

    def answer(request: httpx.Request) -> httpx.Response:
        sent.append(request)
        return httpx.Response(200, json={"dashboards": []})

    async def work() -> None:
        made = make_client(settings, True, replace(BARE, environment=environment or {}))
        client = HeadspinClient(made.connection, httpx.MockTransport(answer))
        await client.dashboards()
        await client.close()

    asyncio.run(work())
    return str(sent[0].url), sent[0].headers["Authorization"]


_BASIC = "Basic dG9rZW46"  # base64 of "token:"


@pytest.mark.parametrize(
    ("settings", "environment", "host", "header"),
    [
        ({"auth": Secret("token")}, {}, DEFAULT_URL, "Bearer token"),
        ({"auth": "token", "auth_style": "bearer"}, {}, DEFAULT_URL, "Bearer token"),
        ({"auth": "token", "auth_style": "host"}, {}, DEFAULT_URL, _BASIC),
        ({"url": "https://token@h.test"}, {}, "https://h.test", _BASIC),
        ({"url": "https://token@h.test", "auth_style": "bearer"}, {}, "https://h.test", "Bearer token"),
        ({}, {"HEADSPIN_AUTH": "token"}, DEFAULT_URL, "Bearer token"),
        ({}, {"HEADSPIN_AUTH": "token", "HEADSPIN_URL": "https://h.test"}, "https://h.test", "Bearer token"),
    ],
    ids=["default", "bearer", "host", "in the url", "in the url, as bearer", "environment", "environment's url"],
)
def test_a_token_is_sent_in_both_ways_of_the_document(settings: Any, environment: Any, host: str, header: str) -> None:
    """`Authorization: Bearer TOKEN`, and https://TOKEN@host."""
    assert _header(settings, environment) == (f"{host}/v0/grafana/dashboard/info", header)


@pytest.mark.parametrize(
    ("settings", "attribute", "summary"),
    [
        ({}, "auth", "HeadSpin needs an API token"),
        ({"auth": "user:password"}, "auth", "A HeadSpin API token has no colon"),
        ({"auth": "t", "url": "ftp://h.test"}, "url", '"ftp://h.test" is not a URL'),
        ({"auth": "t", "url": "embedded:"}, "url", "The embedded server needs a file"),
        ({"auth": "t", "timeout": 0}, "timeout", "timeout cannot be 0"),
        ({"auth": "t", "ca_cert": "nowhere"}, "ca_cert", 'There is no file "nowhere"'),
    ],
    ids=["no token", "a password", "no URL", "no file", "no time", "no certificate"],
)
def test_settings_that_cannot_work_are_refused(settings: Any, attribute: str, summary: str) -> None:
    """Before anything is asked."""
    with pytest.raises(ValueProblem) as problem:
        make_client(settings, True, BARE)
    assert (problem.value.attribute, problem.value.summary) == (attribute, summary)


def test_a_redirect_gets_no_token() -> None:
    """Only the host of the url is asked."""
    hosts: list[str] = []

    def answer(request: httpx.Request) -> httpx.Response:
        hosts.append(request.url.host)
        return httpx.Response(307, headers={"Location": "https://evil.test/v0/grafana/info"})

    async def work() -> None:
        client = HeadspinClient(Connection("https://h.test", "t"), httpx.MockTransport(answer))
        with pytest.raises(errors.NotJson):
            await client.get("/v0/grafana/info")
        await client.close()

    asyncio.run(work())
    assert hosts == ["h.test"]


def test_a_headspin_without_the_newer_route_is_asked_by_the_older() -> None:
    """POST /v0/grafana/info does what /allocate does, and is going to be given up."""
    headspin = FakeHeadspin({"GET /v0/grafana/info": _INFO, "POST /v0/grafana/info": _INFO})
    assert headspin.run(lambda p: p.create("headspin_grafana", {})) == _ACCOUNT
    calls = ["POST /v0/grafana/allocate", "POST /v0/grafana/info", "GET /v0/grafana/info"]
    assert [call for call, _ in headspin.sent] == calls
