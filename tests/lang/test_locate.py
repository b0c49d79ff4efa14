"""Places of keys and values, proved against tomli's own reading."""

from __future__ import annotations

import string
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
import tomli
from hypothesis import given
from hypothesis import strategies as st

from hcl_lite.lang.locate import KeyPath, locate

_BARE = st.text(string.ascii_letters + string.digits + "_-", min_size=1, max_size=6)
_ANY_TEXT = st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Cs"]), max_size=8)
_BASIC = _ANY_TEXT.map(lambda text: '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"')
_LITERAL = _ANY_TEXT.filter(lambda text: "'" not in text).map(lambda text: f"'{text}'")
_MULTI = _ANY_TEXT.filter(lambda text: '"' not in text and "\\" not in text).map(lambda text: f'"""\n{text}\n{text}"""')
_SCALAR = st.one_of(
    st.integers(-(10**6), 10**6).map(str),
    st.floats(-1e6, 1e6).map(repr),
    st.sampled_from(
        ["true", "false", "1979-05-27T07:32:00Z", "1979-05-27 07:32:00", "07:32:00", "0xff", "1_000", "'''a''b'''"]
    ),
    _BASIC,
    _LITERAL,
    _MULTI,
)
_SPACE = st.sampled_from(["", " ", "\t "])
_GAP = st.sampled_from(["", " ", "\n", ' # a ] comment, with } and "\n'])


@st.composite
def _array(draw: st.DrawFn, items: st.SearchStrategy[str]) -> str:
    parts = draw(st.lists(items, max_size=3))
    gap = draw(_GAP)
    return "[" + gap + f"{gap},{gap}".join(parts) + ("," if parts and draw(st.booleans()) else "") + gap + "]"


@st.composite
def _inline(draw: st.DrawFn, values: st.SearchStrategy[str]) -> str:
    keys = draw(st.lists(_BARE, max_size=3, unique=True))
    return "{ " + ", ".join(f"{key} = {draw(values)}" for key in keys) + " }"


_VALUE: st.SearchStrategy[str] = st.recursive(_SCALAR, lambda inner: _array(inner) | _inline(inner), max_leaves=5)
_KEY = st.one_of(_BARE, _BASIC, _LITERAL)


@st.composite
def _document(draw: st.DrawFn) -> str:
    lines: list[str] = []
    for _ in range(draw(st.integers(0, 4))):
        keys = draw(st.lists(_KEY, min_size=1, max_size=3))
        dotted = f"{draw(_SPACE)}.".join(keys)
        header = draw(st.sampled_from(["", f"[{dotted}]", f"[[{dotted}]]"]))
        lines += [header + draw(st.sampled_from(["", " # note"]))]
        for key in draw(st.lists(_KEY, max_size=3)):
            more = draw(st.sampled_from(["", ".sub"]))
            lines.append(f"{draw(_SPACE)}{key}{more}{draw(_SPACE)}={draw(_SPACE)}{draw(_VALUE)}{draw(_SPACE)}")
    return "\n".join(lines) + "\n"


def _paths(value: Any, path: KeyPath = ()) -> Iterator[tuple[KeyPath, Any]]:
    """Every key and item that tomli read."""
    if isinstance(value, Mapping):
        items: Iterator[tuple[Any, Any]] = iter(value.items())
    elif isinstance(value, list):
        items = iter(enumerate(value))
    else:
        return
    for key, item in items:
        yield (*path, key), item
        yield from _paths(item, (*path, key))


def _read(text: str) -> dict[str, Any] | None:
    try:
        return tomli.loads(text)
    except tomli.TOMLDecodeError:
        return None


@given(_document().map(lambda text: (text, _read(text))).filter(lambda pair: pair[1] is not None))
def test_every_key_and_value_has_the_place_where_it_stands(pair: tuple[str, dict[str, Any]]) -> None:
    """The text at a value's spot reads as that value, the text at a key's spot as that key."""
    text, data = pair
    spots = locate(text)
    for path, value in _paths(data):
        spot = spots[path]
        if isinstance(path[-1], str) and spot.key != spot.value:
            assert list(tomli.loads(f"{text[spot.key : spot.key_end]} = 1")) == [path[-1]]
        written = text[spot.value : spot.value_end]
        is_header = not isinstance(value, Mapping | list)
        if is_header or written[:1] in "[{":
            assert tomli.loads(f"v = {written}")["v"] == value, (path, written)


@pytest.mark.parametrize(
    ("text", "path", "key", "value"),
    [
        ('a = "x"', ("a",), "a", '"x"'),
        ("[t.u]\nb.c = 1", ("t", "u", "b", "c"), "c", "1"),
        ("[t.u]\nb.c = 1", ("t", "u"), "u", "u"),
        ("[[t]]\na = 1\n[[t]]\na = 2", ("t", 1, "a"), "a", "2"),
        ("[[t]]\n[t.s]\na = 1\n[[t]]\n[t.s]\na = 22", ("t", 1, "s", "a"), "a", "22"),
        ("v = [1, # no\n {a = '}'}, 3]", ("v", 1, "a"), "a", "'}'"),
        ('"a b"."c\\u0021" = 07:32:00 # x', ("a b", "c!"), '"c\\u0021"', "07:32:00"),
        ('s = """a\n"" b"""""', ("s",), "s", '"""a\n"" b"""""'),
    ],
)
def test_spots_of_chosen_texts(text: str, path: KeyPath, key: str, value: str) -> None:
    """One case for each construct."""
    spot = locate(text)[path]
    assert (text[spot.key : spot.key_end], text[spot.value : spot.value_end]) == (key, value)


@pytest.mark.parametrize("path", sorted(Path(__file__).parents[2].glob("**/*.toml")), ids=lambda path: path.name)
def test_every_toml_file_here_is_located_wholly(path: Path) -> None:
    """Examples and pyproject.toml."""
    text = path.read_text()
    assert {found for found, _ in _paths(tomli.loads(text))} <= set(locate(text))
