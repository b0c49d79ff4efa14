"""Kinds of the app platform that older APIs keep: who may write them, as seen at 12.4.0."""

from typing import Any

import pytest

from providers.embedded import User

_ALERTING = "notifications.alerting.grafana.app/v0alpha1"
_RECEIVERS = "alert.notifications.receivers"
_READ = f"any(alert.notifications:read {_RECEIVERS}:read any of {_RECEIVERS}.secrets:read)"
_VIEWER = ("vi", "p")


@pytest.mark.parametrize(
    ("version", "plural", "method", "name", "reason"),
    [
        (
            "playlist.grafana.app/v0alpha1",
            "playlists",
            "POST",
            "",
            ": Grafana org role (Viewer) didn't allow create access on requested resource=playlists, "
            "path=/apis/playlist.grafana.app/v0alpha1/namespaces/default/playlists",
        ),
        (
            "playlist.grafana.app/v1",
            "playlists",
            "DELETE",
            "a",
            ": Grafana org role (Viewer) didn't allow delete access on requested resource=playlists, "
            "path=/apis/playlist.grafana.app/v1/namespaces/default/playlists/a",
        ),
        ("iam.grafana.app/v0alpha1", "teams", "GET", "", ": unauthorized request"),
        ("iam.grafana.app/v0alpha1", "teams", "PUT", "a", ": unauthorized request"),
        ("preferences.grafana.app/v1alpha1", "preferences", "POST", "", ": mutating request without a name"),
        ("preferences.grafana.app/v1alpha1", "preferences", "PUT", "namespace", ": must be an org admin to edit"),
        (
            _ALERTING,
            "receivers",
            "POST",
            "",
            f": required permissions: any(alert.notifications:write {_RECEIVERS}:create)",
        ),
        (
            _ALERTING,
            "receivers",
            "PUT",
            "a",
            f": required permissions: all({_READ} any(alert.notifications:write {_RECEIVERS}:write))",
        ),
        (_ALERTING, "routingtrees", "PUT", "user-defined", ""),
        (_ALERTING, "timeintervals", "POST", "", ""),
    ],
)
def test_a_viewer_is_told_what_is_missing(
    make_server: Any, version: str, plural: str, method: str, name: str, reason: str
) -> None:
    """By the kind and the object, and by the reason where 12.4.0 has one."""
    server = make_server(users=(User("vi", "p", {1: "Viewer"}),))
    group, path = version.partition("/")[0], f"/apis/{version}/namespaces/default/{plural}"
    verb = {"POST": "create", "PUT": "update", "DELETE": "delete", "GET": "list"}[method]
    answer = server(method, f"{path}/{name}" if name else path, {"spec": {}} if method != "GET" else None, auth=_VIEWER)
    what = f'{plural}.{group} "{name}"' if name else f"{plural}.{group}"
    who = f'User "vi" cannot {verb} resource "{plural}" in API group "{group}" in the namespace "default"'
    assert (answer.status_code, answer.json()) == (
        403,
        {
            "kind": "Status",
            "apiVersion": "v1",
            "metadata": {},
            "status": "Failure",
            "message": f"{what} is forbidden: {who}{reason}",
            "reason": "Forbidden",
            "details": {**({"name": name} if name else {}), "group": group, "kind": plural},
            "code": 403,
        },
    )


def test_everybody_reads_what_the_organisation_prefers(make_server: Any) -> None:
    """Also when it prefers nothing any more: an empty object stays."""
    server = make_server(users=(User("admin", "p", {1: "Admin"}), User("vi", "p", {1: "Viewer"})))
    path, told = "/apis/preferences.grafana.app/v1alpha1/namespaces/default/preferences", []
    for preferences in (None, {"theme": "dark"}, {}):
        if preferences is not None:
            server.ok("PUT", "/api/org/preferences", preferences, auth=("admin", "p"))
        told.append([(one["metadata"]["name"], one["spec"]) for one in server.ok("GET", path, auth=_VIEWER)["items"]])
    assert told == [[], [("namespace", {"theme": "dark"})], [("namespace", {})]]


def test_preferences_of_an_organisation_are_found_where_there_are_no_others(make_server: Any) -> None:
    """Those of a team are in the way, and are listed under its name until it is gone."""
    server, path = make_server(), "/apis/preferences.grafana.app/v1alpha1/namespaces/default/preferences"
    team = server.ok("POST", "/api/teams", {"name": "T"})
    told = []

    def tell() -> None:
        names = [one["metadata"]["name"].replace(team["uid"], "T") for one in server.ok("GET", path)["items"]]
        told.append((names, server("GET", f"{path}/namespace").status_code))

    server.ok("PUT", "/api/org/preferences", {"theme": "dark"})
    tell()
    server.ok("PUT", f"/api/teams/{team['teamId']}/preferences", {"theme": "light"})
    tell()
    server.ok("DELETE", f"/api/teams/{team['teamId']}")
    tell()
    assert told == [(["namespace"], 200), (["namespace", "team-T"], 404), (["namespace", "namespace"], 404)]
