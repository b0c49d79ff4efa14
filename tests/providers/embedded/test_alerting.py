"""Message templates, mute timings and notification policies beyond what was recorded: each tried on a real 12.4.0."""

from typing import Any

import pytest

from providers.embedded.durations import duration_text, read_duration

ROOT = "/api/v1/provisioning"
FREE = {"X-Disable-Provenance": "true"}
EMAIL = {"type": "email", "settings": {"addresses": "a@x.org"}}


def _told(answer: Any) -> tuple[int, str]:
    return answer.status_code, answer.json().get("messageId") or answer.json().get("message")


@pytest.fixture
def alerting(server: Any) -> Any:
    """A server with contact points `One` and `Two` and a mute timing `m`."""
    for name in ("One", "Two"):
        server.ok("POST", f"{ROOT}/contact-points", {"name": name, "uid": name.lower(), **EMAIL})
    server.ok("POST", f"{ROOT}/mute-timings", {"name": "m"})
    return server


@pytest.mark.parametrize(
    ("text", "told"), [("60s", "1m"), ("24h", "1d"), ("25h", "1d1h"), ("90s", "1m30s"), ("7d", "1w"), ("8d", "8d")]
)
def test_a_duration_has_one_form(text: str, told: str) -> None:
    """Weeks and years only where nothing is left over."""
    assert duration_text(read_duration(text)) == told


@pytest.mark.parametrize("text", ["", "x", "1", "m", "1s1m", "-1s", "1.5h"])
def test_what_is_no_duration_is_none(text: str) -> None:
    """Units go from large to small."""
    with pytest.raises(ValueError):  # noqa: PT011 - its text is what was read
        read_duration(text)


@pytest.mark.parametrize(
    ("interval", "told"),
    [
        ({"times": [{"start_time": "08:00", "end_time": "24:00"}]}, None),
        ({"weekdays": ["MONDAY:friday"]}, {"weekdays": ["monday:friday"]}),
        ({"months": ["january:march", "August", "12"]}, {"months": ["1:3", "8", "12"]}),
        ({"days_of_month": ["2:2", "-3:-1", "5:-5"]}, {"days_of_month": ["2", "-3:-1", "5:-5"]}),
        ({"years": ["2024:2025"], "location": "Europe/Berlin"}, None),
        ({"weekdays": [], "unknown": 1}, {}),
    ],
)
def test_a_time_interval_is_told_in_one_form(interval: Any, told: Any, server: Any) -> None:
    """None: as it was written."""
    made = server.ok("POST", f"{ROOT}/mute-timings", {"name": "t", "time_intervals": [interval]})

    assert made["time_intervals"] == [interval if told is None else told]


@pytest.mark.parametrize(
    "interval",
    [
        {"times": [{"start_time": "8:00", "end_time": "09:00"}]},
        {"times": [{"start_time": "10:00", "end_time": "09:00"}]},
        {"times": [{"start_time": "10:00"}]},
        {"weekdays": ["friday:monday"]},
        {"weekdays": "monday"},
        {"months": ["Jan"]},
        {"days_of_month": ["0"]},
        {"days_of_month": ["-1:1"]},
        {"years": ["2025:2024"]},
        {"location": "Nowhere"},
    ],
)
def test_what_is_no_time_interval_is_refused(interval: Any, server: Any) -> None:
    """Without a word on why."""
    answer = server("POST", f"{ROOT}/mute-timings", {"name": "t", "time_intervals": [interval]})

    assert _told(answer) == (400, "bad request data")


def test_names_may_have_slashes_in_them(alerting: Any) -> None:
    """A path has them as %2F: of timings, templates and groups of rules."""
    alerting.ok("POST", "/api/folders", {"uid": "f", "title": "F"})
    alerting.ok("POST", f"{ROOT}/mute-timings", {"name": "a/b"})
    query = {"refId": "A", "datasourceUid": "__expr__", "relativeTimeRange": {}, "model": {"type": "math"}}
    rule = {"title": "R", "condition": "A", "noDataState": "OK", "execErrState": "OK", "for": "1m", "data": [query]}
    alerting.ok("PUT", f"{ROOT}/templates/a%2Fb", {"template": "x"})
    group = f"{ROOT}/folder/f/rule-groups/a%2Fb"
    alerting.ok("PUT", group, {"title": "a/b", "folderUid": "f", "interval": 60, "rules": [rule]})

    told = [alerting.ok("GET", url) for url in (f"{ROOT}/mute-timings/a%2Fb", f"{ROOT}/templates/a%2Fb", group)]
    assert [one.get("name") or one["title"] for one in told] == ["a/b"] * 3


def test_a_version_guards_a_change_and_a_deletion(alerting: Any) -> None:
    """Of timings and templates alike; another provenance does as well."""
    alerting.ok("PUT", f"{ROOT}/templates/t", {"template": "plain"})
    stale = {"mute-timings/m": {"name": "m", "version": "nope"}, "templates/t": {"template": "x", "version": "nope"}}
    for path, body in stale.items():
        url = f"{ROOT}/{path}"
        free = {key: value for key, value in body.items() if key != "version"}
        assert _told(alerting("PUT", url, body)) == (409, "alerting.notifications.conflict")
        assert _told(alerting("DELETE", f"{url}?version=nope")) == (409, "alerting.notifications.conflict")
        assert _told(alerting("PUT", url, free, headers=FREE)) == (403, "alerting.notifications.invalidProvenance")
        assert _told(alerting("DELETE", url, headers=FREE)) == (403, "alerting.notifications.invalidProvenance")
        version = alerting.ok("GET", url)["version"]
        assert alerting("DELETE", f"{url}?version={version}").status_code == 204


@pytest.mark.parametrize(
    ("template", "told"),
    [
        ("plain\ntext", '{{ define "t" }}\n  plain\n  text\n{{ end }}'),
        ('  {{ define "y" }}{{ if .A }}a{{end}}{{end}}  ', '{{ define "y" }}{{ if .A }}a{{end}}{{end}}'),
    ],
)
def test_a_template_that_defines_nothing_defines_its_own_name(template: str, told: str, server: Any) -> None:
    """And is without the space around it."""
    assert server.ok("PUT", f"{ROOT}/templates/t", {"template": template})["template"] == told


@pytest.mark.parametrize(
    ("template", "why"),
    [
        ("", "template must have content"),
        ("{{ if }}", "invalid template: template: :2: missing value for if"),
        ('{{ define "y" }} no end', "invalid template: template: :1: unexpected EOF"),
    ],
)
def test_a_template_that_is_none_is_refused(template: str, why: str, server: Any) -> None:
    """With what Go's templates say of it."""
    answer = server("PUT", f"{ROOT}/templates/t", {"template": template})

    assert (answer.status_code, answer.json()["extra"]) == (400, {"Error": why})


def test_a_policy_is_told_in_one_form(alerting: Any) -> None:
    """Matchers sorted, durations in one form, nothing empty or unknown."""
    route = {
        "object_matchers": [["c", "!=", "d"], ["a", "=", "b"]],
        "matchers": ["e=f"],
        "match": {"x": "y"},
        "mute_time_intervals": ["m"],
        "group_wait": "0s",
        "continue": True,
        "routes": [{"receiver": "Two", "unknown": 1, "group_by": []}],
    }

    alerting.ok("PUT", f"{ROOT}/policies", {"receiver": "One", "repeat_interval": "24h", "routes": [route]})

    told = route | {"object_matchers": [["a", "=", "b"], ["c", "!=", "d"]], "matchers": ['e="f"']}
    told |= {"routes": [{"receiver": "Two"}]}
    expected = {"receiver": "One", "repeat_interval": "1d", "routes": [told], "provenance": "api"}
    assert alerting.ok("GET", f"{ROOT}/policies") == expected


@pytest.mark.parametrize(
    ("policy", "told"),
    [
        ({}, "bad request data"),
        ({"receiver": "One", "group_wait": "x"}, "bad request data"),
        ({"receiver": "One", "group_interval": "0s"}, "bad request data"),
        ({"receiver": "One", "group_by": ["a", "a"]}, "bad request data"),
        ({"receiver": "One", "group_by": ["...", "a"]}, "bad request data"),
        ({"receiver": "One", "mute_time_intervals": ["m"]}, "bad request data"),
        ({"receiver": "One", "object_matchers": [["a", "=", "b"]]}, "bad request data"),
        ({"receiver": "One", "routes": [{"object_matchers": [["a", "=~", "["]]}]}, "bad request data"),
        ({"receiver": "One", "routes": [{"object_matchers": [["a", "?", "b"]]}]}, "bad request data"),
        ({"receiver": "One", "routes": [{"receiver": "none"}]}, "receiver 'none' does not exist"),
        (
            {"receiver": "One", "routes": [{"active_time_intervals": ["none"]}]},
            "active time interval 'none' does not exist",
        ),
    ],
)
def test_what_is_no_tree_of_policies_is_refused(policy: Any, told: str, alerting: Any) -> None:
    """What it names has to be there."""
    answer = alerting("PUT", f"{ROOT}/policies", policy)

    assert answer.status_code == 400
    assert told in answer.json()["message"]


def test_what_a_policy_uses_stays_and_is_followed_to_its_new_name(alerting: Any) -> None:
    """The last contact point of a name, and a mute timing; until the tree is reset."""
    tree = {"receiver": "One", "routes": [{"mute_time_intervals": ["m"]}]}
    alerting.ok("PUT", f"{ROOT}/policies", tree)

    refused = [_told(alerting("DELETE", f"{ROOT}/{path}")) for path in ("contact-points/one", "mute-timings/m")]
    alerting.ok("PUT", f"{ROOT}/contact-points/one", {"name": "Renamed", **EMAIL})

    assert refused == [
        (409, "alerting.notifications.contact-points.referenced"),
        (409, "alerting.notifications.time-intervals.used"),
    ]
    assert alerting.ok("GET", f"{ROOT}/policies")["receiver"] == "Renamed"
    assert alerting.ok("DELETE", f"{ROOT}/policies")["receiver"] == "empty"
    assert [alerting("DELETE", f"{ROOT}/{path}").status_code for path in ("contact-points/one", "mute-timings/m")] == [
        202,
        204,
    ]
