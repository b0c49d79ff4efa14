"""org_id: nothing is asked of, and nothing written to, another organisation than the one that is meant."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import providers.embedded
from providers.embedded import Options, User
from providers.embedded.app import EmbeddedApp
from providers.versions import RECORDED
from tests.conftest import Hcl

_USERS = (
    User("admin", "admin", {1: "Admin", 2: "Admin"}, server_admin=True),
    User("one", "one", {1: "Admin"}),
)
_FOLDER = '[resource.grafana_folder.team]\ntitle = "Team"\nuid = "team"\n'
_TAGS = '[data.grafana_dashboard_tags.all]\n[output.terms]\nvalue = "${data.grafana_dashboard_tags.all.terms}"\n'


class Grafana:
    """A Grafana with two organisations; token "t" and user "one" are of the first, "admin" is of both."""

    def __init__(self, root: Path, version: str) -> None:
        self.root, self.version = root, version
        self.apps: list[EmbeddedApp] = []

    def open(self, path: Any, *, options: Options, make: Callable[..., EmbeddedApp]) -> EmbeddedApp:
        orgs = {1: "Main Org.", 2: "Second"}
        app = make(path, options=Options(options.version, _USERS, {"t": "Admin"}, orgs))
        self.apps.append(app)
        return app

    def write(self, auth: str, org_id: str, blocks: str) -> None:
        url = f"embedded:{self.root / 'g.db'}?version={self.version}"
        settings = f'url    = "{url}"\nauth   = "{auth}"\n{org_id}'
        (self.root / "main.toml").write_text(f"[provider.grafana]\n{settings}\n{blocks}")

    def log(self) -> list[tuple[str, str]]:
        """Every call so far, as (method, path)."""
        return [(method, path) for app in self.apps for method, path, _ in app.access_log]


@pytest.fixture
def grafana(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest) -> Grafana:
    made = Grafana(tmp_path, request.param)
    create = providers.embedded.create_app
    monkeypatch.setattr(
        providers.embedded, "create_app", lambda path, *, options: made.open(path, options=options, make=create)
    )
    return made


_EVERY = pytest.mark.parametrize("grafana", RECORDED, indirect=True)
_WITH_FOLDERS = pytest.mark.parametrize("grafana", ["7.5.5", "12.4.0"], indirect=True)


@_EVERY
@pytest.mark.parametrize("auth", ["t", "one:one"], ids=["token", "user who is no member"])
@pytest.mark.parametrize("command", [("plan",), ("apply", "--auto-approve"), ("import", "grafana_folder.team", "team")])
def test_an_account_of_another_organisation_is_refused(
    hcl: Hcl, grafana: Grafana, auth: str, command: tuple[str, ...]
) -> None:
    """At the characters of org_id; the server is asked for its organisation, and for nothing else."""
    grafana.write(auth, "org_id = 2", _FOLDER)
    outcome = hcl(*command)
    assert outcome.code == 1
    assert "Error: org_id of provider.grafana does not fit its server" in outcome.err
    assert "at main.toml:4:10" in outcome.err
    assert "org_id asks for 2" in outcome.err
    assert {*grafana.log()} == {("GET", "/api/org")}


@_EVERY
@pytest.mark.parametrize(
    ("auth", "org_id", "code"),
    [("admin:admin", "org_id = 2", 0), ("admin:admin", "", 0), ("t", "org_id = 1", 0), ("one:bad", "org_id = 1", 1)],
)
def test_an_account_of_the_organisation_is_taken(hcl: Hcl, grafana: Grafana, auth: str, org_id: str, code: int) -> None:
    """Also one of several; a wrong password is told as such, and not as a wrong organisation."""
    grafana.write(auth, org_id, _TAGS)
    outcome = hcl("apply", "--auto-approve")
    assert (outcome.code, "nvalid username or password" in outcome.err) == (code, code == 1), outcome.err
    assert ("org_id of" in outcome.err) is False


@_WITH_FOLDERS
def test_each_organisation_has_its_own_objects(hcl: Hcl, grafana: Grafana, tmp_path: Path) -> None:
    """The same uid in both, by two providers of one user; each plan is empty afterwards."""
    grafana.write("admin:admin", "org_id = 1", "")
    first = (tmp_path / "main.toml").read_text()
    second = first.replace("[provider.grafana]", '[provider.second]\ntype = "grafana"').replace(
        "org_id = 1", "org_id = 2"
    )
    folders = (
        _FOLDER + _FOLDER.replace("folder.team", "folder.other").replace('"Team"', '"Other"') + 'provider = "second"\n'
    )
    (tmp_path / "main.toml").write_text(first + second + folders)
    applied = hcl("apply", "--auto-approve")
    assert applied.code == 0, applied.err
    assert hcl("plan", "--detailed-exitcode").code == 0
    assert _folders(grafana) == [(1, "Team"), (2, "Other")]


def _folders(grafana: Grafana) -> list[tuple[int, str]]:
    app = EmbeddedApp(grafana.root / "g.db", Options(version=grafana.version))
    try:
        sql = "select org, title from version where kind = 'folders' and current = 1 order by org"
        return [(row["org"], row["title"]) for row in app.store.rows(sql)]
    finally:
        app.close()


@pytest.mark.parametrize("grafana", ["7.5.5"], indirect=True)
def test_the_environment_is_held_to_it_too(hcl: Hcl, grafana: Grafana, tmp_path: Path, monkeypatch: Any) -> None:
    """Without a provider block there is no place to show; nothing is asked either."""
    monkeypatch.setenv("GRAFANA_URL", f"embedded:{tmp_path / 'g.db'}?version=7")
    monkeypatch.setenv("GRAFANA_AUTH", "t")
    monkeypatch.setenv("GRAFANA_ORG_ID", "2")
    (tmp_path / "main.toml").write_text(_FOLDER)
    for command in (("apply", "--auto-approve"), ("snapshot", "list")):
        outcome = hcl(*command)
        assert (outcome.code, "works in organisation 1 (Main Org.), and org_id asks for 2" in outcome.err) == (1, True)
    assert {*grafana.log()} == {("GET", "/api/org")}


@pytest.mark.parametrize("grafana", ["12.4.0"], indirect=True)
@pytest.mark.parametrize("value", ["0", "-1", "1.5"])
def test_what_is_no_organisation_is_said_before_anything_is_asked(hcl: Hcl, grafana: Grafana, value: str) -> None:
    """0 would be the account's own, silently."""
    grafana.write("t", f"org_id = {value}", _FOLDER)
    outcome = hcl("plan")
    assert (outcome.code, f"org_id cannot be {value}" in outcome.err, "at main.toml:4:1" in outcome.err) == (
        1,
        True,
        True,
    )
    assert grafana.log() == []
