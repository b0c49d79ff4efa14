"""grafana_contact_point, from its creation to its end: settings with secrets in them, told by a list alone."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.conftest import Hcl, Server
from tests.whole.project import Project

_PATH = "/api/v1/provisioning/contact-points"
_HOOK = """
[resource.grafana_contact_point.hook]
uid = "hcl-lite-hook"
name = "hcl-lite hook"
type = "webhook"
[resource.grafana_contact_point.hook.settings]
url = "http://127.0.0.1:9/hook"
username = "u"
password = "env:HOOK_PASSWORD"
hmacConfig = { header = "X-Sign", secret = "env:HOOK_SIGN" }
"""
_MAIL = """
[resource.grafana_contact_point.mail]
uid = "hcl-lite-mail"
name = "hcl-lite hook"
type = "email"
settings = { addresses = "a@example.org" }
"""


class ContactProject(Project):
    """A project, and the contact points that there are."""

    def live(self) -> dict[str, Any]:
        listed = self.server.call("GET", _PATH)
        return {item["uid"]: item for item in listed if item["uid"].startswith("hcl-lite-")}

    def secrets(self) -> Any:
        """The settings of the webhook in the open."""
        told = self.server.call("GET", f"{_PATH}/export?decrypt=true&format=json")
        ways = {way["uid"]: way for point in told["contactPoints"] for way in point["receivers"]}
        return ways["hcl-lite-hook"]["settings"]


@pytest.fixture
def project(hcl: Hcl, server: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> ContactProject:
    monkeypatch.setenv("HOOK_PASSWORD", "planted-one")
    monkeypatch.setenv("HOOK_SIGN", "planted-two")
    return ContactProject(hcl, server, tmp_path)


def test_a_contact_point_lives(project: ContactProject, monkeypatch: pytest.MonkeyPatch) -> None:
    """Its secrets are sent, rotated and removed at any depth, and are in no file; two of one name are two objects."""
    project.apply(_HOOK + _MAIL)
    assert sorted(project.live()) == ["hcl-lite-hook", "hcl-lite-mail"]
    assert project.secrets()["hmacConfig"] == {"header": "X-Sign", "secret": "planted-two"}
    monkeypatch.setenv("HOOK_SIGN", "planted-three")
    assert "~ settings.hmacConfig.secret: (sensitive, rotated)" in project.run("plan")
    project.apply()
    assert project.secrets()["hmacConfig"]["secret"] == "planted-three"
    project.apply(_HOOK.replace(', secret = "env:HOOK_SIGN"', "").replace('"u"', '"v"') + _MAIL)
    assert project.secrets() == {
        "url": "http://127.0.0.1:9/hook",
        "username": "v",
        "password": "planted-one",
        "hmacConfig": {"header": "X-Sign"},
    }
    project.run("state", "rm", "grafana_contact_point.mail")
    project.run("import", "grafana_contact_point.mail", "hcl-lite-mail")
    project.run("plan", "--detailed-exitcode")
    files = [path.read_bytes() for path in project.root.rglob("*") if path.is_file() and path.suffix != ".db"]
    assert not any(b"planted" in data for data in files if not data.startswith(b"SQLite"))
    project.destroy()
    assert project.live() == {}


def test_a_secret_of_somebody_else_is_left_alone(project: ContactProject) -> None:
    """It is sent back as what stands for it; with another type it is no longer one that there could be."""
    bare = _HOOK.replace('password = "env:HOOK_PASSWORD"\n', "").replace('username = "u"\n', "")
    project.apply(bare)
    theirs = {"url": "http://127.0.0.1:9/hook", "hmacConfig": {"secret": "[REDACTED]", "header": "X-Sign"}}
    body = {"name": "hcl-lite hook", "type": "webhook", "settings": {**theirs, "authorization_credentials": "of-them"}}
    project.server.call("PUT", f"{_PATH}/hcl-lite-hook", body)
    project.run("apply", "--auto-approve")
    project.apply(bare.replace("/hook", "/other"))
    assert project.secrets()["authorization_credentials"] == "of-them"
    project.apply(_MAIL.replace(".mail]", ".hook]").replace("hcl-lite-mail", "hcl-lite-hook"))
    assert project.live()["hcl-lite-hook"]["settings"] == {"addresses": "a@example.org"}
    project.destroy()
