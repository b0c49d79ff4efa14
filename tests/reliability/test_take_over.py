"""kill -9 at the steps of a take-over: nothing is there, or the next one goes on, and ends where an undisturbed one
ends.

HCL_LITE_TEST_KILLS=1 pytest tests/reliability/test_take_over.py      # each step of each; else a few of one
"""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import Figures, Server
from tests.reliability.conftest import Runner
from tests.whole.populated import BOARDS, SOURCES, Populated

_ALL = os.environ.get("HCL_LITE_TEST_KILLS") == "1"
_EVERY = 1 if _ALL else 33
_IMPORT = ["import", "--all", "--exclude", "grafana-default-email", "--exclude", "email receiver"]
_PLAN = ["plan", "--detailed-exitcode"]
_PROVIDER = '[provider.grafana]\nurl = "embedded:grafana.db"\nauth = "admin:admin"\n'
_RUNS: dict[str, tuple[Sequence[str], Sequence[str]]] = {
    "import": (_IMPORT, _IMPORT),
    "fileset": ([*_IMPORT, "--style", "fileset"], [*_IMPORT, "--style", "fileset"]),
    "update": ([*_IMPORT, "--update"], [*_IMPORT, "--update"]),
    "init": (["init", "--from", "embedded:grafana.db"], _IMPORT),
}


@pytest.fixture
def runner() -> Iterator[Runner]:
    """A process with runs that can be killed."""
    found = Runner()
    yield found
    found.close()


@pytest.fixture
def base(tmp_path: Path) -> Path:
    """A server in a file that people have filled."""
    directory = tmp_path / "base"
    directory.mkdir()
    Populated(Server.embedded(directory), BOARDS[:3], SOURCES[:2], tops=1).fill()
    return directory


@pytest.mark.parametrize("name", _RUNS if _ALL else ["import"])
def test_a_take_over_that_is_killed_anywhere_is_gone_on_with(
    runner: Runner, base: Path, tmp_path: Path, figures: Figures, name: str
) -> None:
    """Files, state and server are as they are without a kill; no file is left beside them."""
    first, next_ = _RUNS[name]

    def run(directory: Path, *commands: Sequence[str], **job: Any) -> dict[str, Any]:
        environment = {"HCL_LITE_FINGERPRINT_KEY": "quick", "GRAFANA_AUTH": "admin:admin"}
        return runner.run(directory=str(directory), environment=environment, commands=commands, **job)

    if name != "init":
        (base / "main.toml").write_text(_PROVIDER)
    if name == "update":
        assert run(base, _IMPORT)["codes"] == [0]
        server = Server.embedded(base)
        for board in BOARDS[:2]:
            changed = {**board, "title": f"{board['title']} now"}
            folder = server.call("GET", f"/api/dashboards/uid/{board['uid']}")["meta"]["folderUid"]
            server.call("POST", "/api/dashboards/db", {"dashboard": changed, "folderUid": folder, "overwrite": True})
    whole = tmp_path / "whole"
    shutil.copytree(base, whole)
    undisturbed = run(whole, first, _PLAN, here=True)  # what it imports is there for the others
    assert undisturbed["codes"] == [0, 0], undisturbed["said"]
    wanted = _outcome(whole)
    points = run(shutil.copytree(base, tmp_path / "counted"), first)["points"]
    wrong = []
    for number in range(1, len(points) + 1, _EVERY):
        directory = Path(shutil.copytree(base, tmp_path / f"killed-{number}"))
        killed = run(directory, first, kill=number)
        begun = (directory / "main.toml").exists()
        again = run(directory, next_ if begun else first, _PLAN)
        found = _outcome(directory)
        if killed.get("killed") != 9 or again["codes"] != [0, 0] or found != wanted:
            said = again["said"] if again["codes"] != [0, 0] else _difference(found, wanted)
            wrong.append(f"{number}: {points[number - 1]}: {said[:2000]}")
        shutil.rmtree(directory)
    assert not wrong, f"{len(wrong)} of {len(points)}:\n" + "\n\n".join(wrong[:3])
    figures("kill points of take-overs", len(range(1, len(points) + 1, _EVERY)))


def _outcome(root: Path) -> Any:
    """What there is in the end: the files by their paths, and the objects of the state."""
    state = json.loads((root / "hcl-lite.state.json").read_text())
    files = {
        str(path.relative_to(root)): path.read_text()
        for path in root.rglob("*")
        if path.is_file() and "hcl-lite.state.json" not in str(path) and not path.name.startswith("grafana.db")
    }
    return files, sorted((record["address"], record["uid"]) for record in state["records"])


def _difference(found: Any, wanted: Any) -> str:
    (files, records), (other, others) = found, wanted
    apart = {name for name in {*files, *other} if files.get(name) != other.get(name)}
    return f"files {sorted(apart)}, records {sorted({*records} ^ {*others})}"
