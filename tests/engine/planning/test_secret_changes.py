"""What becomes of each secret: the table of secret_changes.py, and what an update sends of them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

from hcl_lite.core.values import UNKNOWN, Secret, Value
from hcl_lite.engine.desired import Desired
from hcl_lite.engine.plan import Fate
from hcl_lite.engine.planning.secret_changes import fates_of, to_send
from providers.grafana.data_source import DATA_SOURCE
from state.model import Record
from tests.engine.world import address, config_of


@pytest.mark.parametrize(
    ("text", "known", "there", "same", "fate"),
    [
        ("x", False, True, False, Fate.SET),
        ("x", False, False, False, Fate.SET),
        ("x", False, None, False, Fate.SET),
        ("x", True, True, True, Fate.UNCHANGED),
        ("x", True, True, False, Fate.ROTATED),
        ("x", True, False, True, Fate.SET),
        ("x", True, None, True, Fate.UNCHANGED),
        ("x", True, None, False, Fate.ROTATED),
        ("", True, True, False, Fate.REMOVED),
        ("", False, True, False, Fate.REMOVED),
        ("", True, False, False, Fate.UNCHANGED),
        ("", False, False, False, Fate.UNCHANGED),
        ("", True, None, False, Fate.REMOVED),
        ("", False, None, False, Fate.UNCHANGED),
        (UNKNOWN, True, True, False, Fate.UNKNOWN),
        (UNKNOWN, False, False, False, Fate.UNKNOWN),
    ],
)
def test_the_fate_of_a_secret(text: Value, known: bool, there: bool | None, same: bool, fate: Fate) -> None:
    """By what is sent, what the state remembers, and what the server has, as far as somebody has looked."""
    found = None if there is None else frozenset({"s"} if there else ())
    assert fates_of({"s": text}, ["s"] if known else [], found, ["s"] if same else []) == {"s": fate}


_ONE_LEFT = {"secure_json_data": {"a": Secret("1")}}
_HEADER = {"http_headers": {"X-A": Secret("2")}}


@pytest.mark.parametrize(
    ("given", "ignored", "sent"),
    [
        (_ONE_LEFT, [], {"a": "1", "b": "", "httpHeaderValue1": ""}),
        ({}, [], {"a": "", "b": "", "httpHeaderValue1": ""}),
        ({"secure_json_data": {"new": Secret("")}}, [], {"new": "", "a": "", "b": "", "httpHeaderValue1": ""}),
        (_HEADER, [], {"httpHeaderValue1": "2", "a": "", "b": ""}),
        (_ONE_LEFT, ["secure_json_data.a"], {"b": "", "httpHeaderValue1": ""}),
        (_ONE_LEFT, ['secure_json_data["b"]'], {"a": "1", "httpHeaderValue1": ""}),
        (_ONE_LEFT, ["secure_json_data"], {"httpHeaderValue1": ""}),
        (_ONE_LEFT, ["secure_json_data.*"], {"httpHeaderValue1": ""}),
        (_ONE_LEFT, ["secure_json_data_encoded"], {"httpHeaderValue1": ""}),
        (_ONE_LEFT, ["http_headers"], {"a": "1", "b": ""}),
        (_HEADER, ["http_headers.X-A"], {"a": "", "b": ""}),
        (_HEADER, ["http_headers.X-B"], {"httpHeaderValue1": "2", "a": "", "b": ""}),
        (_ONE_LEFT, ["url"], {"a": "1", "b": "", "httpHeaderValue1": ""}),
        (_ONE_LEFT, "all", {}),
        ({"secure_json_data": UNKNOWN}, [], {"a": UNKNOWN, "b": UNKNOWN, "httpHeaderValue1": UNKNOWN}),
        (
            {"secure_json_data": {"a": UNKNOWN}},
            [],
            {"a": UNKNOWN, "b": "", "httpHeaderValue1": ""},
        ),
    ],
)
def test_what_was_given_once_is_removed_and_nothing_else(
    given: Mapping[str, Value], ignored: Any, sent: Mapping[str, Value]
) -> None:
    """What an update does not mention stays; an entry of ignore_changes speaks of what it names alone."""
    known = dict.fromkeys(("a", "b", "httpHeaderValue1"), "fingerprint")
    record = Record(address("grafana_data_source.d"), "grafana", "d", {"version": 1}, secrets=known)
    text = f"[resource.grafana_data_source.d]\nlifecycle = {{ ignore_changes = {ignored!r} }}\n".replace("'", '"')
    text = text.replace('["secure_json_data["b"]"]', "['secure_json_data[\"b\"]']")
    (block,) = config_of(text).blocks.values()
    values = DATA_SOURCE.complete("a", "n", {"uid": "d", "name": "D", "type": "loki", **given}, "")
    assert to_send(block, Desired(DATA_SOURCE, values), record) == sent


def test_nothing_is_known_of_secrets_that_are_known_after_apply() -> None:
    """An object that remembers none is planned to be given some."""
    record = Record(address("grafana_data_source.d"), "grafana", "d", {"version": 1})
    (block,) = config_of("[resource.grafana_data_source.d]\n").blocks.values()
    values = DATA_SOURCE.complete("a", "n", {"uid": "d", "name": "D", "type": "x", "http_headers": UNKNOWN}, "")
    assert to_send(block, Desired(DATA_SOURCE, values), record) == {"secrets": UNKNOWN}
