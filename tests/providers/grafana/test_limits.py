"""Uids, titles and names that no Grafana takes: refused by `complete`, which validate and plan go through."""

from __future__ import annotations

from typing import Any

import pytest

from hcl_lite.core.schema import ResourceType, ValueProblem
from hcl_lite.core.values import UNKNOWN
from providers.grafana.dashboard import DASHBOARD
from providers.grafana.data_source import DATA_SOURCE
from providers.grafana.folder import FOLDER

_LONG = "x" * 41
_SOURCE = {"name": "n", "type": "loki"}


def _complete(type_: ResourceType, values: dict[str, Any]) -> Any:
    return type_.complete(f"{type_.name}.a", "a", values, "")


@pytest.mark.parametrize("uid", ["a/b", "a b", "a.b", "ä", _LONG, "a\n"])
def test_a_uid_of_other_letters_or_too_long_is_none(uid: str) -> None:
    """For folders as for dashboards, wherever these have it."""
    asked: tuple[tuple[ResourceType, dict[str, Any], str], ...] = (
        (FOLDER, {"uid": uid, "title": "T"}, "uid"),
        (DASHBOARD, {"uid": uid, "config": {"title": "T"}}, "uid"),
        (DASHBOARD, {"config": {"uid": uid, "title": "T"}}, "config"),
    )
    for type_, values, attribute in asked:
        with pytest.raises(ValueProblem) as refused:
            _complete(type_, values)
        assert refused.value.attribute == attribute
        assert refused.value.detail == "Grafana takes up to 40 of letters, digits, - and _."


@pytest.mark.parametrize(
    ("type_", "values", "attribute", "summary"),
    [
        (FOLDER, {"uid": "general", "title": "T"}, "uid", 'No folder can have the uid "general"'),
        (FOLDER, {"uid": "sharedwithme", "title": "T"}, "uid", 'No folder can have the uid "sharedwithme"'),
        (FOLDER, {"title": "T", "parent_folder_uid": "general"}, "parent_folder_uid", 'There is no folder "general"'),
        (
            FOLDER,
            {"uid": "a", "title": "T", "parent_folder_uid": "a"},
            "parent_folder_uid",
            "A folder cannot be in itself",
        ),
        (FOLDER, {"title": " "}, "title", "The folder has no title"),
        (DASHBOARD, {"folder": "general", "config": {"title": "T"}}, "folder", 'There is no folder "general"'),
        (DASHBOARD, {"folder": "general", "config": UNKNOWN}, "folder", 'There is no folder "general"'),
        (DASHBOARD, {"config": {"title": "\t"}}, "config", "The dashboard has no title"),
        (DASHBOARD, {"config": {"title": "ä" * 2501}}, "config", "The title of a dashboard is too long"),
        (
            DASHBOARD,
            {"config": {"elements": {}, "layout": {}, "title": ""}},
            "config",
            "The dashboard has no title",
        ),
        (DATA_SOURCE, {**_SOURCE, "name": " "}, "name", "A data source needs a name"),
        (DATA_SOURCE, {**_SOURCE, "name": "x" * 191}, "name", "The name of a data source is too long"),
        (DATA_SOURCE, {**_SOURCE, "url": "http://" + "x" * 249}, "url", "The URL of a data source is too long"),
        (DATA_SOURCE, {**_SOURCE, "type": ""}, "type", "A data source needs a type"),
    ],
)
def test_what_no_grafana_takes_is_said_of_the_argument(
    type_: ResourceType, values: dict[str, Any], attribute: str, summary: str
) -> None:
    """By bytes, as Grafana counts."""
    with pytest.raises(ValueProblem) as refused:
        _complete(type_, values)
    assert (refused.value.attribute, refused.value.summary) == (attribute, summary)


def test_a_folder_in_the_json_is_none_either() -> None:
    """The annotation of a resource form."""
    metadata = {"name": "d", "annotations": {"grafana.app/folder": "general"}}
    resource = {"apiVersion": "dashboard.grafana.app/v1beta1", "kind": "Dashboard", "metadata": metadata}
    with pytest.raises(ValueProblem, match='There is no folder "general"') as refused:
        _complete(DASHBOARD, {"config": {**resource, "spec": {"title": "T"}}})
    assert refused.value.attribute == "config"


@pytest.mark.parametrize(
    ("type_", "values"),
    [
        (FOLDER, {"uid": "A_b-" + "x" * 36, "title": "ä" * 6000}),
        (FOLDER, {"uid": UNKNOWN, "title": UNKNOWN, "parent_folder_uid": UNKNOWN}),
        (DASHBOARD, {"config": {"title": "x" * 5000}}),
        (DATA_SOURCE, {**_SOURCE, "name": "x" * 190, "url": "http://" + "x" * 248, "uid": "a b/c"}),
        (DATA_SOURCE, {"name": UNKNOWN, "type": UNKNOWN, "url": UNKNOWN}),
    ],
)
def test_what_some_grafana_takes_passes(type_: ResourceType, values: dict[str, Any]) -> None:
    """The longest there is, what is not known yet, and uids that data sources had up to 11."""
    _complete(type_, values)
