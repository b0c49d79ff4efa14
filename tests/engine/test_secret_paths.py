"""What is secret in a server's answer: left out of what is kept, concealed in what is shown."""

from __future__ import annotations

from typing import Any

import pytest

from hcl_lite.core.diags import Diagnostic
from hcl_lite.core.redaction import new_vault
from hcl_lite.core.values import Secret, without_known_secrets
from hcl_lite.engine.secret_paths import (
    Place,
    filled,
    mark_lookup_secrets,
    secret_paths,
    without_quoted,
    without_secrets,
)
from providers.grafana.dashboard import DASHBOARD
from providers.grafana.data_source import DATA_SOURCE
from state.model import Record
from tests.engine.world import address

_PLANTED = "planted-0123456789"


@pytest.mark.parametrize(
    ("document", "paths", "kept", "left_out"),
    [
        ({"a": "b"}, [], {"a": "b"}, []),
        ({"a": _PLANTED}, [], {}, [("a",)]),
        ({"a": f"http://u:{_PLANTED}@x", "b": 1}, [], {"b": 1}, [("a",)]),
        ({"a": {"b": [1, f"x {_PLANTED}", "c"]}}, [], {"a": {"b": [1, None, "c"]}}, [("a", "b", 1)]),
        ({"a": {"b": 1}, "b": 2}, [("b",)], {"a": {"b": 1}}, [("b",)]),
        ({"a": {"b": 1, "c": 2}}, [("a", "b")], {"a": {"c": 2}}, [("a", "b")]),
        ({"a": {"b": 1}}, [("a",), ("a", "b")], {}, [("a",)]),
        ({"a": [0, {"b": 1}]}, [("a", 1, "b")], {"a": [0, {}]}, [("a", 1, "b")]),
        ({"a": 1}, [("z",)], {"a": 1}, []),
    ],
)
def test_what_is_secret_is_left_out(document: Any, paths: list[Place], kept: Any, left_out: list[Place]) -> None:
    """Texts that have a secret of the run in them, and what lies at the paths; the rest stays as it is."""
    with new_vault():
        Secret(_PLANTED)
        assert without_secrets(document, paths) == (kept, tuple(left_out))


@pytest.mark.parametrize(
    ("document", "other", "paths", "result"),
    [
        ({}, {"a": 1}, [("a",)], {"a": 1}),
        ({"a": {}}, {"a": {"b": 1}}, [("a", "b")], {"a": {"b": 1}}),
        ({"a": [0, None]}, {"a": [9, 1]}, [("a", 1)], {"a": [0, 1]}),
        ({"a": [None]}, {"a": []}, [("a", 0)], {"a": [None]}),
        ({"a": 1}, {}, [("b",)], {"a": 1}),
        ({"a": 1}, None, [("b", "c")], {"a": 1}),
    ],
)
def test_what_was_left_out_is_taken_from_what_is_there(document: Any, other: Any, paths: Any, result: Any) -> None:
    """As far as it is there."""
    assert filled(document, other, paths) == result


def test_what_is_shown_has_no_secret() -> None:
    """At any depth; what is no text stays."""
    with new_vault():
        Secret(_PLANTED)
        found = without_known_secrets({"a": [f"x {_PLANTED}", 1, None], "b": "y"})
    assert found == {"a": ["x (sensitive)", 1, None], "b": "y"}


def test_arguments_that_are_secret_are_known_by_their_place() -> None:
    """In what is written, leaf by leaf; in what was written last, by what the state does not remember of it."""
    values = {"url": Secret("u"), "json_data": {"a": [1, Secret("b")], "c": 2}, "name": "n"}
    values = DATA_SOURCE.complete("a", "n", {"uid": "d", "type": "loki", **values}, "")
    assert secret_paths(DATA_SOURCE, values, None, {}, {}) == {("url",), ("jsonData", "a", 1)}
    known = {key: "" for key, attr in DATA_SOURCE.attrs.items() if attr.wire and key not in ("url", "uid")}
    record = Record(address("grafana_data_source.d"), "grafana", "d", {}, attributes=known)
    assert secret_paths(DATA_SOURCE, {}, record, {}, {}) == {("url",)}
    plain = Record(record.address, "grafana", "d", {}, applied="hash", attributes=known)
    assert secret_paths(DATA_SOURCE, {}, plain, {}, {}) == frozenset()


def test_what_was_secret_when_it_was_written_is_remembered() -> None:
    """At its place, and where somebody has changed the object since, at any position."""
    there = (("dashboard", "panels", 1, "url"), ("dashboard", "gone"))
    record = Record(address("grafana_dashboard.d"), "grafana", "d", {"version": 1}, sensitive=there)
    document = {"dashboard": {"panels": [{"url": "a"}, {"url": "b"}]}}
    found = secret_paths(DASHBOARD, {}, record, document, {"version": 1})
    assert found == {("dashboard", "panels", 1, "url")}
    moved = secret_paths(DASHBOARD, {}, record, document, {"version": 2})
    assert moved == {("dashboard", "panels", 0, "url"), ("dashboard", "panels", 1, "url")}
    resource = {"spec": {"panels": [{"url": "a"}, {"url": "b"}]}}
    assert secret_paths(DASHBOARD, {}, record, resource, {"version": 1}) == {("spec", "panels", 1, "url")}


def test_what_was_found_by_a_secret_and_tells_it_is_one() -> None:
    """Also what the server makes of it; the rest is none."""
    found = {"uid": "u", "title": "Team Planted 0123", "url": "/f/u/team-planted-0123", "tags": ["a", "xy"]}
    with new_vault():
        marked = mark_lookup_secrets(found, {"title": Secret("Team Planted 0123"), "tag": [Secret("xy")]})
    assert marked == {
        "uid": "u",
        "title": Secret("Team Planted 0123"),
        "url": Secret("/f/u/team-planted-0123"),
        "tags": ["a", Secret("xy")],
    }
    assert mark_lookup_secrets(found, {"title": "Team Planted 0123"}) == found


def test_a_problem_quotes_no_secret() -> None:
    """However short it is: words that have it in them stay."""
    said = without_quoted(Diagnostic('There is no folder "a"', 'a "b" is', None, 'Not "a".'), {"title": Secret("a")})
    assert (said.summary, said.detail, said.hint) == ("There is no folder (sensitive)", 'a "b" is', "Not (sensitive).")
