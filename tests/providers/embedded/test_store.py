"""The file: what outlives the process, and several processes on one file."""

import subprocess
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from providers.embedded import create_app

PROM = {"name": "prom", "uid": "p", "type": "prometheus", "access": "proxy", "secureJsonData": {"a": "b"}}
WRITER = """
import sqlite3, sys
from providers.embedded import create_app
from providers.embedded.objects import Draft, Objects
app = create_app(sys.argv[1])
for number in range(50):
    with app.store.write():
        Objects(app.store, 1).create("dashboards", f"{sys.argv[2]}-{number}", Draft({"title": "T"}), "user:x")
app.close()
"""


def test_everything_outlives_the_app(make_server: Callable[..., Any], tmp_path: Path) -> None:
    """Objects, versions, data sources, snapshots, accounts with their tokens and ids."""
    file = tmp_path / "grafana.db"
    first = make_server(file)
    first.ok("POST", "/api/folders", {"title": "F", "uid": "f"})
    first.save("d", folder="f")
    first.save("d", "changed", folder="f")
    first.ok("POST", "/api/datasources", PROM)
    first.ok("POST", "/api/snapshots", {"dashboard": {"uid": "d"}, "key": "k"})
    account = first.ok("POST", "/api/serviceaccounts", {"name": "bot", "role": "Admin"})
    key = first.ok("POST", f"/api/serviceaccounts/{account['id']}/tokens", {"name": "t"})["key"]
    paths = ["/api/dashboards/uid/d", "/api/dashboards/uid/d/versions", "/api/folders/f", "/api/datasources/uid/p"]
    paths += ["/api/snapshots/k", "/api/search", "/apis/dashboard.grafana.app/v0alpha1/namespaces/default/dashboards"]
    before = [first.ok("GET", path, token=key) for path in paths]
    first.app.close()

    second = make_server(file)

    assert [second.ok("GET", path, token=key) for path in paths] == before


def test_two_apps_on_one_file_see_each_other(make_server: Callable[..., Any], tmp_path: Path) -> None:
    """At once, and versions are checked across them."""
    one, two = (make_server(tmp_path / "grafana.db") for _ in range(2))
    one.save("d", "one")
    two.save("d", "two")

    stale = one("POST", "/api/dashboards/db", {"dashboard": {"uid": "d", "title": "three", "version": 1}})

    assert stale.status_code == 412
    assert one.ok("GET", "/api/dashboards/uid/d")["dashboard"]["title"] == "two"


def test_two_processes_write_at_once(tmp_path: Path) -> None:
    """Neither fails nor loses anything, and no resourceVersion is given twice."""
    file = tmp_path / "grafana.db"
    create_app(file).close()
    command = [sys.executable, "-c", WRITER, str(file)]
    with ThreadPoolExecutor() as pool:
        done = list(pool.map(lambda name: subprocess.run([*command, name], capture_output=True), ("a", "b")))

    app = create_app(file)
    rows = app.store.rows("select count(*) as n, count(distinct rv) as rvs, count(distinct id) as ids from version")
    app.close()
    assert [(one.returncode, one.stderr) for one in done] == [(0, b""), (0, b"")]
    assert [tuple(row) for row in rows] == [(100, 100, 100)]


def test_a_file_that_stays_locked_is_a_500(make_server: Callable[..., Any], tmp_path: Path) -> None:
    """After the busy timeout; reading goes on meanwhile."""
    holder, waiter = (make_server(tmp_path / "grafana.db", busy_timeout=0.01) for _ in range(2))
    with holder.app.store.write():
        answer = waiter("POST", "/api/dashboards/db", {"dashboard": {"title": "T"}})
        read = waiter("GET", "/api/search")

    assert (answer.status_code, answer.json()) == (500, {"message": "database: database is locked"})
    assert read.status_code == 200


def test_a_failed_transaction_leaves_nothing(server: Any) -> None:
    """An exception on the way undoes what was written before it."""
    store = server.app.store

    def fail() -> None:
        with store.write():
            store.insert("org", {"name": "half"})
            raise RuntimeError

    with pytest.raises(RuntimeError):
        fail()

    assert [org["name"] for org in server.ok("GET", "/api/orgs")] == ["Main Org."]


def test_the_clock_may_stand_still_or_go_back(make_server: Callable[..., Any], clock: Any) -> None:
    """resourceVersions go up all the same."""
    server = make_server(clock=clock)
    listing = "/apis/dashboard.grafana.app/v0alpha1/namespaces/default/dashboards"
    seen = []
    for step in range(4):
        clock.now -= step
        server.save("d", f"title {step}")
        seen.append(int(server.ok("GET", f"{listing}/d")["metadata"]["resourceVersion"]))

    assert seen == sorted(set(seen))
