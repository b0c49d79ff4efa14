"""Counterparts of objects on another server."""

from __future__ import annotations

import pytest

from hcl_lite.core.schema import Mention
from hcl_lite.operations.bulk_import.model import Found
from hcl_lite.operations.promotion.matching import match
from providers.registry import PROVIDER_TYPES

_TYPES = PROVIDER_TYPES["grafana"].resources


def _found(kind: str, uid: str, title: str, *path: str) -> Found:
    return Found("here", _TYPES[f"grafana_{kind}"], uid, title, path)


@pytest.mark.parametrize(
    ("source", "target", "named", "pairs"),
    [
        pytest.param(
            [_found("dashboard", "a", "A")], [_found("dashboard", "a", "Z")], {}, {("dashboard", "a"): "a"}, id="uid"
        ),
        pytest.param(
            [_found("dashboard", "a", "A", "Team")],
            [_found("dashboard", "z", "A", "Team"), _found("dashboard", "y", "A", "Other")],
            {},
            {("dashboard", "a"): "z"},
            id="title in its place",
        ),
        pytest.param(
            [_found("dashboard", "a", "A")],
            [_found("dashboard", "y", "A"), _found("dashboard", "z", "A")],
            {},
            {},
            id="a title that two have",
        ),
        pytest.param(
            [_found("dashboard", "a", "A"), _found("dashboard", "b", "B")],
            [_found("dashboard", "b", "A"), _found("dashboard", "x", "B")],
            {},
            {("dashboard", "b"): "b"},
            id="a uid goes before a title",
        ),
        pytest.param(
            [_found("team", "1", "Ops"), _found("team", "2", "Dev")],
            [_found("team", "1", "Dev")],
            {},
            {("team", "2"): "1"},
            id="numbers of servers tell nothing",
        ),
        pytest.param(
            [_found("folder", "a", "A"), _found("folder_permission", "a", "A", "A")],
            [_found("folder", "z", "A"), _found("folder_permission", "z", "A", "A")],
            {},
            {("folder", "a"): "z", ("folder_permission", "a"): "z"},
            id="a part goes with its whole",
        ),
        pytest.param(
            [_found("data_source", "a", "A"), _found("data_source", "b", "B")],
            [_found("data_source", "b", "B"), _found("data_source", "a", "A")],
            {"A": "b"},
            {("data_source", "a"): "b"},
            id="what is named comes first",
        ),
    ],
)
def test_each_object_has_the_counterpart_that_people_would_name(
    source: list[Found], target: list[Found], named: dict[str, str], pairs: dict[tuple[str, str], str]
) -> None:
    """By what is named, uid, title in its place; none where that is not sure."""
    found = match(source, target, named).targets
    assert {key: one.uid for key, one in found.items()} == {(f"grafana_{k}", uid): o for (k, uid), o in pairs.items()}


def test_names_are_those_of_the_counterparts() -> None:
    """For each way in which others may mention an object."""
    counterparts = match([_found("data_source", "a", "Metrics")], [_found("data_source", "z", "Metrics")], {})
    assert counterparts.names == {
        Mention("data source", "a"): "z",
        Mention("data source name", "Metrics"): "Metrics",
        Mention("grafana_data_source", "a"): "z",
    }
