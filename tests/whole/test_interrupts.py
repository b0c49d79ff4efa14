"""Runs that end early: killed, interrupted, failed in the middle. The next ends in the same place; nothing is lost."""

from __future__ import annotations

import json
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest

from providers.embedded import Fault
from providers.embedded.app import EmbeddedApp
from providers.transport.http import HttpClient
from tests.conftest import Hcl, Server
from tests.whole.processes import kill_after, served, start, wait_for, wait_until_met

_COUNT = 24


def _configuration(server: Server, count: int = _COUNT) -> str:
    blocks = [server.provider, '[resource.grafana_folder.f]\ntitle = "F"\n']
    blocks.append('[resource.grafana_data_source.d]\nname = "d"\ntype = "prometheus"\nurl = "http://x:1"\n')
    for number in range(count):
        dashboard = {"title": f"D{number}", "panels": [{"id": 1, "type": "text", "title": "t"}]}
        blocks.append(
            f'[resource.grafana_dashboard.d{number}]\nfolder = "${{grafana_folder.f.uid}}"\n'
            f"config_json = '{json.dumps(dashboard)}'\n"
        )
    blocks.append('[resource.grafana_snapshot.s]\ndashboard = "${grafana_dashboard.d0.config_json}"\n')
    return "\n".join(blocks)


@pytest.fixture(name="served")
def served_in_test(tmp_path: Path) -> Iterator[tuple[Server, EmbeddedApp]]:
    """The embedded server on a port, with its faults at hand."""
    with served(tmp_path / "served.db") as found:
        yield found


@pytest.mark.parametrize("done", [0, 8, 26])  # each point of a run: tests/reliability/test_kills.py
def test_a_killed_apply_is_finished_by_the_next_one(hcl: Hcl, embedded: Server, tmp_path: Path, done: int) -> None:
    """kill -9 after so many objects: the next apply ends where any other does, with no orphan and no double."""
    (tmp_path / "main.toml").write_text(_configuration(embedded))
    kill_after(done, tmp_path, "apply", "--auto-approve")

    again = hcl("apply", "--auto-approve")

    assert again.code == 0, again.err
    assert hcl("plan", "--detailed-exitcode").code == 0
    found = {kind: len(names) for kind, names in embedded.inventory().items()}
    assert found == {"data sources": 1, "folders": 1, "dashboards": _COUNT, "snapshots": 1}
    records = json.loads(hcl("show", "--json").out)["records"]
    assert sorted(r["uid"] for r in records) == sorted(uid for uids in embedded.inventory().values() for uid in uids)


def test_a_killed_destroy_is_finished_by_the_next_one(hcl: Hcl, embedded: Server, tmp_path: Path) -> None:
    """kill -9 in the middle of a destroy: the next one leaves the server empty."""
    (tmp_path / "main.toml").write_text(_configuration(embedded))
    assert hcl("apply", "--auto-approve").code == 0
    kill_after(10, tmp_path, "destroy", "--auto-approve")
    assert hcl("destroy", "--auto-approve").code == 0
    assert hcl("state", "list").out == ""
    assert {kind for kind, names in embedded.inventory().items() if names} == set()


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM], ids=["SIGINT", "SIGTERM"])
def test_the_first_interrupt_finishes_what_is_under_way(
    hcl: Hcl, served: tuple[Server, EmbeddedApp], tmp_path: Path, number: signal.Signals
) -> None:
    """Ctrl-C: running calls end and are saved, nothing new begins, exit code 130; the next apply does the rest."""
    server, app = served
    (tmp_path / "main.toml").write_text(_configuration(server))
    app.faults.add(Fault("POST", "/api/dashboards/db", "latency", seconds=0.2, times=None))
    process = start(tmp_path, "apply", "--auto-approve", "--parallelism", "4")
    wait_for(process, 4)
    process.send_signal(number)
    out, err = process.communicate(timeout=30)
    app.faults.clear()
    assert process.returncode == 130
    assert "Stopping: running calls are finished and saved." in err
    assert "Apply stopped:" in out
    made = server.inventory()["dashboards"]
    assert 0 < len(made) < _COUNT
    records = json.loads(hcl("show", "--json").out)["records"]
    assert sorted(r["uid"] for r in records if "dashboard." in r["address"]) == made
    assert hcl("apply", "--auto-approve").code == 0
    assert len(server.inventory()["dashboards"]) == _COUNT


def test_the_first_interrupt_ends_the_wait_for_another_try(
    hcl: Hcl, served: tuple[Server, EmbeddedApp], tmp_path: Path
) -> None:
    """Ctrl-C while the server asks to wait for half a minute: nothing is tried again, and the next apply does it."""
    server, app = served
    (tmp_path / "main.toml").write_text(_configuration(server))
    app.faults.add(Fault("POST", "/api/dashboards/db", retry_after=30, times=2))
    process = start(tmp_path, "apply", "--auto-approve", "--parallelism", "2")
    wait_until_met(process, app.faults)
    assert process.stderr is not None
    assert "Waiting: POST " in process.stderr.readline()
    process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=15)
    assert process.returncode == 130
    assert "answered 503" in err
    assert "Apply stopped:" in out
    assert hcl("apply", "--auto-approve").code == 0
    assert len(server.inventory()["dashboards"]) == _COUNT


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM], ids=["SIGINT", "SIGTERM"])
def test_the_second_interrupt_stops_at_once_and_loses_nothing(
    hcl: Hcl, served: tuple[Server, EmbeddedApp], tmp_path: Path, number: signal.Signals
) -> None:
    """Ctrl-C twice while calls hang: the process is gone, and the next apply ends in the wanted place."""
    server, app = served
    (tmp_path / "main.toml").write_text(_configuration(server))
    app.faults.add(Fault("POST", "/api/dashboards/db", "latency", seconds=20, times=4))
    process = start(tmp_path, "apply", "--auto-approve", "--parallelism", "6")
    wait_for(process, 2)
    wait_until_met(process, app.faults)
    process.send_signal(number)
    assert process.stderr is not None
    process.stderr.readline()
    process.stderr.readline()
    process.send_signal(number)
    _, err = process.communicate(timeout=15)
    app.faults.clear()
    assert process.returncode == 130
    assert "Traceback" not in err
    assert hcl("apply", "--auto-approve").code == 0
    assert hcl("plan", "--detailed-exitcode").code == 0
    assert len(server.inventory()["dashboards"]) == _COUNT


def test_one_failure_skips_only_what_needs_it(hcl: Hcl, served: tuple[Server, EmbeddedApp], tmp_path: Path) -> None:
    """A dashboard that the server refuses: its snapshot is skipped, all others are made and in the state."""
    server, app = served
    (tmp_path / "main.toml").write_text(
        _configuration(server, 4).replace('"title": "D0"', '"title": "D0", "uid": "bad"')
    )
    app.faults.add(Fault("POST", "/api/dashboards/db", "status", status=422, times=1))
    outcome = hcl("apply", "--auto-approve", "--parallelism", "1")
    assert outcome.code == 1
    assert "Cannot change grafana_dashboard.d0" in outcome.err
    assert "Skipped, since what they need failed or the run was stopped: grafana_snapshot.s" in outcome.err
    assert "5 created, 0 updated, 0 deleted, 1 failed, 1 skipped" in outcome.out
    assert len(hcl("state", "list").out.splitlines()) == 5
    assert hcl("apply", "--auto-approve").code == 0


@pytest.mark.parametrize("kind", ["drop", "drop-after"])
def test_a_lost_answer_leads_to_one_object_not_two(
    hcl: Hcl, served: tuple[Server, EmbeddedApp], tmp_path: Path, kind: str
) -> None:
    """The connection drops before or after the work: read back, then repeated only where it was not done."""
    server, app = served
    (tmp_path / "main.toml").write_text(_configuration(server, 6))
    for path in ("/api/dashboards/db", "/api/folders$", "/api/datasources$", "/api/snapshots$"):
        app.faults.add(Fault("POST", path, kind, times=1))  # type: ignore[arg-type]
    outcome = hcl("apply", "--auto-approve")
    assert outcome.code == 0, outcome.err
    assert hcl("plan", "--detailed-exitcode").code == 0
    found = {kind_: len(names) for kind_, names in server.inventory().items()}
    assert found == {"data sources": 1, "folders": 1, "dashboards": 6, "snapshots": 1}


def test_two_applies_at_once_do_not_both_run(hcl: Hcl, served: tuple[Server, EmbeddedApp], tmp_path: Path) -> None:
    """The second is refused and told who holds the lock; with --lock-timeout it waits and finds nothing to do."""
    server, app = served
    (tmp_path / "main.toml").write_text(_configuration(server))
    app.faults.add(Fault("POST", "/api/dashboards/db", "latency", seconds=0.1, times=None))
    first = start(tmp_path, "apply", "--auto-approve", "--parallelism", "4")
    wait_for(first, 1)
    refused = hcl("apply", "--auto-approve")
    assert refused.code == 1
    assert "The state is locked" in refused.err
    assert f"(apply, pid {first.pid}, since " in refused.err
    assert "It ends with that run, however that ends." in refused.err
    waited = hcl("apply", "--auto-approve", "--lock-timeout", "30s")
    assert waited.code == 0
    assert "No changes." in waited.out
    assert first.wait(10) == 0
    first.communicate()


@pytest.mark.parametrize(
    ("status", "method", "path", "warned"),
    [
        (500, "POST", "/api/dashboards/db", False),
        (500, "DELETE", "/apis/dashboard.grafana.app", False),
        (502, "POST", "/api/dashboards/db", True),
    ],
    ids=["a creation", "a deletion", "a proxy's answer, which knows nothing"],
)
def test_a_run_that_knows_what_failed_has_not_ended_early(
    hcl: Hcl,
    served: tuple[Server, EmbeddedApp],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    status: int,
    method: str,
    path: str,
    warned: bool,
) -> None:
    """A write that the server refuses with a 500, again and again, is read back: it is not done, and that is said."""
    destroys = method == "DELETE"
    monkeypatch.setattr(HttpClient, "backoff", lambda *_: 0.0)
    server, app = served
    (tmp_path / "main.toml").write_text(_configuration(server, 2))
    words = ["destroy" if destroys else "apply", "--auto-approve"]
    if destroys:
        assert hcl("apply", "--auto-approve").code == 0
    app.faults.add(Fault(method, path, "status", status=status, times=None))
    assert hcl(*words).code == 1
    app.faults.clear()
    assert ("An earlier run" in hcl("plan").out) is warned
    assert hcl(*words).code == 0
    assert "An earlier run" not in hcl("plan").out
