"""migrate terraform: a state, and the .tf files beside it, become a configuration with an empty plan."""

from __future__ import annotations

import json
import shutil
import tomllib
from pathlib import Path
from typing import Any

import pytest

from hcl_lite.cli.exit_codes import ExitCode
from tests.conftest import Hcl, Server
from tests.whole.project import plan_changes
from tests.whole.terraform_states import PLAYLIST, fill, resource, state

pytest.importorskip("tree_sitter_hcl")

_EMPTY = "No changes. Grafana is as the configuration says."
_BOARD: dict[str, Any] = {"title": "API", "panels": [{"id": 1, "type": "text", "title": "Note"}]}
_TF = """
variable "stage" {
  type    = string
  default = "live"
}
locals {
  teams = { api = "API", web = "Web" }
  note  = uuid()
  pass  = "s3cr3t-test-only"
}
resource "grafana_folder" "team" {
  for_each = local.teams
  title    = "tf ${each.value} ${var.stage}"
  lifecycle {
    prevent_destroy = true
  }
}
resource "grafana_dashboard" "board" {
  for_each    = fileset(path.module, "boards/*.json")
  folder      = grafana_folder.team["api"].id
  config_json = file(each.value)
}
resource "grafana_dashboard" "inline" {
  count       = 2
  folder      = count.index == 0 ? grafana_folder.team["api"].uid : module.other.uid
  config_json = jsonencode({ title = "Inline ${count.index}", uid = "tfm-inline-${count.index}", panels = [] })
}
resource "grafana_data_source" "db" {
  name = "tf ${sha1(local.note)}"
  type = "prometheus"
  uid  = "tfm-db"
  secure_json_data_encoded = jsonencode({ password = local.pass })
}
resource "grafana_folder" "edited" {
  title = "tf ${upper(var.stage)}"
}
module "other" {
  source = "./other"
  title  = "tf Other"
}
output "web" {
  value = grafana_folder.team["web"].uid
}
output "other" {
  value = module.other.uid
}
resource "grafana_folder" "planned" {
  title = "Not applied"
}
"""
_OTHER = """
variable "title" {}
resource "grafana_folder" "this" {
  title = var.title
}
output "uid" {
  value = grafana_folder.this.uid
}
"""


@pytest.fixture
def terraform(server: Server, tmp_path: Path) -> Any:
    """A server as Terraform has left it, and its files in tf/."""
    folders = {"tfm-api": "tf API live", "tfm-web": "tf Web live", "tfm-other": "tf Other", "tfm-edited": "tf Edited"}
    for uid, title in folders.items():
        server.call("POST", "/api/folders", {"uid": uid, "title": title})
    boards = [{**_BOARD, "uid": "tfm-board"}]
    boards += [{"title": f"Inline {number}", "uid": f"tfm-inline-{number}", "panels": []} for number in (0, 1)]
    for board, folder in zip(boards, ("tfm-api", "tfm-api", "tfm-other"), strict=True):
        server.call("POST", "/api/dashboards/db", {"dashboard": board, "folderUid": folder})
    source = {"uid": "tfm-db", "name": "tf db", "type": "prometheus", "access": "proxy", "jsonData": {}}
    server.call("POST", "/api/datasources", source | {"secureJsonData": {"password": "s3cr3t-test-only"}})
    (tmp_path / "tf/other").mkdir(parents=True)
    (tmp_path / "tf/boards").mkdir()
    (tmp_path / "tf/main.tf").write_text(_TF)
    (tmp_path / "tf/other/main.tf").write_text(_OTHER)
    (tmp_path / "tf/boards/api.json").write_text(json.dumps({**_BOARD, "uid": "tfm-board"}, indent=1))
    (tmp_path / "main.toml").write_text(server.provider)
    yield server
    for uid in ("tfm-board", "tfm-inline-0", "tfm-inline-1"):
        server.call("DELETE", f"/api/dashboards/uid/{uid}")
    for uid in folders:
        server.call("DELETE", f"/api/folders/{uid}")
    server.call("DELETE", "/api/datasources/uid/tfm-db")


def _folder(uid: str, title: str, **more: Any) -> dict[str, Any]:
    return {"id": f"1:{uid}", "uid": uid, "title": title, "parent_folder_uid": "", "org_id": "1", **more}


def _board(uid: str, folder: str, model: Any, **more: Any) -> dict[str, Any]:
    return {"id": f"1:{uid}", "uid": uid, "folder": folder, "config_json": json.dumps(model), "org_id": "1", **more}


def _state(title: str = "tf API live") -> str:
    stripped = {"title": "API", "uid": "tfm-board", "panels": [{"type": "text", "title": "Note"}]}
    inline = [{"title": f"Inline {number}", "uid": f"tfm-inline-{number}", "panels": []} for number in (0, 1)]
    source = {"uid": "tfm-db", "id": "1:tfm-db", "name": "tf db", "type": "prometheus", "org_id": "1"}
    return state(
        resource(
            "grafana_folder", "team", _folder("tfm-api", title, key="api"), _folder("tfm-web", "tf Web live", key="web")
        ),
        resource("grafana_folder", "this", _folder("tfm-other", "tf Other"), module="module.other"),
        resource("grafana_folder", "edited", _folder("tfm-edited", "tf Edited")),
        resource("grafana_folder", "gone", _folder("tfm-gone", "Gone")),
        resource("grafana_dashboard", "board", _board("tfm-board", "tfm-api", stripped, key="boards/api.json")),
        resource(
            "grafana_dashboard",
            "inline",
            _board("tfm-inline-0", "1:tfm-api", inline[0], key=0),
            _board("tfm-inline-1", "tfm-other", inline[1], key=1),
        ),
        resource(
            "grafana_data_source", "db", source | {"secure_json_data_encoded": '{"password": "s3cr3t-test-only"}'}
        ),
        resource("grafana_api_key", "old", {"id": "3", "name": "old", "key": "s3cr3t-test-only"}),
        resource("grafana_folder", "elsewhere", _folder("tfm-api", "x", org_id="7")),
    )


def _tables(root: Path) -> dict[str, Any]:
    return {path.name: tomllib.loads(path.read_text()) for path in sorted(root.glob("*.toml"))}


def _files(root: Path) -> list[str]:
    ours = (".toml", ".json", ".tf", ".tfstate")
    return sorted(str(path) for path in root.rglob("*") if path.suffix in ours)


def test_names_instances_and_expressions_are_those_of_the_files(hcl: Hcl, terraform: Server, tmp_path: Path) -> None:
    """Nothing is made anew, nothing secret stands in a file, and what cannot be carried over is told with its place."""
    (tmp_path / "tf/terraform.tfstate").write_text(_state())
    done = hcl("migrate", "terraform", "tf")
    assert done.code == 0, done.err
    assert _EMPTY in done.out, done.out
    assert plan_changes(hcl) == []
    tables = _tables(tmp_path)
    blocks = tables["main.toml"]["resource"]
    assert blocks["grafana_folder"]["team"] == {
        "for_each": "${local.teams}",
        "title": "tf ${each.value} ${var.stage}",
        "lifecycle": {"prevent_destroy": True},
    }
    assert blocks["grafana_dashboard"]["board"] == {
        "for_each": '${fileset(path.module, "boards/*.json")}',
        "config_json": "${file(each.value)}",
        "folder": '${grafana_folder.team["api"].uid}',
    }
    assert blocks["grafana_dashboard"]["inline"] == {
        "count": 2,
        "folder": '${grafana_folder.team["api"].uid if (count.index == 0) else grafana_folder.other_this.uid}',
        "config": {"title": "Inline ${count.index}", "uid": "tfm-inline-${count.index}", "panels": []},
    }
    assert blocks["grafana_data_source"]["db"] == {"uid": "tfm-db", "name": "tf db", "type": "prometheus"}
    assert blocks["grafana_folder"]["edited"] == {"uid": "tfm-edited", "title": "tf Edited"}
    assert tables["other.toml"]["resource"]["grafana_folder"] == {"other_this": {"title": "tf Other"}}
    assert tables["main.toml"]["locals"] == {"teams": {"api": "API", "web": "Web"}}
    assert tables["main.toml"]["output"] == {
        "web": {"value": '${grafana_folder.team["web"].uid}'},
        "other": {"value": "${grafana_folder.other_this.uid}"},
    }
    for told in (
        "tf/main.tf:8 local.note",
        "tf/main.tf:29 grafana_data_source.db: name",
        "grafana_folder.gone",
        "the state has none of it: Terraform has not made it:\n    tf/main.tf:47 grafana_folder.planned\n",
        "its expressions are not carried over: with them a block made of what its server tells would update it: title",
        "Grafana has no API keys any more",
        "it is in organisation 7",
        "grafana_data_source.db: password",
    ):
        assert told in done.out, told
    written = [path.read_text() for path in tmp_path.rglob("*") if path.suffix in (".toml", ".json")]
    assert [text for text in written if "s3cr3t" in text and "terraform_version" not in text] == []
    again = hcl("migrate", "terraform", "tf")
    assert (again.code, _tables(tmp_path)) == (0, tables), again.err
    assert "0 objects taken over" in again.out


def test_what_has_changed_since_is_shown_by_the_plan(hcl: Hcl, terraform: Server, tmp_path: Path) -> None:
    """The files say what Terraform has said; a state alone gives names and keys, with its values."""
    (tmp_path / "x.tfstate").write_text(_state(title="tf API before"))
    done = hcl("migrate", "terraform", "x.tfstate")
    assert done.code == 0, done.err
    [changed] = plan_changes(hcl)
    assert (changed["address"], changed["action"]) == ('grafana_folder.team["api"]', "update")
    tables = _tables(tmp_path)
    assert tables["folders.toml"]["resource"]["grafana_folder"]["team"] == {
        "for_each": {
            "api": {"uid": "tfm-api", "title": "tf API before"},
            "web": {"uid": "tfm-web", "title": "tf Web live"},
        },
        "uid": "${each.value.uid}",
        "title": "${each.value.title}",
    }
    assert hcl("apply", "--auto-approve").code == 0
    assert terraform.call("GET", "/api/folders/tfm-api")["title"] == "tf API before"
    assert plan_changes(hcl) == []


def test_a_dry_run_leaves_nothing(hcl: Hcl, terraform: Server, tmp_path: Path) -> None:
    """Neither files nor a state; the report is there."""
    (tmp_path / "tf/terraform.tfstate").write_text(_state())
    before = _files(tmp_path)
    done = hcl("migrate", "terraform", "tf", "--dry-run")
    assert done.code == 0, done.err
    assert "would be taken over" in done.out
    assert _files(tmp_path) == before


def test_what_a_real_terraform_has_written(hcl: Hcl, embedded: Server, shared: Path, tmp_path: Path) -> None:
    """Terraform 1.11.4 with provider 4.27.0: an empty plan of all types that there are, and no secret in any file."""
    data = shared / "data/terraform"
    if not data.is_dir():
        pytest.skip("no state of a Terraform is there")
    playlist = fill(embedded, data)
    shutil.copytree(data, tmp_path / "tf")
    kept = tmp_path / "tf/terraform.tfstate"
    kept.write_text(kept.read_text().replace(PLAYLIST, playlist))
    (tmp_path / "provider.toml").write_text(embedded.provider)
    done = hcl("migrate", "terraform", "tf", "--var", f"url={embedded.url}")
    assert done.code == 0, done.err
    assert _EMPTY in done.out, done.out
    files = [path for path in tmp_path.rglob("*") if path.suffix in (".toml", ".json") and "tf" not in path.parts]
    assert [path for path in files if "s3cr3t" in path.read_text()] == []
    files_block = _tables(tmp_path)["main.toml"]["resource"]["grafana_dashboard"]["files"]
    assert files_block == {
        "for_each": '${fileset("dashboards", "*.json")}',
        "config_json": '${file("dashboards/" ~ each.value)}',
        "folder": "${grafana_folder.platform.uid}",
    }


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("{", "is no state of Terraform"),
        ("[]", "Expected a table"),
        ("null", "Expected a table"),
        ('{"version": 3, "modules": []}', "has format 3"),
        ('{"version": 4, "resources": {"a": 1}}', "resources is no list"),
        ('{"version": 4, "resources": [7]}', "resources is no list"),
        ('{"version": 4, "resources": [{"type": 3}]}', "has no type"),
        (
            '{"version": 4, "resources": [{"type": "grafana_folder", "name": "a", "instances": [{"index_key": []}]}]}',
            "key",
        ),
        ('{"serial": 1, "encrypted_data": "x", "encryption_version": "v0"}', "is encrypted"),
        ('{"version": 3, "backend": {"type": "s3"}}', "says where a state is"),
        ('{"format_version": "1.0", "planned_values": {}}', "is a plan"),
        ("[" * 100_000, "is no state of Terraform"),
        ('{"a": ' * 50_000, "is no state of Terraform"),
        ('{"version": NaN}', "is no state of Terraform"),
    ],
)
def test_what_is_no_state_is_refused(hcl: Hcl, embedded: Server, tmp_path: Path, text: str, told: str) -> None:
    """In a sentence, with what to do; nothing is written."""
    (tmp_path / "main.toml").write_text(embedded.provider)
    (tmp_path / "x.tfstate").write_text(text)
    done = hcl("migrate", "terraform", "x.tfstate")
    assert done.code == 1
    assert told in done.err
    assert "Traceback" not in done.err
    assert sorted(_tables(tmp_path)) == ["main.toml"]


def test_a_file_that_is_no_hcl_is_told_beside_what_it_leads_to(hcl: Hcl, tmp_path: Path) -> None:
    """Its variables and its provider block are not there then."""
    (tmp_path / "tf").mkdir()
    (tmp_path / "tf/terraform.tfstate").write_text(state())
    (tmp_path / "tf/main.tf").write_text('variable "url" {}\nlocals {\n  a = = 1\n}\n')
    done = hcl("migrate", "terraform", "tf", "--var", "url=http://127.0.0.1:9")
    assert done.code == ExitCode.ERROR
    assert '"url" is not a variable of this configuration' in done.err
    assert "tf/main.tf:3 is left out" in done.err


def test_a_state_that_is_kept_elsewhere_is_asked_for(hcl: Hcl, embedded: Server, tmp_path: Path) -> None:
    """A directory without one, and a path without anything."""
    (tmp_path / "main.toml").write_text(embedded.provider)
    (tmp_path / "main.tf").write_text('terraform { backend "s3" {} }')
    assert "terraform state pull > terraform.tfstate" in hcl("migrate", "terraform", ".").err
    assert "There is nothing at nowhere" in hcl("migrate", "terraform", "nowhere").err
