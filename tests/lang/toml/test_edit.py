"""TOML text edited as it is written."""

from __future__ import annotations

from typing import Any

import pytest
import tomli

from hcl_lite.lang.toml.edit import edit_toml

_TEXT = """\
# Team
[resource.grafana_folder.team]
uid   = "team"   # short
title = 'Te"am'
tags  = [
  "a",  # first
  "b",
]
settings = { url = "x", deep = { n = 1 } }
note = '''
one
two
'''

[resource.grafana_rule.r]
name = "r"

[[resource.grafana_rule.r.rule]]
uid = "1"
[resource.grafana_rule.r.rule.labels]
a = "x"

[[resource.grafana_rule.r.rule]]
uid = "2"
"for" = "5m"

# The end
[locals]
x = 1
"""
_FOLDER = ("resource", "grafana_folder", "team")
_RULE = ("resource", "grafana_rule", "r")


def _value(path: tuple[str, ...]) -> Any:
    value: Any = tomli.loads(_TEXT)
    for step in path:
        value = value[step]
    return value


@pytest.mark.parametrize(
    ("path", "change", "old", "new"),
    [
        (_FOLDER, lambda v: v.update(uid="t2"), 'uid   = "team"   # short', 'uid   = "t2"   # short'),
        (_FOLDER, lambda v: v.update(title='N"ew'), "'Te\"am'", "'N\"ew'"),
        (_FOLDER, lambda v: v.update(title="it's"), "'Te\"am'", '"it\'s"'),
        (_FOLDER, lambda v: v["tags"].append("c"), '  "b",\n', '  "b",\n  "c",\n'),
        (_FOLDER, lambda v: v["tags"].remove("b"), '  "b",\n', ""),
        (_FOLDER, lambda v: v["settings"].update(url="y"), 'url = "x"', 'url = "y"'),
        (_FOLDER, lambda v: v["settings"].update(z=True), "n = 1 } }", "n = 1 }, z = true }"),
        (_FOLDER, lambda v: v["settings"]["deep"].update(n=2), "n = 1", "n = 2"),
        (_FOLDER, lambda v: v.update(note="one\n2\n"), "\ntwo\n", "\n2\n"),
        (_FOLDER, lambda v: v.update(uid=None) or v.pop("uid"), 'uid   = "team"   # short\n', ""),
        (_FOLDER, lambda v: v.update(more="${var.x}"), "two\n'''\n", "two\n'''\nmore = \"${var.x}\"\n"),
        (_RULE, lambda v: v.update(folder="f"), 'name = "r"\n', 'name = "r"\nfolder = "f"\n'),
        (_RULE, lambda v: v["rule"][1].update({"for": "6m"}), '"5m"', '"6m"'),
        (_RULE, lambda v: v["rule"][0]["labels"].update(b="y"), 'a = "x"\n', 'a = "x"\nb = "y"\n'),
        (
            _RULE,
            lambda v: v["rule"].append({"uid": "3", "labels": {"c": "d"}}),
            '"for" = "5m"\n',
            '"for" = "5m"\n\n[[resource.grafana_rule.r.rule]]\nuid = "3"\nlabels = { c = "d" }\n',
        ),
        (
            _RULE,
            lambda v: v["rule"].pop(0),
            '[[resource.grafana_rule.r.rule]]\nuid = "1"\n[resource.grafana_rule.r.rule.labels]\na = "x"\n\n',
            "",
        ),
    ],
)
@pytest.mark.parametrize("newline", ["\n", "\r\n"])
def test_only_what_changes_is_written(path: Any, change: Any, old: str, new: str, newline: str) -> None:
    """At its place, in its quotes, with the comments beside it."""
    value = _value(path)
    change(value)
    text = _TEXT.replace("\n", newline)
    made = edit_toml(text, path, value)
    assert made == _TEXT.replace(old, new, 1).replace("\n", newline)


def test_a_key_is_aligned_with_the_one_before_it() -> None:
    """As fmt has them."""
    text = '[resource.t.n]\nname  = "a"\ntitle = "b"\n'
    made = edit_toml(text, ("resource", "t", "n"), {"name": "a", "title": "b", "x": 1})
    assert made == text + "x     = 1\n"


@pytest.mark.parametrize(
    ("text", "wanted"),
    [("[a.b]\nx.y = 1\n", {"x": 3}), ("[[a.b]]\nn = 1\n\n[[a.b]]\nn = 2\n", [{"n": 2, "m": 5}, {"n": 1}])],
)
def test_what_cannot_be_written_so_is_refused(text: str, wanted: Any) -> None:
    """And nothing else is."""
    with pytest.raises(ValueError, match=r"\S"):
        edit_toml(text, ("a", "b"), wanted)


def test_a_file_without_a_final_line_end_keeps_to_that() -> None:
    """What is new comes in a line of its own."""
    assert edit_toml("[a.b]\nx = 1", ("a", "b"), {"x": 1, "y": 2}) == "[a.b]\nx = 1\ny = 2\n"
    assert edit_toml("[a.b]\nx = 1", ("a", "b"), {"x": 2}) == "[a.b]\nx = 2"
    assert edit_toml("[a.b]\n", ("a", "b"), {"x": 2}) == "[a.b]\nx = 2\n"
