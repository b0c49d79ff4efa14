"""Faults on demand, in-process."""

from typing import Any

import httpx
import pytest

from providers.embedded import Fault

SAVE = {"dashboard": {"title": "T", "uid": "d"}}


def test_a_status_fault_answers_instead_of_the_server(server: Any) -> None:
    """With Retry-After where given, as often as asked for, for the requests it names."""
    server.app.faults.add(Fault("POST", "/api/dashboards", status=429, retry_after=7, times=2))

    answers = [server("POST", "/api/dashboards/db", SAVE) for _ in range(3)]

    assert [answer.status_code for answer in answers] == [429, 429, 200]
    assert answers[0].headers["retry-after"] == "7"
    assert server("GET", "/api/search").status_code == 200


@pytest.mark.parametrize(("kind", "stored"), [("drop", 404), ("drop-after", 200), ("hang", 404)])
def test_a_dropped_connection_is_an_error_and_the_work_may_be_done(server: Any, kind: Any, stored: int) -> None:
    """The client cannot tell; only `drop-after` has stored something."""
    server.app.faults.add(Fault("POST", "dashboards", kind=kind, seconds=0.01))

    with pytest.raises(httpx.RemoteProtocolError):
        server("POST", "/api/dashboards/db", SAVE)

    assert server("GET", "/api/dashboards/uid/d").status_code == stored


def test_latency_only_delays(server: Any) -> None:
    """Together with another fault, both happen."""
    server.app.faults.add(Fault(kind="latency", seconds=0.01, times=None))
    server.app.faults.add(Fault(path=r"limit=\d", status=500))

    assert [server("GET", path).status_code for path in ("/api/search", "/api/search?limit=5")] == [200, 500]


def test_faults_can_be_taken_back(server: Any) -> None:
    """Those that last for ever only end this way."""
    server.app.faults.add(Fault(times=None))
    broken = server("GET", "/api/search").status_code
    server.app.faults.clear()

    assert (broken, server("GET", "/api/search").status_code) == (503, 200)


def test_the_access_log_tells_what_was_asked(server: Any) -> None:
    """Method, path and status; 0 where no answer was sent."""
    server.app.faults.add(Fault(path="snapshots", kind="drop"))
    server("GET", "/api/search?limit=5")
    server("GET", "/api/search", auth=None)
    with pytest.raises(httpx.RemoteProtocolError):
        server("GET", "/api/dashboard/snapshots")

    assert list(server.app.access_log) == [
        ("GET", "/api/search", 200),
        ("GET", "/api/search", 401),
        ("GET", "/api/dashboard/snapshots", 0),
    ]
