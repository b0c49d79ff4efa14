"""check_health of a data source: against a Prometheus that runs, and against ports where nothing does."""

from __future__ import annotations

import shutil
import socket
import subprocess
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.conftest import Hcl, Server

_NOBODY = "http://127.0.0.1:9"


@pytest.fixture
def prometheus(tmp_path: Path) -> Iterator[str]:
    """A Prometheus that scrapes nothing; its URL."""
    program = shutil.which("prometheus")
    if program is None:
        pytest.skip("prometheus is not installed (apt-get install prometheus)")
    with socket.create_server(("127.0.0.1", 0)) as listener:
        address = f"127.0.0.1:{listener.getsockname()[1]}"
    home = tmp_path / "prometheus"
    home.mkdir()
    (home / "prometheus.yml").write_text("scrape_configs: []\n")
    options = ["--config.file=prometheus.yml", "--storage.tsdb.path=data", f"--web.listen-address={address}"]
    with (home / "log").open("w") as log:
        process = subprocess.Popen([program, *options], cwd=home, stdout=log, stderr=log)
        try:
            _wait_for(f"http://{address}/api/v1/query?query=vector(1)", '"value"')
            yield f"http://{address}"
        finally:
            process.terminate()
            process.wait(10)


def _wait_for(url: str, text: str) -> None:
    """Until the answer has `text` in it: for at most 30 seconds."""
    for _ in range(150):
        try:
            with urllib.request.urlopen(url, timeout=5) as answer:
                if text in answer.read().decode():
                    return
        except OSError:
            pass
        time.sleep(0.2)
    raise AssertionError(f"{url} does not answer")


def _write(root: Path, server: Server, url: str, type_: str = "prometheus") -> None:
    (root / "main.toml").write_text(
        f"{server.provider}retries = 1\n"
        + f'[resource.grafana_data_source.s]\nuid = "h6-s"\nname = "h6-s"\ntype = "{type_}"\nurl = "{url}"\n'
        + "check_health = true\n"
        + '[resource.grafana_folder.f]\nuid = "h6-f"\ntitle = "For ${grafana_data_source.s.name}"\n'
    )


def test_a_data_source_is_held_to_work(hcl: Hcl, server: Server, tmp_path: Path, prometheus: str) -> None:
    """Not with nobody there; then it is in the state, and is right once its url is."""
    _write(tmp_path, server, _NOBODY)
    failed = hcl("apply", "--auto-approve")
    assert failed.code == 1
    assert "grafana_data_source.s is not healthy" in failed.err
    assert "There was an error returned querying the Prometheus API." in failed.err
    assert "grafana_folder.f" in failed.err
    assert hcl("state", "list").out.split() == ["grafana_data_source.s"]

    again = hcl("apply", "--auto-approve")
    assert (again.code, "Its health will be checked." in again.out) == (1, True)

    time.sleep(1)  # Grafana goes on with the old settings where both were saved in the same second
    _write(tmp_path, server, prometheus)
    applied = hcl("apply", "--auto-approve")
    assert applied.code == 0, applied.err
    assert "Plan: 1 to create, 1 to update, 0 to delete." in applied.out
    assert "No changes." in hcl("plan").out
    assert hcl("destroy", "--auto-approve").code == 0


@pytest.mark.parametrize(
    ("type_", "says"),
    [
        ("loki", "Unable to connect with Loki."),
        ("no-such-plugin", "Plugin not registered"),
        ("alertmanager", "Plugin unavailable"),
    ],
)
def test_the_server_says_what_is_wrong(hcl: Hcl, server: Server, tmp_path: Path, type_: str, says: str) -> None:
    """In its own words, which are the same on both."""
    _write(tmp_path, server, _NOBODY, type_)
    failed = hcl("apply", "--auto-approve")
    assert (failed.code, says in failed.err) == (1, True), failed.err
    assert hcl("destroy", "--auto-approve").code == 0


def test_testdata_always_works(hcl: Hcl, server: Server, tmp_path: Path) -> None:
    """Nobody has to be asked."""
    _write(tmp_path, server, "", "grafana-testdata-datasource")
    applied = hcl("apply", "--auto-approve")
    assert applied.code == 0, applied.err
    assert hcl("destroy", "--auto-approve").code == 0


_ASKING = """
[data.grafana_query.up]
data_source = "${grafana_data_source.s.uid}"
expr = "vector(7)"
query = { instant = true }

[data.grafana_data_source_proxy.build]
data_source = "${grafana_data_source.s.uid}"
path = "api/v1/query"
params = { query = "1+1" }

[output.found]
value = [
    "${data.grafana_query.up.frames[0].fields[1]['values'][0]}",
    "${data.grafana_data_source_proxy.build.answer.data.result[1]}",
]
"""


def test_a_prometheus_is_asked_through_grafana(hcl: Hcl, server: Server, tmp_path: Path, prometheus: str) -> None:
    """By a query and by the proxy: at apply while it is new, then at each plan."""
    _write(tmp_path, server, prometheus)
    with (tmp_path / "main.toml").open("a") as file:
        file.write(_ASKING)
    applied = hcl("apply", "--auto-approve")
    assert applied.code == 0, applied.err
    assert hcl("output", "--json").out.split() == ["{", '"found":', "[", "7,", '"2"', "]", "}"]
    assert hcl("plan", "--detailed-exitcode").code == 0
    (tmp_path / "main.toml").write_text((tmp_path / "main.toml").read_text().replace("vector(7)", "vector(7"))
    planned = hcl("plan")
    assert (planned.code, "parse error" in planned.err) == (1, True), planned.err
    (tmp_path / "main.toml").write_text((tmp_path / "main.toml").read_text().replace(_ASKING, ""))
    assert hcl("destroy", "--auto-approve").code == 0
