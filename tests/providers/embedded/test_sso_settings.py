"""LDAP settings beyond what was recorded: each tried on a real 12.4.0."""

from typing import Any

import pytest

PATH = "/api/v1/sso-settings/ldap"
SERVER = {"host": "h", "search_filter": "(cn=%s)", "search_base_dns": ["b"]}


def _settings(*servers: Any, **more: Any) -> Any:
    return {"settings": {"enabled": True, "config": {"servers": [*servers]}, **more}}


@pytest.mark.parametrize(
    "body",
    [
        {"settings": {"enabled": True}},
        _settings(),
        _settings(enabled="true"),
        _settings({**SERVER, "host": ""}),
        _settings({**SERVER, "search_filter": ""}),
        _settings({**SERVER, "search_base_dns": []}),
        _settings({**SERVER, "min_tls_version": "TLS9"}),
        _settings({**SERVER, "group_mappings": [{"group_dn": "g"}]}),
        _settings({**SERVER, "port": "389"}, enabled=False),
        _settings({**SERVER, "search_base_dns": "b"}, enabled=False),
        _settings({**SERVER, "bind_password": 7}, enabled=False),
        _settings({**SERVER, "bind_password": None}, enabled=False),
        _settings(7, enabled=False),
        _settings(config=7, enabled=False),
        _settings(config={"servers": 7}, enabled=False),
    ],
)
def test_what_ldap_cannot_be_is_refused(body: Any, server: Any) -> None:
    """With 500, and no reason."""
    answer = server("PUT", PATH, body)
    assert (answer.status_code, answer.json()["message"]) == (500, "Failed to update provider settings")


@pytest.mark.parametrize(
    "body",
    [
        {"settings": {}},
        _settings(enabled=False),
        _settings({"host": ""}, enabled="no"),
        _settings({**SERVER, "min_tls_version": "tls1.2", "group_mappings": [{"group_dn": "g", "org_role": "Viewer"}]}),
        _settings({**SERVER, "port": None, "group_mappings": [{"group_dn": "g", "grafana_admin": False}]}),
    ],
)
def test_what_ldap_can_be_is_kept_as_it_was_sent(body: Any, server: Any) -> None:
    """Beside what the server's configuration says, while nobody deletes it."""
    first = server.ok("GET", PATH)
    assert server("PUT", PATH, body).status_code == 204
    assert server.ok("GET", PATH) == {
        **first,
        "settings": {**first["settings"], **body["settings"]},
        "source": "database",
    }
    assert server("DELETE", PATH).status_code == 204
    assert server.ok("GET", PATH) == first


def test_a_mark_stands_for_the_secret_at_its_place(server: Any) -> None:
    """Of the server in the list, whichever that was; where none was, the mark itself is the secret."""
    mark = "*********"
    secret = {**SERVER, "bind_password": "a", "client_key": "b", "client_key_value": "", "client_cert_value": "c"}
    assert server("PUT", PATH, _settings(secret)).status_code == 204
    hidden = {**secret, "bind_password": mark, "client_key": mark}
    assert server.ok("GET", PATH)["settings"]["config"]["servers"] == [hidden]
    assert server("PUT", PATH, _settings({**hidden, "host": "other"}, hidden)).status_code == 204
    assert server.ok("GET", PATH)["settings"]["config"]["servers"] == [{**hidden, "host": "other"}, hidden]
