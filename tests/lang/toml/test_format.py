"""The one style: golden cases, and what holds of every document."""

from __future__ import annotations

import re
from itertools import pairwise
from pathlib import Path

import pytest
import tomli
from hypothesis import example, given

from hcl_lite.core.diags import HclError
from hcl_lite.lang.toml.format import format_source
from hcl_lite.lang.toml.source import SourceFile, parse_source
from hcl_lite.operations.starter_files import STARTER_FILES
from tests.lang.documents import DOCUMENTS

_ROOT = Path(__file__).parents[3]
_EXAMPLES = sorted(path for path in _ROOT.glob("examples/**/*.toml") if path.name != "pyproject.toml")
_LONG_STRING = re.compile(r'"{3}(?:[^\\]|\\.)*?"{3,5}' + r"|'{3}.*?'{3,5}", re.DOTALL)
_SHORT_STRING = re.compile(r'"(?:[^"\\\n]|\\.)*"' + r"|'[^'\n]*'")
_STRING_OR_COMMENT = re.compile(f"{_LONG_STRING.pattern}|{_SHORT_STRING.pattern}|#[^\n]*", re.DOTALL)


def _format(text: str) -> str:
    return format_source(parse_source(text, "x.toml"))


def _comments(text: str) -> list[str]:
    return [found.rstrip(" \t") for found in _STRING_OR_COMMENT.findall(text) if found.startswith("#")]


_CASES = {
    "an empty file": ("", ""),
    "blanks only": (" \n\t\n", ""),
    "one line end at the end": ("a = 1", "a = 1\n"),
    "indentation and blanks": ("  a=1 \n\tb =  2\t\n", "a = 1\nb = 2\n"),
    "blank lines": ("\n\na = 1\n\n \n\nb = 2\n\n", "a = 1\n\nb = 2\n"),
    "equals signs": ("a = 1\nlong.er = 2\n", "a       = 1\nlong.er = 2\n"),
    "a blank line ends a run": ("a = 1\n\nlong = 2\n", "a = 1\n\nlong = 2\n"),
    "a comment ends a run": ("a = 1\n# x\nlong = 2\n", "a = 1\n# x\nlong = 2\n"),
    "an array over several lines ends a run": (
        "a = 1\nlonger = [\n1]\nlong = 2\nb = 1\n",
        "a = 1\nlonger = [\n  1,\n]\nlong = 2\nb    = 1\n",
    ),
    "a string over several lines ends a run": (
        'a = 1\nlong = """ \n  x \n\n\n"""\nb = 1\n',
        'a = 1\nlong = """ \n  x \n\n\n"""\nb = 1\n',
    ),
    "keys keep their spelling and order": ("b = 1\n'a'. \"x y\" = 2\n", "b         = 1\n'a'.\"x y\" = 2\n"),
    "values keep their spelling": (
        "a = 0xFF\nb = 1_000\nc = 1979-05-27 07:32:00\nd = +1.0e3\n",
        "a = 0xFF\nb = 1_000\nc = 1979-05-27 07:32:00\nd = +1.0e3\n",
    ),
    "headers": ("[ a . 'b' ]\n[[c ]]\n", "[a.'b']\n\n[[c]]\n"),
    "a header with a comment behind it": ("x = 1\n[a]# y\n", "x = 1\n\n[a]  # y\n"),
    "a comment above a header": ("x = 1\n# one\n  # two \n[a]\n", "x = 1\n\n# one\n# two\n[a]\n"),
    "a comment above the first header": ("\n# one\n[a]\n", "# one\n[a]\n"),
    "a comment that belongs to no header": ("[a]\n# one\n\n\n[b]\n", "[a]\n# one\n\n[b]\n"),
    "inline tables": ("a = {b=1,c = { }}\n", "a = { b = 1, c = {} }\n"),
    "an inline table of TOML 1.1": ("a = {b=1, # x\n\n\nlong=[2]}\n", "a = {\n  b = 1,  # x\n\n  long = [2],\n}\n"),
    "arrays": ("a = [ 1,2 , [ ] ,]\nb = [\n]\n", "a = [1, 2, []]\nb = []\n"),
    "arrays over several lines": (
        "a = [1,\n[2,\n3], [4,5]]\n",
        "a = [\n  1,\n  [\n    2,\n    3,\n  ],\n  [4, 5],\n]\n",
    ),
    "an array in a table in an array": (
        "a = [{b = 1, c = [\n2]}]\n",
        "a = [\n  { b = 1, c = [\n    2,\n  ] },\n]\n",
    ),
    "comments in arrays": (
        "a = [ # head\n\n# own\n1 # one\n, 22, # two\n\n\n# more\n\n# last\n\n]# end\n",
        "a = [  # head\n  # own\n  1,  # one\n  22,  # two\n\n  # more\n\n  # last\n]  # end\n",
    ),
    "only a comment in an array": ("a = [\n# x\n]\n", "a = [\n  # x\n]\n"),
    "two blanks before a comment": ("a = 1 # x\nbb = 22       # y\n", "a  = 1  # x\nbb = 22  # y\n"),
    "comments in a column": (
        "a = 1     # x\nlong = 2  # y\n\nb = 3     # z\n",
        "a    = 1  # x\nlong = 2  # y\n\nb = 3  # z\n",
    ),
    "comments in a column that is too near": ("a = 1   # x\nbb = 22 # y\n", "a  = 1   # x\nbb = 22  # y\n"),
    "comments in a column in an array": (
        "a = [\n  1,   # x\n  200, # y\n]\n",
        "a = [\n  1,    # x\n  200,  # y\n]\n",
    ),
    "a # in a string": ("a = '# x'# y\n", "a = '# x'  # y\n"),
}


@pytest.mark.parametrize(("text", "formatted"), _CASES.values(), ids=_CASES)
def test_a_text_in_the_one_style(text: str, formatted: str) -> None:
    """One case for each rule."""
    assert _format(text) == formatted
    assert _format(formatted) == formatted


def test_what_is_nested_too_deeply_is_said_so() -> None:
    """tomli reads more levels than this does."""
    source = SourceFile("x.toml", f"a = {'[' * 1000}{']' * 1000}\n", {})
    with pytest.raises(HclError, match=r"x\.toml is nested too deeply"):
        format_source(source)


@given(DOCUMENTS)
@example("a = [[1, # x\n], # x\n]\n")
def test_formatting_changes_nothing_but_the_style(text: str) -> None:
    """It reads the same, has the same comments in the same order, and is as it is when formatted again."""
    formatted = _format(text)
    assert tomli.loads(formatted) == tomli.loads(text)
    assert _comments(formatted) == _comments(text)
    assert _format(formatted) == formatted


@given(DOCUMENTS)
def test_blanks_are_where_they_belong(text: str) -> None:
    """None at the end of a line, no two blank lines, none at the start; strings over several lines are left out."""
    lines = _without_strings(_format(text)).split("\n")
    assert [line for line in lines if line != line.rstrip(" \t")] == []
    assert all(one or two for one, two in pairwise(lines[:-1]))
    assert lines[0] or lines == [""]


def _without_strings(text: str) -> str:
    return _STRING_OR_COMMENT.sub(lambda found: found[0] if found[0].startswith("#") else "0", text)


@pytest.mark.parametrize("path", _EXAMPLES, ids=lambda path: path.parent.name)
def test_every_example_is_in_the_one_style(path: Path) -> None:
    """hcl-lite fmt --recursive examples writes them so."""
    assert _format(path.read_text()) == path.read_text()


def test_the_starter_is_in_the_one_style() -> None:
    """What init writes needs no formatting."""
    assert _format(STARTER_FILES["main.toml"]) == STARTER_FILES["main.toml"]
