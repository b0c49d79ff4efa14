"""grafana_contact_point: those of one name. Its life is in tests/providers/test_lifecycle.py."""

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


def test_two_of_one_name_are_two_objects(project: ContactProject) -> None:
    """Each with its secrets; one becomes another type, which has none of them."""
    project.apply(_HOOK + _MAIL)
    assert sorted(project.live()) == ["hcl-lite-hook", "hcl-lite-mail"]
    assert project.secrets()["hmacConfig"] == {"header": "X-Sign", "secret": "planted-two"}
    project.apply(_MAIL + _MAIL.replace(".mail]", ".hook]").replace("hcl-lite-mail", "hcl-lite-hook"))
    assert project.live()["hcl-lite-hook"]["settings"] == {"addresses": "a@example.org"}
    project.destroy()
    assert project.live() == {}
