"""A folder that is to be deleted while it holds what is not managed here."""

from __future__ import annotations

from pathlib import Path

from hcl_lite.cli.exit_codes import ExitCode
from tests.conftest import Hcl, Server

_FORCED = "force_destroy = true\n"
_FOLDER = '[resource.grafana_folder.team]\ntitle = "Team"\nuid = "team"\n'
_OWN = (
    '[resource.grafana_dashboard.own]\nfolder = \'team\'\nconfig_json = \'{"uid": "own", "title": "Own"}\'\n'
    'depends_on = ["grafana_folder.team"]\n'
)


def _apply(hcl: Hcl, server: Server, root: Path, folder: str, others: int) -> None:
    """A folder with a dashboard that is managed, and dashboards of others; the configuration is empty then."""
    (root / "main.toml").write_text(server.provider + folder + _OWN)
    assert hcl("apply", "--auto-approve").code == 0
    for number in range(others):
        body = {"dashboard": {"uid": f"x{number}", "title": f"Others {number}"}, "folderUid": "team"}
        server.call("POST", "/api/dashboards/db", body)
    (root / "main.toml").write_text(server.provider)


def test_the_plan_names_what_is_not_managed_and_the_apply_refuses(hcl: Hcl, server: Server, tmp_path: Path) -> None:
    """Only what is not ours is named; the dashboards of others stay, and so does the folder."""
    _apply(hcl, server, tmp_path, _FOLDER, 12)
    names = ", ".join(f'dashboard "Others {number}"' for number in [0, 1, 10, 11, 2, 3, 4, 5, 6, 7])
    planned = hcl("plan").out
    assert (
        f"It holds 12 objects ({names}, and 2 more) not managed here, so its deletion will be refused, unless "
        "force_destroy is applied first."
    ) in planned
    assert 'dashboard "Own"' not in planned

    outcome = hcl("apply", "--auto-approve")

    assert outcome.code == 1
    assert f"grafana_folder.team was not deleted\n\n  The folder holds 12 objects ({names}, and 2 more)" in outcome.err
    assert "force_destroy = true" in outcome.err
    assert server.inventory()["dashboards"] == sorted(f"x{number}" for number in range(12))
    for number in range(12):
        server.call("DELETE", f"/api/dashboards/uid/x{number}")
    assert hcl("apply", "--auto-approve").code == 0


def test_what_goes_by_force_is_named_and_counted(hcl: Hcl, server: Server, tmp_path: Path) -> None:
    """--max-destroy counts it too."""
    _apply(hcl, server, tmp_path, _FOLDER.replace("uid", f"{_FORCED}uid"), 2)
    planned = hcl("plan", "--max-destroy", "3")
    assert planned.code == ExitCode.TOO_MANY
    assert (
        'With it 2 objects (dashboard "Others 0", dashboard "Others 1") will go: force_destroy is set, and they are '
        "not managed here."
    ) in planned.out
    assert "4 objects are deleted: 2 not managed here, 1 grafana_dashboard, 1 grafana_folder." in planned.out
    assert '\n  dashboard "Others 0" in grafana_folder.team\n' in planned.err
    assert hcl("apply", "--auto-approve", "--max-destroy", "4").code == 0
    assert server.inventory()["dashboards"] == []


def test_a_folder_with_nothing_of_others_goes_with_what_is_managed(hcl: Hcl, server: Server, tmp_path: Path) -> None:
    """No word of what is ours and goes by itself."""
    _apply(hcl, server, tmp_path, _FOLDER, 0)
    assert "It holds" not in hcl("plan").out
    assert hcl("apply", "--auto-approve").code == 0
