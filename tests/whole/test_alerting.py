"""Alerting as a whole: names that others go by, uids of rules, what cannot go, folders with rules in them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import Hcl, Server
from tests.whole.project import Project

_ROOT = "/api/v1/provisioning"
_FOLDER = '[resource.grafana_folder.f]\nuid = "al-folder"\ntitle = "AL folder"\n'
_POINT = """
[resource.grafana_contact_point.ops]
name = "AL ops"
type = "email"
settings = { addresses = "a@example.org" }
"""
_TIMING = '[resource.grafana_mute_timing.nights]\nname = "AL nights"\n'
_POLICY = """
[resource.grafana_notification_policy.all]
contact_point = "${grafana_contact_point.ops.name}"
group_by = ["alertname"]
policy = [{ contact_point = "${grafana_contact_point.ops.name}", mute_timings = ["AL nights"] }]
"""

_COLLEAGUES_RULE = {
    "uid": "al-colleague",
    "title": "Theirs",
    "condition": "A",
    "folderUID": "al-folder",
    "ruleGroup": "Their group",
    "noDataState": "OK",
    "execErrState": "OK",
    "for": "0s",
    "data": [{"refId": "A", "datasourceUid": "__expr__", "model": {"type": "math", "expression": "1"}}],
}


def _rule(name: str, more: str = "") -> str:
    return f"""
[[resource.grafana_rule_group.g.rule]]
name = "{name}"
condition = "A"
data = [{{ ref_id = "A", datasource_uid = "__expr__", model = {{ type = "math", expression = "1 == 1" }} }}]
{more}"""


def _group(*rules: str) -> str:
    head = '[resource.grafana_rule_group.g]\nfolder_uid = "al-folder"\nname = "AL group"\ninterval_seconds = 60\n'
    return head + "".join(rules)


class AlertingProject(Project):
    """A project, and the rules that there are."""

    def rules(self) -> dict[str, str]:
        """The uids of the rules of the group, by title, in their order."""
        group = self.server.call("GET", f"{_ROOT}/folder/al-folder/rule-groups/AL%20group")
        return {rule["title"]: rule["uid"] for rule in group["rules"]}

    def missing(self, plan: str) -> dict[str, str]:
        """What a plan says is nowhere, and the key of the line at which it does."""
        found = re.findall(r"There is no (.*)\n  at main.toml:(\d+):", plan)
        lines = (self.root / "main.toml").read_text().splitlines()
        return {what: lines[int(number) - 1].partition(" ")[0] for what, number in found}

    def fails(self, *args: str) -> str:
        """What a command says that does not succeed."""
        outcome = self.hcl(*args)
        assert outcome.code == 1, outcome.out
        return outcome.err


@pytest.fixture
def alerting(hcl: Hcl, server: Server, tmp_path: Path) -> Iterator[AlertingProject]:
    project = AlertingProject(hcl, server, tmp_path)
    yield project
    project.write("")
    project.run("apply", "--auto-approve")


def test_rules_keep_their_uids(alerting: AlertingProject) -> None:
    """Moved within their group, or under another name; one that somebody made keeps the uid that it got; a new one of a
    name that another had gets one of its own."""
    alerting.apply(_FOLDER + _group(_rule("One"), _rule("Two")))
    made = alerting.rules()
    alerting.apply(_FOLDER + _group(_rule("Two"), _rule("One", 'for = "5m"\n')))
    assert [*alerting.rules().items()] == [*reversed(made.items())]
    alerting.apply(_FOLDER + _group(_rule("Two"), _rule("Uno", 'for = "5m"\n')))
    assert alerting.rules() == {"Two": made["Two"], "Uno": made["One"]}
    alerting.apply(_FOLDER + _group(_rule("Two"), _rule("Uno", 'for = "5m"\n'), _rule("One", 'for = "1m"\n')))
    assert len({*alerting.rules().values()}) == 3
    assert alerting.rules()["Uno"] == made["One"]
    group = alerting.server.call("GET", f"{_ROOT}/folder/al-folder/rule-groups/AL%20group")
    theirs = {**group["rules"][0], "id": 0, "uid": "al-theirs", "title": "Theirs"}
    alerting.server.call(
        "PUT", f"{_ROOT}/folder/al-folder/rule-groups/AL%20group", {**group, "rules": [*group["rules"], theirs]}
    )
    assert alerting.plan() == [("grafana_rule_group.g", "update", ['rule["Theirs"]'])]
    alerting.apply(_FOLDER + _group(_rule("Theirs", 'uid = "al-theirs"\n'), _rule("Two")))
    assert alerting.rules() == {"Theirs": "al-theirs", "Two": made["Two"]}


def test_a_change_of_rules_is_told_by_their_names(alerting: AlertingProject) -> None:
    """What is the same however it is written is no change; one that takes the place of another has its history."""
    alerting.apply(_FOLDER + _group(_rule("One", 'for = "1m"\n'), _rule("Two"), _rule("Three")))
    same = 'for = "60s"\nkeep_firing_for = "0s"\nno_data_state = "NoData"\nlabels = {}\n'
    alerting.write(_FOLDER + _group(_rule("One", same), _rule("Two", 'for = "0h"\n'), _rule("Three")))
    assert alerting.plan() == []
    other = _rule("Two", 'for = "5m"\n').replace("1 == 1", "2 == 2")
    alerting.write(_FOLDER + _group(_rule("Three"), _rule("One", same), other))
    assert alerting.plan() == [
        (
            "grafana_rule_group.g",
            "update",
            ["rule", 'rule["Two"].for', 'rule["Two"].data["A"].model.expression'],
        )
    ]
    assert 'rule (order): "Three" before "One"' in alerting.run("plan")
    alerting.write(_FOLDER + _group(_rule("One", same)).replace("AL group", "AL other"))
    assert 'rule["One"]: alert rule: A, for 60s\n          A: math 1 == 1\n' in alerting.run("plan")


def test_a_renamed_contact_point_is_followed(alerting: AlertingProject) -> None:
    """The server changes its name where it stands, which is nobody else's change; timings go by another way."""
    notified = 'notification_settings = { contact_point = "${grafana_contact_point.ops.name}" }\n'
    text = _FOLDER + _POINT + _TIMING + _POLICY.replace('"AL nights"', '"${grafana_mute_timing.nights.name}"')
    alerting.apply(text + _group(_rule("One", notified)))
    renamed = text.replace("AL ops", "AL others").replace("AL nights", "AL dark") + _group(
        _rule("One", notified + 'for = "1m"\n')
    )
    alerting.write(renamed.replace('group_by = ["alertname"]', 'group_by = ["..."]'))
    assert [(address, action) for address, action, _ in alerting.plan()] == [
        ("grafana_contact_point.ops", "update"),
        ("grafana_mute_timing.nights", "replace"),
        ("grafana_notification_policy.all", "update"),
        ("grafana_rule_group.g", "update"),
    ]
    alerting.run("apply", "p")
    assert alerting.plan() == []


def test_what_others_name_stays(alerting: AlertingProject) -> None:
    """The plan refuses its deletion while what names it stays, and takes it when both go, or another is named."""
    alerting.apply(_POINT + _TIMING + _POLICY)
    alerting.write(_POINT + _POLICY)
    said = alerting.fails("plan")
    assert "grafana_mute_timing.nights cannot be deleted while others name it" in said
    assert "named by grafana_notification_policy.all" in said
    alerting.apply(_POINT + _POLICY.replace(', mute_timings = ["AL nights"]', ""))
    alerting.write(_POINT + _POLICY.replace("AL nights", "nothing"))
    assert 'There is no mute timing "nothing"' in alerting.run("plan")
    assert 'There is no mute timing "nothing"' in alerting.fails("apply", "--auto-approve")
    alerting.write("")
    planned = alerting.run("plan")
    assert "Grafana goes back to its default policy" in planned
    alerting.apply("")


def test_what_others_name_that_nobody_manages_stays(alerting: AlertingProject) -> None:
    """A rule of a colleague names the contact point and the timing: the plan says which, until it is gone. Another way
    of the name that stays is enough for it."""
    second = _POINT.replace(".ops]", ".more]")
    alerting.apply(_FOLDER + _POINT + _TIMING + second)
    settings = {"receiver": "AL ops", "mute_time_intervals": ["AL nights"]}
    rule = {**_COLLEAGUES_RULE, "notification_settings": settings}
    alerting.server.call("POST", f"{_ROOT}/alert-rules", rule)
    alerting.write(_FOLDER + second)
    said = alerting.fails("plan")
    assert "grafana_mute_timing.nights cannot be deleted while others name it" in said
    assert 'It is named by rule "Theirs" (al-colleague), which cannot do without it.' in said
    assert "grafana_contact_point" not in said
    alerting.write(_FOLDER + _TIMING)
    assert "grafana_contact_point.ops cannot be deleted while others name it" in alerting.fails("plan")
    assert "cannot be deleted" not in alerting.run("plan", "--refresh=false")
    alerting.server.call("DELETE", f"{_ROOT}/alert-rules/al-colleague")
    alerting.server.call("PUT", f"{_ROOT}/policies", {"receiver": "AL ops", "group_by": ["..."]})
    assert "It is named by the notification policies, which" in alerting.fails("plan")
    alerting.server.call("DELETE", f"{_ROOT}/policies")
    assert [action for _, action, _ in alerting.plan()] == ["delete", "delete"]


def test_what_goes_along_with_a_folder_names_nothing_afterwards(alerting: AlertingProject) -> None:
    """Rules of a colleague, in a folder that goes by force: one run deletes it, then what they named."""
    forced = _FOLDER + "force_destroy = true\n"
    alerting.apply(forced + _POINT + _TIMING)
    settings = {"receiver": "AL ops", "mute_time_intervals": ["AL nights"]}
    alerting.server.call("POST", f"{_ROOT}/alert-rules", {**_COLLEAGUES_RULE, "notification_settings": settings})
    alerting.write(forced)
    assert 'It is named by rule "Theirs" (al-colleague), which' in alerting.fails("plan")
    alerting.apply("")
    assert alerting.plan() == []


_WORDS = """
[resource.grafana_message_template.words]
name = "AL words"
template = '{{ define "al.title" }}{{ template "al.short" . }}{{ end }}{{ define "al.text" }}!{{ end }}'
"""
_WORDY = """
[resource.grafana_contact_point.wordy]
uid = "al-wordy"
name = "AL wordy"
type = "email"
[resource.grafana_contact_point.wordy.settings]
addresses = "a@example.org"
subject = '{{/* {{ template "al.old" . }} */}}{{ template "default.title" . }} {{ template "al.title" . }}'
message = '{{ define "al.own" }}{{ end }}{{- template "al.own" . }}{{ template `al.txt` . }}'
"""


def test_templates_that_are_nowhere_are_warned_of(alerting: AlertingProject) -> None:
    """At their place, with the nearest that is there, declared or on the server; neither those that Grafana has, nor
    what a text defines itself."""
    alerting.write(_WORDS + _WORDY)
    said = alerting.run("plan")
    assert 'Did you mean "al.text"? Until it is there, what uses it has no data, or fails.' in said
    assert alerting.missing(said) == {
        'message template "al.short"': "template",
        'message template "al.txt"': "message",
    }
    short = {"name": "AL short", "template": '{{ define "al.short" }}.{{ end }}{{ define "al.txt" }}.{{ end }}'}
    alerting.server.call("PUT", f"{_ROOT}/templates/AL%20short", short)
    assert "Warning" not in alerting.run("plan")
    alerting.server.call("DELETE", f"{_ROOT}/templates/AL%20short")


def test_a_template_that_goes_is_missed_by_what_stays(alerting: AlertingProject) -> None:
    """A warning, since Grafana lets it go: by what is managed and what is not, unless something else defines it."""
    wordy = _WORDY.replace("al.txt", "al.text")
    alerting.apply(_WORDS.replace('{{ template "al.short" . }}', "") + wordy)
    theirs = {"uid": "al-theirs", "name": "Theirs", "type": "email", "settings": {"addresses": "b", "subject": "%s"}}
    theirs["settings"]["subject"] = '{{ template "al.text" . }}'
    alerting.server.call("POST", f"{_ROOT}/contact-points", theirs)
    alerting.write(wordy)
    missed = "Warning: grafana_message_template.words goes, and others name what it defines"
    said = alerting.run("plan")
    assert missed in said
    assert 'named by grafana_contact_point.wordy, contact point "Theirs" (al-theirs), which will fail' in said
    alerting.write(_WORDS.replace("words", "other") + wordy)
    assert missed not in alerting.run("plan")
    alerting.server.call("DELETE", f"{_ROOT}/contact-points/al-theirs")
    alerting.write("")
    assert "Warning" not in alerting.run("plan")
    alerting.apply("")


_NAMES_IT = """
[resource.grafana_alert_rule.r]
folder_uid = "al-folder"
rule_group = "AL group"
name = "One"
condition = "A"
data = [{ ref_id = "A", datasource_uid = "al-sourse", model = {}, relative_time_range = { from = 60 } }]
notification_settings = { contact_point = "AL opps", mute_timings = ["AL nigths"] }
depends_on = ["grafana_notification_policy.all"]
[resource.grafana_notification_policy.all]
contact_point = "AL ops"
group_by = ["alertname"]
policy = [{ contact_point = "AL opps", mute_timings = ["AL nights", "AL nigths"] }]
"""


def test_whatever_alerting_names_and_is_nowhere_is_told_once_at_its_place(alerting: AlertingProject) -> None:
    """With the nearest name that is declared or there."""
    source = {"uid": "al-source", "name": "AL source", "type": "loki", "access": "proxy", "url": "http://x"}
    alerting.server.call("POST", "/api/datasources", source)
    alerting.apply(_TIMING)
    alerting.write(_TIMING + _FOLDER + _POINT + _NAMES_IT)
    said = alerting.run("plan")
    assert alerting.missing(said) == {
        'contact point "AL opps"': "notification_settings",
        'data source "al-sourse"': "data",
        'mute timing "AL nigths"': "notification_settings",
    }
    assert re.findall(r'Did you mean "(.*)"', said) == ["AL ops", "al-source", "AL nights"]
    alerting.server.call("DELETE", "/api/datasources/uid/al-source")


def test_a_root_has_no_continue(alerting: AlertingProject) -> None:
    """12.4.0 takes one, and can read none of its alerting after it."""
    alerting.write(_POINT + _POLICY + "continue = true\n")
    assert "continue" in alerting.fails("validate")


def test_a_folder_goes_with_its_own_rules_alone(alerting: AlertingProject) -> None:
    """Those of a colleague keep it, by name; those that are managed here go before it."""
    alerting.apply(_FOLDER + _group(_rule("One")))
    alerting.server.call("POST", f"{_ROOT}/alert-rules", _COLLEAGUES_RULE)
    alerting.write("")
    outcome = alerting.hcl("plan")
    assert 'rule group "Their group"' in outcome.out + outcome.err
    assert "alertrule" not in outcome.out + outcome.err
    alerting.server.call("DELETE", f"{_ROOT}/folder/al-folder/rule-groups/Their%20group")
    alerting.apply("")


def test_what_is_the_apis_is_not_given_back(alerting: AlertingProject) -> None:
    """But by --replace."""
    alerting.apply(_TIMING)
    alerting.write(_TIMING + "disable_provenance = true\n")
    assert "--replace" in alerting.fails("plan")
    alerting.run("apply", "--auto-approve", "--replace", "grafana_mute_timing.nights")
    assert alerting.plan() == []


def test_all_of_it_is_taken_over(alerting: AlertingProject, hcl: Hcl, monkeypatch: pytest.MonkeyPatch) -> None:
    """By import --all: with references to what is named, uids of rules, and an empty plan."""
    notified = 'notification_settings = { contact_point = "AL ops", mute_timings = ["AL nights"] }\n'
    template = (
        '[resource.grafana_message_template.t]\nname = "AL words"\ntemplate = "Hello"\ndisable_provenance = true\n'
    )
    alerting.apply(_FOLDER + _POINT + _TIMING + _POLICY + template + _group(_rule("One", notified)))
    uid = alerting.rules()["One"]
    taken = Project(hcl, alerting.server, alerting.root / "taken")
    taken.root.mkdir()
    taken.write("")
    monkeypatch.chdir(taken.root)
    taken.run("import", "--all")
    blocks = "\n".join(path.read_text() for path in sorted(taken.root.glob("*.toml")))
    expected = (
        f'uid            = "{uid}"',
        'folder_uid       = "${grafana_folder.al_folder.uid}"',
        'contact_point = "${grafana_contact_point.al_ops.name}"',
        'mute_timings  = ["${grafana_mute_timing.al_nights.name}"]',
        "disable_provenance = true",
        "[[resource.grafana_notification_policy.policy.policy]]",
    )
    squeezed = " ".join(blocks.split())
    assert [text for text in expected if " ".join(text.split()) not in squeezed] == []
    taken.run("plan", "--detailed-exitcode")
    monkeypatch.chdir(alerting.root)


@pytest.mark.parametrize(
    ("rule", "said"),
    [
        (_rule("One").replace('condition = "A"', 'condition = "Z"'), 'has the condition "Z"'),
        (_rule("One").replace('condition = "A"\n', ""), "has no condition"),
        (_rule("One") + _rule("One"), 'Two rules have the name "One"'),
        (_rule("One", 'record = { metric = "m", from = "Q" }\n'), 'has the record.from "Q"'),
        (_rule("One").replace('"__expr__"', '"prom"'), "relative_time_range.from has to be more than to"),
        (_rule("One").replace("model = {", 'model = "[]", x = {'), "no such attribute"),
        (_rule("One").replace('{ type = "math", expression = "1 == 1" }', "'[]'"), "JSON object"),
        (_rule("One", 'for = "soon"\n'), "length of time"),
    ],
)
def test_rules_that_cannot_be_meant_are_refused(alerting: AlertingProject, rule: str, said: Any) -> None:
    """Before anything is asked of a server."""
    alerting.write(_FOLDER + _group(rule))
    assert said in alerting.fails("plan")


_ALONE = """
[resource.grafana_alert_rule.one]
name = "One"
uid = "al-one"
folder_uid = "${grafana_folder.f.uid}"
rule_group = "AL group"
condition = "A"
disable_provenance = true
data = [{ ref_id = "A", datasource_uid = "__expr__", model = { type = "math", expression = "1" } }]
"""


def test_a_rule_is_managed_alone(alerting: AlertingProject) -> None:
    """Others of its group stay; the group is not told as unmanaged, and who manages that too is told of it."""
    alerting.write(_FOLDER + _ALONE + _group(_rule("Two")))
    assert "is a piece of what grafana_rule_group.g manages as a whole" in alerting.fails("plan")
    alerting.apply(_FOLDER + _ALONE)
    theirs = {**alerting.server.call("GET", f"{_ROOT}/alert-rules/al-one"), "id": 0, "uid": "al-theirs", "title": "T"}
    alerting.server.call("POST", f"{_ROOT}/alert-rules", theirs)
    alerting.apply(_FOLDER + _ALONE.replace('condition = "A"', 'condition = "A"\nfor = "5m"'))
    assert alerting.rules() == {"One": "al-one", "T": "al-theirs"}
    assert "grafana_rule_group" not in alerting.run("drift")
    assert "al-theirs" not in alerting.run("import", "--all", "--dry-run")
    asked = alerting.run("import", "--all", "--dry-run", "--type", "alert_rule", "--type", "rule_group")
    assert ("alert_rule" in asked, "rule_group" in asked) == (True, False), asked
    alerting.write("")
    assert 'It holds 1 object (rule "T") not managed here' in alerting.run("plan")
    alerting.server.call("DELETE", f"{_ROOT}/alert-rules/al-theirs")
    assert "not managed here" not in alerting.run("plan")


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ('condition = "A"', 'condition = "Z"', 'has the condition "Z"'),
        ('condition = "A"', "", "has no condition"),
        ("disable_provenance = true", 'record = { metric = "m", from = "Q" }', 'has the record.from "Q"'),
    ],
)
def test_a_rule_alone_that_cannot_be_meant_is_refused(alerting: AlertingProject, old: str, new: str, said: str) -> None:
    """As those of groups are."""
    alerting.write(_FOLDER + _ALONE.replace(old, new))
    assert said in alerting.fails("plan")


_UNKNOWN_FOLDER = """
[resource.grafana_team.t]
name = "AL team"
[resource.grafana_folder.f]
uid = "al-${grafana_team.t.team_id}"
title = "AL folder"
"""


@pytest.mark.parametrize("first", ["grafana_rule_group.g", "grafana_alert_rule.one"])
def test_a_piece_and_its_whole_in_a_folder_that_only_the_apply_knows(alerting: AlertingProject, first: str) -> None:
    """Whichever of both is written first stays; the other one is refused before it is written."""
    last = "grafana_alert_rule.one" if "group" in first else "grafana_rule_group.g"
    group = _group(_rule("One")).replace('"al-folder"', '"${grafana_folder.f.uid}"')
    waits = f'[resource.{last}]\ndepends_on = ["{first}"]\n'
    text = (_ALONE + group).replace(f"[resource.{last}]\n", waits)
    alerting.write(_UNKNOWN_FOLDER + text)
    assert "2 to create" not in alerting.run("plan")
    said = alerting.fails("apply", "--auto-approve")
    assert "grafana_alert_rule.one is a piece of what grafana_rule_group.g manages as a whole" in said
    assert first in alerting.run("state", "list")
    assert last not in alerting.run("state", "list")


def test_a_piece_and_its_whole_by_two_providers_of_one_server(alerting: AlertingProject) -> None:
    """As by one."""
    rule = _ALONE.replace("[resource.grafana_alert_rule.one]", "[resource.grafana_alert_rule.one]\nprovider = 'again'")
    again = alerting.server.provider.replace("[provider.grafana]", "[provider.again]\ntype = 'grafana'")
    alerting.write(_FOLDER + again + _group(_rule("One")) + rule)
    assert "grafana_alert_rule.one is a piece of what grafana_rule_group.g" in alerting.fails("plan")
    alerting.write(_FOLDER + again + _FOLDER.replace(".f]", ".f2]\nprovider = 'again'"))
    assert 'grafana_folder.f and grafana_folder.f2 both ask for uid "al-folder"' in alerting.fails("plan")
