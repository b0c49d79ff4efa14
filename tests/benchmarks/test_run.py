"""A run of all of it, in small."""

from __future__ import annotations

import json
import os
import tempfile
from pathlib import Path

import pytest

from tests.benchmarks.__main__ import main
from tests.benchmarks.programs import JOBS

_ASKED = "HCL_LITE_TEST_BENCHMARKS" in os.environ


@pytest.mark.skipif(not _ASKED, reason="HCL_LITE_TEST_BENCHMARKS is not set")
def test_every_job_is_measured(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """On embedded servers; nothing is left of the servers' files and the projects'."""
    (tmp_path / "work").mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "work"))
    asked = ["--sizes", "10", "--repeat", "1", "--programs", "hcl-lite", "--json", str(tmp_path / "now.json")]

    assert main(asked) == 0

    rows = json.loads((tmp_path / "now.json").read_text())["rows"]
    assert [row["job"] for row in rows if row["program"] == "hcl-lite"] == list(JOBS)
    assert {row["job"]: row["requests"] for row in rows if row["program"] == "bare client"} == {
        "start": 0,
        "first plan": 3,
        "first apply": 12,
        "plan without changes": 3,
        "drift": 3,
        "import --all": 3,
        "one change": 4,
        "all changed": 13,
        "pull": 3,
        "destroy": 12,
    }
    assert all(row["cpu"] > 0 and row["memory"] > 0 and row["server_cpu"] is not None for row in rows)
    assert list((tmp_path / "work").iterdir()) == []
