"""What came of a sensitive variable is printed and kept nowhere, whichever way it went, and later neither."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from hcl_lite.engine.hashes import Hashes
from tests.conftest import Hcl, Server

_FIRST, _SECOND = "Hunter2-First-0123", "Hunter2-Second-4567"
_TOKEN = "[variable.token]\nsensitive = true\n"
_PANELS = 'panels = [{ id = 1, type = "text", title = "p", url = "http://x?t=${var.token}" }]'
_BODIES = {
    "text": """'{"uid": "UID", "title": "T", "panels": [{"id": 1, "title": "p", "url": "${var.token}"}]}'""",
    "jsonencode": """'${jsonencode({"uid": "UID", "title": "T", "panels": [{"id": 1, "url": upper(var.token)}]})}'""",
    "templatefile": """'${templatefile("board.tpl", {"uid": "UID", "token": var.token})}'""",
    "local": """'${local.board}'""",
}
_TEMPLATE = '{"uid": "${uid}", "title": "T", "panels": [{"id": 1, "title": "p", "url": "${base64encode(token)}"}]}'
_LOCALS = """
[locals]
board = '{"uid": "local", "title": "T", "panels": [{"id": 1, "title": "p", "url": "x ${substr(var.token, 0, 9)}"}]}'
"""


class _Sensitive:
    """A project whose variable `token` is sensitive, and all that it has printed."""

    def __init__(self, hcl: Hcl, server: Server, root: Path) -> None:
        self.hcl, self.server, self.root, self.said = hcl, server, root, ""

    def write(self, text: str) -> None:
        (self.root / "main.toml").write_text(self.server.provider + _TOKEN + text)

    def __call__(self, *args: str, token: str = _FIRST, code: int = 0) -> str:
        given = ("--var", f"token={token}") if args[0] in ("plan", "apply", "destroy") else ()
        outcome = self.hcl(*args, *given)
        assert outcome.code == code, outcome.out + outcome.err
        self.said += outcome.out + outcome.err
        return outcome.out + outcome.err

    def state(self) -> list[dict[str, Any]]:
        """Its records."""
        found: list[dict[str, Any]] = json.loads((self.root / "hcl-lite.state.json").read_text())["records"]
        return found

    def leaks(self) -> list[str]:
        """Where a part of a secret is found: files below the project but the server's own, and all that was printed."""
        files = [path for path in self.root.rglob("*") if path.is_file() and "grafana.db" not in path.name]
        texts = {str(path): path.read_text(errors="replace") for path in files} | {"printed": self.said}
        return [name for name, text in texts.items() if re.search("hunter2|SHVudGVyM", text, re.IGNORECASE)]

    def hashes(self) -> set[str]:
        """All that may be a hash in the state: of a secret, anybody could try out of which."""
        return set(re.findall("[0-9a-f]{32,}", (self.root / "hcl-lite.state.json").read_text()))


@pytest.fixture
def project(hcl: Hcl, server: Server, tmp_path: Path) -> Iterator[_Sensitive]:
    made = _Sensitive(hcl, server, tmp_path)
    yield made
    if (tmp_path / "hcl-lite.state.json").exists():
        made("destroy", "--auto-approve")


def test_a_secret_in_a_dashboard_is_concealed_whichever_way_it_got_there(project: _Sensitive) -> None:
    """Where it is told to be; the rest stays readable, a rotated one is seen, the same one is no change."""
    (project.root / "board.tpl").write_text(_TEMPLATE)
    blocks = [
        f"[resource.grafana_dashboard.{name}]\nconfig_json = {body.replace('UID', name)}\n"
        for name, body in _BODIES.items()
    ]
    given = f'message = "by ${{var.token}}"\nconfig = {{ uid = "table", title = "T", {_PANELS} }}\n'
    table = f"[resource.grafana_dashboard.table]\n{given}"
    text = _LOCALS + "".join(blocks) + table
    project.write(text)
    assert "grafana_dashboard.table will be created" in project("plan", "--out", "p")
    project("apply", "--auto-approve")
    assert "No changes." in project("plan")
    project.write(text.replace('title = "T"', 'title = "U"').replace('"title": "T"', '"title": "U"'))
    (project.root / "board.tpl").write_text(_TEMPLATE.replace('"T"', '"U"'))
    said = project("plan", "--full", "--out", "p", token=_SECOND)
    assert (said.count('dashboard.title: "T" → "U"'), said.count(".url: (sensitive) → (sensitive)")) == (
        2,
        2,
    )  # one of them apart
    project("show", "p")
    project("show", "--json", "p")
    project("apply", "--auto-approve", token=_SECOND)
    assert "No changes." in project("plan", token=_SECOND)
    live = project.server.call("GET", "/api/dashboards/uid/text")["dashboard"]
    assert live["panels"][0]["url"] == _SECOND
    project.server.call("POST", "/api/dashboards/db", {"dashboard": {**live, "description": "theirs"}})
    project("plan", token=_SECOND)
    elsewhere = {**live, "panels": [{k: v for k, v in live["panels"][0].items() if k != "url"}], "note": _SECOND}
    project.server.call("POST", "/api/dashboards/db", {"dashboard": {**elsewhere, "version": live["version"] + 1}})
    assert "dashboard.note: (sensitive)" in project("plan", token=_SECOND)
    assert "dashboard.note: (sensitive)" in project("plan", token=_FIRST)  # nothing in this run knows the other one
    project("apply", "--refresh-only", "--auto-approve", token=_SECOND)
    project.write(text.replace("${var.token}", "plain").replace("upper(var.token)", '"plain"'))
    project("plan", token="another-0123456789")
    assert project.leaks() == []


def test_what_the_server_makes_of_a_secret_is_not_kept(project: _Sensitive) -> None:
    """A slug in a url; state, history, journal, backups, plans, outputs; after the variable is gone, too."""
    text = """
[resource.grafana_folder.f]
uid = "secret-folder"
title = "Team ${var.token}"

[resource.grafana_dashboard.d]
folder = "${grafana_folder.f.uid}"
config_json = '{"uid": "secret-title", "title": "Board ${var.token}", "tags": ["${var.token}"]}'

[resource.grafana_data_source.s]
uid = "secret-settings"
name = "Secret"
type = "prometheus"
url = "http://x.invalid"
json_data = { customer = "${var.token}" }

[output.url]
value = "${grafana_folder.f.url} ${grafana_dashboard.d.url}"
"""
    project.write(text)
    project("apply", "--auto-approve")
    hashes = project.hashes()
    assert "No changes." in project("plan")
    assert json.loads(project("output", "--json"))["url"].split()[0].endswith("/secret-folder")
    project("state", "show", "grafana_folder.f")
    project("state", "pull")
    project("plan", "--log-level", "trace", token=_SECOND)
    project("apply", "--auto-approve", token=_SECOND)
    project("apply", "--refresh-only", "--auto-approve", "--log-level", "trace", token="another-0123456789")
    project("destroy", "--auto-approve", "--log-level", "trace", token="another-0123456789")
    project.write(text)
    project("apply", "--auto-approve")
    assert len(hashes) >= 3
    assert hashes & project.hashes() == set()  # none of two for the same
    (project.root / "main.toml").write_text(project.server.provider)
    assert project.hcl("apply", "--auto-approve", "--log-level", "trace").code == 0
    outcome = project.hcl("undo", "--auto-approve")
    assert "grafana_folder.f stays as it is" in outcome.out + outcome.err
    project.said += outcome.out + outcome.err
    assert project.leaks() == []
    project.write("")


def test_a_state_of_an_earlier_hcl_lite_is_taken_up(project: _Sensitive, monkeypatch: pytest.MonkeyPatch) -> None:
    """It has plain hashes of contents with secrets in them: nothing is written for that, and then it has none."""
    text = """
[resource.grafana_folder.f]
uid = "secret-folder"
title = "Team ${var.token}"

[resource.grafana_dashboard.d]
config_json = '{"uid": "secret-title", "title": "Board", "tags": ["${var.token}"]}'
"""
    project.write(text)
    with monkeypatch.context() as earlier:
        earlier.setattr(Hashes, "of", lambda _, plain, *__, **___: plain)
        project("apply", "--auto-approve")
    plain = [record["content"] for record in project.state()]
    version = project.server.call("GET", "/api/dashboards/uid/secret-title")["dashboard"]["version"]

    assert "No changes." in project("plan", "--detailed-exitcode")
    project("apply", "--auto-approve")

    assert [len(content) for content in plain] == [32, 32]
    assert all(record["content"].startswith("scrypt$") for record in project.state())
    assert project.server.call("GET", "/api/dashboards/uid/secret-title")["dashboard"]["version"] == version
    kept = project.state()
    project("apply", "--auto-approve")
    assert project.state() == kept


@pytest.mark.parametrize(
    ("block", "said"),
    [
        ('[resource.grafana_folder.f]\ntitle = "F"\nuid = "${var.token}"\n', "uid cannot be sensitive"),
        ('[resource.grafana_data_source.f]\nname = "F"\ntype = "x"\nuid = "${var.token}"\n', "uid cannot be sensitive"),
        ('[resource.grafana_dashboard.f]\nuid = "${var.token}"\nconfig = { title = "F" }\n', "uid cannot be sensitive"),
        (
            '[resource.grafana_dashboard.f]\nconfig = { title = "F", uid = "${var.token}" }\n',
            "The uid in config cannot be sensitive",
        ),
        (
            '[resource.grafana_dashboard.f]\nconfig_json = \'{"title": "F", "uid": "a-${var.token}"}\'\n',
            "The uid in config_json cannot be sensitive",
        ),
        (
            "[resource.grafana_dashboard.f]\nconfig_json = '${jsondecode(var.token).board}'\n",
            "The uid in config_json cannot be sensitive",
        ),
        (
            '[resource.grafana_snapshot.f]\nkey = "${var.token}"\ndashboard = { title = "F" }\n',
            "key cannot be sensitive",
        ),
        (
            '[resource.grafana_folder_permission.f]\nfolder_uid = "${var.token}"\npermissions = {}\n',
            "folder_uid cannot be sensitive",
        ),
    ],
)
def test_an_identity_cannot_be_a_secret(hcl: Hcl, embedded: Server, tmp_path: Path, block: str, said: str) -> None:
    """It is kept and shown: an error at the argument."""
    project = _Sensitive(hcl, embedded, tmp_path)
    project.write(block)
    board = json.dumps({"board": json.dumps({"uid": "u", "title": "T"})})
    token = board if "jsondecode" in block else "hunter2"
    said_ = project("plan", token=token, code=1)
    assert (said in said_, "main.toml:" in said_, "hunter2" in said_) == (True, True, False), said_


def test_a_whole_dashboard_that_is_a_secret_is_concealed_as_a_whole(project: _Sensitive) -> None:
    """Under a uid that is not in it."""
    project.write('[resource.grafana_dashboard.w]\nuid = "whole"\nconfig_json = "${var.token}"\n')
    boards = [json.dumps({"title": f"Hunter2 {n}", "tags": ["hunter2-tag"]}) for n in range(2)]
    said = project("apply", "--auto-approve", token=boards[0])
    assert "title: (sensitive)" in said
    assert "No changes." in project("plan", token=boards[0])
    assert "dashboard: (sensitive) → (sensitive)" in project("plan", token=boards[1])
    project("apply", "--auto-approve", token=boards[1])
    assert project.leaks() == []


_FORMS = {
    "v0alpha1": 'spec = { title = "T", panels = [{ id = 1, type = "text", title = "${var.token}" }] }',
    "v1beta1": 'spec = { title = "T of ${var.token}", description = "d" }',
    "v2alpha1": 'spec = { title = "T", description = "${var.token}", elements = {}, layout = LAYOUT }',
    "v2beta1": 'spec = { title = "T of ${upper(var.token)}", elements = {}, layout = LAYOUT }',
}
_LAYOUT = '{ kind = "GridLayout", spec = { items = [] } }'


@pytest.mark.parametrize("form", _FORMS)
def test_a_resource_form_with_a_secret_in_it_is_settled_once_it_is_applied(project: _Sensitive, form: str) -> None:
    """What the server fills in is no change, neither beside the same secret nor beside another one, nor where the file
    changes or somebody saves it."""
    head = f'apiVersion = "dashboard.grafana.app/{form}", kind = "Dashboard", metadata = {{ name = "form" }}'
    text = f"[resource.grafana_dashboard.f]\nconfig = {{ {head}, {_FORMS[form].replace('LAYOUT', _LAYOUT)} }}\n"
    project.write(text)
    project("apply", "--auto-approve")
    assert "No changes." in project("plan")
    rotated = project("plan", token=_SECOND)
    assert [line.count("(sensitive)") for line in rotated.splitlines() if " dashboard." in line] == [2]
    project.write(text.replace('title = "T', 'tags = ["a"], title = "T'))
    changed = project("plan")
    assert len([line for line in changed.splitlines() if " dashboard." in line]) == 1
    project("apply", "--auto-approve", token=_SECOND)
    assert "No changes." in project("plan", token=_SECOND)
    path = f"/apis/dashboard.grafana.app/{form}/namespaces/default/dashboards/form"
    there = project.server.call("GET", path)
    project.server.call("PUT", path, {**there, "spec": {**there["spec"], "tags": ["theirs"]}})
    assert len([line for line in project("plan", token=_SECOND).splitlines() if " dashboard." in line]) in (1, 2)
    project("apply", "--auto-approve", token=_SECOND)
    assert "No changes." in project("plan", token=_SECOND)
    assert project.leaks() == []


_UNKNOWN_YET = """
[resource.grafana_folder.f]
uid   = "f"
title = "Of ${var.token}"

[resource.grafana_playlist.p]
name     = "P"
interval = "5m"
item     = [{ type = "dashboard_by_tag", value = "t" }]

[resource.grafana_dashboard.d]
config_json = '{"uid": "d", "title": "Of ${var.token}"}'

[module.m]
source = "./module"
inputs = { token = "${grafana_playlist.p.uid}" }
"""


def test_a_text_of_what_is_sensitive_and_not_known_yet_waits(project: _Sensitive) -> None:
    """A sensitive variable without a value, when the configuration is validated; one of a module, whose input an apply
    tells: a text with it in it is not known either."""
    module = project.root / "module"
    module.mkdir()
    inner = '[resource.grafana_folder.in]\ntitle = "In ${var.token}"\n[output.o]\nvalue = "${var.token}!"\n'
    (module / "main.toml").write_text(_TOKEN + inner.replace("[output.o]\n", "[output.o]\nsensitive = true\n"))
    project.write(_UNKNOWN_YET)
    assert "Valid: 4 resources" in project("validate")
    project("apply", "--auto-approve")
    assert "No changes." in project("plan")
    uid = next(one["attributes"]["uid"] for one in project.state() if one["address"] == "grafana_playlist.p")
    titles = {one["title"] for one in project.server.call("GET", "/api/folders")}
    assert {f"Of {_FIRST}", f"In {uid}"} <= titles
    assert project.leaks() == []
