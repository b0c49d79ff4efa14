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
