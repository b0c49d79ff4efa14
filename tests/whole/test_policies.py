"""Policies in whole runs: what a plan shows of them, what an apply refuses, and what it takes with a reason."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.conftest import Hcl, Server

_MAIN = """
[resource.grafana_folder.team]
title = "Team"

[resource.grafana_dashboard.api]
folder = "${grafana_folder.team.uid}"
config = { title = "API", tags = ["shop"] }
"""
_POLICIES = """
[locals]
kept = ["Team"]

[[policy]]
name          = "owner-tag"
level         = "override"
for_each      = "${plan.changes | selectattr('type', 'equalto', 'grafana_dashboard')}"
condition     = "${each.value.action == 'delete' or 'owner' in each.value.after.dashboard.tags}"
error_message = "${each.value.title} has no owner"

[[policy]]
name          = "no-deletion"
for_each      = "${plan.changes}"
condition     = "${each.value.action != 'delete' or each.value.folder.title not in local.kept}"
error_message = "${each.value.address} stays"
"""


@pytest.fixture
def project(embedded: Server, tmp_path: Path) -> Path:
    """A directory with a configuration, and shared policies below it."""
    (tmp_path / "main.toml").write_text(embedded.provider + _MAIN)
    (tmp_path / "shared").mkdir()
    (tmp_path / "shared" / "ours.toml").write_text(_POLICIES)
    return tmp_path


def test_an_apply_is_refused_until_somebody_says_why(project: Path, hcl: Hcl, embedded: Server) -> None:
    """The plan shows what is broken and ends with 1; with a reason it is carried out, and the reason is shown."""
    planned = hcl("plan", "--policies", "shared")
    assert planned.code == 1
    assert (
        "Policies: 1 passed, 1 failed.\n"
        "✗ owner-tag is broken: an apply is refused, unless --override-policy 'owner-tag=REASON'"
        "  (shared/ours.toml:5)\n"
        "    grafana_dashboard.api: API has no owner\n"
    ) in planned.out
    refused = hcl("apply", "--auto-approve", "--policies", "shared")
    assert (refused.code, embedded.inventory()["folders"]) == (1, [])
    assert "Error: API has no owner (grafana_dashboard.api)\n  at shared/ours.toml:5:3" in refused.err
    applied = hcl("apply", "--auto-approve", "--policies", "shared", "--override-policy", "owner-tag=moves to Ops")
    assert applied.code == 0, applied.err
    assert "! owner-tag is broken, and overridden: moves to Ops" in applied.out


def test_markdown_and_html_show_what_is_broken(project: Path, hcl: Hcl) -> None:
    """In words of others that break out of neither."""
    ours = project / "shared" / "ours.toml"
    ours.write_text(_POLICIES.replace("has no owner", "has no <b>owner</b> ``` @all"))
    markdown = hcl("plan", "--policies", "shared", "--format=markdown")
    assert markdown.code == 1
    assert "❌ <code>Policies&#58; 1 passed, 1 failed&#46;</code>\n\n````text\n" in markdown.out
    assert "    grafana_dashboard.api: API has no <b>owner</b> ``` @all\n````" in markdown.out, markdown.out
    page = hcl("plan", "--policies", "shared", "--format=html").out
    assert "grafana_dashboard.api: API has no &lt;b&gt;owner&lt;/b&gt;" in page


def test_a_saved_plan_is_held_to_its_policies_again(project: Path, hcl: Hcl, embedded: Server) -> None:
    """Without being told where they are; and as they are by then. What was overridden for the plan stays so."""
    override = ("--override-policy", "owner-tag=soon")
    assert hcl("plan", "--policies", "shared", *override, "--out", "p").code == 0
    shown = json.loads(hcl("show", "--json", "p").out)
    assert shown["policies"][0] == {
        "name": "owner-tag",
        "level": "override",
        "status": "overridden",
        "violations": [{"address": "grafana_dashboard.api", "message": "API has no owner"}],
        "undecided": [],
        "reason": "soon",
        "place": {"file": "shared/ours.toml", "line": 5, "column": 3},
    }
    ours = project / "shared" / "ours.toml"
    ours.write_text(_POLICIES.replace("each.value.action != 'delete' or", "each.value.action == 'delete' and"))
    refused = hcl("apply", "p")
    assert (refused.code, embedded.inventory()["folders"]) == (1, [])
    assert "Error: grafana_folder.team stays\n" in refused.err
    ours.write_text(_POLICIES)
    assert hcl("apply", "p").code == 0
    (project / "main.toml").write_text(embedded.provider)
    assert "grafana_dashboard.api stays" in hcl("apply", "--auto-approve", "--policies", "shared").err


@pytest.mark.parametrize(
    ("arguments", "policies", "message"),
    [
        (["--policies", "nowhere"], "", 'There are no policies in "nowhere"'),
        (["--override-policy", "owner=x"], "", 'There is no policy "owner" to be overridden'),
        (["--override-policy", "no-deletion=x"], "", 'The policy "no-deletion" cannot be overridden'),
        ([], "[output.x]\nvalue = 1", 'Shared policies have no "output"\n  at shared/more.toml:1:2'),
        (
            [],
            '[[policy]]\nname = "x"\nlevel = "warn"\ncondition = "${true}"\nerror_message = ""\n',
            'level cannot be "warn"\n  at shared/more.toml:3:9',
        ),
        (
            [],
            '[[policy]]\nname = "owner-tag"\ncondition = "${true}"\nerror_message = ""\n',
            "policy.owner-tag is declared twice",
        ),
        (
            [],
            '[[policy]]\nname = "x"\ncondition = "${plan.change == []}"\nerror_message = ""\n',
            '"plan.change" refers to nothing\n  at shared/more.toml:3:16',
        ),
    ],
)
def test_what_is_wrong_with_policies_is_told_before_any_plan(
    project: Path, hcl: Hcl, arguments: list[str], policies: str, message: str
) -> None:
    """At its place in the shared files, or by the option that names it."""
    (project / "shared" / "more.toml").write_text(policies)
    outcome = hcl("plan", "--policies", "shared", *arguments)
    assert (outcome.code, outcome.out) == (1, "")
    assert message in outcome.err, outcome.err


def test_what_only_the_apply_can_tell_is_undecided_and_what_has_no_value_is_broken(
    project: Path, hcl: Hcl, embedded: Server
) -> None:
    """The one stands in no way; the other refuses, and says where it fails."""
    (project / "own.toml").write_text("""
[[policy]]
name          = "has-a-number"
for_each      = "${plan.objects}"
condition     = "${each.value.type != 'grafana_dashboard' or each.value.after.dashboard.description != '1'}"
error_message = "not this one"

[[policy]]
name          = "team"
condition     = "${plan.changes[0].after.nothing}"
error_message = ""
""")
    (project / "main.toml").write_text(
        embedded.provider
        + """
[resource.grafana_team.ops]
name = "Ops"

[resource.grafana_dashboard.api]
config = { title = "API", description = "${grafana_team.ops.team_id}" }
"""
    )
    planned = hcl("plan")
    assert planned.code == 1
    assert "? has-a-number cannot be told yet (deny)" in planned.out
    assert "    known after apply: grafana_dashboard.api\n" in planned.out
    assert "at own.toml:10:20, in policy.team" in planned.out
    assert "✗ team is broken: an apply is refused  (own.toml:8)" in planned.out


def test_of_unchanged_objects_policies_see_what_there_is(project: Path, hcl: Hcl) -> None:
    """By plan.objects: their contents as the blocks say, without a change."""
    assert hcl("apply", "--auto-approve").code == 0
    (project / "own.toml").write_text("""
[[policy]]
name          = "tags"
level         = "advise"
for_each      = "${plan.objects}"
condition     = "${'tags' not in try(each.value.after.dashboard, {})}"
error_message = "${each.value.title} in ${each.value.folder.title}: ${each.value.after.dashboard.tags[0]}"
""")
    planned = hcl("plan")
    assert (planned.code, "    grafana_dashboard.api: API in Team: shop\n" in planned.out) == (0, True), planned.out
