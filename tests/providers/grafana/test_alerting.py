"""Rules, policies and timings as their types compare and send them. Pure."""

from __future__ import annotations

from typing import Any

import pytest

from hcl_lite.core.schema import ValueProblem
from hcl_lite.core.values import UNKNOWN
from providers.grafana.message_template import MESSAGE_TEMPLATE
from providers.grafana.mute_timing import MUTE_TIMING
from providers.grafana.policy_tree import from_tree, to_tree
from providers.grafana.rules import DERIVED, check_rules, rule_as_told, with_uids


def _rule(title: str, *, uid: str = "", derived: str = "", **more: Any) -> dict[str, Any]:
    return {"title": title, **({"uid": uid} if uid else {}), **({DERIVED: derived} if derived else {}), **more}


_THERE = (_rule("One", uid="u1", for_="1m", data="a b c"), _rule("Two", uid="u2", for_="2m", data="d e f"))


@pytest.mark.parametrize(
    ("wanted", "uids"),
    [
        ((_rule("Two", derived="d2"), _rule("One", derived="d1")), ["u2", "u1"]),
        ((_rule("Uno", derived="d1", for_="1m", data="a b c"), _rule("Two", derived="d2")), ["u1", "u2"]),
        ((_rule("Other", derived="d3", for_="9m", data="x"), _rule("Two", derived="d2")), ["d3", "u2"]),
        ((_rule("One", uid="own"), _rule("Two", derived="d2")), ["own", "u2"]),
        ((_rule("New", derived="d4"), _rule("One", uid="u2")), ["d4", "u2"]),
        ((_rule("New", derived="u1", x=1), _rule("One"), _rule("Two")), ["u1-", "u1", "u2"]),
        ((), []),
    ],
    ids=["reordered", "renamed", "new", "given", "of another", "taken", "none"],
)
def test_each_rule_gets_the_uid_of_the_one_that_it_was(wanted: Any, uids: list[str]) -> None:
    """By its uid, its title, or what is in it; nothing else goes along."""
    found = with_uids(wanted, _THERE)
    assert [
        rule["uid"] if not uid.endswith("-") else rule["uid"][:3] for rule, uid in zip(found, uids, strict=True)
    ] == uids
    assert not any(DERIVED in rule for rule in found)


def test_what_a_server_adds_to_a_rule_is_no_part_of_it() -> None:
    """Defaults of queries, what a recording rule ignores, and what is the server's own."""
    model = {"expr": "up", "intervalMs": 1000, "maxDataPoints": 43200, "refId": "A", "queryType": "range"}
    query = {"refId": "A", "queryType": "range", "relativeTimeRange": {"from": 0, "to": 0}, "model": model}
    wire = {"id": 1, "orgID": 1, "uid": "u", "title": "T", "updated": "now", "folderUID": "f", "ruleGroup": "g"}
    rest = {"for": "0s", "condition": "", "noDataState": "", "record": {"metric": "m", "from": "A"}, "data": [query]}
    assert rule_as_told({**wire, **rest, "notification_settings": None}) == {
        "uid": "u",
        "title": "T",
        "record": {"metric": "m", "from": "A"},
        "data": [{"refId": "A", "model": {"expr": "up", "queryType": "range"}}],
    }


@pytest.mark.parametrize(
    "rules",
    [
        UNKNOWN,
        [UNKNOWN],
        [{"name": UNKNOWN, "condition": UNKNOWN, "data": UNKNOWN}],
        [
            {"name": "A", "uid": UNKNOWN, "condition": "A", "data": [UNKNOWN]},
            {"name": "A", "condition": "A", "data": UNKNOWN},
        ],
        [{"name": "A", "condition": "A", "data": [{"ref_id": UNKNOWN, "datasource_uid": UNKNOWN, "model": UNKNOWN}]}],
    ],
)
def test_what_is_not_known_yet_is_not_refused(rules: Any) -> None:
    """It may turn out to be right."""
    check_rules(rules)


def test_a_group_has_a_rule() -> None:
    """Without one there is none on the server."""
    with pytest.raises(ValueProblem):
        check_rules([])


def test_older_forms_of_matchers_are_read_and_written_anew() -> None:
    """match, match_re and matchers as text (9 to 12.4), at any depth."""
    nested = {
        "matchers": ['a="b"', 'c!~"d \\"e\\""', "f=~g"],
        "routes": [{"match": {"h": "i"}, "match_re": {"j": "k"}}],
    }
    written = to_tree(from_tree({"receiver": "r", "routes": [nested]}))
    assert written == {
        "receiver": "r",
        "routes": [
            {
                "object_matchers": [["a", "=", "b"], ["c", "!~", 'd "e"'], ["f", "=~", "g"]],
                "routes": [{"object_matchers": [["h", "=", "i"], ["j", "=~", "k"]]}],
            }
        ],
    }


def test_times_of_one_meaning_are_equal() -> None:
    """Days in small letters, months as numbers, a range of one as that."""

    def content(**interval: Any) -> Any:
        return MUTE_TIMING.content({"name": "n", "intervals": [interval]})

    assert content(weekdays=["Monday:Friday"], months=["March:may", "december"], days_of_month=["1:1"]) == content(
        weekdays=["monday:friday"], months=["3:5", "12:12"], days_of_month=["1"]
    )


def test_a_template_is_compared_as_the_server_keeps_it() -> None:
    """Without blanks around it; a text that defines nothing is the definition of its own name (12.4)."""

    def text(template: str) -> Any:
        return MESSAGE_TEMPLATE.content({"name": "n", "template": template})["template"]

    assert text('  {{define "a"}}x{{end}}\n') == '{{define "a"}}x{{end}}'
    assert text("hello\n  you\n") == '{{ define "n" }}\n  hello\n    you\n{{ end }}'
