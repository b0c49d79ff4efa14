"""How many objects a run may delete: what the plan says of it, and --max-destroy."""

from __future__ import annotations

from pathlib import Path

import pytest

from hcl_lite.cli.exit_codes import ExitCode
from tests.conftest import Hcl, Server

_FOLDERS = "".join(f'[resource.grafana_folder.f{n}]\ntitle = "F{n}"\nuid = "f{n}"\n' for n in range(3))
_DASHBOARDS = "".join(
    f'[resource.grafana_dashboard.d{n}]\nconfig_json = \'{{"uid": "d{n}", "title": "D{n}"}}\'\n' for n in range(2)
)


@pytest.fixture
def applied(hcl: Hcl, embedded: Server, tmp_path: Path) -> Path:
    """A directory whose configuration of 3 folders and 2 dashboards has been applied; now it has one of each."""
    main = tmp_path / "main.toml"
    main.write_text(embedded.provider + _FOLDERS + _DASHBOARDS)
    assert hcl("apply", "--auto-approve").code == 0
    return main


@pytest.mark.parametrize(
    "command",
    [
        ["plan", "--destroy", "--out", "p"],
        ["apply", "--destroy", "--auto-approve"],
        ["destroy", "--auto-approve"],
        ["apply", "saved"],
    ],
    ids=" ".join,
)
def test_more_deletions_than_allowed_are_refused_before_anything_is_written(
    applied: Path, hcl: Hcl, embedded: Server, command: list[str]
) -> None:
    """With an exit code of its own, their number, and their names; no plan is saved, and nothing is deleted."""
    assert hcl("plan", "--destroy", "--out", "saved").code == 0
    before = (embedded.inventory(), Path("hcl-lite.state.json").read_bytes())
    outcome = hcl(*command, "--max-destroy", "4")
    assert outcome.code == ExitCode.TOO_MANY
    assert outcome.err == (
        "\nError: The plan deletes 5 objects, and --max-destroy allows 4\n\n"
        "  grafana_dashboard.d0\n  grafana_dashboard.d1\n"
        "  grafana_folder.f0\n  grafana_folder.f1\n  grafana_folder.f2\n\n"
        "  → Nothing was changed. If all of them are to go, allow as many.\n"
    )
    assert (embedded.inventory(), Path("hcl-lite.state.json").read_bytes()) == before
    assert not Path("p").exists()


def test_as_many_deletions_as_allowed_go_on(applied: Path, hcl: Hcl, embedded: Server) -> None:
    """The number is the most that may go."""
    outcome = hcl("destroy", "--auto-approve", "--max-destroy", "5")
    assert outcome.code == 0, outcome.err
    assert embedded.inventory()["folders"] == []


def test_a_replacement_counts_as_a_deletion(applied: Path, hcl: Hcl) -> None:
    """The object that was there goes, whatever comes in its place."""
    applied.write_text(applied.read_text().replace('"f0"', '"f9"'))
    outcome = hcl("plan", "--max-destroy", "0")
    assert outcome.code == ExitCode.TOO_MANY
    assert "The plan deletes 1 object, and --max-destroy allows 0\n\n  grafana_folder.f0\n" in outcome.err


def test_a_plan_that_deletes_much_says_of_which_types(applied: Path, hcl: Hcl) -> None:
    """The last line of it, which is read before the question is answered."""
    lines = hcl("plan", "--destroy").out.splitlines()
    assert lines[-2:] == [
        "Plan: 0 to create, 0 to update, 5 to delete.",
        "5 objects are deleted: 3 grafana_folder, 2 grafana_dashboard.",
    ]
