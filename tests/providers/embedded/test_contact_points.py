"""Contact points beyond what was recorded: each tried on a real 12.4.0."""

from pathlib import Path
from typing import Any

import pytest

from providers.embedded import User
from providers.embedded.integrations import INTEGRATIONS, extract_secrets, with_secrets

PATH = "/api/v1/provisioning/contact-points"
EMAIL = {"type": "email", "settings": {"addresses": "a@x.org"}}
FREE = {"X-Disable-Provenance": "true"}


def _answered(answer: Any) -> tuple[int, Any]:
    return answer.status_code, answer.json()


def _listed(server: Any, name: str) -> Any:
    return server.ok("GET", f"{PATH}?name={name}")


def _decrypted(server: Any, name: str) -> Any:
    (group,) = server.ok("GET", f"{PATH}/export?format=json&decrypt=true&name={name}")["contactPoints"]
    return [one["settings"] for one in group["receivers"]]


@pytest.mark.parametrize(
    ("kind", "settings", "complaint"),
    [
        ("email", {}, "could not find addresses in settings"),
        ("slack", {}, "recipient must be specified when using the Slack chat API"),
        ("slack", {"recipient": "#x", "token": ""}, "token must be specified when using the Slack chat API"),
        ("slack", {"url": "http://x"}, ""),
        ("webhook", {}, "required field 'url' is not specified"),
        ("kafka", {"kafkaRestProxy": "http://x"}, "could not find kafka topic property in settings"),
        ("telegram", {"bottoken": "t"}, "could not find Chat Id in settings"),
        ("jira", {"api_url": "u", "project": "p", "issue_type": "i", "user": "u"}, "either token or both user and "
         "password must be set"),
        ("pagerduty", {"integrationkey": "k"}, ""),
        ("webex", {}, ""),
        ("wecom", {"secret": "s"}, ""),
    ],
)  # fmt: skip
def test_what_an_integration_lacks_is_told(kind: str, settings: Any, complaint: str) -> None:
    """In the words of each, the first lack alone."""
    assert INTEGRATIONS[kind].complaint(settings) == complaint


def test_secrets_are_taken_out_at_any_depth_and_put_back() -> None:
    """A secret that is empty or no text is none."""
    oauth = {"client_id": "i", "client_secret": "cs"}
    settings = {"url": "u", "password": "", "authorization_credentials": 5, "http_config": {"oauth2": oauth}}

    plain, secrets = extract_secrets(INTEGRATIONS["webhook"], settings)

    assert plain == {"url": "u", "http_config": {"oauth2": {"client_id": "i"}}}
    assert secrets == {"http_config.oauth2.client_secret": "cs"}
    assert with_secrets(plain, secrets) == {"url": "u", "http_config": {"oauth2": oauth}}


@pytest.mark.parametrize(
    ("body", "status", "message"),
    [
        (EMAIL, 400, "invalid object specification: name is required"),
        ({"name": 5}, 400, "bad request data"),
        ([], 400, "bad request data"),
        ({"name": "N", "settings": {}}, 400, "invalid object specification: unknown integration type: "),
        (
            {"name": "N", "type": "email"},
            500,
            "Internal Server Error - please inspect Grafana server log for details",
        ),
        (
            {"name": "N", "uid": "bad uid!", **EMAIL},
            400,
            "invalid object specification\ncannot create contact point with UID 'bad uid!': invalid format of UID. "
            "Only letters, numbers, '-' and '_' are allowed",
        ),
        (
            {"name": "N", "uid": "u" * 41, **EMAIL},
            400,
            f"invalid object specification\ncannot create contact point with UID '{'u' * 41}': UID is longer than 40 "
            "symbols",
        ),
    ],
)
def test_what_cannot_be_made_is_refused(body: Any, status: int, message: str, server: Any) -> None:
    """With the status and the message of the real one."""
    answer = server("POST", PATH, body)

    assert (answer.status_code, answer.json()["message"]) == (status, message)


def test_a_secret_stays_where_it_comes_back_redacted_and_goes_where_it_is_left_out(server: Any) -> None:
    """Below the top the word is taken for the secret: as 12.4.0 does."""
    oauth = {"client_id": "i", "client_secret": "cs"}
    whole = {"url": "u", "password": "p", "http_config": {"oauth2": oauth}}
    made = server.ok("POST", PATH, {"uid": "w", "name": "W", "type": "webhook", "settings": whole})
    (read,) = _listed(server, "W")

    server.ok("PUT", f"{PATH}/w", {"name": "W", "type": "webhook", "settings": read["settings"]})
    redacted = _decrypted(server, "W")
    server.ok("PUT", f"{PATH}/w", {"name": "W", "type": "webhook", "settings": {"url": "u"}})

    assert made["settings"] == {
        "url": "u",
        "http_config": {"oauth2": {"client_id": "i"}},
        "password": "[REDACTED]",
        "http_config.oauth2.client_secret": "[REDACTED]",
    }
    hidden = {"client_id": "i", "client_secret": "[REDACTED]"}
    assert read["settings"] == {"url": "u", "password": "[REDACTED]", "http_config": {"oauth2": hidden}}
    assert redacted == [{"url": "u", "password": "p", "http_config": {"oauth2": hidden}}]
    assert _decrypted(server, "W") == [{"url": "u"}]


def test_provenance_is_given_with_the_first_write_without_the_header_and_never_taken_away(server: Any) -> None:
    """A deletion does not ask for it."""
    server.ok("POST", PATH, {"uid": "n", "name": "N", **EMAIL}, headers=FREE)
    first = _listed(server, "N")
    server.ok("PUT", f"{PATH}/n", {"name": "N", **EMAIL})
    second = _listed(server, "N")

    refused = server("PUT", f"{PATH}/n", {"name": "N", **EMAIL}, headers=FREE)

    assert ["provenance" in one for one in (*first, *second)] == [False, True]
    assert _answered(refused) == (500, {"message": "cannot change provenance from 'api' to ''"})
    assert server("DELETE", f"{PATH}/n", headers=FREE).status_code == 202
    assert _listed(server, "N") == []


def test_the_list_is_by_name_and_uid_and_an_update_may_move_between_names(server: Any) -> None:
    """The uid of the path counts, not that of the body."""
    for uid, name in (("b", "One"), ("a", "One"), ("c", "Many")):
        server.ok("POST", PATH, {"uid": uid, "name": name, **EMAIL})

    server.ok("PUT", f"{PATH}/a", {"uid": "z", "name": "Many", **EMAIL})

    assert [(one["name"], one["uid"]) for one in server.ok("GET", PATH)] == [("Many", "a"), ("Many", "c"), ("One", "b")]


def test_viewers_read_redacted_and_editors_write(make_server: Any) -> None:
    """The export in plain is for admins, and for editors of what is theirs."""
    users = (User("ad", "p"), User("ed", "p", {1: "Editor"}), User("vi", "p", {1: "Viewer"}))
    server = make_server(users=users)
    server.ok("POST", PATH, {"uid": "a", "name": "A", **EMAIL}, auth=("ed", "p"))

    refused = server("DELETE", f"{PATH}/a", auth=("vi", "p"))
    decrypted = server("GET", f"{PATH}/export?format=json&decrypt=true", auth=("vi", "p"))

    assert [one["uid"] for one in server.ok("GET", PATH, auth=("vi", "p"))] == ["a"]
    assert (refused.status_code, refused.json()["message"]) == (
        403,
        "You'll need additional permissions to perform this action. Permissions needed: any of "
        "alert.provisioning:write, alert.notifications.provisioning:write, all of alert.notifications:write, "
        "alert.provisioning.provenance:write",
    )
    assert (decrypted.status_code, decrypted.json()["messageId"]) == (403, "alerting.unauthorized")
    server.ok("POST", PATH, {"uid": "b", "name": "B", **EMAIL}, auth=("ad", "p"))
    exported = server.ok("GET", f"{PATH}/export?format=json&decrypt=true", auth=("ed", "p"))
    assert [group["name"] for group in exported["contactPoints"]] == ["A"]


def test_what_is_stored_is_there_for_the_next_server(make_server: Any, tmp_path: Path) -> None:
    """Secrets too."""
    first = make_server(tmp_path / "g.db")
    first.ok("POST", PATH, {"uid": "p", "name": "P", "type": "pagerduty", "settings": {"integrationKey": "k"}})
    first.app.close()

    second = make_server(tmp_path / "g.db")

    assert _decrypted(second, "P") == [{"integrationKey": "k"}]
