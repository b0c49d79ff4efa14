"""grafana_sso_settings beside what the server's own configuration says, and what colleagues set."""

from __future__ import annotations

from pathlib import Path

from tests.conftest import Hcl, Server
from tests.whole.project import Project

_PATH = "/api/v1/sso-settings/github"
_BLOCK = '[resource.grafana_sso_settings.github]\nprovider_name = "github"\n'
_GIVEN = 'oauth2_settings = { client_id = "ours", client_secret = "geheim", allowed_organizations = "acme" }\n'
_LESS = 'oauth2_settings = { client_id = "ours" }\n'


def test_settings_stay_beside_those_of_others(hcl: Hcl, server: Server, tmp_path: Path) -> None:
    """Addresses of a provider are none of ours, a colleague's setting stays, and the end is what the server began
    with."""
    project = Project(hcl, server, tmp_path)
    first = server.call("GET", _PATH)
    project.write(_BLOCK + _GIVEN.replace("client_secret", "auth_url"))
    assert "github has auth_url by itself" in hcl("plan").err
    project.apply(_BLOCK + _GIVEN)

    ours = server.call("GET", _PATH)["settings"]
    server.call("PUT", _PATH, {"settings": {**_without_urls(ours), "clientId": "theirs", "scopes": "theirs"}})
    assert project.plan() == [
        ("grafana_sso_settings.github", "update", ["oauth2_settings.client_id"]),
    ]
    project.apply()
    there = {**ours, "scopes": "theirs"}
    assert server.call("GET", _PATH) == {**first, "settings": there, "source": "database"}

    project.apply(_BLOCK + _LESS)
    assert server.call("GET", _PATH)["settings"] == {**there, "clientSecret": ""}
    project.destroy()
    assert server.call("GET", _PATH) == first


def _without_urls(settings: dict[str, object]) -> dict[str, object]:
    return {key: value for key, value in settings.items() if key not in ("authUrl", "tokenUrl", "apiUrl")}


def test_settings_that_others_made_are_taken_over(hcl: Hcl, server: Server, tmp_path: Path) -> None:
    """Also where a switch was sent as text, which the server keeps so."""
    project = Project(hcl, server, tmp_path)
    server.call("PUT", _PATH, {"settings": {"clientId": "theirs", "clientSecret": "geheim", "allowSignUp": "false"}})
    project.write("")
    project.run("import", "--all", "--type", "grafana_sso_settings")
    written = (tmp_path / "sso_settings.toml").read_text()
    assert [line.split() for line in written.splitlines() if line.startswith(("client", "allow_sign"))] == [
        ["client_id", "=", '"theirs"'],
        ["allow_sign_up", "=", "false"],
    ]
    project.run("plan", "--detailed-exitcode")
    project.run("destroy", "--auto-approve")
    assert server.call("GET", _PATH)["source"] == "system"
