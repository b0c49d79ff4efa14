"""grafana_sso_settings beside what the server's own configuration says, and what colleagues set."""

from __future__ import annotations

from pathlib import Path

import pytest

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


_LDAP_PATH = "/api/v1/sso-settings/ldap"
_HIDDEN = "*********"
_SERVER = """
[[resource.grafana_sso_settings.ldap.ldap_settings.config.servers]]
host = "HOST"
bind_dn = "cn=HOST"
bind_password = "geheim-HOST"
search_filter = "(cn=%s)"
search_base_dns = ["dc=HOST"]
"""
_GROUP = """
[[resource.grafana_sso_settings.ldap.ldap_settings.config.servers.group_mappings]]
group_dn = "*"
org_role = "Viewer"
"""


def _ldap(*hosts: str, enabled: bool = True) -> str:
    head = f'[resource.grafana_sso_settings.ldap]\nprovider_name = "ldap"\nldap_settings.enabled = {enabled}\n'.lower()
    return head + "".join(_SERVER.replace("HOST", host) for host in hosts)


def test_ldap_lives(hcl: Hcl, server: Server, tmp_path: Path) -> None:
    """Made, changed, its secrets rotated, imported and destroyed; no password is in the state."""
    project = Project(hcl, server, tmp_path)
    first = server.call("GET", _LDAP_PATH)
    project.apply(_ldap("one", "two"))
    assert project.plan() == []
    there = server.call("GET", _LDAP_PATH)
    assert there["source"] == "database"
    assert there["settings"]["config"]["servers"] == [
        {
            "host": host,
            "bind_dn": f"cn={host}",
            "bind_password": _HIDDEN,
            "search_filter": "(cn=%s)",
            "search_base_dns": [f"dc={host}"],
        }
        for host in ("one", "two")
    ]

    project.write(_ldap("one", "two").replace("geheim-two", "geheim-other") + _GROUP)
    assert project.plan() == [
        ("grafana_sso_settings.ldap", "update", ["ldap_settings.config.servers[1].group_mappings[0]"])
    ]
    assert "ldap_settings.config.servers.1.bind_password: (sensitive, rotated)" in hcl("plan").out
    project.apply()
    settings = server.call("GET", _LDAP_PATH)["settings"]
    settings["config"]["servers"][0]["bind_password"] = ""
    server.call("PUT", _LDAP_PATH, {"settings": settings})
    assert "servers.0.bind_password: (sensitive, set)" in hcl("plan").out
    project.apply()
    project.run("state", "rm", "grafana_sso_settings.ldap")
    project.run("import", "grafana_sso_settings.ldap", "ldap")
    project.apply()
    assert project.plan() == []
    assert "geheim" not in (tmp_path / "hcl-lite.state.json").read_text()
    project.destroy()
    assert server.call("GET", _LDAP_PATH) == first


def test_passwords_of_ldap_stay_with_their_servers(hcl: Hcl, server: Server, tmp_path: Path) -> None:
    """One that a colleague gave stays while its server is where it was; at another place, where Grafana would keep that
    of another server, its password has to be given."""
    project = Project(hcl, server, tmp_path)
    colleague = {"host": "theirs", "bind_dn": "cn=them", "bind_password": "geheim", "search_filter": "(cn=%s)"}
    servers = [{**colleague, "search_base_dns": ["dc=them"]}]
    server.call("PUT", _LDAP_PATH, {"settings": {"enabled": False, "config": {"servers": servers}}})
    project.write("")
    project.run("import", "--all", "--type", "grafana_sso_settings")
    written = tmp_path / "sso_settings.toml"
    assert "geheim" not in written.read_text()
    assert '# config.servers.0.bind_password = "env:' in written.read_text()
    taken_over = written.read_text().replace("dc=them", "dc=us")
    written.write_text(taken_over)
    project.run("apply", "--auto-approve")
    (there,) = server.call("GET", _LDAP_PATH)["settings"]["config"]["servers"]
    assert (there["bind_password"], there["search_base_dns"]) == (_HIDDEN, ["dc=us"])

    written.write_text(_ldap("ours", "theirs", enabled=False).replace('bind_password = "geheim-theirs"\n', ""))
    assert "config.servers[1] is at another place than before, and has no bind_password" in hcl("plan").err
    server.call("DELETE", _LDAP_PATH)


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ("ldap_settings = { config = { servers = [] } }", "No server is configured"),
        (
            'ldap_settings = { config = { servers = [{ host = "h", search_filter = "", search_base_dns = ["b"] }] } }',
            "config.servers[0] has no search_filter",
        ),
        (
            'ldap_settings = { config = { servers = [{ host = "h", search_filter = "f", search_base_dns = ["b"], '
            'group_mappings = [{ group_dn = "*" }] }] } }',
            "config.servers[0].group_mappings[0] says nothing of its group",
        ),
        ('oauth2_settings = { client_id = "c" }', "ldap has no oauth2_settings"),
        ("", "ldap needs ldap_settings"),
    ],
)
def test_what_grafana_gives_no_reason_for_is_told_by_the_plan(
    hcl: Hcl, server: Server, tmp_path: Path, arguments: str, said: str
) -> None:
    """It answers 500 to all of these."""
    project = Project(hcl, server, tmp_path)
    project.write(f'[resource.grafana_sso_settings.ldap]\nprovider_name = "ldap"\n{arguments}\n')
    assert said in hcl("plan").err
