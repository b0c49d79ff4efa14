"""The ten routes of HeadSpin's document, and the Grafana behind them."""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from providers.embedded import Fault
from providers.embedded_headspin import HeadspinOptions, create_app
from providers.embedded_headspin.app import EmbeddedHeadspin

_API = "/v0/grafana"


class _Server:
    """An app without a file; every call has an event loop of its own."""

    def __init__(self) -> None:
        numbers = itertools.count(1)
        options = HeadspinOptions(frozenset({"token"}), make_password=lambda: f"pass-{next(numbers)}")
        self.app: EmbeddedHeadspin = create_app(options=options)

    def __call__(self, method: str, path: str, body: Any = None, *, auth: Any = None, **more: Any) -> tuple[int, Any]:
        async def send() -> httpx.Response:
            transport = httpx.ASGITransport(self.app)
            headers = {} if auth else {"Authorization": "Bearer token"}
            async with httpx.AsyncClient(transport=transport, base_url="http://h.test", headers=headers) as client:
                return await client.request(method, path, json=body, auth=auth, **more)

        answer = asyncio.run(send())
        return answer.status_code, answer.json()

    def allocated(self) -> _Server:
        self("POST", f"{_API}/allocate")
        return self


@pytest.fixture
def server() -> Iterator[_Server]:
    made = _Server()
    yield made
    made.app.close()


def _account(name: str, number: int, **more: str) -> tuple[int, Any]:
    return 200, {"username": name, "password": f"pass-{number}", "grafana_url": "http://h.test", **more}


_ADMIN = "Example Grafana"


@pytest.mark.parametrize("path", ["allocate", "info"])
def test_grafana_is_allocated_once(server: _Server, path: str) -> None:
    """By either route; what is there is returned."""
    assert server("POST", f"{_API}/{path}") == _account(_ADMIN, 1)
    assert server("POST", f"{_API}/{path}") == _account(_ADMIN, 1)
    assert server("GET", f"{_API}/info") == _account(_ADMIN, 1)
    assert server("GET", f"{_API}/editor/info") == _account(f"{_ADMIN} Editor", 2, grafana_role="Editor")
    assert server("GET", f"{_API}/user/info") == _account(f"{_ADMIN} Viewer", 3, grafana_role="Viewer")


def test_the_accounts_log_in_with_their_roles(server: _Server) -> None:
    """In the Grafana at grafana_url, which is not there before."""
    login = (_ADMIN, "pass-1")
    assert server("GET", "/api/org", auth=login)[0] == 404
    server.allocated()
    assert server("GET", "/api/org", auth=login) == (200, {"id": 1, "name": "Main Org.", "address": _NOWHERE})
    body = {"dashboard": {"title": "T", "uid": "d"}}
    assert server("POST", "/api/dashboards/db", body, auth=(f"{_ADMIN} Viewer", "pass-3"))[0] == 403
    assert server("POST", "/api/dashboards/db", body, auth=(f"{_ADMIN} Editor", "pass-2"))[0] == 200
    assert server("GET", "/api/org", auth=(_ADMIN, "wrong"))[0] == 401
    assert server("GET", "/api/org", auth=("admin", "admin"))[0] == 401


_NOWHERE = dict.fromkeys(("address1", "address2", "city", "zipCode", "state", "country"), "")


def test_a_reset_makes_new_passwords_and_keeps_dashboards(server: _Server) -> None:
    """The old ones are no longer taken."""
    server.allocated()
    server("POST", "/api/dashboards/db", {"dashboard": {"title": "T", "uid": "d"}}, auth=(_ADMIN, "pass-1"))
    expected = {"status": "Reset Grafana User credentials.", "status_code": 200}
    assert server("POST", f"{_API}/reset") == (200, expected)
    assert server("GET", f"{_API}/info") == _account(_ADMIN, 4)
    assert server("GET", "/api/dashboards/uid/d", auth=(_ADMIN, "pass-1"))[0] == 401
    assert server("GET", "/api/dashboards/uid/d", auth=(_ADMIN, "pass-4"))[0] == 200


_FREE = {"allocated": False, "legacy": False}


def test_a_template_becomes_a_dashboard_of_grafana(server: _Server) -> None:
    """And is listed as allocated; once more gives the same."""
    server.allocated()
    status, answer = server("POST", f"{_API}/dashboard/allocate", {"dashboard_name": "Home"})
    uid = answer.pop("dashboard_uid")
    expected = {"status": "Successfully allocated dashboard", "dashboard_name": "Home", "status_code": 200}
    assert (status, answer) == (200, expected)
    assert server("POST", f"{_API}/dashboard/allocate", {"dashboard_name": "Home"})[1]["dashboard_uid"] == uid
    home = {"allocated": True, "version": 6, "max_version": 6, "name": "Home", "dashboard_uid": uid}
    listed = [home, {**_FREE, "name": "User Flow Timeseries"}]
    assert server("GET", f"{_API}/dashboard/info") == (200, {"dashboards": listed})
    assert server("GET", f"/api/dashboards/uid/{uid}", auth=(_ADMIN, "pass-1"))[1]["dashboard"]["title"] == "Home"


@pytest.mark.parametrize(
    "which", [{"dashboard_uid": "d"}, {"dashboard_url": "http://h.test/d/d/t"}], ids=["by uid", "by url"]
)
@pytest.mark.parametrize("in_grafana", [True, False], ids=["removed in Grafana", "kept in Grafana"])
def test_a_dashboard_of_grafana_is_registered_and_removed(server: _Server, which: Any, in_grafana: bool) -> None:
    """Under a name; another version replaces the one before, the newest is known."""
    login = (_ADMIN, "pass-1")
    server.allocated()("POST", "/api/dashboards/db", {"dashboard": {"title": "T", "uid": "d"}}, auth=login)
    for version in (3, 2):
        command = {"dashboard_name": "Mine", **which, "version": version}
        done = {"status": "Successfully registered dashboard", "status_code": 200}
        assert server("POST", f"{_API}/dashboard/register", command) == (200, done)
    mine = {"allocated": True, "version": 2, "max_version": 3, "name": "Mine", "dashboard_uid": "d"}
    assert server("GET", f"{_API}/dashboard/info")[1]["dashboards"][0] == mine
    command = {"dashboard_name": "Mine", "remove_in_grafana": in_grafana}
    gone = {"status": "Successfully removed dashboard (if allocated)", "status_code": 200}
    for removed in (in_grafana, False):
        assert server("DELETE", f"{_API}/dashboard/remove", command) == (200, {**gone, "removed_from_grafana": removed})
    assert server("GET", "/api/dashboards/uid/d", auth=login)[0] == (404 if in_grafana else 200)


@pytest.mark.parametrize(
    ("method", "path", "body", "status", "message"),
    [
        ("POST", "/dashboard/allocate", {}, 400, "dashboard_name is required."),
        ("POST", "/dashboard/allocate", {"dashboard_name": 1}, 400, "dashboard_name must be a string."),
        ("POST", "/dashboard/allocate", {"dashboard_name": "X"}, 404, 'There is no dashboard "X" to allocate.'),
        (
            "POST",
            "/dashboard/register",
            {"dashboard_name": "X"},
            400,
            "Either dashboard_uid or dashboard_url must be provided.",
        ),
        (
            "POST",
            "/dashboard/register",
            {"dashboard_name": "X", "dashboard_uid": "no"},
            404,
            'Grafana has no dashboard with uid "no".',
        ),
        (
            "POST",
            "/dashboard/register",
            {"dashboard_name": "X", "dashboard_uid": "d", "version": "1"},
            400,
            "version must be a number.",
        ),
        ("POST", "/dashboard/register", [], 400, "The body is not a JSON object."),
        ("GET", "/nowhere", None, 404, "There is no such route."),
        ("DELETE", "/info", None, 404, "There is no such route."),
    ],
)
def test_what_makes_no_sense_is_refused(
    server: _Server, method: str, path: str, body: Any, status: int, message: str
) -> None:
    """With the status by HTTP and in the answer."""
    server.allocated()
    assert server(method, f"{_API}{path}", body) == (status, {"status": message, "status_code": status})


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/info"),
        ("GET", "/editor/info"),
        ("GET", "/user/info"),
        ("POST", "/reset"),
        ("GET", "/dashboard/info"),
        ("POST", "/dashboard/allocate"),
        ("POST", "/dashboard/register"),
        ("DELETE", "/dashboard/remove"),
    ],
)
def test_without_grafana_there_is_nothing_to_ask(server: _Server, method: str, path: str) -> None:
    """404, which the document does not say."""
    assert server(method, f"{_API}{path}") == (404, {"status": "Grafana is not allocated.", "status_code": 404})


@pytest.mark.parametrize(
    ("auth", "status"),
    [(("token", ""), 404), (("token", "password"), 401), (("other", ""), 401)],
    ids=["token@host", "a password", "another token"],
)
def test_both_ways_of_authentication(server: _Server, auth: tuple[str, str], status: int) -> None:
    """The other one, as Bearer, is that of all the tests above."""
    assert server("GET", f"{_API}/info", auth=auth)[0] == status


def test_faults_happen_here_too(server: _Server) -> None:
    """As in the embedded Grafana, and the log shows them."""
    server.app.faults.add(Fault("GET", "/v0/", status=429))
    assert (server("GET", f"{_API}/info")[0], server("GET", f"{_API}/info")[0]) == (429, 404)
    assert list(server.app.access_log) == [("GET", f"{_API}/info", 429), ("GET", f"{_API}/info", 404)]
