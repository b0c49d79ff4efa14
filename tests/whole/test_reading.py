"""How often a large body is read: once for each time that it is worked on, and not at all where nothing has changed."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from hcl_lite.core import values
from hcl_lite.engine import desired
from providers.grafana import model
from tests.conftest import Hcl, Server

_BLOCKS = """
[resource.grafana_dashboard.classic]
config_json = '${file("classic.json")}'

[resource.grafana_dashboard.derived]
config_json = '${file("derived.json")}'

[resource.grafana_dashboard.resource]
config_json = '${file("resource.json")}'
"""
_PANELS = [{"id": 1, "type": "text", "title": "}} \\ {{", "options": {"content": "{"}}]
_FILES = {
    "classic.json": {"panels": _PANELS, "uid": "classic", "title": "T"},
    "resource.json": {
        "apiVersion": "dashboard.grafana.app/v1beta1",
        "kind": "Dashboard",
        "metadata": {"name": "resource"},
        "spec": {"title": "R", "panels": _PANELS},
    },
}
_WITHOUT_UID = {"derived.json": {"title": "D", "panels": _PANELS}}


@pytest.fixture
def count(monkeypatch: pytest.MonkeyPatch) -> Callable[[], tuple[int, int]]:
    """How many models were parsed, and how many contents hashed, since it was asked last."""
    seen = {"parsed": 0, "hashed": 0}

    def read_levelled_json(text: str | bytes) -> values.JsonValue:
        seen["parsed"] += 1
        return values.read_levelled_json(text)

    def hash_of(value: values.Value) -> str:
        seen["hashed"] += 1
        return _hash_of(value)

    _hash_of = desired.hash_of
    monkeypatch.setattr(model, "read_levelled_json", read_levelled_json)
    monkeypatch.setattr(desired, "hash_of", hash_of)

    def counted() -> tuple[int, int]:
        found = seen["parsed"], seen["hashed"]
        seen.update(parsed=0, hashed=0)
        return found

    return counted


def test_a_body_is_read_once_for_each_time_that_it_is_worked_on(
    hcl: Hcl, embedded: Server, tmp_path: Path, count: Callable[[], tuple[int, int]]
) -> None:
    """By validate, by plan and before a write; in a plan without changes not at all, whichever form it has. One whose
    JSON gives no uid is read once more, for the uid that is derived, as long as the state does not have it."""
    (tmp_path / "main.toml").write_text(embedded.provider + _BLOCKS)
    for name, document in {**_FILES, **_WITHOUT_UID}.items():
        (tmp_path / name).write_text(json.dumps(document))
    found = {}
    for name, *words in (
        ("validate", "validate"),
        ("first plan", "plan"),
        ("first apply", "apply", "--auto-approve"),
        ("plan without changes", "plan", "--detailed-exitcode"),
        ("apply without changes", "apply", "--auto-approve"),
    ):
        outcome = hcl(*words)
        assert outcome.code == 0, outcome.err
        found[name] = count()
    assert found == {
        "validate": (4, 0),
        "first plan": (4, 0),
        "first apply": (7, 3),
        "plan without changes": (0, 0),
        "apply without changes": (0, 0),
    }
