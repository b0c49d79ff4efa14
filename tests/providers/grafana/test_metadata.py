"""Labels and annotations in the metadata of a resource form: which are declared, and which are refused."""

from __future__ import annotations

from typing import Any

import pytest

from hcl_lite.core.schema import ValueProblem
from hcl_lite.core.values import UNKNOWN, Secret
from providers.grafana.dashboard import DASHBOARD
from providers.grafana.model import Model, declared_of, given_metadata


@pytest.mark.parametrize(
    ("metadata", "given"),
    [
        ({}, {}),
        ({"labels": None, "annotations": {}}, {}),
        ({"annotations": {"grafana.app/folder": "f"}, "labels": {"grafana.app/deprecatedInternalID": "1"}}, {}),
        ({"labels": {"a": "", "grafana.app/x": 1}}, {"labels": {"a": ""}}),
        ({"labels": {"a": UNKNOWN}, "annotations": UNKNOWN}, {"labels": {"a": UNKNOWN}, "annotations": UNKNOWN}),
    ],
)
def test_what_is_not_of_grafana_is_declared(metadata: Any, given: Any) -> None:
    """Its own keys lie under grafana.app."""
    assert given_metadata(metadata) == given


@pytest.mark.parametrize(
    ("metadata", "summary"),
    [
        ({"labels": ["a"]}, "metadata.labels is no object"),
        ({"labels": {"a": 1}}, 'metadata.labels["a"] is no string'),
        ({"annotations": {"a": None}}, 'metadata.annotations["a"] is no string'),
    ],
)
def test_what_the_server_would_refuse_is_refused(metadata: Any, summary: str) -> None:
    """Labels and annotations are strings by name."""
    with pytest.raises(ValueProblem) as caught:
        given_metadata(metadata, "config")
    assert (caught.value.attribute, caught.value.summary) == ("config", summary)


def test_of_a_server_only_the_declared_is_looked_at() -> None:
    """One that is not there is missing; a part that is known after apply is left out."""
    there = {"labels": {"a": "1", "b": "2"}}
    assert declared_of(there, _declaring(labels={"a": "0", "c": "3"}, annotations={"d": "4"})) == {
        "labels": {"a": "1"},
        "annotations": {},
    }
    assert declared_of(there, _declaring(labels=UNKNOWN)) == {}


@pytest.mark.parametrize(
    ("declared", "before", "looked_at", "places"),
    [
        ({}, [("labels", "a")], {"labels": {"a": "1"}}, []),
        ({}, [("labels", "gone")], {}, []),
        ({"labels": {"a": "0"}}, [("labels", "a"), ("labels", "b")], {"labels": {"a": "1", "b": "2"}}, ["a"]),
        ({"labels": {"b": "2"}}, [], {"labels": {"b": "2"}}, ["b"]),
        ({"labels": UNKNOWN}, [("labels", "a")], {}, []),
    ],
)
def test_what_is_not_declared_any_more_is_looked_at_and_goes(
    declared: Any, before: Any, looked_at: Any, places: Any
) -> None:
    """Of what others have put there nothing is; where a part is known only after apply, neither is what goes."""
    model = _declaring(**declared).without(before)
    assert declared_of({"labels": {"a": "1", "b": "2", "others": "3"}}, model) == looked_at
    assert [key for _, key in model.declared] == places


def _declaring(**metadata: Any) -> Model:
    return Model("v1beta1", "k", {}, metadata=metadata)


def test_a_secret_in_metadata_is_none_to_show() -> None:
    """The content has it as a secret."""
    config = {
        "apiVersion": "dashboard.grafana.app/v1beta1",
        "kind": "Dashboard",
        "metadata": {"name": "k", "annotations": {"key": Secret("hidden")}},
        "spec": {"title": "K"},
    }
    content = DASHBOARD.content(DASHBOARD.complete("a", "n", {"config": config}, ""))
    assert "hidden" not in repr(content)
    assert content["metadata"] == {"annotations": Secret({"key": "hidden"})}
