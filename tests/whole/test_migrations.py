"""migrate: what the files of other tools tell of is taken over as it is; what is not there becomes blocks."""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Iterator, Mapping
from pathlib import Path

import pytest

from tests.conftest import Hcl, Server
from tests.whole import migrations
from tests.whole.migrations import SECRET
from tests.whole.project import plan_changes

_COMMON = {
    *("grafana_folder.team", "grafana_folder.services", "grafana_dashboard.api", "grafana_dashboard.top"),
    *("grafana_data_source.warehouse", "grafana_contact_point.ops", "grafana_rule_group.hl_group"),
    *("grafana_message_template.hl_title", "grafana_notification_policy.policy"),
}
_TIMING = {"grafana_mute_timing.hl_nights"}
_FOLDER = {"grafana_folder.hl_team"} | (_COMMON - {"grafana_folder.team"})
_FORMATS: Mapping[str, tuple[Callable[[], Mapping[str, str]], str, Collection[str], Collection[str]]] = {
    "grizzly": (migrations.grizzly, "resources", _FOLDER, ["SyntheticMonitoringCheck x"]),
    "gdg": (
        migrations.gdg,
        "backup",
        {*_FOLDER, *_TIMING, "grafana_team.hl_on_call"},
        ["connections-permissions/warehouse.json"],
    ),
    "provisioning": (
        migrations.provisioning,
        "provisioning",
        (_FOLDER | _TIMING) - {"grafana_folder.services"},
        ["provisioning/datasources/all.yaml:3: deleteDatasources"],
    ),
    "operator": (
        migrations.operator,
        "cluster",
        {
            *_COMMON - {"grafana_message_template.hl_title"},
            *("grafana_mute_timing.nights", "grafana_message_template.title"),
        },
        ["GrafanaDashboard node-exporter", "by grafanaCom"],
    ),
}


@pytest.fixture
def world(server: Server) -> Iterator[Server]:
    """A server that people have filled."""
    migrations.fill(server)
    yield server
    migrations.empty(server)


def write(root: Path, files: Mapping[str, str]) -> None:
    """Files below a directory."""
    for name, text in files.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_bytes(text.encode())


def _start(server: Server, root: Path, format_: str) -> str:
    """A configuration, with the files of a format in it; where they are."""
    make, path, _, _ = _FORMATS[format_]
    (root / "main.toml").write_text(server.provider)
    write(root, make())
    return path


@pytest.mark.parametrize("format_", _FORMATS)
def test_a_migration_takes_over_what_is_there(
    hcl: Hcl, world: Server, tmp_path: Path, format_: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Empty plan; nothing has changed on the server; what cannot be carried over is told with its place; a second run
    has nothing to do."""
    monkeypatch.setenv("PG_USER", "reader")
    path, (_, _, expected, left) = _start(world, tmp_path, format_), _FORMATS[format_]
    if format_ == "provisioning":  # of two folders a provider has one
        world.call(
            "POST", "/api/dashboards/db", {"dashboard": migrations.API, "folderUid": "hl-team", "overwrite": True}
        )
    before = migrations.told(world)
    outcome = hcl("migrate", format_, path)
    assert outcome.code == 0, outcome.out + outcome.err
    assert "No changes. Grafana is as the configuration says." in outcome.out, outcome.out
    assert migrations.told(world) == before
    taken = set(hcl("state", "list").out.split())
    assert taken == expected, outcome.out
    assert all(text in outcome.out for text in left), outcome.out
    text = "\n".join(file.read_text() for file in tmp_path.glob("*.toml"))
    assert SECRET not in text
    assert "For the next apply" not in outcome.out
    if format_ != "gdg":  # once is enough
        return
    again = hcl("migrate", format_, path)
    assert again.code == 0
    assert "0 objects taken over." in again.out
    assert f"{len(expected)} were managed here before." in again.out


@pytest.mark.parametrize("format_", ["provisioning", "operator"])
def test_a_migration_to_an_empty_server_is_what_an_apply_makes(
    hcl: Hcl, server: Server, tmp_path: Path, format_: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Blocks in place of what is not there, and a plan that creates it, with secrets by reference."""
    monkeypatch.setenv("PG_PASSWORD", SECRET)
    monkeypatch.setenv("PG_USER", "reader")
    path = _start(server, tmp_path, format_)
    if format_ == "provisioning":
        file = tmp_path / path / "datasources" / "all.yaml"
        file.write_text(file.read_text().replace("$__file{/run/secrets/pg}", "$PG_PASSWORD"))
    try:
        outcome = hcl("migrate", format_, path)
        assert outcome.code == 0, outcome.out + outcome.err
        assert "0 objects taken over." in outcome.out
        created = {change["address"] for change in plan_changes(hcl)}
        assert created == set(_FORMATS[format_][2]), outcome.out
        applied = hcl("apply", "--auto-approve")
        assert applied.code == 0, applied.out + applied.err
        assert plan_changes(hcl) == []
        source = server.call("GET", "/api/datasources/uid/hl-pg")
        assert source["user"] == "reader"
        assert source["secureJsonFields"] == {"password": True}
        text = (tmp_path / "data_sources.toml").read_text()
        assert '"env:PG_PASSWORD"' in text
        assert ("username  = '${env(\"PG_USER\")}'" in text or "${env(" in text) == (format_ == "provisioning"), text
        assert hcl("destroy", "--auto-approve").code == 0
    finally:
        migrations.empty(server)


def test_files_of_the_configuration_are_read_where_they_are(hcl: Hcl, world: Server, tmp_path: Path) -> None:
    """A model in a file of its own stays that file; one that the server has otherwise is written as it is there, and
    told."""
    (tmp_path / "main.toml").write_text(world.provider)
    write(tmp_path, migrations.gdg())
    home = tmp_path / "backup/org_main-org/dashboards"
    other = json.loads((home / "General/top.json").read_text()) | {"title": "Top", "tags": ["never applied"]}
    (home / "General/top.json").write_text(json.dumps(other))
    outcome = hcl("migrate", "gdg", "backup/org_main-org")
    assert outcome.code == 0, outcome.out + outcome.err
    text = (tmp_path / "dashboards.toml").read_text()
    assert 'file("backup/org_main-org/dashboards/HL+team/Services/api.json")' in text
    assert 'file("dashboards/top.json")' in text
    assert json.loads((tmp_path / "dashboards/top.json").read_text())["title"] == "Top"
    assert 'grafana_dashboard "Top": tags' in outcome.out, outcome.out
    assert "the server has something else than the file, and that is taken over as it is there" in outcome.out
    assert "No changes. Grafana is as the configuration says." in outcome.out


def test_files_elsewhere_are_copied_byte_for_byte(hcl: Hcl, world: Server, tmp_path: Path) -> None:
    """The configuration has no way out of its directory. A dry run writes nothing."""
    home = tmp_path / "configuration"
    home.mkdir()
    (home / "main.toml").write_text(world.provider)
    write(tmp_path, migrations.gdg())
    tried = hcl("-C", str(home), "migrate", "gdg", "../backup", "--dry-run")
    assert "11 objects would be taken over" in tried.out
    assert [path.name for path in home.glob("*.toml")] == ["main.toml"]
    outcome = hcl("-C", str(home), "migrate", "gdg", "../backup")
    assert outcome.code == 0, outcome.out + outcome.err
    original = tmp_path / "backup/org_main-org/dashboards/HL+team/Services/api.json"
    assert (home / "dashboards/hl-team/services/api.json").read_bytes() == original.read_bytes()


def test_what_cannot_be_begun_with_is_told(hcl: Hcl, embedded: Server, tmp_path: Path) -> None:
    """No files, none of that format, backups of several organisations, and a place that is none."""
    (tmp_path / "main.toml").write_text(embedded.provider)
    write(tmp_path, {"a/x.yaml": "a: 1\n", "b/org_a/folders/x.json": "{}", "b/org_b/folders/x.json": "{}"})
    told = {
        ("grizzly", "nowhere"): "There is nothing at nowhere",
        ("grizzly", "a"): "There is nothing to migrate in a",
        ("provisioning", "a"): "There is nothing to migrate in a",
        ("gdg", "a"): "a is no backup of gdg",
        ("gdg", "b"): "The backup is of 2 organisations: org_a, org_b",
    }
    for (format_, path), text in told.items():
        outcome = hcl("migrate", format_, path)
        assert outcome.code == 1
        assert text in outcome.err, outcome.err
    assert hcl("migrate", "provisioning", "a", "--path", "/x").code == 3
