"""Tests of the GitHub workflows: from a pull request to the apply of its plan, and drift; what they refuse."""

from __future__ import annotations

import json
from collections.abc import Mapping

import pytest

from tests.ci.conftest import Repository
from tests.ci.runner import Machine, Ran, Runner
from tests.conftest import Hcl

_SECRETS = {"secrets.GRAFANA_READ_AUTH": "admin:admin", "secrets.GRAFANA_AUTH": "admin:admin"}


def _pull_request(head: str, of: str = "o/r") -> Mapping[str, str]:
    event = "github.event.pull_request"
    there = {f"{event}.number": "3", f"{event}.head.sha": head, f"{event}.head.repo.full_name": of}
    return {"github.event_name": "pull_request"} | there | _SECRETS


def _on_main(event: str) -> Mapping[str, str]:
    where = {"github.ref_name": "main", "github.event.repository.default_branch": "main"}
    return {"github.event_name": event} | where | _SECRETS


def _ran(ran: Ran | None) -> Ran:
    assert ran is not None
    return ran


def _merge(machine: Machine, head: str, commit: str) -> None:
    platform = machine.platform
    platform.has["pulls"] = [{"merge_commit_sha": commit, "merged_at": "2026-11-27", "head": {"sha": head}}]
    platform.save()


def _set_origin(machine: Machine, repository: int) -> None:
    platform = machine.platform
    for one in platform.has["artifacts"]:
        one["workflow_run"]["head_repository_id"] = repository
    platform.save()


@pytest.fixture
def runner(machine: Machine, repository: Repository) -> Runner:
    """A runner of the repository's workflows."""
    return Runner(machine, repository.path)


def test_a_pull_request_is_planned_in_one_comment_and_applied_as_planned(
    runner: Runner, machine: Machine, repository: Repository
) -> None:
    """The second plan takes the place of the first one, and nobody else's comment is touched. It is applied with its
    merge; not with a merge of something else, nor from a fork that has an artifact of its name. A plan of main by hand
    is applied by hand, and without one it is said what to do."""
    platform = machine.platform
    other = {"id": 1, "number": 1, "user": {"login": "ann"}, "body": "<!-- hcl-lite plan: grafana -->"}
    platform.has["comments"].append(other)
    platform.save()
    for title in ("First", "Second"):
        head = repository.commit(title)
        planned = _ran(runner.run("plan.yml", "plan", head, _pull_request(head)))
        assert not planned.failed, planned.said
        untouched, comment = machine.platform.has["comments"]
        assert (untouched, comment["body"].splitlines()[0]) == (other, "<!-- hcl-lite plan: grafana -->")
        assert title in comment["body"]
        assert planned.summary == comment["body"]
    assert "First" not in comment["body"]

    repository.git("commit", "--quiet", "--allow-empty", "--message", "Merge")
    merged = repository.git("rev-parse", "HEAD").strip()
    third = repository.commit("Third")
    _merge(machine, head, third)
    stale = _ran(runner.run("apply.yml", "apply", third, _on_main("push")))
    assert (stale.steps["Apply"], stale.steps["Say what to do"]) == ("failure", "success")
    assert "The saved plan is stale" in stale.said
    assert 'run the workflow "plan" on this branch' in stale.said
    assert "main.toml has changed." in stale.summary
    assert repository.server.inventory()["folders"] == []

    _merge(machine, head, merged)
    _set_origin(machine, 2)
    forged = _ran(runner.run("apply.yml", "apply", merged, _on_main("push")))
    assert (forged.steps["Find the plan"], forged.steps["Apply"]) == ("failure", "skipped")
    _set_origin(machine, 1)
    applied = _ran(runner.run("apply.yml", "apply", merged, _on_main("push")))
    assert not applied.failed, applied.said
    assert (repository.title, applied.steps["Say what to do"]) == ("Second", "skipped")
    assert "1 created" in applied.summary

    nothing = _ran(runner.run("apply.yml", "apply", third, _on_main("workflow_dispatch")))
    assert (nothing.steps["Find the plan"], nothing.steps["Apply"]) == ("failure", "skipped")
    assert f"::error title=No plan of grafana for {third}" in nothing.said
    by_hand = _ran(runner.run("plan.yml", "plan", third, {"github.event_name": "workflow_dispatch"} | _SECRETS))
    assert by_hand.steps["Comment on the pull request"] == "skipped"
    assert not _ran(runner.run("apply.yml", "apply", third, _on_main("workflow_dispatch"))).failed
    assert repository.title == "Third"
    assert (machine.home / "pip").read_text().splitlines()[0] == "pip install hcl-lite[encryption,s3]"


def test_a_wrong_configuration_is_told_in_the_comment_and_at_its_line(
    runner: Runner, machine: Machine, repository: Repository
) -> None:
    """The job fails, and saves no plan; validate writes SARIF, also of a fork, which is not planned."""
    head = repository.commit("Wrong", more='wrong = "here"\n')
    planned = _ran(runner.run("plan.yml", "plan", head, _pull_request(head)))
    assert (planned.steps["Plan"], planned.steps["Save the plan for the apply"]) == ("failure", "skipped")
    [comment] = machine.platform.has["comments"]
    assert "**there is no plan**" in comment["body"]
    assert "<code>main&#46;toml&#58;11&#58;1</code>" in comment["body"]

    fork = _pull_request(head, of="somebody/r")
    assert runner.run("plan.yml", "plan", head, fork) is None
    validated = _ran(runner.run("plan.yml", "validate", head, fork))
    assert (validated.steps["Format"], validated.steps["Validate"]) == ("success", "failure")
    assert validated.steps["Show the mistakes at their lines"] == "success"
    [sarif] = machine.home.glob("run-*/clone/grafana/validate.sarif")
    [found] = json.loads(sarif.read_text())["runs"][0]["results"]
    place = found["locations"][0]["physicalLocation"]
    assert (place["artifactLocation"]["uri"], place["region"]["startLine"]) == ("grafana/main.toml", 11)


def test_drift_is_one_issue_that_is_closed_at_its_end(
    runner: Runner, machine: Machine, repository: Repository, hcl: Hcl, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Opened, updated, and closed when all is in step; where nothing could be looked at, it stays as it is."""
    commit = repository.commit("Ours")
    monkeypatch.setenv("GRAFANA_AUTH", "admin:admin")
    assert hcl("-C", str(repository.path / "grafana"), "apply", "--auto-approve").code == 0

    def look(auth: str = "admin:admin") -> Ran:
        context = {"github.event_name": "schedule", "secrets.GRAFANA_READ_AUTH": auth}
        return _ran(runner.run("drift.yml", "drift", commit, context))

    for version, uid in ((1, "theirs"), (2, "others")):
        repository.server.call("POST", "/api/folders", {"title": uid, "uid": uid, "parentUid": "team"})
        assert not look().failed
        [issue] = machine.platform.has["issues"]
        assert (issue["title"], issue["state"]) == ("hcl-lite: drift in grafana", "open")
        assert f"<code>{uid}</code>" in issue["body"]
        assert f"{version} not managed" in issue["body"]
    assert look(auth="admin:wrong").steps["Open, update or close the issue"] == "skipped"
    for uid in ("theirs", "others"):
        repository.server.call("DELETE", f"/api/folders/{uid}")
    assert not look().failed
    assert machine.platform.has["issues"] == [{**issue, "state": "closed", "state_reason": "completed"}]
    assert "1 in step" in machine.platform.has["comments"][-1]["body"]
