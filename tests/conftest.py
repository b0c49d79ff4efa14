"""What several tests share: the command line in this process, Grafanas to run against, the data beside the project."""

from __future__ import annotations

import asyncio
import os
import shutil
import tempfile
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from hypothesis import settings

from hcl_lite.cli.main import run
from providers.grafana.client import GrafanaClient, make_client
from tests.browser import Chromium, run_chromium
from tests.contexts import BARE
from tests.services import S3Server, serve_postgres, serve_s3

# A busy machine is no mistake of the code.
settings.register_profile("patient", deadline=None)
settings.load_profile("patient")

# What one process of the tests has compiled serves the hundreds that come after it: half a second each.
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)

# Directories of tests are in memory, where there is room: what reaches a disk, and when, is no matter to them, and a
# disk that others write to as well takes longer than the tests.
_MEMORY, _ROOM = Path("/dev/shm"), 4 * 2**30
if "TMPDIR" not in os.environ and os.access(_MEMORY, os.W_OK) and shutil.disk_usage(_MEMORY).free >= _ROOM:
    os.environ["TMPDIR"], tempfile.tempdir = str(_MEMORY), None

SHARED = Path(__file__).resolve().parent.parent.parent / "shared"

REAL_URL = "HCL_LITE_TEST_GRAFANA_URL"
REAL_AUTH = "HCL_LITE_TEST_GRAFANA_AUTH"
_FIGURE = "figure: "


@dataclass(frozen=True)
class Outcome:
    """What a command left behind."""

    code: int
    out: str
    err: str


Hcl = Callable[..., Outcome]
Figures = Callable[[str, int], None]
AfterTheLastLook = Callable[[Callable[[], object]], None]


@pytest.fixture(autouse=True)
def _plain_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """No setting of the machine reaches a test."""
    for name in list(os.environ):
        if (
            name.startswith(("GRAFANA_", "TF_VAR_", "HCL_LITE_VAR_", "HCL_LITE_LOG", "HCL_LITE_TRACE"))
            or name == "HCL_LITE_FINGERPRINT_KEY"
        ):
            monkeypatch.delenv(name)


@pytest.fixture(autouse=True)
def _impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """A backend that is down is waited for a moment only."""
    monkeypatch.setattr("state.patience.LASTS", 0.3)
    monkeypatch.setattr("state.patience._FIRST", 0.05)


@pytest.fixture(autouse=True)
def _cheap_fingerprints(monkeypatch: pytest.MonkeyPatch) -> None:
    """40 ms for each secret of each run would be a tenth of all tests; children of tests pay it."""
    monkeypatch.setattr("hcl_lite.core.fingerprint._EFFORT", 4)


@pytest.fixture(scope="session")
def postgres() -> Iterator[str]:
    """A connection string."""
    with serve_postgres() as conn_str:
        yield conn_str


@pytest.fixture(scope="session")
def s3() -> Iterator[S3Server]:
    """An S3 server."""
    with serve_s3() as server:
        yield server


@pytest.fixture(scope="session")
def chromium() -> Iterator[Chromium]:
    """A headless browser."""
    with run_chromium() as browser:
        yield browser


@pytest.fixture
def hcl(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Hcl:
    """Runs one command line in `tmp_path`, as the process would."""
    monkeypatch.chdir(tmp_path)

    def call(*args: str) -> Outcome:
        capsys.readouterr()
        code = run(list(args))
        captured = capsys.readouterr()
        return Outcome(code, captured.out, captured.err)

    return call


@dataclass(frozen=True)
class Server:
    """A Grafana to test against, and a way to do there what a colleague would."""

    url: str
    auth: str

    @classmethod
    def embedded(cls, root: Path, version: str = "") -> Server:
        """The embedded one, with its data in `root`; as the newest Grafana, or as `version`."""
        return cls(f"embedded:{root / 'grafana.db'}{f'?version={version}' if version else ''}", "admin:admin")

    @property
    def provider(self) -> str:
        """The provider block for it."""
        return f'[provider.grafana]\nurl = "{self.url}"\nauth = "{self.auth}"\n'

    def call(self, method: str, path: str, body: Any = None) -> Any:
        """One call, as an administrator; the JSON answer."""

        async def work() -> Any:
            client: GrafanaClient = make_client({"url": self.url, "auth": self.auth}, False, BARE)
            try:
                return await client.call(method, path, body=body)
            finally:
                await client.close()

        return asyncio.run(work())

    def inventory(self) -> dict[str, list[str]]:
        """Every object there is, by kind: for seeing that nothing was left and nothing lost."""
        dashboards = self.call("GET", "/apis/dashboard.grafana.app/v1beta1/namespaces/default/dashboards")
        folders = self.call("GET", "/apis/folder.grafana.app/v1beta1/namespaces/default/folders")
        return {
            "data sources": sorted(item["uid"] for item in self.call("GET", "/api/datasources")),
            "folders": sorted(item["metadata"]["name"] for item in folders["items"] or ()),
            "dashboards": sorted(item["metadata"]["name"] for item in dashboards["items"] or ()),
            "snapshots": sorted(item["key"] for item in self.call("GET", "/api/dashboard/snapshots")),
        }


@pytest.fixture(params=["embedded", pytest.param("real", marks=pytest.mark.real_grafana)])
def server(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Server]:
    """The embedded server, and the Grafana that the environment names."""
    if request.param == "embedded":
        yield Server.embedded(tmp_path)
        return
    with real_server() as real:
        yield real


@contextmanager
def real_server() -> Iterator[Server]:
    """The Grafana that the environment names, which is to be left as it was found."""
    if not os.environ.get(REAL_URL):
        pytest.skip(f"{REAL_URL} names no Grafana")
    real = Server(os.environ[REAL_URL], os.environ.get(REAL_AUTH, "admin:admin"))
    before = real.inventory()
    yield real
    assert real.inventory() == before, "a test left the real Grafana other than it found it"


@pytest.fixture
def embedded(tmp_path: Path) -> Server:
    """The embedded server, for what needs no second opinion."""
    return Server.embedded(tmp_path)


@pytest.fixture
def shared() -> Path:
    """The data beside the project."""
    if not SHARED.is_dir():
        pytest.skip(f"the test data is not at {SHARED}")
    return SHARED


@pytest.fixture
def after_the_last_look(monkeypatch: pytest.MonkeyPatch) -> AfterTheLastLook:
    """Lets somebody do something when a saved plan was held against what is there, and before the first write."""

    def let(act: Callable[[], object]) -> None:
        def look(*_: object) -> None:  # in the loop of the run; what acts has one of its own
            with ThreadPoolExecutor(1) as other:
                other.submit(act).result()

        monkeypatch.setattr("hcl_lite.operations.applying.check_plans", look)

    return let


@pytest.fixture
def figures(record_property: Callable[[str, object], None]) -> Figures:
    """Adds to the figures that the run prints at its end, and docs/reliability.md speaks of: figures("faults", 12)."""

    def add(name: str, count: int) -> None:
        record_property(f"{_FIGURE}{name}", count)

    return add


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """The sum of each figure, of all tests and workers."""
    sums: dict[str, int] = {}
    for reports in terminalreporter.stats.values():
        for report in reports:
            for name, count in getattr(report, "user_properties", ()) if getattr(report, "when", "") == "call" else ():
                if name.startswith(_FIGURE):
                    sums[name] = sums.get(name, 0) + count
    if sums:
        terminalreporter.section("figures")
        for name, count in sorted(sums.items()):
            terminalreporter.line(f"{count:>8,} {name.removeprefix(_FIGURE)}")
