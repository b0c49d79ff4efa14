"""A repository with a configuration, and a machine that runs jobs."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from tests.ci.forking import forking
from tests.ci.runner import Machine
from tests.conftest import Server

_FOLDER = '[resource.grafana_folder.team]\ntitle = "{title}"\nuid   = "team"\n'


@dataclass(frozen=True)
class Repository:
    """A repository whose directory grafana/ is a configuration for an embedded server; its state is outside."""

    path: Path
    server: Server

    def git(self, *args: str) -> str:
        """Runs git, and returns what it says."""
        who = ("-c", "user.name=Ann", "-c", "user.email=ann@example.org", "-c", "init.defaultBranch=main")
        return subprocess.run(["git", *who, *args], cwd=self.path, capture_output=True, text=True, check=True).stdout

    def commit(self, title: str, more: str = "") -> str:
        """Commits the configuration with another title of its folder; returns the commit."""
        state = self.path.parent / "shared.state.json"
        (self.path / "grafana" / "main.toml").write_text(
            f'[hcl_lite.backend]\ntype = "local"\npath = "{state}"\n\n[provider.grafana]\nurl = "{self.server.url}"\n\n'
            + _FOLDER.format(title=title)
            + more
        )
        self.git("add", ".")
        self.git("commit", "--quiet", "--message", title)
        return self.git("rev-parse", "HEAD").strip()

    @property
    def title(self) -> str:
        """The title of the folder on the server."""
        return str(self.server.call("GET", "/api/folders/team")["title"])


@pytest.fixture
def repository(tmp_path: Path) -> Repository:
    """A repository without a commit."""
    if shutil.which("jq") is None:
        pytest.skip("gh has a jq of its own, and there is none here to play it")
    path = tmp_path / "repository"
    (path / "grafana").mkdir(parents=True)
    made = Repository(path, Server(f"embedded:{tmp_path / 'grafana.db'}", "admin:admin"))
    made.git("init", "--quiet")
    return made


@pytest.fixture(scope="session")
def forked() -> Iterator[Path]:
    """The process that runs hcl-lite for all tests; sockets have short paths."""
    with TemporaryDirectory() as directory, forking(Path(directory)) as path:
        yield path


@pytest.fixture
def machine(tmp_path: Path, forked: Path) -> Machine:
    """A machine with hcl-lite on it."""
    return Machine(tmp_path / "machine", forked)
