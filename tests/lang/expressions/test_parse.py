"""Expressions that are read without the expression engine are what it makes of them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hcl_lite.core.addrs import Address, Kind
from hcl_lite.core.diags import HclError
from hcl_lite.core.values import UNKNOWN, Secret
from hcl_lite.lang.expressions.jinja import find_names
from hcl_lite.lang.expressions.parse import parse_expression
from tests.lang.scopes import make_scope

_PARTS = st.sampled_from(
    ("each.value", "each.key", "var.a", "local.b.c", "data.t.x.y", '"d/"', "'e'", '""', "path.module", "self.q")
)


@given(
    st.sampled_from(("file", "filebase64", "filesha256", "filemd5")),
    st.lists(_PARTS, min_size=1, max_size=4),
    st.sampled_from(("~", " ~ ", "  ~\n")),
    st.sampled_from(("", " ", "\n ")),
)
def test_references_of_a_file_are_those_that_the_engine_finds(
    name: str, parts: list[str], joint: str, space: str
) -> None:
    """With the places where they are written; a single literal is told apart before."""
    source = f"{space}{name}({space}{joint.join(parts)}{space}){space}"
    expression = parse_expression(source)
    references, calls = find_names(source)
    assert {(one.text, one.address, one.path, one.at) for one in expression.references} == {
        (one.text, one.address, one.path, one.at) for one in references
    }
    assert expression.calls == calls
    assert bool(expression.joined) == (expression.literal is None)


@pytest.mark.parametrize(
    ("argument", "value"),
    [
        ("local.path", "text of api.txt"),
        ('var.name ~ ".txt"', "text of api.txt"),
        ("'ap' ~ 'i' ~ '.' ~ local.end", "text of api.txt"),
        ("'a' ~ var.count", "text of a3"),
        ("var.later ~ 'x'", UNKNOWN),
        ("var.token", Secret("text of s3cret")),
        ("var.map.nothing ~ 'x'", HclError),
        ("var.count", HclError),
    ],
)
def test_the_path_of_a_file_may_be_joined(tmp_path: Path, argument: str, value: Any) -> None:
    """Of texts without the engine; numbers, secrets and what is not known yet go through it."""
    for name in ("api.txt", "a3", "s3cret"):
        (tmp_path / name).write_text(f"text of {name}")
    scope = make_scope(
        f"""[locals]\npath = "api.txt"\nend = "txt"\n"""
        f"""found = '''${{file({argument})}}'''\n""",
        tmp_path,
    )
    if value is HclError:
        with pytest.raises(HclError):
            scope.value(Address(Kind.LOCAL, "found"))
    else:
        assert scope.value(Address(Kind.LOCAL, "found")) == value
