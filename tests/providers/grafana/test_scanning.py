"""The uid of a dashboard's text, as far as it is told without parsing it."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hcl_lite.core.schema import ValueProblem
from providers.grafana.model import read_model
from providers.grafana.scanning import scan_uid


@pytest.mark.parametrize(
    ("text", "uid"),
    [
        ('{"uid": "a", "title": "T"}', "a"),
        ('{ "title" : "T",\n\t"uid"\n:\n"a" }', "a"),
        ('{"title": "uid", "panels": [{"uid": "p"}], "x": {"uid": "y"}}', ""),
        ('{"title": "}}{", "x": {"s": "{\\"uid\\": "}, "uid": "a"}', "a"),
        ('{"title": "\\\\", "x": {"uid": "b\\\\"}, "uid": "a"}', "a"),
        ('{"uid": "", "title": "T"}', ""),
        ('{"uid": "b", "title": "T", "uid": "a"}', "a"),
        ('{"apiVersion": "v", "kind": "D", "metadata": {"name": "a", "l": {"name": "x"}}, "spec": {"name": "y"}}', "a"),
        ('{"spec": {"uid": "x"}, "metadata": {}, "apiVersion": "v", "uid": "y", "name": "z"}', ""),
        ('{"apiVersion": "v", "spec": {"metadata": {"name": "x"}}}', ""),
        ('{"elements": {}, "layout": {}, "uid": "x"}', ""),
        ('{"apiVersion": 1, "uid": "a"}', "a"),
        ('{"uid": null}', None),
        ('{"uid": 7}', None),
        ('{"uid": "a\\u0062"}', "ab"),
        ('{"\\u0075id": "a"}', "a"),
        ('{"metadata": "x", "apiVersion": "v", "spec": {}}', None),
        ('{"metadata": [{"name": "n"}], "apiVersion": "v", "spec": {}}', None),
        ('{"\\"uid": "x"}', ""),
        ('{"u\\\\id": "x"}', ""),
        ('{"uid": "x\\\\"}', "x\\"),
        ('[{"uid": "a"}]', None),
        ('{"uid', None),
        ("", None),
    ],
)
def test_the_uid_is_told_without_parsing_or_left_to_a_parser(text: str, uid: str | None) -> None:
    """Strings may hold braces, quotes and keys; None where only a parser can tell."""
    assert scan_uid(text) == uid


_TEXT = st.text(st.sampled_from('{}[]":,\\ uidname'), max_size=8)
_KEYS = st.sampled_from(("uid", "name", "metadata", "spec", "apiVersion", "elements", "layout", "kind"))
_VALUES = st.recursive(
    st.none() | st.just("uid") | _TEXT,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(_KEYS | _TEXT, inner, max_size=4),
    max_leaves=12,
)


@given(st.dictionaries(_KEYS | _TEXT, _VALUES, max_size=6), st.booleans())
def test_what_is_told_without_parsing_is_what_the_parser_tells(document: dict[str, object], is_resource: bool) -> None:
    """For any document that is taken."""
    resource = {"apiVersion": "dashboard.grafana.app/v1beta1", "kind": "Dashboard", "spec": {"title": "T"}}
    text = json.dumps({**document, **resource} if is_resource else {**document, "title": "T"})
    try:
        uid = read_model("", text).uid
    except ValueProblem:
        return
    assert scan_uid(text) in (uid, None)
