"""What a person calls the items of a list."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hcl_lite.core.labels import PathWriter, labels_of, names_of

_V2_ITEM = {"kind": "GridLayoutItem", "spec": {"x": 0, "element": {"kind": "ElementReference", "name": "panel-1"}}}
# id, items, their labels
_LISTS: list[tuple[str, list[Any], list[str]]] = [
    ("titles", [{"id": 1, "title": "CPU"}, {"id": 2, "title": "Disk"}], ['"CPU"', '"Disk"']),
    ("one title twice", [{"id": 7, "title": "A"}, {"id": 8, "title": "A"}], ['"A", id 7', '"A", id 8']),
    ("one title twice, and no ids", [{"title": "A"}, {"title": "A", "x": 1}], ['"A", index 0', '"A", index 1']),
    ("one title twice, and one id", [{"title": "A", "id": 7}, {"title": "A"}], ['"A", index 0', '"A", index 1']),
    ("ids alone", [{"id": 43, "title": ""}, {"id": 44}], ["id=43", "id=44"]),
    ("names that nobody sees", [{"id": 43, "title": " "}, {"name": "\u200b\u00a0", "uid": "u"}], ["id=43", '"u"']),
    ("an id that no double has", [{"id": 2**53 + 1}, {"id": 2**53 + 3}], [f"id={2**53}", f"id={2**53 + 4}"]),
    ("one id twice", [{"id": 4}, {"id": 4}], ["id=4, index 0", "id=4, index 1"]),
    ("an id that a titled one has too", [{"id": 4}, {"id": 4, "title": "A"}], ["id=4, index 0", '"A"']),
    ("empty texts", [{"text": "", "value": ""}, {"text": "a", "value": ""}], ["0", '"a"']),
    ("queries", [{"refId": "A", "expr": "x"}, {"refId": "B"}], ['"A"', '"B"']),
    ("thresholds", [{"color": "red", "value": None}, {"color": "green", "value": 80}], ["0", "1"]),
    ("properties", [{"id": "unit", "value": "s"}, {"id": "custom.width", "value": 80}], ['"unit"', '"custom.width"']),
    ("overrides", [{"matcher": {"id": "byName", "options": "cpu"}}, {"matcher": {"options": {}}}], ['"cpu"', "1"]),
    ("v2 variables", [{"kind": "QueryVariable", "spec": {"name": "job"}}], ['"job"']),
    ("v2 panels of a layout", [_V2_ITEM], ['"panel-1"']),
    ("what has no names", [1, "a", None, [], {}], ["0", "1", "2", "3", "4"]),
    ("a text instead of a title", [{"title": "x" * 101, "id": 3}], ["id=3"]),
    ("characters of JSON", [{"title": 'a "b" \\ ä'}], ['"a \\"b\\" \\\\ ä"']),
]


@pytest.mark.parametrize(("items", "labels"), [case[1:] for case in _LISTS], ids=[case[0] for case in _LISTS])
def test_items_are_called_as_a_person_would(items: list[Any], labels: list[str]) -> None:
    """By title, name, refId and the like; by what tells them apart where that is there twice."""
    assert list(labels_of(items)) == labels


_ITEM = st.none() | st.fixed_dictionaries(
    {},
    optional={
        "id": st.integers(0, 2) | st.sampled_from("ab") | st.booleans(),
        "title": st.sampled_from(["", "a", "b"]),
        "name": st.sampled_from(["a", "b", 1]),
        "spec": st.none() | st.fixed_dictionaries({"title": st.sampled_from(["a", "c"])}),
    },
)


@given(st.lists(_ITEM, max_size=8))
def test_a_label_is_of_one_item(items: list[Any]) -> None:
    """Whatever is missing, and whatever is there twice."""
    assert len(set(labels_of(items))) == len(items)


def test_names_are_what_tells_an_item_from_others() -> None:
    """The best word first; those that are inside of it too."""
    assert dict(names_of({"id": 3, "title": "", "name": "n", "spec": {"title": "t", "id": 4}})) == {
        "name": "n",
        "id": 3,
        "title": "t",
    }


def test_a_path_leads_from_the_whole_to_a_place() -> None:
    """Keys that are no words in brackets."""
    writer = PathWriter({"panels": [{"title": "CPU", "a b": {"c-d": [1]}}]})
    assert writer.path(("panels", 0, "a b", "c-d", 0)) == 'panels["CPU"]["a b"].c-d[0]'
    assert [writer.name(("panels", index)) for index in (0, 1)] == ['"CPU"', None]
