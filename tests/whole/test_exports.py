"""export: what is managed, as files that other tools read; and migrate reads them back with nothing to do."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.conftest import Hcl, Server
from tests.whole import migrations
from tests.whole.migrations import SECRET
from tests.whole.project import plan_changes

_REFERENCE = 'secure_json_data.password = "env:PG_PASSWORD"\n'


@pytest.fixture
def managed(hcl: Hcl, server: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Server]:
    """A server that people have filled, which is managed with one secret by reference."""
    monkeypatch.setenv("PG_PASSWORD", SECRET)
    migrations.fill(server)
    try:
        (tmp_path / "main.toml").write_text(server.provider)
        files = migrations.gdg()
        for name, text in files.items():
            (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
            (tmp_path / name).write_text(text)
        assert hcl("migrate", "gdg", "backup").code == 0
        sources = tmp_path / "data_sources.toml"
        sources.write_text(sources.read_text() + _REFERENCE)
        assert hcl("apply", "--auto-approve").code == 0
        yield server
    finally:
        migrations.empty(server)


def _files(root: Path) -> Mapping[str, str]:
    paths = [path for path in root.rglob("*") if path.is_file() and not path.name.startswith(".")]
    return {path.relative_to(root).as_posix(): path.read_text() for path in paths}


def _check_provisioning(files: Mapping[str, Any]) -> None:
    """$ is escaped where Grafana follows references; a provider for each folder, by its uid."""
    [sources] = files["datasources/hcl-lite.yaml"]
    assert sources["datasources"][0]["secureJsonData"] == {"password": "$PG_PASSWORD"}
    [boards] = files["dashboards/hcl-lite.yaml"]
    assert [(one.get("folder"), one.get("folderUid"), one["options"]["path"]) for one in boards["providers"]] == [
        (None, None, "/etc/grafana/provisioning/dashboards/general"),
        ("Services", "hl-services", "/etc/grafana/provisioning/dashboards/hl-team-services"),
    ]
    [groups] = files["alerting/hcl-lite-rules.yaml"]
    [rule] = groups["groups"][0]["rules"]
    assert groups["groups"][0]["interval"] == "60s"
    assert rule["annotations"] == {"summary": "costs $5"}
    assert (rule["uid"], rule["for"], rule["execErrState"]) == ("hl-rule", "5m", "Error")
    [policies] = files["alerting/hcl-lite-policies.yaml"]
    assert policies["policies"] == [{"orgId": 1, **migrations.POLICY}]


def _check_operator(files: Mapping[str, Any]) -> None:
    """Folders by reference, secrets by secretKeyRef."""
    api, top = files["grafanadashboards.yaml"]
    assert api["metadata"] == {"name": "api"}
    assert (api["spec"]["folderRef"], top["spec"]["folder"]) == ("services", "General")
    assert api["spec"]["instanceSelector"] == {"matchLabels": {"dashboards": "grafana"}}
    [source] = files["grafanadatasources.yaml"]
    reference = {"secretKeyRef": {"name": "grafana-secrets", "key": "PG_PASSWORD"}}
    assert source["spec"]["valuesFrom"] == [{"targetPath": "secureJsonData.password", "valueFrom": reference}]
    assert source["spec"]["datasource"]["secureJsonData"] == {"password": "${PG_PASSWORD}"}
    assert {folder["spec"].get("parentFolderRef") for folder in files["grafanafolders.yaml"]} == {None, "hl-team"}
    [policy] = files["grafananotificationpolicys.yaml"]
    assert policy["spec"]["route"] == migrations.POLICY


_CHECKS = {"provisioning": _check_provisioning, "operator": _check_operator}


@pytest.mark.parametrize("format_", _CHECKS)
def test_an_export_is_read_back_with_nothing_to_do(hcl: Hcl, managed: Server, tmp_path: Path, format_: str) -> None:
    """The same at every run; secrets by reference alone; a migration of it ends with an empty plan."""
    out = hcl("export", format_, "out")
    assert out.code == 0, out.err
    assert "Secrets are in none of these files, which refer to: PG_PASSWORD" in out.out
    assert "grafana_team.hl_on_call" in out.out  # which neither has a word for
    files = _files(tmp_path / "out")
    assert SECRET not in "".join(files.values())
    _CHECKS[format_]({name: [*yaml.safe_load_all(text)] for name, text in files.items() if name.endswith("yaml")})
    assert hcl("export", format_, "out").code == 0
    assert _files(tmp_path / "out") == files
    fresh = tmp_path / "fresh"
    fresh.mkdir()
    (fresh / "main.toml").write_text(managed.provider)
    migrated = hcl("-C", str(fresh), "migrate", format_, "../out")
    assert migrated.code == 0, migrated.out + migrated.err
    assert "No changes. Grafana is as the configuration says." in migrated.out
    notes = migrated.out.partition("the server has something else than the file")[2].partition("\n\n")[0]
    # Of nested folders provisioning has the inner one alone.
    assert [line for line in notes.splitlines()[1:] if "parent_folder_uid" not in line and "operator" not in line] == []
    assert '# secure_json_data.password = "env:PG_PASSWORD"' in (fresh / "data_sources.toml").read_text()


def test_nothing_of_the_users_is_written_over(hcl: Hcl, embedded: Server, tmp_path: Path) -> None:
    """A file that was there, one that was changed since; what is managed no more goes from the export."""
    folder, other = '[resource.grafana_folder.a]\ntitle = "A"\n', tmp_path / "out/grafanafolders.yaml"
    (tmp_path / "main.toml").write_text(embedded.provider + folder)
    assert hcl("apply", "--auto-approve").code == 0
    other.parent.mkdir(parents=True)
    other.write_text("mine")
    refused = hcl("export", "operator", "out")
    assert (refused.code, other.read_text()) == (1, "mine")
    assert "grafanafolders.yaml is not as it was exported" in refused.err
    other.unlink()
    assert hcl("export", "operator", "out", "--selector", "a=b", "--secret", "mine").code == 0
    assert "a: b" in other.read_text()
    assert hcl("export", "provisioning", "out").code == 0
    assert _files(tmp_path / "out") == {}
    assert hcl("export", "operator", "out").code == 0
    other.write_text(other.read_text() + "# mine\n")
    assert hcl("export", "operator", "out").code == 1
    (tmp_path / "out/.hcl-lite-export.json").write_text('{"../main.toml": "x"}')
    assert "is no list of exported files" in hcl("export", "operator", "out").err


def test_nothing_managed_is_nothing_to_export(hcl: Hcl, embedded: Server, tmp_path: Path) -> None:
    """And a broken list of an earlier export is told."""
    (tmp_path / "main.toml").write_text(embedded.provider)
    outcome = hcl("export", "operator", "out")
    assert outcome.code == 1
    assert "Nothing is managed on provider.grafana" in outcome.err
    assert plan_changes(hcl) == []
    assert hcl("export", "operator", "out", "--selector", "x").code == 3
