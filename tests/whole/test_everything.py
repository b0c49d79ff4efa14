"""One configuration with one of each type: planned, applied, changed in each attribute, imported afresh, destroyed."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import pytest

from tests.conftest import REAL_URL, AfterTheLastLook, Hcl, Server
from tests.whole.everything import (
    MEMBERS,
    ROUNDS,
    Member,
    Planned,
    configuration,
    imports,
    inventory,
    owners,
    terraform_state,
)
from tests.whole.processes import kill_after, start
from tests.whole.project import Project, plan_changes

_FULL = configuration(lambda one: one.full)
_IS_WHOLE = bool(os.environ.get("HCL_LITE_TEST_LIVES") or os.environ.get(REAL_URL))
_on_demand = pytest.mark.skipif(not _IS_WHOLE, reason="HCL_LITE_TEST_LIVES=1 does it on the embedded server")


@pytest.fixture
def project(hcl: Hcl, server: Server, tmp_path: Path) -> Iterator[Project]:
    """One of each type, to be applied to a server that is left as it was found."""
    project, before = Project(hcl, server, tmp_path), inventory(server)
    for one in MEMBERS:
        one.sample.make_of_colleagues(server, one.name)
    try:
        project.write(_FULL)
        yield project
        os.chdir(tmp_path)
        project.destroy()
        assert project.state()["records"] == []
    finally:
        for one in MEMBERS:
            one.sample.remove_of_colleagues(server, one.name)
    assert inventory(server) == before


def _planned(hcl: Hcl) -> dict[str, Planned]:
    """What a plan says of each object: what becomes of it, and of an update what differs, and of its secrets."""
    found: dict[str, Planned] = {}
    for change in plan_changes(hcl):
        paths = tuple(sorted(one["path"] for one in change["differences"]))
        is_update = change["action"] == "update"
        found[change["address"]] = ("update", paths, change["secrets"]) if is_update else (change["action"], (), {})
    return found


def test_each_attribute_is_changed_alone(hcl: Hcl, project: Project) -> None:
    """One of each type at a time: a plan says just that, and nothing but that is another on the server."""
    project.apply()
    there = inventory(project.server)
    for round_ in range(ROUNDS if _IS_WHOLE else 2):
        expected = {one.address: told for one in MEMBERS if (told := one.planned(round_))}
        project.write(configuration(partial(Member.after, rounds=round_ + 1)))
        assert _planned(hcl) == expected
        project.run("apply", "p")
        project.run("plan", "--detailed-exitcode")
        before, there = there, inventory(project.server)
        other = {key: there.get(key, "") + before.get(key, "") for key, _ in there.items() ^ before.items()}
        assert owners(other) <= expected.keys()


def _beside(project: Project, name: str, text: str) -> Project:
    """A project of somebody else for the same server, in whose directory we are from now on."""
    root = project.root / name
    root.mkdir()
    os.chdir(root)
    other = Project(project.hcl, project.server, root)
    other.write(text)
    return other


def _colleague(project: Project) -> Project:
    """Somebody who has imported what we have applied, for the same configuration."""
    project.apply()
    other = _beside(project, "colleague", _FULL + imports(project.state()["records"]))
    other.run("apply", "--auto-approve")
    return other


def test_all_of_it_is_imported_afresh(hcl: Hcl, project: Project) -> None:
    """Into an empty state, by a list of all there is, and by import blocks: nothing is left to do, but to set the
    secrets that no server tells."""
    project.apply()
    before = inventory(project.server)
    listed = _beside(project, "listed", "")
    listed.run("import", "--all")
    listed.run("plan", "--detailed-exitcode")
    _beside(project, "blocks", _FULL + imports(project.state()["records"]))
    with_secrets = {one.address for one in MEMBERS if one.has_secrets}
    planned = _planned(hcl)
    assert planned.keys() == with_secrets
    assert {told[:2] for told in planned.values()} == {("update", ())}
    assert {fate for told in planned.values() for fate in told[2].values()} == {"set"}
    project.run("apply", "p")
    project.run("plan", "--detailed-exitcode")
    assert inventory(project.server) == before


def test_what_a_colleague_changes_is_told_pulled_and_undone(hcl: Hcl, project: Project) -> None:
    """An attribute of each type that can be changed: by a plan, which says just that; into the file; and of us who put
    it back an undo."""
    updates = {one.address: one.updates[0] for one in MEMBERS if one.updates}
    _colleague(project).apply(configuration(Member.updated))
    os.chdir(project.root)
    told = {address: ("update", tuple(sorted(change.paths)), {}) for address, (_, change) in updates.items()}
    assert _planned(hcl) == told
    theirs = inventory(project.server)
    project.run("pull", "--literal")
    project.run("plan", "--detailed-exitcode")
    assert inventory(project.server) == theirs
    project.write(_FULL)
    assert _planned(hcl) == told
    project.run("apply", "p")
    project.run("undo", "--auto-approve")
    assert inventory(project.server) == theirs
    assert _planned(hcl) == told
    project.run("apply", "p")


@_on_demand
def test_a_killed_apply_is_finished_by_the_next_one(project: Project) -> None:
    """kill -9 in the middle of it; there is no orphan and no double."""
    kill_after(len(MEMBERS), project.root, "apply", "--auto-approve")
    project.apply()
    kill_after(len(MEMBERS), project.root, "destroy", "--auto-approve")


@_on_demand
def test_what_a_colleague_has_changed_since_the_plan_stays(
    hcl: Hcl, project: Project, after_the_last_look: AfterTheLastLook
) -> None:
    """An object of each type: a saved plan is refused; so is each write where that was after the last look, by name."""
    other = _colleague(project)
    other.write(configuration(Member.theirs))
    os.chdir(project.root)
    project.write(configuration(Member.updated))
    project.run("plan", "--out", "p")
    codes: list[int] = []

    def act() -> None:
        process = start(other.root, "apply", "--auto-approve")
        process.communicate()
        codes.append(process.returncode)

    after_the_last_look(act)
    refused = hcl("apply", "p")
    told = re.findall(r"Error: (\S+) is not as the plan saw it\n  at main.toml:", refused.err)
    assert (codes, refused.code) == ([0], 1)
    assert {*told} == {one.address for one in MEMBERS if one.updates}
    os.chdir(other.root)
    other.run("plan", "--detailed-exitcode")


@_on_demand
def test_a_terraform_state_of_all_of_it_is_taken_over(project: Project) -> None:
    """Object by object, by the ids that Terraform has; but for what Terraform has no type of, and keys."""
    project.apply()
    records = project.state()["records"]
    (project.root / "terraform.tfstate").write_text(terraform_state(records))
    other = _beside(project, "migrated", "")
    told = other.run("migrate", "terraform", "../terraform.tfstate")
    other.run("plan", "--detailed-exitcode")
    taken = {(one["address"].partition(".")[0], one["uid"]) for one in other.state()["records"]}
    there = {(one["address"].partition(".")[0], one["uid"]) for one in records}
    assert {type_ for type_, _ in there - taken} == {"grafana_snapshot", "grafana_service_account_token"}, told
    assert taken <= there


@_on_demand
def test_all_of_it_is_copied_to_another_server(hcl: Hcl, project: Project) -> None:
    """But for what no server tells, and what is of its server alone; then nothing is left to do."""
    project.apply()
    other = _beside(project, "copied", "")
    target = Server.embedded(other.root)
    to = target.provider.replace("provider.grafana", "provider.target") + 'type = "grafana"\n'
    (other.root / "main.toml").write_text(project.server.provider + to)
    told = other.run("copy", "--from", "grafana", "--to", "target")
    other.run("apply", "--auto-approve")
    other.run("plan", "--detailed-exitcode")
    left = {type_ for type_, _ in inventory(project.server)} - {type_ for type_, _ in inventory(target)}
    of_accounts = {f"grafana_service_account_{part}" for part in ("permission", "permission_item", "token")}
    assert left == {"grafana_snapshot", *of_accounts}, told
