"""An account that may not write: the plan says so, and nothing else is in its way."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from providers.embedded import Options, User, create_app
from providers.embedded.options import ADMIN, Role
from tests.conftest import Hcl, Server, real_server
from tests.whole.everything import MEMBERS, configuration
from tests.whole.processes import serving
from tests.whole.project import Project

_SOURCE = '[resource.grafana_data_source.s]\nuid = "acc-s"\nname = "Acc"\ntype = "loki"\nurl = "http://s.invalid"\n'
_FOLDER = '[resource.grafana_folder.f]\nuid = "acc-f"\ntitle = "Acc"\n'
_BOARD = '[resource.grafana_dashboard.d]\nfolder = "${grafana_folder.f.uid}"\nconfig = { uid = "acc-d", title = "D" }\n'
_RIGHTS = (
    '[resource.grafana_folder_permission.p]\nfolder_uid = "${grafana_folder.f.uid}"\n'
    'permissions = { Viewer = "View", Editor = "Edit" }\n'
)
_ROLES: tuple[Role, ...] = ("Viewer", "Editor")
_SUMMARY = "The account of provider.grafana may not do all that is planned\n  at main.toml:3:8"


@pytest.fixture(params=["embedded", pytest.param("real", marks=pytest.mark.real_grafana)])
def staffed(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Server]:
    """A server with acc-viewer and acc-editor, whose passwords are "acc-secret"."""
    if request.param == "real":
        with real_server() as real, _staff_of(real):
            yield real
        return
    users = (ADMIN, *(User(f"acc-{role.lower()}", "acc-secret", {1: role}) for role in _ROLES))
    with serving(create_app(tmp_path / "g.db", options=Options(users=users))) as url:
        yield Server(url, "admin:admin")


@contextmanager
def _staff_of(real: Server) -> Iterator[None]:
    made: list[int] = []
    try:
        for role in _ROLES:
            name = f"acc-{role.lower()}"
            made.append(
                real.call("POST", "/api/admin/users", {"name": name, "login": name, "password": "acc-secret"})["id"]
            )
            real.call("PATCH", f"/api/org/users/{made[-1]}", {"role": role})
        yield
    finally:
        for user in made:
            real.call("DELETE", f"/api/admin/users/{user}")


def _as(staffed: Server, role: str) -> Server:
    return Server(staffed.url, f"acc-{role}:acc-secret")


def test_a_viewer_is_told_what_it_may_not_do(hcl: Hcl, staffed: Server, tmp_path: Path) -> None:
    """At its account's characters: by a plan, which anybody may make, and by an apply before anything is sent."""
    viewer, admin = (Project(hcl, one, tmp_path) for one in (_as(staffed, "viewer"), staffed))
    viewer.write(_SOURCE + _FOLDER + _BOARD)
    planned, refused = hcl("plan"), hcl("apply", "--auto-approve")
    assert (planned.code, refused.code) == (0, 1)
    for said, kind in ((planned.out, "Warning"), (refused.err, "Error")):
        assert (f"{kind}: {_SUMMARY}" in said, "acc-secret" in said) == (True, False)
        assert "create grafana_data_source.s takes Admin (datasources:create)" in said
        assert "create grafana_dashboard.d takes Editor (dashboards:create)" in said
    assert staffed.call("GET", "/api/datasources") == []
    admin.apply(_SOURCE)
    viewer.write(_SOURCE)
    assert viewer.plan() == []
    viewer.write(_SOURCE.replace('"Acc"', '"New"'))
    refused = hcl("apply", "--auto-approve")
    assert (refused.code, f"Error: {_SUMMARY}" in refused.err) == (1, True)
    assert "update grafana_data_source.s takes Admin (datasources:write)" in refused.err
    admin.apply("")


def test_an_editor_may_write_what_is_its_own(hcl: Hcl, staffed: Server, tmp_path: Path) -> None:
    """Folders and dashboards, and no data source."""
    editor = Project(hcl, _as(staffed, "editor"), tmp_path)
    editor.write(_SOURCE + _FOLDER + _BOARD)
    refused = hcl("apply", "--auto-approve")
    assert (refused.code, f"Error: {_SUMMARY}" in refused.err) == (1, True)
    assert "To create grafana_data_source.s takes Admin (datasources:create).\n" in refused.err
    editor.apply(_FOLDER + _BOARD)
    editor.apply(_FOLDER.replace('"Acc"', '"New"') + _BOARD.replace('"D"', '"E"'))
    editor.apply("")


@pytest.mark.parametrize("staffed", [pytest.param("real", marks=pytest.mark.real_grafana)], indirect=True)
def test_who_makes_a_folder_is_admin_of_it(hcl: Hcl, staffed: Server, tmp_path: Path) -> None:
    """So an editor may say who may what there, in the same run."""
    editor = Project(hcl, _as(staffed, "editor"), tmp_path)
    editor.apply(_FOLDER + _RIGHTS)
    Project(hcl, staffed, tmp_path).apply("")  # those permissions leave the editor without that right


# What a refusal names: by a read of the plan, before the apply sends anything, and by a write.
_UNREAD = re.compile(r"Error: GET .* answered 403: .*: [\w.]+:\w+\n  at main.toml:\d+:\d+, in (\w+)\.")
_FORBIDDEN = re.compile(r"To create (\w+)\..+? takes \w+ (?:of it )?\(\S+\)")
_REFUSED = re.compile(r"Error: Cannot change (\w+)\..*(?:\n.*){5} answered 403: .*(?:needed|requested)\b")


# Whoever makes a folder or a dashboard also says who may what there: on a real Grafana.
_OWNED = {"grafana_folder_permission", "grafana_dashboard_permission"}
_MAY_WRITE = {
    "viewer": set[str](),
    "editor": {
        *("grafana_folder", "grafana_dashboard", "grafana_snapshot", "grafana_star", "grafana_playlist"),
        *("grafana_contact_point", "grafana_message_template", "grafana_mute_timing", "grafana_notification_policy"),
        *("grafana_annotation", "grafana_library_panel", "grafana_app_resource"),
    },
}


@pytest.mark.parametrize("role", ["viewer", "editor"])
def test_each_refusal_names_the_object_and_the_right(hcl: Hcl, staffed: Server, tmp_path: Path, role: str) -> None:
    """Of each type that the account may not read or write; what is left then is applied."""
    project = Project(hcl, _as(staffed, role), tmp_path)
    left = [one for one in MEMBERS if not one.sample.colleagues]
    try:
        while True:
            project.write(configuration(lambda one: one.full, left))
            # One at a time: SQLite locked, 12.4 makes a dashboard and no permissions for who has made it.
            outcome = hcl("apply", "--auto-approve", "--parallelism", "1")
            if outcome.code == 0:
                break
            refused = {type_ for told_by in (_UNREAD, _FORBIDDEN, _REFUSED) for type_ in told_by.findall(outcome.err)}
            assert refused, outcome.err
            left = [one for one in left if not any(f"{type_}." in one.address + one.around for type_ in refused)]
    finally:
        Project(hcl, staffed, tmp_path).apply("")
    assert {one.type_ for one in left} - _OWNED == _MAY_WRITE[role]
