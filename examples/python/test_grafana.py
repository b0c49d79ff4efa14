"""What must hold of the configuration beside this, by pytest: on an embedded server of each test's own."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

import hcl_lite


@pytest.fixture
def grafana(tmp_path: Path) -> Path:
    """A copy of the configuration, whose state and server are of this test alone."""
    shutil.copy(Path(__file__).parent / "main.toml", tmp_path)
    return tmp_path


def test_each_team_has_a_folder(grafana: Path) -> None:
    """The title is the team's name, and nothing is left to do."""
    applied = hcl_lite.apply(grafana, variables={"team": "Search"})
    assert applied.counts == {"create": 2}
    assert hcl_lite.state_show(grafana, "grafana_folder.team").attributes["title"] == "Search"
    assert hcl_lite.plan(grafana, variables={"team": "Search"}).is_empty


def test_an_unknown_variable_is_refused(grafana: Path) -> None:
    """With all that is wrong, and where."""
    with pytest.raises(hcl_lite.HclError, match='"teem" is not a variable'):
        hcl_lite.plan(grafana, variables={"teem": "Search"})
