"""Every example is valid, is planned and applied on the embedded server, and planned empty afterwards."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from tests.conftest import Hcl

_EXAMPLES = sorted(path for path in (Path(__file__).parent.parent / "examples").iterdir() if path.is_dir())


@pytest.mark.parametrize("example", _EXAMPLES, ids=lambda path: path.name)
def test_an_example_runs_as_it_is(hcl: Hcl, tmp_path: Path, example: Path) -> None:
    """validate, apply, an empty plan, destroy."""
    shutil.copytree(example, tmp_path / "it", ignore=shutil.ignore_patterns("grafana.db*", "*.state.json*"))
    assert hcl("-C", "it", "validate").code == 0
    applied = hcl("apply", "--auto-approve")
    assert applied.code == 0, applied.err
    assert hcl("plan", "--detailed-exitcode").code == 0
    assert hcl("destroy", "--auto-approve").code == 0


def test_there_are_examples() -> None:
    """So that the test above cannot pass by finding none."""
    assert _EXAMPLES
