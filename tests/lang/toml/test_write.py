"""Blocks as TOML text: how they look, and that they say what was meant, whatever that is."""

from __future__ import annotations

from typing import Any

import tomli
from hypothesis import given
from hypothesis import strategies as st

from hcl_lite.lang.expressions.parse import expressions_in, parse_template
from hcl_lite.lang.toml.format import format_source
from hcl_lite.lang.toml.source import parse_source
from hcl_lite.lang.toml.write import NULL, Code, escaped, write_block

_HEADER = ("resource", "grafana_x", "a")


def _written(arguments: dict[str, Any], comments: Any = None) -> str:
    return format_source(parse_source(write_block(_HEADER, arguments, comments), "x.toml"))


def test_a_block_reads_as_people_write_it() -> None:
    """Short tables in their line, others and lists of tables below headers, texts of several lines as such."""
    arguments = {
        "title": 'say "hi"',
        "query": "sum(x) by (y)\nor 0\n",
        "pattern": 'a "b" \\d\nc',
        "folder": Code("${grafana_folder.a.uid}"),
        "config_json": Code('${file("dashboards/a.json")}'),
        "permissions": {"Viewer": "View"},
        "nothing": {},
        "item": [{"type": "dashboard_by_uid", "value": "home"}, {"type": "dashboard_by_tag", "value": "${tag}"}],
        "settings": {"url": "http://x", "deep": {"er": [{"a": None}]}},
    }
    comments = {(): ["Kept on the server."], ("permissions",): ['Editor = "Edit"']}
    assert (
        _written(arguments, comments) == r"""[resource.grafana_x.a]
title = 'say "hi"'
query = """
        r'''"""
sum(x) by (y)
or 0
"""
pattern = '''
        r"""'''
a "b" \d
c'''
folder      = "${grafana_folder.a.uid}"
config_json = '${file("dashboards/a.json")}'
nothing     = {}
# Kept on the server.

[resource.grafana_x.a.permissions]
Viewer = "View"
# Editor = "Edit"

[[resource.grafana_x.a.item]]
type  = "dashboard_by_uid"
value = "home"

[[resource.grafana_x.a.item]]
type  = "dashboard_by_tag"
value = "$${tag}"

[resource.grafana_x.a.settings]
url = "http://x"

[[resource.grafana_x.a.settings.deep.er]]
a = "${none}"
"""
    )


_TEXTS = st.text(st.characters(exclude_categories=["Cs"]) | st.sampled_from("$${}\"'\\\n\r\t#"), max_size=12)
_JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53), 2**53) | st.floats(-1e300, 1e300) | _TEXTS,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(_TEXTS, inner, max_size=4),
    max_leaves=12,
)


def _as_read(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _as_read(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_as_read(item) for item in value]
    return NULL.text if value is None else escaped(value) if isinstance(value, str) else value


@given(st.dictionaries(_TEXTS, _JSON, max_size=5))
def test_what_is_written_is_read_back(arguments: dict[str, Any]) -> None:
    """Any JSON, at any depth, under any keys; nothing of it becomes an expression but null."""
    read = tomli.loads(_written(arguments))
    for part in _HEADER:
        read = read[part]
    assert read == _as_read(arguments)
    assert {expression.source for _, expression in expressions_in(read)} <= {"none"}


@given(_TEXTS)
def test_an_escaped_text_is_itself(text: str) -> None:
    """Also one with $${ in it."""
    assert parse_template(escaped(text)) == (text,)
