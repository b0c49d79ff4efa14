"""Single values of YAML change in their place; what takes more is refused."""

from __future__ import annotations

from typing import Any

import pytest

from hcl_lite.lang.expressions.functions.yaml_text import read_yaml
from hcl_lite.operations.pulling.written import Untraced
from hcl_lite.operations.pulling.yaml_edit import edit_yaml

_TEXT = """\
# A board
title: Case   # short
tags: [a, 'b', "c"]
panels:
  - title: A
    gridPos: {h: 8, w: 12}
    description: |
      long
      text
base: &base {x: 1}
other: *base
"""


@pytest.mark.parametrize(
    ("change", "old", "new"),
    [
        (lambda v: v.update(title="New one"), "Case", "New one"),
        (lambda v: v.update(title="a: b"), "Case", '"a: b"'),
        (lambda v: v.update(title="yes"), "Case", '"yes"'),
        (lambda v: v.update(title=5), "Case", "5"),
        (lambda v: v["tags"].__setitem__(1, "it's"), "'b'", "'it''s'"),
        (lambda v: v["tags"].__setitem__(2, 'x"'), '"c"', '"x\\""'),
        (lambda v: v["panels"][0]["gridPos"].update(h=9), "h: 8", "h: 9"),
    ],
)
def test_a_scalar_changes_in_its_place(change: Any, old: str, new: str) -> None:
    """In its quotes, with the comment beside it."""
    value: Any = read_yaml(_TEXT)
    change(value)
    assert edit_yaml(_TEXT, value) == _TEXT.replace(old, new, 1)


@pytest.mark.parametrize(
    "change",
    [
        lambda v: v.update(more=1),
        lambda v: v.pop("title"),
        lambda v: v["tags"].append("d"),
        lambda v: v["panels"][0].update(description="other"),
        lambda v: v["base"].update(x=2),
    ],
)
def test_what_takes_more_is_refused(change: Any) -> None:
    """New lines, folded texts, what an alias stands for too."""
    value: Any = read_yaml(_TEXT)
    change(value)
    with pytest.raises(Untraced):
        edit_yaml(_TEXT, value)
