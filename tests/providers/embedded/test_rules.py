"""Alert rules and their groups: what the recording does not show of the order, of folders and of names."""

from typing import Any

import pytest

ROOT = "/api/v1/provisioning"
GROUP = f"{ROOT}/folder/f/rule-groups/g"
DATA = [{"refId": "A", "datasourceUid": "__expr__", "model": {"type": "math", "expression": "1"}}]


@pytest.fixture
def ruled(server: Any) -> Any:
    """A server with a folder `f`, and in it a group `g` of the rules `b` and `a`, in this order."""
    server.ok("POST", "/api/folders", {"uid": "f", "title": "F"})
    point = {"name": "One", "uid": "one", "type": "email", "settings": {"addresses": "a@x.org"}}
    server.ok("POST", f"{ROOT}/contact-points", point)
    rules = [{**_rule(uid), "notification_settings": {"receiver": "One"}} for uid in ("b", "a")]
    server.ok("PUT", GROUP, {"interval": 120, "rules": rules})
    return server


def _rule(uid: str) -> dict[str, Any]:
    return {"uid": uid, "title": uid, "condition": "A", "data": DATA}


def _uids(server: Any) -> list[str]:
    return [rule["uid"] for rule in server.ok("GET", GROUP)["rules"]]


def test_a_group_keeps_the_order_and_the_numbers_of_its_rules(ruled: Any) -> None:
    """A new rule goes to its end, with its interval; what a write of the group does not name is deleted."""
    before = {rule["uid"]: rule["id"] for rule in ruled.ok("GET", GROUP)["rules"]}
    ruled.ok("POST", f"{ROOT}/alert-rules", {**_rule("c"), "folderUID": "f", "ruleGroup": "g"})
    three = _uids(ruled)

    ruled.ok("PUT", GROUP, {"interval": 60, "rules": [_rule("c"), _rule("a")]})

    after = ruled.ok("GET", GROUP)
    assert three == ["b", "a", "c"]
    assert [(rule["uid"], rule["title"]) for rule in after["rules"]] == [("c", "c"), ("a", "a")]
    assert (after["interval"], after["rules"][1]["id"]) == (60, before["a"])


def test_a_folder_with_rules_stays_until_they_may_go(ruled: Any) -> None:
    """They are counted, also from a folder above."""
    refused = ruled("DELETE", "/api/folders/f")

    assert (refused.status_code, refused.json()["messageId"]) == (400, "folder.not-empty")
    assert ruled.ok("GET", "/api/folders/f/counts")["alertrule"] == 2
    ruled.ok("DELETE", "/api/folders/f?forceDeleteRules=true")
    assert ruled.ok("GET", f"{ROOT}/alert-rules") == []


def test_rules_follow_a_contact_point_to_its_new_name_and_keep_it(ruled: Any) -> None:
    """While one notifies it, it cannot be deleted."""
    renamed = {"name": "New", "type": "email", "settings": {"addresses": "a@x.org"}}
    ruled.ok("PUT", f"{ROOT}/contact-points/one", renamed)

    refused = ruled("DELETE", f"{ROOT}/contact-points/one")

    assert ruled.ok("GET", f"{ROOT}/alert-rules/a")["notification_settings"] == {"receiver": "New"}
    assert refused.json()["messageId"] == "alerting.notifications.contact-points.used-by-rule"
